"""Time as an applicant sees it: the reminder twelve hours before the end, and how long it took others (F48, F49)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

import pytest
import sqlalchemy
from conftest import RunningStack
from people import Applicant, Simulator
from sqlalchemy.ext.asyncio import create_async_engine
from standard import binds, fills_in, pays_later, sends_papers

pytestmark = pytest.mark.journey
Joins = Callable[[str], Coroutine[Any, Any, Applicant]]
CUSTOM_SEND = "/cgi-bin/message/custom/send"

# Copies of a demo case that took from 1 to 20 days of office time, of somebody whom no journey uses.
CLOSED = """
INSERT INTO cases SELECT (jsonb_populate_record(one, jsonb_build_object(
    'id', 'c_closed_' || n, 'case_no', 'GJ20250101-' || (80000 + n), 'applicant_id', 'a_demo_59')
    || jsonb_build_object('closed_at', one.created_at + n * interval '1 day'))).*
FROM cases one, generate_series(1, 20) n WHERE one.id = 'c_demo_62'
"""
TRAIL = """
INSERT INTO audit (at, actor_kind, actor_id, action, case_id, from_stage, to_stage)
SELECT one.created_at + step.after * n * interval '1 day', 'system', 'worker', 'x', one.id, step.before, step.stage
FROM generate_series(1, 20) n JOIN cases one ON one.id = 'c_closed_' || n,
    (VALUES (0, 'awaiting_payment', 'agency_review'), (1, 'agency_review', 'completed')) step (after, before, stage)
ORDER BY one.id, step.after
"""


async def hour_by_hour(simulator: Simulator, applicant: Applicant, text: str) -> str:
    """Move the clock until `text` is seen, at most to the last hour before the payment window closes."""
    for _ in range(22):
        await simulator.moves_clock(hours=1)
        with suppress(AssertionError):
            return await applicant.sees(text, within_s=4)
    return await applicant.sees(text)


async def test_the_reminder_comes_by_template_where_no_message_may_be_sent(
    simulator: Simulator, joins: Joins, account: str
) -> None:
    applicant = await joins("小孔")
    await binds(applicant, account)
    await fills_in(applicant)
    await sends_papers(applicant)
    await pays_later(applicant)
    refused = {"endpoint": CUSTOM_SEND, "kind": "errcode", "value": 45015, "times": 1}
    await simulator.call("POST", "/_sim/faults", json=refused)
    # Nobody is disturbed at night, so that the twelve hours may become some more.
    screen = await hour_by_hour(simulator, applicant, "还没有支付，逾期自动关闭")
    assert "[template]" in screen
    await applicant.says("到哪一步了")
    await applicant.sees("待支付", "去支付")


async def test_progress_tells_how_long_our_own_cases_took(
    running: RunningStack, simulator: Simulator, joins: Joins, account: str
) -> None:
    applicant = await joins("小曹")
    await binds(applicant, account)
    await fills_in(applicant)
    await sends_papers(applicant)
    page = await pays_later(applicant)
    await applicant.pays(page)
    await page.posts("/h5/pay/check", {})
    await applicant.sees("提交成功")
    await applicant.says("办到哪了")
    assert "以往办完的申请" not in await applicant.sees("中智审核中")

    engine = create_async_engine(str(running.environment.variables["DATABASE_URL"]))
    async with engine.begin() as connection:
        await connection.execute(sqlalchemy.text(CLOSED))
        await connection.execute(sqlalchemy.text(TRAIL))
    await engine.dispose()
    running.kill("worker")
    running.start("worker")  # It counts when it begins, then every ten minutes.
    for _ in range(30):
        if "以往办完的申请" in await applicant.says("办到哪了"):
            break
        await asyncio.sleep(1)
    await applicant.sees("1～20天", "不算等申请人的时间", "仅供参考")
