"""The staff's steps on a case: once, on what was seen, with one push, and a mail where the rules say so."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from backend.adapters.documents.checked_pdf import PdfiumInspector
from backend.domain.case import Event, Stage
from backend.domain.errors import ItemLocked, ItemsUndecided, NotPossibleNow, ReasonNeeded
from backend.services import records as r
from backend.services.staff import bureau, closing, confirmation, review
from backend.services.staff import refusals as refused
from backend.services.staff.acting import Form, take_case
from backend.services.staff.messaging import send_message
from backend.services.staff.sign_in import SignedIn, sign_in
from backend.services.staff.tasks import finish_task, tasks
from tests.console.console_world import ITEMS, PASSWORD, World, a_pdf


@pytest.fixture
async def wang(world: World) -> SignedIn:
    return _at_the_desk(await world.a_member_of_staff())


@pytest.fixture
async def zhao(world: World) -> SignedIn:
    return _at_the_desk(await world.a_member_of_staff("zhao", "赵审核"))


def _at_the_desk(staff: r.Staff) -> SignedIn:
    return SignedIn(staff.id, staff.username, staff.display_name, staff.role, "csrf")


async def _form(world: World, who: SignedIn, case: r.CaseRecord, **changes: Any) -> Form:
    now = await world.case(case)
    form = Form(who, case.case_no, now.version, world.office.parts.ids.token())
    return replace(form, **changes)


async def _decide_all(world: World, who: SignedIn, case: r.CaseRecord, *, reject: tuple[str, ...] = ()) -> None:
    for code in ITEMS:
        form = await _form(world, who, case)
        if code in reject:
            await review.reject_item(world.office, form, code=code, reason="照片不清晰")
        else:
            await review.pass_item(world.office, form, code=code)


async def test_the_fifth_wrong_password_locks_the_account_for_a_quarter_of_an_hour(world: World) -> None:
    await world.a_member_of_staff()
    for _ in range(4):
        with pytest.raises(refused.WrongPassword):
            await sign_in(world.office, username="wang", password="wrong")
    with pytest.raises(refused.Locked):
        await sign_in(world.office, username="wang", password="wrong")
    with pytest.raises(refused.Locked):
        await sign_in(world.office, username="wang", password=PASSWORD)
    world.clock.advance(seconds=15 * 60)
    assert (await sign_in(world.office, username="wang", password=PASSWORD)).who.display_name == "王审核"


async def test_an_unknown_name_is_answered_like_a_wrong_password(world: World) -> None:
    with pytest.raises(refused.WrongPassword):
        await sign_in(world.office, username="nobody", password=PASSWORD)


async def test_a_member_of_staff_who_left_cannot_sign_in(world: World) -> None:
    staff = await world.a_member_of_staff()
    async with world.office.parts.begin() as uow:
        await uow.staff.save(replace(staff, active=False))
        await uow.commit()
    with pytest.raises(refused.WrongPassword):
        await sign_in(world.office, username="wang", password=PASSWORD)


async def test_two_reviewers_at_once_the_second_is_told(world: World, wang: SignedIn, zhao: SignedIn) -> None:
    case = await world.a_case()
    first, second = await _form(world, wang, case), await _form(world, zhao, case)
    await review.pass_item(world.office, first, code="BA01")
    with pytest.raises(refused.ChangedMeanwhile):
        await review.reject_item(world.office, second, code="BA01", reason="不清晰")
    assert (await world.items(case))["BA01"].state == "passed"


async def test_of_two_decisions_in_the_same_instant_one_counts(world: World, wang: SignedIn, zhao: SignedIn) -> None:
    case = await world.a_case()
    forms = [await _form(world, wang, case), await _form(world, zhao, case)]
    outcomes = await asyncio.gather(
        *(review.pass_item(world.office, form, code="BA01") for form in forms), return_exceptions=True
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["ChangedMeanwhile", "NoneType"]
    assert len(await world.rows("audit", action=Event.ITEM_PASS.value)) == 1


async def test_a_case_that_a_colleague_holds_is_refused(world: World, wang: SignedIn, zhao: SignedIn) -> None:
    case = await world.a_case()
    await take_case(world.office, await _form(world, wang, case))
    with pytest.raises(refused.TakenByAnother) as told:
        await review.pass_item(world.office, await _form(world, zhao, case), code="BA01")
    assert told.value.display_name == "王审核"


async def test_taking_a_case_over_is_written_down(world: World, wang: SignedIn, zhao: SignedIn) -> None:
    case = await world.a_case()
    await take_case(world.office, await _form(world, wang, case))
    await take_case(world.office, await _form(world, zhao, case))
    await review.pass_item(world.office, await _form(world, zhao, case), code="BA01")
    taken = [entry.actor_id for entry in await world.rows("audit", action="case_taken")]
    assert taken == [wang.staff_id, zhao.staff_id]


async def test_a_form_sent_twice_changes_nothing_the_second_time(world: World, wang: SignedIn) -> None:
    case = await world.a_case(Stage.AGENCY_PASSED)
    form = await _form(world, wang, case)
    await bureau.file_to_bureau(world.office, form)
    await bureau.file_to_bureau(world.office, form)
    assert (await world.case(case)).stage == Stage.HR_FIRST_REVIEW
    assert len(await world.pushes()) == 1
    assert len(await world.rows("audit", action="file_to_bureau")) == 1


async def test_nothing_is_rejected_without_a_reason(world: World, wang: SignedIn) -> None:
    case = await world.a_case()
    with pytest.raises(ReasonNeeded):
        await review.reject_item(world.office, await _form(world, wang, case), code="BA01", reason="  ")


async def test_a_review_with_undecided_items_cannot_be_finished(world: World, wang: SignedIn) -> None:
    case = await world.a_case()
    await review.pass_item(world.office, await _form(world, wang, case), code="BA01")
    with pytest.raises(ItemsUndecided):
        await review.finish_review(world.office, await _form(world, wang, case))


async def test_a_rejected_round_tells_the_applicant_once_and_mails_every_address(world: World, wang: SignedIn) -> None:
    case = await world.a_case()
    await _decide_all(world, wang, case, reject=("HO04",))
    await review.finish_review(world.office, await _form(world, wang, case))
    pushes, mails = await world.pushes(), await world.rows("mails")
    assert (await world.case(case)).stage == Stage.AGENCY_REJECTED
    assert len(pushes) == 1
    assert "房屋租赁合同：照片不清晰" in str(pushes[0]["parts"])
    assert "居民身份证" not in str(pushes[0]["parts"])
    assert [mail.recipients for mail in mails] == [["a@example.com", "b@example.cn"]]


async def test_a_round_without_rejections_passes_the_agency(world: World, wang: SignedIn) -> None:
    case = await world.a_case()
    await _decide_all(world, wang, case)
    await review.finish_review(world.office, await _form(world, wang, case))
    assert (await world.case(case)).stage == Stage.AGENCY_PASSED
    assert await world.rows("mails") == []


async def test_a_decision_can_be_mended_until_the_round_is_finished(world: World, wang: SignedIn) -> None:
    case = await world.a_case()
    await review.pass_item(world.office, await _form(world, wang, case), code="BA01")
    await review.reject_item(world.office, await _form(world, wang, case), code="BA01", reason="缺反面")
    assert (await world.items(case))["BA01"].state == "rejected"


async def test_what_was_passed_in_an_earlier_round_stays_passed(world: World, wang: SignedIn) -> None:
    case = await world.a_case(round=2)
    item = (await world.items(case))["BA01"]
    async with world.office.parts.begin() as uow:
        await uow.items.save(replace(item, state="passed", decided_at=case.stage_since - timedelta(days=1)))
        await uow.commit()
    with pytest.raises(ItemLocked):
        await review.reject_item(world.office, await _form(world, wang, case), code="BA01", reason="再看看")


async def test_a_request_of_the_bureau_is_kept_pushed_and_mailed(world: World, wang: SignedIn) -> None:
    case = await world.a_case(Stage.HR_FIRST_REVIEW)
    form = await _form(world, wang, case)
    await bureau.request_supplement(world.office, form, text="请补交个税记录", due_on=date(2026, 3, 31))
    requests = await world.rows("supplements", case_id=case.id)
    assert [(one.stage, one.round, one.state, one.text) for one in requests] == [
        ("hr_first", 1, "open", "请补交个税记录")
    ]
    assert "3月31日" in str((await world.pushes())[0]["parts"])
    assert "请补交个税记录" in (await world.rows("mails"))[0].body


async def test_a_deadline_in_the_past_is_refused(world: World, wang: SignedIn) -> None:
    case = await world.a_case(Stage.HR_FIRST_REVIEW)
    with pytest.raises(refused.DeadlinePassed):
        form = await _form(world, wang, case)
        await bureau.request_supplement(world.office, form, text="补", due_on=date(2026, 3, 15))


async def test_a_second_request_settles_the_first(world: World, wang: SignedIn) -> None:
    case = await world.a_case(Stage.HR_FIRST_REVIEW)
    await bureau.request_supplement(world.office, await _form(world, wang, case), text="第一次")
    async with world.office.parts.begin() as uow:
        asked = await uow.supplements.first(case_id=case.id)
        assert asked is not None
        await uow.supplements.save(replace(asked, state="submitted"))
        await uow.cases.save(replace(await world.case(case), stage="hr_first_review"))
        await uow.commit()
    await bureau.request_supplement(world.office, await _form(world, wang, case), text="第二次")
    states = {one.text: (one.round, one.state) for one in await world.rows("supplements", case_id=case.id)}
    assert states == {"第一次": (1, "accepted"), "第二次": (2, "open")}


async def test_a_refusal_of_the_bureau_ends_the_case_with_its_reason(world: World, wang: SignedIn) -> None:
    case = await world.a_case(Stage.HR_FINAL_REVIEW)
    await bureau.refuse(world.office, await _form(world, wang, case), reason="社保缴纳不连续")
    ended = await world.case(case)
    assert (ended.stage, ended.close_reason) == (Stage.HR_REFUSED, "社保缴纳不连续")
    assert "社保缴纳不连续" in str((await world.pushes())[0]["parts"])


async def test_the_slip_completes_the_case_and_can_be_downloaded(world: World, wang: SignedIn) -> None:
    case = await world.a_case(Stage.APPROVED)
    await confirmation.upload_confirmation(world.office, await _form(world, wang, case), content=a_pdf())
    slips = await world.rows("confirmations", case_id=case.id)
    files = await world.rows("files", id=slips[0].file_id)
    assert (await world.case(case)).stage == Stage.COMPLETED
    assert files[0].media_type == "application/pdf"


@pytest.mark.parametrize(
    ("content", "why"), [(b"hello", "not_pdf"), (b"%PDF-1.7 broken", "broken"), (b"\xff\xd8\xff", "not_pdf")]
)
async def test_a_slip_that_is_no_readable_pdf_is_refused_with_the_reason(content: bytes, why: str) -> None:
    with pytest.raises(refused.PdfRefused) as told:
        await PdfiumInspector().pages(content)
    assert told.value.why == why


async def test_a_slip_of_too_many_pages_is_refused() -> None:
    with pytest.raises(refused.PdfRefused) as told:
        await PdfiumInspector().pages(a_pdf(21))
    assert told.value.why == "too_long"


async def test_cancelling_a_paid_case_leaves_a_refund_to_decide(world: World, wang: SignedIn) -> None:
    case = await world.a_case()
    await closing.cancel_case(world.office, await _form(world, wang, case), reason="申请人来电要求取消")
    assert (await world.case(case)).stage == Stage.CANCELLED
    assert [task.kind for task in (await tasks(world.office)).lines] == ["refund_review"]


async def test_cancelling_an_unpaid_case_closes_its_order(world: World, wang: SignedIn) -> None:
    case = await world.a_case(Stage.AWAITING_PAYMENT)
    now = world.clock.now()
    async with world.office.parts.begin() as uow:
        await uow.orders.add(r.Order("o1", case.id, "openid", "GJ0001AAAA", 30000, "费", now, now))
        await uow.commit()
    await closing.cancel_case(world.office, await _form(world, wang, case), reason="重复申请")
    assert [order.state for order in await world.rows("orders", case_id=case.id)] == ["closed"]
    assert (await tasks(world.office)).lines == []


@pytest.mark.parametrize("stage", [Stage.DRAFT, Stage.AGENCY_REJECTED, Stage.COMPLETED])
async def test_a_step_that_the_table_does_not_have_changes_nothing(world: World, wang: SignedIn, stage: Stage) -> None:
    closed = {"closed_at": world.clock.now()} if stage is Stage.COMPLETED else {}
    case = await world.a_case(stage, **closed)
    with pytest.raises(NotPossibleNow):
        await bureau.pass_first(world.office, await _form(world, wang, case))
    assert (await world.case(case)).version == 1
    assert await world.rows("audit", action=Event.PASS_FIRST.value) == []


async def test_words_of_the_staff_reach_the_chat_once(world: World, wang: SignedIn) -> None:
    case = await world.a_case()
    form = await _form(world, wang, case)
    await send_message(world.office, form, text="您好，材料已收到。")
    await send_message(world.office, form, text="您好，材料已收到。")
    assert [push["parts"][0]["text"] for push in await world.pushes()] == ["【工作人员】您好，材料已收到。"]


async def test_a_task_is_done_once_and_with_words(world: World, wang: SignedIn) -> None:
    async with world.office.parts.begin() as uow:
        await uow.staff_tasks.add(r.StaffTask("t_1", "human", "申请人要求人工服务", "human:1", world.clock.now()))
        await uow.commit()
    with pytest.raises(refused.TextNeeded):
        await finish_task(world.office, wang, "t_1", result=" ")
    await finish_task(world.office, wang, "t_1", result="已电话答复")
    with pytest.raises(refused.TaskUnknown):
        await finish_task(world.office, wang, "t_1", result="再来一次")
    assert [task.result for task in (await tasks(world.office, done=True)).lines] == ["已电话答复"]
