"""The five other businesses through the chat, and what each adds after the payment: F70, F52 with F56, F63."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import pytest
from changes import (
    BUSINESSES,
    Business,
    begins,
    gives_credentials,
    passes_everything,
    pays,
    pieces,
    sends_everything,
    sends_portrait_when_asked,
    tells,
)
from conftest import RunningStack
from papers import a_pdf
from people import Applicant, Reviewer, Simulator

pytestmark = pytest.mark.journey
Joins = Callable[[str], Coroutine[Any, Any, Applicant]]


@pytest.fixture
async def reviewer(running: RunningStack) -> AsyncIterator[Reviewer]:
    entered = await Reviewer.enters(running.environment.url("FRONT_PORT"))
    yield entered
    await entered.leaves()


@pytest.mark.parametrize("business", BUSINESSES, ids=[one.account for one in BUSINESSES])
async def test_somebody_who_returns_goes_from_the_menu_to_a_passed_review(
    business: Business, reviewer: Reviewer, simulator: Simulator, joins: Joins
) -> None:
    applicant = await joins("小钱")
    case_no = await begins(applicant, business.label, business.account)
    await gives_credentials(applicant)
    await tells(applicant, business.told)
    await sends_portrait_when_asked(applicant)
    await applicant.sees("都发在这里", business.advised)
    await sends_everything(applicant, "contract", "id_front")
    await applicant.says("这张是身份证")
    await applicant.sees("居民身份证")
    await applicant.says("提交")
    await pays(applicant)
    await AFTERWARDS.get(business.label, _is_passed)(applicant, reviewer, case_no)


async def _is_passed(applicant: Applicant, reviewer: Reviewer, case_no: str) -> None:
    await passes_everything(reviewer, case_no)
    await applicant.sees("审核通过")


async def _sends_a_piece_again(applicant: Applicant, reviewer: Reviewer, case_no: str) -> None:
    """F70: one piece of the bucket goes back as the labour contract; only that is supplemented."""
    assert "申请人说是：居民身份证" in await reviewer.case(case_no)
    first = (await pieces(reviewer, case_no))[0]
    await reviewer.presses(case_no, "pieces/reject", item="WK01", files=first, preset="", reason="缺签字页")
    await reviewer.passes(case_no, "OT06")
    await reviewer.presses(case_no, "events/finish_review")
    await applicant.sees("劳动（聘用）合同", "缺签字页")
    await applicant.says("我补一下")
    await applicant.sees("请补：劳动（聘用）合同")
    await applicant.sends("contract")
    await applicant.sees("收到")
    await applicant.says("提交")
    await applicant.sees("补充的材料交上去了")
    assert await reviewer.items(case_no) == ["WK01"]
    await passes_everything(reviewer, case_no)
    await applicant.sees("审核通过")


async def _is_asked_twice_by_the_bureau(applicant: Applicant, reviewer: Reviewer, case_no: str) -> None:
    """F52 at both reviews; at the second the jobs are rewritten instead of sending a photo (F56)."""
    await _is_passed(applicant, reviewer, case_no)
    await reviewer.presses(case_no, "events/file_to_bureau")
    await reviewer.presses(case_no, "events/request_supplement", text="请补近6个月个税记录", due_on="")
    await applicant.sees("请补近6个月个税记录")
    await applicant.sends("tax_record")
    await applicant.sees("收到")
    await applicant.says("提交")
    await applicant.sees("补充的材料交上去了")
    await reviewer.presses(case_no, "events/pass_first")
    await reviewer.presses(case_no, "events/request_supplement", text="请核对上一段工作的岗位", due_on="")
    await applicant.sees("请核对上一段工作的岗位")
    await applicant.says("第一段的岗位改成测试工程师")
    await applicant.sees("测试工程师")
    await applicant.says("提交")
    await applicant.sees("补充的材料交上去了")
    await reviewer.presses(case_no, "events/pass_final")
    await applicant.sees("通过")


async def _downloads_the_slip(applicant: Applicant, reviewer: Reviewer, case_no: str) -> None:
    """F63: the newest success has the slip, not the earlier case."""
    await _is_passed(applicant, reviewer, case_no)
    for button in ("file_to_bureau", "pass_first", "pass_final"):
        await reviewer.presses(case_no, f"events/{button}")
    await reviewer.uploads_slip(case_no, a_pdf())
    await applicant.sees("确认单")
    await applicant.says("下载确认单")
    await applicant.sees("[image]", case_no)


AFTERWARDS: dict[str, Callable[[Applicant, Reviewer, str], Coroutine[Any, Any, None]]] = {
    "续签": _sends_a_piece_again,
    "聘用单位变更": _is_asked_twice_by_the_bureau,
    "一般信息变更": _downloads_the_slip,
}
