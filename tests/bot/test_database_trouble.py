"""What the database refuses for a moment is done when it takes it again, by the same living bot."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.refusing import refusing_updates
from wechat.tables import inbox

OPENID = "oApplicant01"


def no_turn_can_end(engine: AsyncEngine) -> AbstractAsyncContextManager[None]:
    """Every note that a turn has ended or is put off fails like a deadlock."""
    return refusing_updates(engine, "wechat_inbox", when="OLD.state = 'running' AND NEW.state <> 'running'")


async def test_a_turn_whose_end_could_not_be_noted_is_taken_again(
    start_bot: Any,
    parts: Any,
    engine: AsyncEngine,
    sent_later: Callable[[str], Awaitable[list[str]]],
    until: Callable[..., Awaitable[None]],
) -> None:
    phone = await start_bot(window_s=0.2)

    async def is_taken() -> bool:
        return len(parts.turns) > 0

    async def is_answered() -> bool:
        return bool(await sent_later(OPENID))

    async with no_turn_can_end(engine):
        await phone.push(OPENID, MsgType="text", Content="你好", MsgId=1)
        await until(is_taken)
    await until(is_answered)
    assert await sent_later(OPENID) == ["收到：你好"]
    assert {turn["key"] for turn in parts.turns} == {parts.turns[0]["key"]}


async def test_an_answer_stored_in_a_shape_that_nobody_reads_any_more_stops_nobody_else(
    start_bot: Any, engine: AsyncEngine
) -> None:
    async with engine.begin() as connection:
        await connection.execute(
            inbox.insert().values(
                dedupe_key="k", turn_key="t", openid="oSomebodyElse", kind="text", push={}, received_at=text("now()"),
                state="answered", replies=[{"choices": [{"title": "好", "payload": "不是 payload"}]}],
                wait_until=text("now() - interval '1 minute'"),
            )
        )  # fmt: skip
    phone = await start_bot()
    assert await phone.push(OPENID, MsgType="text", Content="你好", MsgId=1) == "收到：你好"
