"""What runs by the calendar, through procrastinate: letting data go in time, and jobs whose worker died."""

from __future__ import annotations

from typing import Final

import procrastinate
import structlog
from procrastinate.app import WorkerOptions
from prometheus_client import Counter

from backend.services.parts import Parts
from backend.services.retention import enforce

GONE: Final = Counter("gongju_retention_gone", "Rows or cases whose time was over", ["kind"])
log = structlog.get_logger()


def cron_app(parts: Parts, connector: procrastinate.BaseConnector) -> procrastinate.App:
    """The job app of a worker process; any number of them may run, each job runs once."""
    # The log tells what became of a job; its rows would grow for ever.
    defaults: WorkerOptions = {"queues": ["cron"], "concurrency": 1, "delete_jobs": "always"}
    app = procrastinate.App(connector=connector, worker_defaults=defaults)

    @app.periodic(cron="*/10 * * * *")
    @app.task(queue="cron", queueing_lock="retention", pass_context=False)
    async def retention(timestamp: int) -> None:
        for kind, rows in (await enforce(parts)).items():
            GONE.labels(kind).inc(rows)
            log.info("retention_enforced", kind=kind, rows=rows)

    @app.periodic(cron="*/5 * * * *")
    @app.task(queue="cron", queueing_lock="stalled", pass_context=True)
    async def restart_stalled(context: procrastinate.JobContext, timestamp: int) -> None:
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=60):
            await app.job_manager.retry_job(job)
            log.warning("stalled_job_restarted", task=job.task_name)

    return app
