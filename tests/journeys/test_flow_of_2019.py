"""The manual of 2019 in the chat: book, pay, send the papers; a new application with its re-review (T12–T33)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import pytest
from changes import (
    begins,
    day,
    gives_credentials,
    passes_everything,
    pays,
    sends_everything,
    sends_portrait_when_asked,
    tells,
)
from conftest import RunningStack
from people import Applicant, Reviewer, Simulator
from standard import sends_papers

pytestmark = pytest.mark.journey
Joins = Callable[[str], Coroutine[Any, Any, Applicant]]


@pytest.fixture
async def reviewer(running: RunningStack) -> AsyncIterator[Reviewer]:
    entered = await Reviewer.enters(running.environment.url("FRONT_PORT"))
    yield entered
    await entered.leaves()


async def test_a_renewal_books_then_pays_then_sends_its_papers_in_the_chat(
    reviewer: Reviewer, simulator: Simulator, joins: Joins
) -> None:
    applicant = await joins("小孙")
    case_no = await begins(applicant, "续签", "demo67")
    await gives_credentials(applicant)
    await tells(
        applicant,
        (
            ("编号是多少", "京G2023000456"),
            ("到期", f"{day(20)}到期"),
            ("社保谁缴", "跳过"),
            ("有变化吗", "没有变化"),
        ),
    )
    await sends_portrait_when_asked(applicant)
    await applicant.says("提交")
    await applicant.sees("约")
    await applicant.says("就第一个时间")
    await pays(applicant)
    await applicant.sees("cailiao@example.com")
    await sends_everything(applicant, "contract", "id_front")
    await applicant.says("传完了")
    await applicant.sees("交给中智审核了")
    await passes_everything(reviewer, case_no)
    await applicant.sees("通过")


async def test_a_new_application_is_paid_passed_and_booked_for_its_re_review(
    reviewer: Reviewer, simulator: Simulator, joins: Joins
) -> None:
    applicant = await joins("小李")
    case_no = await begins(applicant, "新申请", "demo60")
    await tells(applicant, (("手机号和邮箱", "13800138000 li@example.com"),))
    await gives_credentials(applicant)
    await tells(
        applicant,
        (
            ("婚姻状况", "汉族，群众，未婚，没有职称"),
            ("户口所在地", "吉林省长春市，家庭户，城镇"),
            ("现居住地址", "密云区鼓楼街1号院2号楼301，租房，101500"),
        ),
    )
    await sends_portrait_when_asked(applicant)
    await tells(applicant, (("社保谁缴", "1 1 2 2"),))
    await sends_papers(applicant)
    await applicant.says("提交")
    await pays(applicant)
    await passes_everything(reviewer, case_no)
    await applicant.sees("预约")
    await applicant.says("就第一个时间")
    await applicant.sees("约好")
    assert "events/mark_attended" in await reviewer.case(case_no) or "已预约复审" in await reviewer.case(case_no)
