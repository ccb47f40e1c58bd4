"""Things break in the middle: what was said is kept and has its effect once; nothing is asked twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
import redis.asyncio as redis
from conftest import RunningStack
from people import Applicant, Simulator
from standard import binds

pytestmark = pytest.mark.journey
Joins = Callable[[str], Coroutine[Any, Any, Applicant]]


async def asked_for_the_phone(applicant: Applicant, username: str) -> None:
    """Up to the question for phone and mail."""
    await binds(applicant, username)
    await applicant.says("新申请")
    await applicant.sees("编号GJ")
    if "立户单位" in applicant.screen:
        await applicant.taps(label="示例科技（北京）有限公司（朝阳区）")
    await applicant.sees("新申请须知")
    await applicant.taps(label="符合条件")
    await applicant.sees("手机号和邮箱")


def times_seen(applicant: Applicant, text: str) -> int:
    return sum(text in bubble["text"] for bubble in applicant.bubbles if bubble["side"] == "account")


@pytest.mark.parametrize("part", ["bot", "rasa", "actions", "backend", "worker"])
async def test_a_part_that_is_killed_in_the_middle_of_a_turn_loses_nothing(
    running: RunningStack, joins: Joins, part: str, yanqing_account: str
) -> None:
    applicant = await joins("小钱")
    await asked_for_the_phone(applicant, yanqing_account)
    await applicant.says("手机号13800138000，邮箱zhang@example.com", waits=False)
    await asyncio.sleep(0.03)
    running.kill(part)
    running.start(part)
    await applicant.sees("北京通", within_s=60)
    await applicant.says("跳过")
    await applicant.sees("婚姻状况", within_s=60)
    assert times_seen(applicant, "婚姻状况") == 1
    assert "手机号和邮箱" not in applicant.screen


@pytest.mark.parametrize("store", ["postgres", "valkey"])
async def test_what_is_said_while_a_store_is_dead_is_answered_once_it_is_back(
    running: RunningStack, joins: Joins, store: str, account: str
) -> None:
    applicant = await joins("小褚")
    await asked_for_the_phone(applicant, account)
    await asyncio.sleep(1)  # the tests' database may lose what it said in the last moment; a real one may not
    running.kill(store)
    await applicant.says("手机号13800138000，邮箱zhang@example.com", waits=False)
    await asyncio.sleep(1)
    running.start(store)
    await applicant.sees("北京通", within_s=60)
    assert times_seen(applicant, "记下了") == 1
    assert all(bubble["kind"] != "banner" for bubble in applicant.bubbles)


async def test_a_flushed_redis_loses_no_answer_and_asks_nothing_twice(
    running: RunningStack, simulator: Simulator, joins: Joins, account: str
) -> None:
    applicant = await joins("小孙")
    await asked_for_the_phone(applicant, account)
    await applicant.says("手机号13800138000，邮箱zhang@example.com")
    await applicant.sees("北京通")
    async with redis.Redis.from_url(running.environment.variables["REDIS_URL"]) as cache:
        await cache.flushall()
    await applicant.says("跳过")
    await applicant.sees("婚姻状况")
    assert "手机号和邮箱" not in applicant.screen


async def test_wechats_repeats_of_a_slow_turn_have_one_effect_and_one_answer(
    running: RunningStack, simulator: Simulator, joins: Joins, account: str
) -> None:
    applicant = await joins("小李")
    await asked_for_the_phone(applicant, account)
    with running.frozen("actions"):
        await applicant.says("手机号13800138000，邮箱zhang@example.com", waits=False)
        await asyncio.sleep(6.5)
    await applicant.sees("北京通", within_s=30)
    await asyncio.sleep(1.5)
    await applicant.sees("北京通")
    assert times_seen(applicant, "记下了") == 1


async def test_wechats_next_try_at_bots_that_hung_has_one_effect_and_one_answer(
    running: RunningStack, simulator: Simulator, joins: Joins, account: str
) -> None:
    applicant = await joins("小冯")
    await asked_for_the_phone(applicant, account)
    with running.frozen("bot"), running.frozen("bot_2"):
        await applicant.says("手机号13800138000，邮箱zhang@example.com", waits=False)
        await asyncio.sleep(5.5)
    await applicant.sees("北京通", within_s=30)
    await asyncio.sleep(1.5)
    await applicant.sees("北京通")
    assert times_seen(applicant, "记下了") == 1
    pushes = (await simulator.call("GET", f"/_sim/transcript?name=push%20text&openid={applicant.openid}"))["entries"]
    assert "(try 2)" in pushes[-1]["name"]


async def test_what_is_said_while_every_bot_is_dead_is_answered_by_the_next_ones(
    running: RunningStack, simulator: Simulator, joins: Joins, account: str
) -> None:
    applicant = await joins("小陈")
    await asked_for_the_phone(applicant, account)
    for bot in ("bot", "bot_2"):
        running.kill(bot)
    await applicant.says("手机号13800138000，邮箱zhang@example.com", waits=False)
    for bot in ("bot", "bot_2"):
        running.start(bot)
    await applicant.sees("北京通", within_s=60)
    assert times_seen(applicant, "记下了") == 1
    assert all(bubble["kind"] != "banner" for bubble in applicant.bubbles)


async def test_a_push_that_wechat_sends_three_times_at_once_is_answered_once(
    running: RunningStack, simulator: Simulator, joins: Joins, account: str
) -> None:
    applicant = await joins("小周")
    await asked_for_the_phone(applicant, account)
    await applicant.does("say", text="手机号13800138000，邮箱zhang@example.com", copies=3)
    await applicant.sees("北京通")
    await applicant.says("到哪一步了")
    screen = await applicant.sees("填写中")
    assert "手机号和邮箱" not in screen


async def test_twenty_applicants_at_once_on_two_bots_all_get_their_own_answers(
    running: RunningStack, simulator: Simulator, joins: Joins
) -> None:
    crowd = [await joins(f"路人{n}") for n in range(20)]

    async def talks(number: int, applicant: Applicant) -> None:
        await asked_for_the_phone(applicant, f"demo{2 * number + 1}")
        await applicant.says(f"138001380{number:02}")
        await applicant.sees(f"138****80{number:02}", within_s=60)

    await asyncio.gather(*(talks(number, applicant) for number, applicant in enumerate(crowd)))
    assert all(bubble["kind"] != "banner" for applicant in crowd for bubble in applicant.before + applicant.bubbles)
