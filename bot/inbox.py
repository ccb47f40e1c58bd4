"""The inbox: every push before it is acknowledged, who works on it, and the one decision how its answer leaves.

A row goes `new → running → answered`. How the answer leaves is `delivery`: `passive` (in our answer to WeChat) or
`custom` (through `wechat_outgoing`), written once, by whoever comes first. Short waits go by the database's clock, so
that neither a moved demo clock nor two machines' clocks matter; reply windows go by `Clock`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import BigInteger, Integer, and_, bindparam, exists, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.sql.dml import ReturningUpdate

from bot.storing import storing
from wechat.budget import Window
from wechat.going_on import put_event
from wechat.inbound import Push
from wechat.outgoing import Outgoing, enqueue, forget, release_held, take_held
from wechat.presence import release_dropped, release_orphans
from wechat.replies import Reply, render
from wechat.tables import ANSWERED_CHANNEL
from wechat.tables import inbox as table

# A passive answer travels a moment longer than a customer-service message; the rest must not overtake it.
AFTER_PASSIVE: Final = timedelta(milliseconds=600)
LATE_REPEAT: Final = timedelta(seconds=3)
_now = func.clock_timestamp
log = structlog.get_logger()


@dataclass(frozen=True)
class Given:
    """What WeChat gets as our answer: a text, or None for `success`."""

    text: str | None


@dataclass(frozen=True)
class Stored:
    """A push in the inbox; `given` is set when its answer is decided already."""

    id: int
    is_first: bool
    given: Given | None


@dataclass(frozen=True)
class Work:
    """A claimed row: one turn to take."""

    id: int
    openid: str
    kind: str
    kept: Mapping[str, Any]
    turn_key: str
    received_at: datetime
    attempts: int
    file_id: str | None


def _claiming() -> ReturningUpdate[Any]:
    """Parameters: `owner` and `at_most`. Built once: making it anew costs more than running it."""
    other = table.alias()
    in_the_way = exists().where(
        other.c.openid == table.c.openid,
        other.c.state != "answered",
        or_(other.c.id < table.c.id, and_(other.c.state == "running", other.c.id != table.c.id)),
    )
    heads = (
        select(table.c.id)
        .where(table.c.state == "new", table.c.next_try_at <= _now(), ~in_the_way)
        .order_by(table.c.id)
        .limit(bindparam("at_most", type_=Integer))
        .with_for_update(skip_locked=True)
    )
    taken = {"state": "running", "owner": bindparam("owner", type_=BigInteger), "attempts": table.c.attempts + 1}
    return table.update().where(table.c.id.in_(heads)).values(taken).returning(table)


_CLAIM: Final = _claiming()


class Inbox:
    """All statements on `wechat_inbox`."""

    def __init__(self, engine: AsyncEngine, door: AsyncEngine | None = None) -> None:
        """`door` is for storing pushes; it commits by itself and tries no connection before using it."""
        self._engine = engine
        self._door = door or engine.execution_options(isolation_level="AUTOCOMMIT")

    async def store(
        self, push: Push, kept: Mapping[str, Any], *, now: datetime, wait_s: float, excuse: str | None = None
    ) -> Stored:
        """Keep the push; a repeat finds the first one. With `excuse` the answer is decided at once (an outage)."""
        row = {
            "dedupe_key": push.dedupe_key,
            "turn_key": push.turn_key,
            "openid": push.openid,
            "kind": push.kind,
            "push": dict(kept),
            "received_at": now,
            "wait": timedelta(seconds=wait_s),
        }
        statement = storing(_window(push))
        async with self._door.connect() as connection:
            found = (await connection.execute(statement, {**row, "excuse": excuse})).one()
        return Stored(found.id, found.is_first, _given(found.delivery, found.passive))

    async def put(self, openid: str, event: Mapping[str, Any], dedupe_key: str, *, now: datetime) -> bool:
        """Store an event of our own, such as a page that has done its job; False when it is known already."""
        async with self._engine.begin() as connection:
            return await put_event(connection, openid, event, dedupe_key, now=now)

    async def claim(self, owner: int, *, at_most: int) -> list[Work]:
        """Take the first open row of some openids of which nothing is running."""
        async with self._engine.begin() as connection:
            claimed = await connection.execute(_CLAIM, {"owner": owner, "at_most": at_most})
            return sorted((_work(row) for row in claimed.mappings()), key=lambda work: work.id)

    async def finish(self, work: Work, owner: int, replies: Sequence[Reply], *, passive_ok: bool) -> Given | None:
        """The turn is done: note it, and send the answer unless somebody else decides how; None when undecided."""
        async with self._engine.begin() as connection:
            row = await _locked(connection, work.id, owner)
            if row is None:
                return None
            delivery, passive = row.delivery, row.passive
            if delivery is None and (passive_ok or not replies):
                delivery, passive = await _deliver_passively(connection, work.openid, work.turn_key, replies)
            elif delivery == "custom":
                await _deliver_custom(connection, work.openid, work.turn_key, replies)
            await connection.execute(
                table.update()
                .where(table.c.id == work.id)
                .values(
                    state="answered",
                    owner=None,
                    answered_at=_now(),
                    delivery=delivery,
                    passive=passive,
                    replies=[reply.to_json() for reply in replies] if delivery is None else None,
                )
            )
            await _notify(connection, work.turn_key)
            return _given(delivery, passive)

    async def postpone(
        self, work: Work, owner: int, *, seconds: float, excuse: str | None, passive_ok: bool
    ) -> Given | None:
        """The turn could not be taken: put it back, and say so once per outage if `excuse` is given."""
        async with self._engine.begin() as connection:
            row = await _locked(connection, work.id, owner)
            if row is None:
                return None
            await connection.execute(
                table.update()
                .where(table.c.id == work.id)
                .values(state="new", owner=None, next_try_at=_now() + timedelta(seconds=seconds))
            )
            given = _given(row.delivery, row.passive)
            if excuse is not None:
                given = await _excuse(
                    connection, work.id, work.openid, work.turn_key, excuse, passive_ok=passive_ok, decided=given
                )
            await _notify(connection, work.turn_key)
            return given

    async def answer_of(self, row_id: int) -> Given | None:
        """What WeChat gets for this push; decides it when the turn is answered; None while it is under way."""
        async with self._engine.begin() as connection:
            row = (await connection.execute(select(table).where(table.c.id == row_id).with_for_update())).one()
            if row.delivery is not None or row.state != "answered":
                return _given(row.delivery, row.passive)
            delivery, passive = await _deliver_passively(connection, row.openid, row.turn_key, _kept_replies(row))
            await _decide(connection, row_id, delivery, passive)
            return _given(delivery, passive)

    async def stop_waiting(self, row_id: int) -> Given:
        """The window closes: the answer will leave by customer-service message, unless it is decided already."""
        async with self._engine.begin() as connection:
            closed = await connection.execute(
                table.update()
                .where(table.c.id == row_id, table.c.delivery.is_(None), table.c.state != "answered")
                .values(delivery="custom")
            )
            if closed.rowcount:
                return Given(None)
        return await self.answer_of(row_id) or Given(None)

    async def remember_file(self, row_id: int, file_id: str) -> None:
        """The picture is safe in the backend: a repeated turn does not fetch it again."""
        async with self._engine.begin() as connection:
            await connection.execute(table.update().where(table.c.id == row_id).values(file_id=file_id))

    async def retry_now(self) -> None:
        """The parts are back: everything put off is due."""
        async with self._engine.begin() as connection:
            await connection.execute(
                table.update().where(table.c.state == "new", table.c.next_try_at > _now()).values(next_try_at=_now())
            )

    async def heal(self, owner: int, *, under_way: Collection[int]) -> int:
        """Take back what dead processes left and what `owner` has dropped: running turns, and answers that nobody waits
        for; how many turns.
        """
        async with self._engine.begin() as connection:
            released = await release_orphans(connection, table, busy="running", idle="new")
            released += await release_dropped(
                connection, table, owner=owner, under_way=under_way, busy="running", idle="new"
            )
            waiting = await connection.execute(
                select(table)
                .where(
                    table.c.delivery.is_(None), table.c.state == "answered", table.c.wait_until < _now() - LATE_REPEAT
                )
                .with_for_update(skip_locked=True)
            )
            for row in waiting.all():
                await _deliver_custom(connection, row.openid, row.turn_key, _kept_replies(row))
                await _decide(connection, row.id, "custom", None)
        return released

    async def purge(self, *, older_than: timedelta) -> int:
        """Delete answered pushes older than the time we keep chats."""
        async with self._engine.begin() as connection:
            purged = await connection.execute(table.delete().where(table.c.answered_at < _now() - older_than))
            return purged.rowcount

    async def forget(self, openid: str, *, keep_id: int) -> None:
        """The user left: erase what they wrote and what waits for them; the keys stay, against repeats."""
        async with self._engine.begin() as connection:
            await connection.execute(
                table.update()
                .where(table.c.openid == openid, table.c.state == "answered", table.c.id != keep_id)
                .values(push={}, passive=None, replies=None)
            )
            await forget(connection, openid)


def _kept_replies(row: Any) -> list[Reply]:
    """The stored answer; one that an older bot left in another shape is lost alone, and does not stop the others."""
    try:
        return [Reply.from_json(reply) for reply in row.replies or ()]
    except ValueError:
        log.error("answer_unreadable", turn=row.turn_key)
        return []


async def _deliver_passively(
    connection: AsyncConnection, openid: str, turn_key: str, replies: Sequence[Reply]
) -> tuple[str, dict[str, str] | None]:
    """The first message in our answer to WeChat, what waited for budget before it, the rest in line behind it."""
    if not replies:
        return "passive", None
    held = await take_held(connection, openid)
    messages = render([message.as_reply() for message in held] + list(replies))
    first = messages[0] if messages else None
    if first is None or first.text is None:
        # A picture would have to be uploaded first; that is the worker's business.
        await _put_in_line(connection, openid, turn_key, [m.as_reply() for m in messages], timedelta(0))
        return "custom", None
    await _put_in_line(connection, openid, turn_key, [m.as_reply() for m in messages[1:]], AFTER_PASSIVE)
    return "passive", {"text": first.text}


async def _deliver_custom(connection: AsyncConnection, openid: str, turn_key: str, replies: Sequence[Reply]) -> None:
    if replies:
        await release_held(connection, openid)
        await _put_in_line(connection, openid, turn_key, replies, timedelta(0))


async def _put_in_line(
    connection: AsyncConnection, openid: str, turn_key: str, replies: Sequence[Reply], delay: timedelta
) -> None:
    if replies:
        await enqueue(connection, Outgoing(openid, f"turn:{turn_key}", tuple(replies), delay=delay))


async def _excuse(
    connection: AsyncConnection,
    row_id: int,
    openid: str,
    turn_key: str,
    sentence: str,
    *,
    passive_ok: bool,
    decided: Given | None = None,
) -> Given | None:
    """Say once per openid and outage that the answer comes later: no open row of theirs has been told so yet."""
    told = await connection.scalar(
        select(literal(True))
        .select_from(table)
        .where(table.c.openid == openid, table.c.state != "answered", table.c.excused)
        .limit(1)
    )
    if decided is None and not passive_ok:
        return None
    if told:
        if decided is None:
            await _decide(connection, row_id, "custom", None)
        return decided or Given(None)
    if decided is None:
        await _decide(connection, row_id, "custom", {"text": sentence}, excused=True)
        return Given(sentence)
    await _decide(connection, row_id, "custom", None, excused=True, only_excuse=True)
    await enqueue(connection, Outgoing(openid, f"excuse:{turn_key}", (Reply(text=sentence),)))
    return decided


async def _decide(
    connection: AsyncConnection,
    row_id: int,
    delivery: str,
    passive: dict[str, str] | None,
    *,
    excused: bool = False,
    only_excuse: bool = False,
) -> None:
    values: dict[str, Any] = {"excused": True} if excused else {}
    if not only_excuse:
        values |= {"delivery": delivery, "passive": passive, "replies": None}
    await connection.execute(table.update().where(table.c.id == row_id).values(**values))


async def _locked(connection: AsyncConnection, row_id: int, owner: int) -> Any:
    query = select(table.c.delivery, table.c.passive).where(
        table.c.id == row_id, table.c.state == "running", table.c.owner == owner
    )
    return (await connection.execute(query.with_for_update())).first()


async def _notify(connection: AsyncConnection, turn_key: str) -> None:
    await connection.execute(select(func.pg_notify(ANSWERED_CHANNEL, turn_key)))


def _window(push: Push) -> Window | None:
    if push.trigger is None:
        return None
    return "click" if push.trigger == "click" else "message"


def _given(delivery: str | None, passive: Mapping[str, str] | None) -> Given | None:
    if delivery is None:
        return None
    return Given(passive["text"] if passive else None)


def _work(row: Any) -> Work:
    return Work(
        id=row["id"],
        openid=row["openid"],
        kind=row["kind"],
        kept=row["push"],
        turn_key=row["turn_key"],
        received_at=row["received_at"],
        attempts=row["attempts"],
        file_id=row["file_id"],
    )
