"""A message that cannot be sent, stored or read holds up nothing for ever, and costs no budget that was not used."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.refusing import refusing_updates
from wechat import budget
from wechat.delivery import GIVE_UP_AFTER, Courier
from wechat.outgoing import Outgoing, Reply, enqueue
from wechat.tables import outgoing

OPENID = "oUser"


async def no_picture(_openid: str, _file_id: str) -> bytes:
    raise ConnectionError("the store is away")


def a_courier(engine: AsyncEngine, tables: str, client: Any, clock: Any) -> Courier:
    return Courier(
        engine=engine, database_url=tables, client=client, clock=clock, file_bytes=no_picture, poll_every_s=0.1
    )


@asynccontextmanager
async def running(courier: Courier) -> AsyncIterator[None]:
    task = asyncio.create_task(courier.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def nothing_can_be_noted(engine: AsyncEngine) -> AbstractAsyncContextManager[None]:
    return refusing_updates(engine, "wechat_outgoing", when="OLD.state = 'sending'")


async def wait_for_state(engine: AsyncEngine, key: str, state: str) -> None:
    async with asyncio.timeout(8):
        while await state_of(engine, key) != state:
            await asyncio.sleep(0.02)


async def state_of(engine: AsyncEngine, key: str) -> str:
    async with engine.connect() as connection:
        found = await connection.scalar(select(outgoing.c.state).where(outgoing.c.dedupe_key == key))
        return str(found)


async def put(engine: AsyncEngine, key: str, *parts: Reply) -> None:
    async with engine.begin() as connection:
        await enqueue(connection, Outgoing(OPENID, key, parts))


async def open_window(engine: AsyncEngine, clock: Any) -> None:
    async with engine.begin() as connection:
        await budget.open_window(connection, OPENID, "message", now=clock.now())


async def test_a_message_whose_end_could_not_be_noted_does_not_block_the_next_one(
    engine: AsyncEngine, tables: str, client: Any, platform: Any, a_clock: Any
) -> None:
    await open_window(engine, a_clock)
    await put(engine, "first", Reply(text="一"))
    async with running(a_courier(engine, tables, client, a_clock)):
        async with nothing_can_be_noted(engine), asyncio.timeout(8):
            while not platform.sent:
                await asyncio.sleep(0.02)
        await put(engine, "second", Reply(text="二"))
        await wait_for_state(engine, "second", "sent")
    assert await state_of(engine, "first") == "sent"


async def test_a_message_that_nobody_can_read_is_given_up_and_the_next_one_goes(
    engine: AsyncEngine, tables: str, client: Any, platform: Any, a_clock: Any
) -> None:
    await open_window(engine, a_clock)
    await put(engine, "first", Reply(text="一"))
    async with engine.begin() as connection:
        await connection.execute(outgoing.update().values(parts=[{"link": "不是链接"}], attempts=GIVE_UP_AFTER - 1))
    await put(engine, "second", Reply(text="二"))
    async with running(a_courier(engine, tables, client, a_clock)):
        await wait_for_state(engine, "second", "sent")
    assert await state_of(engine, "first") == "failed"


async def test_a_picture_that_the_store_cannot_give_costs_nothing_of_the_budget(
    engine: AsyncEngine, tables: str, client: Any, platform: Any, a_clock: Any
) -> None:
    await open_window(engine, a_clock)
    await put(engine, "picture", Reply(image_file_id="f_1"))
    async with engine.begin() as connection:
        await connection.execute(outgoing.update().values(attempts=GIVE_UP_AFTER - 1))
    async with running(a_courier(engine, tables, client, a_clock)):
        await wait_for_state(engine, "picture", "failed")
    async with engine.connect() as connection:
        assert (await budget.read(connection, OPENID)).message_sent == 0
