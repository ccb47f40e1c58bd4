"""What happens when a part is away or a bot dies in the middle of a turn: nothing is lost, nothing is done twice."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from io import BytesIO
from typing import Any

from PIL import Image
from sqlalchemy import make_url, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import sentences
from launcher.process import free_port
from wechat.tables import inbox

OPENID = "oUSER0000000000000000000001"
NOBODY = "http://127.0.0.1:9"


def a_text(words: str, msg_id: int = 1) -> dict[str, Any]:
    return {"MsgType": "text", "Content": words, "MsgId": msg_id}


async def test_with_the_dialogue_away_a_kind_sentence_comes_and_later_the_answer(
    phone: Any, parts: Any, sent_later: Any, until: Any
) -> None:
    parts.statuses = [503, 503]
    assert await phone.push(OPENID, **a_text("你好")) == sentences.OUTAGE

    async def is_answered() -> bool:
        return bool(await sent_later(OPENID))

    await until(is_answered)
    assert await sent_later(OPENID) == ["收到：你好"]
    assert len({turn["key"] for turn in parts.turns}) == 1


async def test_the_sentence_comes_once_per_outage_and_applicant(start_bot: Any) -> None:
    phone = await start_bot(rasa_url=NOBODY)
    answers = [await phone.push(OPENID, **a_text(str(n), n)) for n in range(4)]
    assert answers == [sentences.OUTAGE, None, None, None]


async def test_another_applicant_gets_the_sentence_too(start_bot: Any) -> None:
    phone = await start_bot(rasa_url=NOBODY)
    await phone.push(OPENID, **a_text("你好"))
    assert await phone.push("oOTHER", **a_text("你好")) == sentences.OUTAGE


async def test_after_an_outage_the_answers_come_in_order(phone: Any, parts: Any, sent_later: Any, until: Any) -> None:
    parts.status = 503
    for number in range(4):
        await phone.push(OPENID, **a_text(str(number), number))
    parts.status = 200

    async def are_answered() -> bool:
        return len(await sent_later(OPENID)) == 4

    await until(are_answered, seconds=12)
    assert await sent_later(OPENID) == [f"收到：{number}" for number in range(4)]


async def test_with_the_dialogue_away_pushes_are_acknowledged_at_once(start_bot: Any) -> None:
    phone = await start_bot(rasa_url=NOBODY)
    await phone.push(OPENID, **a_text("你好"))
    took = []
    for number in range(60):
        started = time.perf_counter()
        await phone.push(f"oUSER{number}", **a_text("你好"))
        took.append(time.perf_counter() - started)
    assert sorted(took)[int(len(took) * 0.9)] < 0.25


async def test_one_applicants_trouble_does_not_silence_the_others(phone: Any, parts: Any) -> None:
    parts.reply = lambda turn: [] if turn["sender"] == OPENID else [{"text": "好"}]
    assert await phone.push(OPENID, **a_text("你好")) == sentences.OUTAGE
    assert await phone.push("oOTHER", **a_text("你好")) == "好"


async def test_a_turn_that_the_dialogue_rejects_is_not_repeated(phone: Any, parts: Any) -> None:
    parts.status = 400
    assert await phone.push(OPENID, **a_text("你好")) == sentences.BUG
    await asyncio.sleep(0.3)
    assert len(parts.turns) == 1


def a_picture() -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (400, 300), "white").save(buffer, "JPEG")
    return buffer.getvalue()


async def test_with_a_full_store_pictures_wait_and_nobodys_words_do(start_bot: Any, parts: Any, until: Any) -> None:
    phone = await start_bot(window_s=4.0)
    parts.media["M1"], parts.upload_status = a_picture(), 503
    for sender in ("oUSER0000000000000000000002", "oUSER0000000000000000000003"):
        assert await phone.push(sender, MsgType="image", MediaId="M1", MsgId=1) == sentences.OUTAGE
    assert await phone.push(OPENID, **a_text("你好")) == "收到：你好"
    parts.upload_status = 201

    async def are_taken() -> bool:
        return sum(bool(turn["files"]) for turn in parts.turns) == 2

    await until(are_taken)


async def test_with_the_backend_away_a_picture_is_kept_for_later(
    start_bot: Any, parts: Any, engine: AsyncEngine
) -> None:
    parts.media["M1"] = a_picture()
    phone = await start_bot(window_s=4.0, backend_url=NOBODY)
    assert await phone.push(OPENID, MsgType="image", MediaId="M1", MsgId=1) == sentences.OUTAGE
    async with engine.connect() as connection:
        assert await connection.scalar(select(inbox.c.state)) in ("new", "running")


async def test_a_turn_left_by_a_dead_bot_is_taken_over(
    start_bot: Any, parts: Any, engine: AsyncEngine, sent_later: Any, until: Any
) -> None:
    phone = await start_bot(window_s=0.2)
    parts.delays = {"你好": 60}
    await phone.push(OPENID, **a_text("你好"))

    async def is_under_way() -> bool:
        return bool(parts.turns)

    await until(is_under_way)
    async with engine.begin() as connection:  # the row of a process that does not hold its lock any more
        await connection.execute(inbox.update().values(owner=7))
    parts.delays = {}

    async def is_answered() -> bool:
        return bool(await sent_later(OPENID))

    await until(is_answered)
    assert await sent_later(OPENID) == ["收到：你好"]


async def test_an_answer_nobody_waits_for_leaves_by_customer_service_message(
    start_bot: Any, engine: AsyncEngine, sent_later: Any, until: Any
) -> None:
    async with engine.begin() as connection:  # the bot died between the turn and its answer
        await connection.execute(
            inbox.insert().values(
                dedupe_key="k", turn_key="t", openid=OPENID, kind="text", push={}, received_at=text("now()"),
                state="answered", replies=[{"text": "好"}], wait_until=text("now() - interval '1 minute'"),
            )
        )  # fmt: skip
    await start_bot()

    async def is_sent() -> bool:
        return bool(await sent_later(OPENID))

    await until(is_sent)
    assert await sent_later(OPENID) == ["好"]


async def test_a_repeat_after_the_bot_died_gets_the_answer_of_the_one_turn(start_bot: Any, parts: Any) -> None:
    first = await start_bot(window_s=0.2)
    parts.delays = {"你好": 0.6}
    assert await first.push(OPENID, **a_text("你好")) is None
    second = await start_bot()
    assert await second.push(OPENID, **a_text("你好")) is None
    await asyncio.sleep(0.6)
    assert len(parts.turns) == 1


async def test_a_flushed_redis_loses_nothing(phone: Any, redis_url: str) -> None:
    import redis

    await phone.push(OPENID, **a_text("你好"))
    with redis.Redis.from_url(redis_url) as store:
        store.flushall()
    assert await phone.push(OPENID, **a_text("再来", 2)) == "收到：再来"


async def test_a_bot_that_starts_before_its_database_is_not_ready_and_then_takes_turns(
    start_bot: Any, tables: str, until: Any
) -> None:
    real, port = make_url(tables), free_port()
    phone = await start_bot(database_url=real.set(port=port).render_as_string(hide_password=False))

    async def says() -> dict[str, bool]:
        return dict((await (await phone.http.get("/readyz")).json())["checks"])

    async def is_at_work() -> bool:
        return (await says())["turns"]

    assert (await says())["turns"] is False
    async with a_line_to(int(real.port or 0), at=port):
        await until(is_at_work)
        assert await phone.push(OPENID, MsgType="text", Content="你好", MsgId=1) == "收到：你好"


@asynccontextmanager
async def a_line_to(port: int, *, at: int) -> AsyncIterator[None]:
    """Whatever comes to the port `at` goes to `port` while the context is open."""

    async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to_reader, to_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(copy(reader, to_writer), copy(to_reader, writer))

    server = await asyncio.start_server(connect, "127.0.0.1", at)
    try:
        yield
    finally:
        server.close()
