"""The first journey (新申请, profile 2023): from greeting to the confirmation slip, every hop real."""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urljoin

import pytest
from conftest import RunningStack
from papers import a_pdf
from people import Applicant, Reviewer, Simulator, mails
from standard import binds, fills_in, paper_for, sends_papers, submits_and_pays

pytestmark = pytest.mark.journey
Joins = Callable[[str], Coroutine[Any, Any, Applicant]]


async def test_an_applicant_goes_from_greeting_to_the_confirmation_slip(
    running: RunningStack, simulator: Simulator, joins: Joins, account: str
) -> None:
    applicant = await joins("小赵")
    await binds(applicant, account)
    case_no = await fills_in(applicant)
    await sends_papers(applicant)
    await submits_and_pays(applicant)
    assert applicant.inputs <= 40, f"{applicant.inputs} inputs from the first word to the payment"
    await applicant.sees("提交成功")

    reviewer = await Reviewer.enters(running.environment.url("FRONT_PORT"))
    try:
        items = await reviewer.items(case_no)
        assert len(items) >= 17
        await reviewer.passes(case_no, *(code for code in items if code != "HO04"))
        await reviewer.rejects(case_no, "HO04", "租期那页没拍到")
        await reviewer.presses(case_no, "events/finish_review")
        await applicant.sees("租期那页没拍到", "房屋租赁合同")

        await applicant.says("我补一下")
        await applicant.sees("请补：房屋租赁合同")
        await applicant.sends(paper_for("房屋租赁合同")[0])
        await applicant.sees("收到")
        await applicant.says("提交")
        await applicant.sees("补充的材料交上去了")
        await reviewer.passes(case_no, "HO04")
        await reviewer.presses(case_no, "events/finish_review")
        await applicant.sees("审核通过")
        for button in ("file_to_bureau", "pass_first", "pass_final"):
            await reviewer.presses(case_no, f"events/{button}")
        await reviewer.uploads_slip(case_no, a_pdf())
        await applicant.sees("确认单")

        await applicant.says("下载确认单")
        await applicant.sees("[image]", "查看总览")
        page = await applicant.opens()
        slip = re.search(r'href="(/h5/file/[^"]+)"', page.text)
        assert slip, page.text
        async with applicant.http.get(urljoin(page.url, slip.group(1))) as answer:
            assert (await answer.read()).startswith(b"%PDF")
    finally:
        await reviewer.leaves()
    to_all = await mails(running.environment.url("MAIL_PORT"), to="li@example.com")
    assert to_all, "the supplement list goes to all addresses (F20, T21)"
