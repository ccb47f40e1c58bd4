"""How many customer-service messages WeChat still allows to an openid (reference B.3); the numbers are parameters."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, DateTime, Select, literal, select
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from wechat.outgoing import Priority
from wechat.tables import budget as table

Window = Literal["message", "click"]


@dataclass(frozen=True)
class Limits:
    """WeChat's numbers; `reserve` of the message window is kept for staff, `margin` covers the way to WeChat."""

    message_count: int = 5
    message_window: timedelta = timedelta(hours=48)
    click_count: int = 3
    click_window: timedelta = timedelta(minutes=1)
    reserve: int = 1
    message_margin: timedelta = timedelta(minutes=1)
    click_margin: timedelta = timedelta(seconds=5)


@dataclass(frozen=True)
class Ledger:
    """When the two windows of one openid were opened last, and what was sent since."""

    message_opened_at: datetime | None = None
    message_sent: int = 0
    click_opened_at: datetime | None = None
    click_sent: int = 0


WECHATS_LIMITS: Final = Limits()


def opened(ledger: Ledger, window: Window, *, now: datetime) -> Ledger:
    """The ledger after the user wrote (`message`) or tapped, followed or scanned (`click`)."""
    if window == "message":
        return replace(ledger, message_opened_at=now, message_sent=0)
    return replace(ledger, click_opened_at=now, click_sent=0)


def left(ledger: Ledger, window: Window, limits: Limits, *, now: datetime, priority: Priority) -> int:
    """How many messages of this priority the window still takes at `now`."""
    if window == "click":
        if not _is_open(ledger.click_opened_at, limits.click_window - limits.click_margin, now):
            return 0
        return max(0, limits.click_count - ledger.click_sent)
    if not _is_open(ledger.message_opened_at, limits.message_window - limits.message_margin, now):
        return 0
    kept = 0 if priority == "staff" else limits.reserve
    return max(0, limits.message_count - kept - ledger.message_sent)


def choose(ledger: Ledger, limits: Limits, *, now: datetime, priority: Priority) -> Window | None:
    """The window that the next message uses: the one that closes first, None when both are out."""
    windows: tuple[Window, Window] = ("click", "message")
    return next((w for w in windows if left(ledger, w, limits, now=now, priority=priority)), None)


def spent(ledger: Ledger, window: Window, count: int = 1) -> Ledger:
    """The ledger after `count` messages more (or less, when a message did not leave)."""
    if window == "message":
        return replace(ledger, message_sent=max(0, ledger.message_sent + count))
    return replace(ledger, click_sent=max(0, ledger.click_sent + count))


def closed(ledger: Ledger) -> Ledger:
    """The ledger after WeChat said that nothing more may be sent (45015, 45047): it knows best."""
    return replace(ledger, message_opened_at=None, click_opened_at=None)


def _is_open(since: datetime | None, length: timedelta, now: datetime) -> bool:
    return since is not None and now < since + length


async def read(connection: AsyncConnection, openid: str, *, lock: bool = False) -> Ledger:
    """The stored ledger; with `lock` nobody else changes it until the transaction ends."""
    query = select(table.c.message_opened_at, table.c.message_sent, table.c.click_opened_at, table.c.click_sent).where(
        table.c.openid == openid
    )
    row = (await connection.execute(query.with_for_update() if lock else query)).first()
    return Ledger(*row) if row else Ledger()


def opening(window: Window, openids: Select[Any], *, now: ColumnElement[datetime]) -> Insert:
    """The statement that notes that the users whom `openids` selects did something that opens `window` at `now`."""
    values: dict[str, ColumnElement[Any]] = {f"{window}_opened_at": now, f"{window}_sent": literal(0)}
    opener = openids.add_columns(*values.values())
    statement = insert(table).from_select(["openid", *values], opener, include_defaults=False)
    return statement.on_conflict_do_update(index_elements=[table.c.openid], set_=values)


async def open_window(connection: AsyncConnection, openid: str, window: Window, *, now: datetime) -> None:
    """Store that the user did something that opens `window`."""
    await connection.execute(opening(window, select(literal(openid)), now=literal(now, DateTime(timezone=True))))


async def take(
    connection: AsyncConnection, openid: str, *, limits: Limits, now: datetime, priority: Priority
) -> Window | None:
    """Spend one message before it is sent; None when there is none to spend."""
    ledger = await read(connection, openid, lock=True)
    window = choose(ledger, limits, now=now, priority=priority)
    if window:
        await _store(connection, openid, spent(ledger, window))
    return window


async def give_back(connection: AsyncConnection, openid: str, window: Window) -> None:
    """Undo a `take` whose message certainly did not leave."""
    await _store(connection, openid, spent(await read(connection, openid, lock=True), window, -1))


async def close_windows(connection: AsyncConnection, openid: str) -> None:
    """Store that WeChat takes nothing more for now."""
    await _store(connection, openid, closed(await read(connection, openid, lock=True)))


async def remaining(
    connection: AsyncConnection,
    openid: str,
    *,
    now: datetime,
    limits: Limits = WECHATS_LIMITS,
    priority: Priority = "staff",
) -> int:
    """How many messages can still go to this openid now, for the console's display."""
    ledger = await read(connection, openid)
    windows: tuple[Window, Window] = ("click", "message")
    return sum(left(ledger, window, limits, now=now, priority=priority) for window in windows)


async def _store(connection: AsyncConnection, openid: str, ledger: Ledger) -> None:
    await connection.execute(
        table.update()
        .where(table.c.openid == openid)
        .values(
            message_opened_at=ledger.message_opened_at,
            message_sent=ledger.message_sent,
            click_opened_at=ledger.click_opened_at,
            click_sent=ledger.click_sent,
        )
    )
