"""What time it is, for every process: the machine's time, or in a demo the time of the platform simulator."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

import aiohttp

POLL_EVERY_S: Final = 0.25


class Clock(Protocol):
    """Tells the time; everything that depends on time takes one."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class FollowedClock:
    """The machine's time plus the offset that a simulator's clock page tells (`{"offset_s": 3600}`)."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._offset = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset

    async def follow(self) -> None:
        """Poll for ever; a clock page that is away keeps the last offset."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session:
            while True:
                with suppress(aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError):
                    await self.read_once(session)
                await asyncio.sleep(POLL_EVERY_S)

    async def read_once(self, session: aiohttp.ClientSession) -> None:
        async with session.get(self._url) as response:
            told = await response.json()
            self._offset = timedelta(seconds=float(told["offset_s"]))


@asynccontextmanager
async def running_clock(url: str | None) -> AsyncIterator[Clock]:
    """The clock for a process: followed while the context is open when `url` is set, else the system's."""
    if not url:
        yield SystemClock()
        return
    clock = FollowedClock(url)
    with suppress(aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError):
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session:
            await clock.read_once(session)
    follower = asyncio.create_task(clock.follow(), name="clock")
    try:
        yield clock
    finally:
        follower.cancel()
        with suppress(asyncio.CancelledError):
            await follower
