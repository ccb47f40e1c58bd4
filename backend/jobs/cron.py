"""What runs by the calendar, through procrastinate: cleaning up, and jobs whose worker died."""

from __future__ import annotations

import procrastinate
import structlog

from backend.services.housekeeping import clean_up
from backend.services.parts import Parts

log = structlog.get_logger()


def cron_app(parts: Parts, connector: procrastinate.BaseConnector) -> procrastinate.App:
    """The job app of a worker process; any number of them may run, each job runs once."""
    app = procrastinate.App(connector=connector)

    @app.periodic(cron="*/10 * * * *")
    @app.task(queue="cron", queueing_lock="clean_up", pass_context=False)
    async def sweep(timestamp: int) -> None:
        log.info("swept", rows=await clean_up(parts))

    @app.periodic(cron="*/5 * * * *")
    @app.task(queue="cron", queueing_lock="stalled", pass_context=True)
    async def restart_stalled(context: procrastinate.JobContext, timestamp: int) -> None:
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=60):
            await app.job_manager.retry_job(job)
            log.warning("stalled_job_restarted", task=job.task_name)

    return app
