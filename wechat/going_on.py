"""Events of our own in the inbox: a page or a payment has done its job, the talk goes on (contracts.md 5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from wechat.inbound import turn_key_of
from wechat.tables import INBOX_CHANNEL
from wechat.tables import inbox as table


async def put_event(
    connection: AsyncConnection, openid: str, event: Mapping[str, Any], dedupe_key: str, *, now: datetime
) -> bool:
    """Store an event inside the caller's transaction, so that it is there exactly when its cause is; False when it is
    known already.

    WeChat does not wait for its answer, so that leaves by customer-service message; no reply window is opened.
    """
    row = {
        "dedupe_key": dedupe_key,
        "turn_key": turn_key_of(dedupe_key),
        "openid": openid,
        "kind": "event",
        "push": dict(event),
        "received_at": now,
        "delivery": "custom",
    }
    statement = insert(table).values(row).on_conflict_do_nothing(index_elements=[table.c.dedupe_key])
    added = (await connection.execute(statement.returning(table.c.turn_key))).first()
    if added is not None:
        await connection.execute(select(func.pg_notify(INBOX_CHANNEL, added.turn_key)))
    return added is not None
