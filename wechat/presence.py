"""Who is alive: a process holds an advisory lock of its number for its life, so that its unfinished rows can be healed.

The same connection listens, so that a process notices at once what another one put into the database.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final

import psycopg
import structlog
from psycopg import sql
from sqlalchemy import Table, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Mapping

LOCK_CLASS: Final = 0x676A7763  # keeps our numbers apart from other users of advisory locks
RECONNECT_AFTER_S: Final = 1.0
log = structlog.get_logger()


class Presence:
    """One process's number (`owner` in the tables) and its ear on some notification channels."""

    def __init__(self, database_url: str, listeners: Mapping[str, Callable[[str], None]]) -> None:
        self.number: Final = secrets.randbelow(2**31 - 1) + 1
        self._listeners = listeners
        url = make_url(database_url).set(drivername="postgresql")
        self._dsn = url.render_as_string(hide_password=False)
        self._here = asyncio.Event()

    @property
    def is_here(self) -> bool:
        """Whether the others can see this process now."""
        return self._here.is_set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Presence]:
        """Be present while the context is open; a database that is away is waited for, at the start and later."""
        task = asyncio.create_task(self._stay(), name="presence")
        try:
            await self._here.wait()
            yield self
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            self._here.clear()

    async def _stay(self) -> None:
        while True:
            try:
                await self._be_here()
            except (psycopg.Error, OSError) as error:
                log.warning("presence_lost", error=type(error).__name__)
            self._here.clear()
            await asyncio.sleep(RECONNECT_AFTER_S)

    async def _be_here(self) -> None:
        connection = await psycopg.AsyncConnection.connect(
            self._dsn, autocommit=True, connect_timeout=5, keepalives_idle=10, keepalives_interval=5, keepalives_count=3
        )
        async with connection:
            await connection.execute("SELECT pg_advisory_lock(%s, %s)", (LOCK_CLASS, self.number))
            for channel in self._listeners:
                await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
            self._here.set()
            async for notify in connection.notifies():
                self._listeners[notify.channel](notify.payload)


async def release_orphans(connection: AsyncConnection, table: Table, *, busy: str, idle: str) -> int:
    """Give back the rows whose process is gone, in the caller's transaction; how many."""
    owners = await connection.execute(select(table.c.owner).where(table.c.state == busy).distinct())
    released = 0
    for owner in owners.scalars().all():
        if await connection.scalar(select(func.pg_try_advisory_xact_lock(LOCK_CLASS, owner))):
            done = await connection.execute(
                table.update().where(table.c.state == busy, table.c.owner == owner).values(state=idle, owner=None)
            )
            released += done.rowcount
    return released


async def release_dropped(
    connection: AsyncConnection, table: Table, *, owner: int, under_way: Collection[int], busy: str, idle: str
) -> int:
    """Give back the rows that this living process holds and does not work on: the database failed in between."""
    dropped = table.update().where(table.c.state == busy, table.c.owner == owner, table.c.id.not_in(under_way))
    return (await connection.execute(dropped.values(state=idle, owner=None))).rowcount
