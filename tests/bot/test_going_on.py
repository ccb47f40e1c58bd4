"""A page has done its job: the talk goes on by itself, in order with what the applicant writes, once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.inbox import Inbox
from wechat.tables import budget, inbox, outgoing

OPENID = "oUSER0000000000000000000001"
KEY = "page:l_1:bind"
RESUME = {"event": "resume"}


async def test_the_answer_leaves_by_customer_service_message(
    phone: Any, parts: Any, engine: AsyncEngine, sent_later: Any, until: Any, a_clock: Any
) -> None:
    parts.reply = lambda turn: [{"text": f"接着办：{turn['event']}"}]
    assert await Inbox(engine).put(OPENID, RESUME, KEY, now=a_clock.now())

    async def is_sent() -> bool:
        return await sent_later(OPENID) == ["接着办：resume"]

    await until(is_sent)
    assert parts.turns[0]["event"] == "resume" and parts.turns[0]["text"] is None
    assert parts.contacts == []


async def test_the_same_page_goes_on_once(engine: AsyncEngine, a_clock: Any) -> None:
    entry = Inbox(engine)
    assert await entry.put(OPENID, RESUME, KEY, now=a_clock.now())
    assert not await entry.put(OPENID, RESUME, KEY, now=a_clock.now())


async def test_it_opens_no_reply_window(engine: AsyncEngine, a_clock: Any) -> None:
    await Inbox(engine).put(OPENID, RESUME, KEY, now=a_clock.now())
    async with engine.connect() as connection:
        assert (await connection.execute(select(budget))).all() == []


async def test_it_waits_for_the_turn_before_it(
    phone: Any, parts: Any, engine: AsyncEngine, until: Any, a_clock: Any
) -> None:
    parts.delay_s = 0.3
    for number in range(3):
        await Inbox(engine).put(OPENID, RESUME, f"{KEY}:{number}", now=a_clock.now())

    async def is_done() -> bool:
        async with engine.connect() as connection:
            return set((await connection.execute(select(inbox.c.state))).scalars()) == {"answered"}

    await until(is_done)
    assert len(parts.turns) == 3 and parts.most_running == 1


async def test_it_survives_a_dialogue_that_is_away_without_an_excuse(
    phone: Any, parts: Any, engine: AsyncEngine, sent_later: Any, until: Any, a_clock: Any
) -> None:
    parts.statuses = [503, 503]
    parts.reply = lambda turn: [{"text": "接着办"}]
    await Inbox(engine).put(OPENID, RESUME, KEY, now=a_clock.now())

    async def is_sent() -> bool:
        async with engine.connect() as connection:
            return bool((await connection.execute(select(outgoing.c.id))).all())

    await until(is_sent)
    assert await sent_later(OPENID) == ["接着办"]
    assert {turn["key"] for turn in parts.turns} == {parts.turns[0]["key"]}


async def test_a_page_may_say_what_was_tapped_on_it(
    phone: Any, parts: Any, engine: AsyncEngine, sent_later: Any, until: Any, a_clock: Any
) -> None:
    await Inbox(engine).put(OPENID, {**RESUME, "payload": "photo_accept"}, KEY, now=a_clock.now())

    async def is_sent() -> bool:
        return bool(await sent_later(OPENID))

    await until(is_sent)
    assert await sent_later(OPENID) == ["收到：photo_accept"]


async def test_a_quiet_one_only_tells_the_dialogue(
    phone: Any, parts: Any, engine: AsyncEngine, sent_later: Any, until: Any, a_clock: Any
) -> None:
    await Inbox(engine).put(OPENID, {**RESUME, "quiet": True}, KEY, now=a_clock.now())

    async def is_done() -> bool:
        async with engine.connect() as connection:
            return bool(await connection.scalar(select(inbox.c.state)) == "answered")

    await until(is_done)
    assert len(parts.turns) == 1 and await sent_later(OPENID) == []
