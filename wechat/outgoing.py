"""The line of messages that leave outside a passive reply: who puts them in, and who takes held ones out again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from wechat.replies import Choice, Link, Message, Reply, render
from wechat.tables import OUTGOING_CHANNEL, outgoing

__all__ = ["Choice", "Link", "Message", "Outgoing", "Priority", "Reply", "Template", "enqueue", "render"]

Priority = Literal["system", "staff"]


@dataclass(frozen=True)
class Template:
    """A template message that may stand in when the budget is out; `purpose` names it in WECHAT_TEMPLATE_IDS."""

    purpose: str
    values: Mapping[str, str]
    url: str | None = None


@dataclass(frozen=True)
class Outgoing:
    """Something to send; the same `dedupe_key` is sent once.

    `at` is the moment of its cause on the sender's Clock; without one it is the database's now.
    """

    openid: str
    dedupe_key: str
    parts: Sequence[Reply] = field(default_factory=tuple)
    template: Template | None = None
    priority: Priority = "system"
    delay: timedelta = timedelta(0)
    at: datetime | None = None


async def enqueue(connection: AsyncConnection, message: Outgoing) -> bool:
    """Put a message in line, inside the caller's transaction; False when its `dedupe_key` is known already."""
    added = await connection.execute(
        insert(outgoing)
        .values(
            openid=message.openid,
            dedupe_key=message.dedupe_key,
            parts=[part.to_json() for part in message.parts],
            template=asdict(message.template) if message.template else None,
            priority=message.priority,
            not_before=func.clock_timestamp() + message.delay,
            created_at=message.at or func.clock_timestamp(),
        )
        .on_conflict_do_nothing(index_elements=[outgoing.c.dedupe_key])
        .returning(outgoing.c.id)
    )
    if added.first() is None:
        return False
    await connection.execute(select(func.pg_notify(OUTGOING_CHANNEL, "")))
    return True


async def take_held(connection: AsyncConnection, openid: str) -> list[Message]:
    """The messages that waited for budget, now to be carried by the caller's passive reply, in their order."""
    rows = await connection.execute(
        select(outgoing.c.id, outgoing.c.parts, outgoing.c.sent_count)
        .where(outgoing.c.openid == openid, outgoing.c.state == "held")
        .order_by(outgoing.c.id)
        .with_for_update()
    )
    taken = rows.all()
    messages = [m for row in taken for m in render(map(Reply.from_json, row.parts))[row.sent_count :]]
    if taken:
        await connection.execute(
            outgoing.update()
            .where(outgoing.c.id.in_([row.id for row in taken]))
            .values(state="sent", via="passive", sent_at=func.clock_timestamp())
        )
    return messages


async def release_held(connection: AsyncConnection, openid: str) -> None:
    """Put the messages that waited for budget back in line: the user just opened a window."""
    released = await connection.execute(
        outgoing.update()
        .where(outgoing.c.openid == openid, outgoing.c.state == "held")
        .values(state="pending", not_before=func.clock_timestamp())
    )
    if released.rowcount:
        await connection.execute(select(func.pg_notify(OUTGOING_CHANNEL, "")))


async def record_template_result(connection: AsyncConnection, msgid: int, status: str) -> bool:
    """Note what TEMPLATESENDJOBFINISH says; a template that did not arrive leaves its message to the next turn."""
    result = await connection.execute(
        outgoing.update()
        .where(outgoing.c.template_msgid == msgid)
        .values(template_status=status, state="sent" if status == "success" else "held")
    )
    return bool(result.rowcount)


async def redirect(
    connection: AsyncConnection, marks: Sequence[str], *, from_openid: str, to_openid: str | None
) -> None:
    """What waits for one openid and whose key holds one of `marks` goes to another one, or (None) to nobody."""
    if not marks:
        return
    changes = {"openid": to_openid, "state": "pending"} if to_openid else {"state": "failed", "error": "unsubscribed"}
    await connection.execute(
        outgoing.update()
        .where(
            outgoing.c.openid == from_openid,
            outgoing.c.state.in_(["pending", "held"]),
            or_(*(outgoing.c.dedupe_key.contains(mark, autoescape=True) for mark in marks)),
        )
        .values(**changes)
    )
    await connection.execute(select(func.pg_notify(OUTGOING_CHANNEL, "")))


async def forget(connection: AsyncConnection, openid: str) -> None:
    """The user left: nothing waits for them any more, and what was said is erased (reference A.4, unsubscribe)."""
    await connection.execute(
        outgoing.update()
        .where(outgoing.c.openid == openid, outgoing.c.state.in_(["pending", "held"]))
        .values(state="failed", error="unsubscribed")
    )
    await connection.execute(
        outgoing.update()
        .where(outgoing.c.openid == openid, outgoing.c.state.in_(["sent", "failed"]))
        .values(parts=[], template=None)
    )
