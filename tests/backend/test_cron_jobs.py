"""Jobs by the calendar: each does its work and leaves no row behind."""

from __future__ import annotations

import procrastinate
from sqlalchemy import func, select, table
from sqlalchemy.ext.asyncio import AsyncEngine

from backend.jobs.cron import cron_app
from backend.services.parts import Parts
from tests.backend.backend_world import Person
from tests.conftest import MovableClock


async def test_retention_runs_as_a_job_and_its_row_does_not_stay(
    person: Person, parts: Parts, engine: AsyncEngine, migrated_url: str, a_clock: MovableClock
) -> None:
    await person.says("open")
    a_clock.advance(days=200)
    connector = procrastinate.PsycopgConnector(conninfo=migrated_url.replace("+psycopg", ""), min_size=1, max_size=2)
    app = cron_app(parts, connector)
    async with app.open_async():
        job = next(task for name, task in app.tasks.items() if name.endswith("retention"))
        await job.defer_async(timestamp=0)
        await app.run_worker_async(wait=False, install_signal_handlers=False)
    async with engine.connect() as connection:
        left = await connection.scalar(select(func.count()).select_from(table("procrastinate_jobs")))
    async with parts.begin() as uow:
        assert (len(await uow.links.where()), left) == (0, 0)
