"""The worker process: rounds, the calendar, whatever else must always run, and its health."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

import procrastinate
from aiohttp import web

from backend.jobs.cron import cron_app
from backend.jobs.rounds import ROUNDS, run_for_ever
from backend.services.parts import Parts
from runtime.lasting import kept_alive
from runtime.web import Check, add_health


def worker_app(
    parts: Parts,
    connector: procrastinate.BaseConnector,
    *,
    checks: Mapping[str, Check],
    always: Mapping[str, Callable[[], Awaitable[None]]],
) -> web.Application:
    """A web application that only tells its health; its work runs for as long as it does."""
    app = web.Application()
    running: dict[str, asyncio.Task[None]] = {}

    async def everything_runs() -> bool:
        return bool(running) and all(not task.done() for task in running.values())

    async def work(_app: web.Application) -> AsyncIterator[None]:
        jobs: dict[str, Callable[[], Awaitable[None]]] = {name: _round(parts, name) for name in ROUNDS}
        jobs["cron"] = lambda: _cron(parts, connector)
        jobs.update(always)
        running.update({name: asyncio.create_task(kept_alive(name, job), name=name) for name, job in jobs.items()})
        yield
        for task in running.values():
            task.cancel()
        await asyncio.gather(*running.values(), return_exceptions=True)

    add_health(app, {**checks, "jobs": everything_runs})
    app.cleanup_ctx.append(work)
    return app


def _round(parts: Parts, name: str) -> Callable[[], Awaitable[None]]:
    return lambda: run_for_ever(parts, name, ROUNDS[name])


async def _cron(parts: Parts, connector: procrastinate.BaseConnector) -> None:
    app = cron_app(parts, connector)
    async with app.open_async():
        await app.run_worker_async(install_signal_handlers=False)
