"""Messages leave in order, within the budget, once, by any number of workers."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from wechat import budget
from wechat.delivery import Courier, FileMissing
from wechat.outgoing import Outgoing, Reply, Template, enqueue, record_template_result, take_held
from wechat.tables import outgoing

OPENID = "oUser"
ME = 77


async def picture(_openid: str, file_id: str) -> bytes:
    if file_id == "gone":
        raise FileMissing
    return b"\xff\xd8\xff" + file_id.encode()


@pytest.fixture
def courier(engine: AsyncEngine, tables: str, client: Any, a_clock: Any) -> Courier:
    return Courier(
        engine=engine,
        database_url=tables,
        client=client,
        clock=a_clock,
        file_bytes=picture,
        template_ids={"case_update": "TPL1"},
        poll_every_s=0.1,
    )


async def put(engine: AsyncEngine, key: str, *texts: str, openid: str = OPENID, **more: Any) -> None:
    parts = more.pop("parts", None) or tuple(Reply(text=one) for one in texts)
    async with engine.begin() as connection:
        await enqueue(connection, Outgoing(openid, key, parts, **more))


async def open_window(engine: AsyncEngine, a_clock: Any, openid: str = OPENID, window: Any = "message") -> None:
    async with engine.begin() as connection:
        await budget.open_window(connection, openid, window, now=a_clock.now())


async def deliver_all(courier: Courier) -> None:
    while rows := await courier.claim(ME):
        for row in rows:
            await courier.deliver(row, ME)


async def states(engine: AsyncEngine) -> list[str]:
    async with engine.connect() as connection:
        return list((await connection.execute(select(outgoing.c.state).order_by(outgoing.c.id))).scalars())


def texts(platform: Any) -> list[str]:
    return [message["text"]["content"] for message in platform.sent]


async def test_messages_leave_in_their_order(
    engine: AsyncEngine, courier: Courier, platform: Any, a_clock: Any
) -> None:
    await open_window(engine, a_clock)
    for number in range(4):
        await put(engine, f"k{number}", str(number))
    await deliver_all(courier)
    assert texts(platform) == ["0", "1", "2", "3"]


async def test_the_same_key_is_sent_once(engine: AsyncEngine, courier: Courier, platform: Any, a_clock: Any) -> None:
    await open_window(engine, a_clock)
    await put(engine, "k", "一次")
    await put(engine, "k", "一次")
    await deliver_all(courier)
    assert texts(platform) == ["一次"]


async def test_a_picture_is_uploaded_and_sent(
    engine: AsyncEngine, courier: Courier, platform: Any, a_clock: Any
) -> None:
    await open_window(engine, a_clock)
    await put(engine, "k", parts=(Reply(image_file_id="f_1"), Reply(text="可以吗？")))
    await deliver_all(courier)
    assert [message["msgtype"] for message in platform.sent] == ["image", "text"]
    assert platform.uploads == [("picture.jpg", b"\xff\xd8\xfff_1")]


async def test_a_picture_that_is_gone_does_not_hold_up_the_text(
    engine: AsyncEngine, courier: Courier, platform: Any, a_clock: Any
) -> None:
    await open_window(engine, a_clock)
    await put(engine, "k", parts=(Reply(image_file_id="gone"), Reply(text="可以吗？")))
    await deliver_all(courier)
    assert (texts(platform), await states(engine)) == (["可以吗？"], ["sent"])


async def test_the_fifth_system_message_is_held_and_staff_may_still_write(
    engine: AsyncEngine, courier: Courier, platform: Any, a_clock: Any
) -> None:
    await open_window(engine, a_clock)
    for number in range(5):
        await put(engine, f"k{number}", str(number))
    await put(engine, "staff", "工作人员", priority="staff")
    await deliver_all(courier)
    assert texts(platform) == ["0", "1", "2", "3", "工作人员"]
    assert await states(engine) == ["sent"] * 4 + ["held", "sent"]


async def test_what_is_held_is_carried_by_the_next_turn(engine: AsyncEngine, courier: Courier) -> None:
    await put(engine, "k", "提醒")
    await deliver_all(courier)
    async with engine.begin() as connection:
        carried = [message.text for message in await take_held(connection, OPENID)]
    assert (carried, await states(engine)) == (["提醒"], ["sent"])


async def test_without_budget_the_template_leaves_with_its_own_key(
    engine: AsyncEngine, courier: Courier, platform: Any
) -> None:
    template = Template(
        "case_update", {"thing1": "您的材料有一项需要补充，请尽快处理一下好吗谢谢"}, "https://e.example"
    )
    await put(engine, "k", "请补充材料", template=template)
    await deliver_all(courier)
    (sent,) = platform.templates
    assert (sent["template_id"], len(sent["data"]["thing1"]["value"])) == ("TPL1", 20)
    assert sent["client_msg_id"].startswith("gongju-")
    assert await states(engine) == ["sent"]


async def test_a_template_that_did_not_arrive_leaves_its_message_to_the_next_turn(
    engine: AsyncEngine, courier: Courier
) -> None:
    await put(engine, "k", "请补充材料", template=Template("case_update", {"thing1": "x"}))
    await deliver_all(courier)
    async with engine.begin() as connection:
        assert await record_template_result(connection, 3557254367693750277, "failed:user block")
    assert await states(engine) == ["held"]


@pytest.mark.parametrize("errcode", [45015, 45047])
async def test_when_wechat_says_the_budget_is_out_the_message_is_held(
    engine: AsyncEngine, courier: Courier, platform: Any, a_clock: Any, errcode: int
) -> None:
    await open_window(engine, a_clock)
    platform.errors = [errcode]
    await put(engine, "k1", "一")
    await put(engine, "k2", "二")
    await deliver_all(courier)
    assert (texts(platform), await states(engine)) == ([], ["held", "held"])


@pytest.mark.parametrize("errcode", [-1, 45009, 45011])
async def test_when_wechat_is_busy_the_message_waits_and_keeps_its_budget(
    engine: AsyncEngine, courier: Courier, platform: Any, a_clock: Any, errcode: int
) -> None:
    await open_window(engine, a_clock)
    platform.errors = [errcode]
    await put(engine, "k1", "一")
    await put(engine, "k2", "二")
    await deliver_all(courier)
    async with engine.begin() as connection:
        left = await budget.remaining(connection, OPENID, now=a_clock.now())
        waits = await connection.scalar(
            select(outgoing.c.not_before > func.clock_timestamp()).order_by(outgoing.c.id).limit(1)
        )
        await connection.execute(outgoing.update().values(not_before=func.clock_timestamp()))
    assert (left, waits, await states(engine)) == (5, True, ["pending", "pending"])
    await deliver_all(courier)
    assert texts(platform) == ["一", "二"]


@pytest.mark.parametrize("errcode", [43004, 48002, 43019])
async def test_a_user_who_cannot_be_reached_is_given_up(
    engine: AsyncEngine, courier: Courier, platform: Any, a_clock: Any, errcode: int
) -> None:
    await open_window(engine, a_clock)
    platform.errors = [errcode]
    await put(engine, "k", "一")
    await deliver_all(courier)
    assert await states(engine) == ["failed"]


async def test_a_worker_that_died_between_two_messages_is_continued(
    engine: AsyncEngine, courier: Courier, platform: Any, a_clock: Any
) -> None:
    await open_window(engine, a_clock)
    await put(engine, "k", "一" * 600, "二" * 600)
    async with engine.begin() as connection:
        await connection.execute(outgoing.update().values(state="sending", owner=ME, sent_count=1))
    await deliver_all(courier)
    assert (texts(platform), await states(engine)) == (["二" * 600], ["sent"])


async def test_two_workers_send_each_message_once_and_in_order(
    engine: AsyncEngine, tables: str, make_client: Any, platform: Any, a_clock: Any
) -> None:
    people = [f"oUser{number}" for number in range(6)]
    for openid in people:
        await open_window(engine, a_clock, openid)
        for number in range(4):
            await put(engine, f"{openid}{number}", f"{openid} {number}", openid=openid)
    couriers = [
        Courier(engine=engine, database_url=tables, client=make_client(), clock=a_clock, file_bytes=picture)
        for _ in range(2)
    ]
    tasks = [asyncio.create_task(courier.run()) for courier in couriers]
    async with asyncio.timeout(10):
        while set(await states(engine)) != {"sent"}:
            await asyncio.sleep(0.05)
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    for openid in people:
        assert [one for one in texts(platform) if one.startswith(f"{openid} ")] == [f"{openid} {n}" for n in range(4)]


async def test_a_new_message_wakes_the_courier(
    engine: AsyncEngine, courier: Courier, platform: Any, a_clock: Any
) -> None:
    await open_window(engine, a_clock)
    courier.poll_every_s = 30
    task = asyncio.create_task(courier.run())
    await asyncio.sleep(0.5)
    await put(engine, "k", "你好")
    async with asyncio.timeout(3):
        while not platform.sent:
            await asyncio.sleep(0.02)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert texts(platform) == ["你好"]


async def test_the_rest_of_a_passive_answer_waits_its_moment(
    engine: AsyncEngine, courier: Courier, a_clock: Any
) -> None:
    await open_window(engine, a_clock)
    await put(engine, "k", "其余", delay=timedelta(seconds=30))
    assert await courier.claim(ME) == []


async def show(engine: AsyncEngine, courier: Courier, a_clock: Any, key: str) -> None:
    """The same sample is shown to somebody."""
    await open_window(engine, a_clock)
    await put(engine, key, parts=(Reply(image_file_id="smp_BA01"),))
    await deliver_all(courier)


async def test_the_same_picture_is_uploaded_once_in_nearly_three_days(
    engine: AsyncEngine, courier: Courier, platform: Any, a_clock: Any
) -> None:
    for at, hours in enumerate((0, 1, 70)):
        a_clock.advance(hours=hours)
        await show(engine, courier, a_clock, f"k{at}")
    assert (len(platform.uploads), len(platform.sent)) == (2, 3)


async def test_a_picture_that_wechat_has_forgotten_is_uploaded_again_once(
    engine: AsyncEngine, courier: Courier, platform: Any, a_clock: Any
) -> None:
    await show(engine, courier, a_clock, "k1")
    platform.errors.append(40007)
    await show(engine, courier, a_clock, "k2")
    assert (len(platform.uploads), await states(engine)) == (2, ["sent", "sent"])
