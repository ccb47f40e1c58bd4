"""Keeps work going that must not end while its process lives."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

RESTART_AFTER_S: Final = 3.0
log = structlog.get_logger()


async def kept_alive(name: str, job: Callable[[], Awaitable[None]], *, after_s: float = RESTART_AFTER_S) -> None:
    """Start a job again that ended or failed; only cancelling ends it."""
    while True:
        try:
            await job()
        except Exception as error:
            log.error("job_failed", job=name, error=type(error).__name__)
        await asyncio.sleep(after_s)
