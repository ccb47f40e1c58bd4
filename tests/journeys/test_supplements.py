"""Supplements in the chat at all three stages: what is open, in which order, what holds it back (F51, F52, F56)."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import date, timedelta
from typing import Any

import pytest
from conftest import RunningStack
from people import Applicant, Reviewer, Simulator
from standard import binds, fills_in, sends_papers, submits_and_pays

pytestmark = pytest.mark.journey
Joins = Callable[[str], Coroutine[Any, Any, Applicant]]


async def test_a_case_is_supplemented_at_all_three_stages(
    running: RunningStack, simulator: Simulator, joins: Joins, choosing_account: str
) -> None:
    applicant = await joins("小补")
    await binds(applicant, choosing_account)
    case_no = await fills_in(applicant)
    await sends_papers(applicant)
    await submits_and_pays(applicant)
    await applicant.sees("提交成功")
    await applicant.says("学习经历改一下")
    await applicant.sees("现在是“中智审核中”", "改不了")
    reviewer = await Reviewer.enters(running.environment.url("FRONT_PORT"))
    try:
        await _agency(applicant, reviewer, case_no)
        await reviewer.presses(case_no, "events/file_to_bureau")
        await _first_review(applicant, reviewer, case_no, today=await simulator.today())
        await reviewer.presses(case_no, "events/pass_first")
        await _final_review(applicant, reviewer, case_no)
    finally:
        await reviewer.leaves()


async def _agency(applicant: Applicant, reviewer: Reviewer, case_no: str) -> None:
    items = await reviewer.items(case_no)
    await reviewer.passes(case_no, *(code for code in items if code not in ("BA01", "WK01")))
    await reviewer.rejects(case_no, "BA01", "反光，看不清号码")
    await reviewer.rejects(case_no, "WK01", "缺签字页")
    await reviewer.presses(case_no, "events/finish_review")
    await applicant.sees("反光，看不清号码", "缺签字页")

    await applicant.says("我补一下")
    await applicant.sees("请补：居民身份证", "要2张（人像面、国徽面）")
    await applicant.says("毕业证我再传一张")
    await applicant.sees("已经通过或不用补")
    await applicant.says("身份证什么样的")
    await applicant.sees("[image]")
    await applicant.sends("id_front")
    await applicant.sees("还差1张（国徽面）")
    await applicant.says("提交")
    await applicant.sees("还差这些没补", "居民身份证：已收到1张", "劳动（聘用）合同")
    await applicant.sends("id_back")
    await applicant.sees("请补：劳动（聘用）合同", "缺签字页")
    await applicant.says("第一段学校改成长春市第二中学")
    await applicant.sees("学校名称：长春市第二中学")
    await applicant.sends("contract")
    await applicant.sees("“劳动（聘用）合同”收到")
    await applicant.says("提交")
    await applicant.sees("补充的材料交上去了")

    page = await reviewer.case(case_no)
    assert "反光，看不清号码" in page and "长春市第二中学" in page
    assert await reviewer.items(case_no) == ["BA01", "WK01"]
    await reviewer.passes(case_no, "BA01", "WK01")
    await reviewer.presses(case_no, "events/finish_review")
    await applicant.sees("审核通过")


async def _first_review(applicant: Applicant, reviewer: Reviewer, case_no: str, *, today: date) -> None:
    due = today + timedelta(days=9)
    await reviewer.presses(case_no, "events/request_supplement", text="请补近6个月个税记录", due_on=f"{due:%Y-%m-%d}")
    await applicant.sees("请补近6个月个税记录", f"{due.month}月{due.day}日")
    await applicant.says("办到哪了")
    await applicant.sees("人社局初审待补", "请补近6个月个税记录", f"{due.month}月{due.day}日")
    await applicant.says("提交")
    await applicant.sees("还差这些没补：", "补充材料")
    await applicant.sends("tax_record")
    await applicant.sees("收到")
    await applicant.says("提交")
    await applicant.sees("补充的材料交上去了")


async def _final_review(applicant: Applicant, reviewer: Reviewer, case_no: str) -> None:
    await reviewer.presses(case_no, "events/request_supplement", text="请核对上一段工作的岗位", due_on="")
    await applicant.sees("请核对上一段工作的岗位")
    await applicant.says("第一段的岗位改成测试工程师")
    await applicant.sees("测试工程师")
    await applicant.says("提交")
    await applicant.sees("补充的材料交上去了")
    assert "申请人改的是学习或工作经历" in await reviewer.case(case_no)
    await reviewer.presses(case_no, "events/pass_final")
    await applicant.sees("通过")
