"""The payment survives what the network does to its notification: late, lost, forged, repeated, out of order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from conftest import RunningStack
from people import Applicant, Reviewer, Simulator
from standard import binds, fills_in, pays_later, sends_papers, submits_and_pays

pytestmark = pytest.mark.journey
Joins = Callable[[str], Coroutine[Any, Any, Applicant]]


async def test_a_payment_is_noticed_once_whatever_happens_to_its_notification(
    running: RunningStack, simulator: Simulator, joins: Joins, account: str
) -> None:
    applicant = await joins("小吴")
    await binds(applicant, account)
    case_no = await fills_in(applicant)
    await sends_papers(applicant)
    page = await pays_later(applicant)

    cancelled = await applicant.pays(page, "cancel")
    assert cancelled["err_msg"] == "get_brand_wcpay_request:cancel"
    assert (await page.posts("/h5/pay/check", {})) == {"paid": False}

    await applicant.pays(page, "callback_lost")
    assert (await page.posts("/h5/pay/check", {}))["paid"] is True
    await applicant.sees("提交成功")

    [order] = [
        one for one in (await simulator.call("GET", "/_sim/pay/orders"))["orders"] if one["openid"] == applicant.openid
    ]
    for how in ("tamper", "stale", "signtest"):
        await simulator.call("POST", "/_sim/pay/callback", json={"out_trade_no": order["out_trade_no"], "how": how})
    await simulator.call(
        "POST", "/_sim/pay/callback", json={"out_trade_no": order["out_trade_no"], "how": "repeat", "count": 3}
    )
    await asyncio.sleep(2)
    reviewer = await Reviewer.enters(running.environment.url("FRONT_PORT"))
    try:
        page_text = await reviewer.case(case_no)
    finally:
        await reviewer.leaves()
    assert page_text.count("支付成功") == 1
    await applicant.says("到哪一步了")
    await applicant.sees("中智审核中")


async def test_an_unpaid_order_closes_after_24_hours_and_keeps_the_data(
    running: RunningStack, simulator: Simulator, joins: Joins, account: str
) -> None:
    applicant = await joins("小郑")
    await binds(applicant, account)
    await fills_in(applicant)
    await sends_papers(applicant)
    too_late = await pays_later(applicant)
    await simulator.moves_clock(hours=24, seconds=60)
    await applicant.sees("已自动关闭", "需要在24小时内缴费并提交申请，逾期将自动关闭，如需请重新发起申请", within_s=40)
    sheet = {**too_late.data("jsapi"), "outcome": "paid"}
    async with applicant.http.post(f"{simulator.url}/_sim/users/{applicant.openid}/pay", json=sheet) as refused:
        assert refused.status == 409, "the order is closed at WeChat Pay, too"

    await applicant.taps(label="重新发起申请")
    await applicant.sees("带过来了", "北京通账号", within_s=20)
    page = await applicant.opens("北京通")
    assert (await page.submits("/h5/credentials", username="bjt", password="geheim-1", **page.ticks)).status == 200
    await applicant.sees("提交")
    await submits_and_pays(applicant)
    await applicant.sees("提交成功")
