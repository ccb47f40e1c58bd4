"""Every row of the transition table, walked through the services on the real database.

A row is walked by one step at its stage: it leads where the table says, leaves exactly one audit row by the right
actor, at most one push, and the mails and tasks that states.md 2.2 names. What a test of its own walks is `ELSEWHERE`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from backend.domain.case import TERMINAL, Event, Stage
from backend.domain.transitions import ROWS, Row
from backend.services.orders import prepare_payment
from backend.services.staff import bureau, closing, confirmation, review, visiting
from tests.backend.transition_steps import (
    EDITS,
    INVOICE,
    OPEN,
    PAID,
    PASSES,
    REJECTION,
    Act,
    E,
    S,
    binds_with_two_employers,
    by_staff,
    closes,
    deciding,
    fills_in,
    fills_in_a_renewal_of_2019,
    fills_until_the_conditions,
    in_turn,
    later,
    lets_go,
    nothing,
    opens_the_sheet,
    pays,
    says,
    sends,
    starts,
    tells,
    tells_the_conditions,
)
from tests.backend.transition_world import ADDRESSES, SOME_DAY, Walker, kinds
from tests.backend.visit_world import check_seats
from tests.console.console_world import a_pdf


@dataclass(frozen=True)
class Walk:
    """One row at one stage; `action` is the name of its audit row where that is not the event's."""

    row: str
    source: Stage
    event: Event
    step: Act
    before: Act = nothing
    stands: Act | None = None
    profile: str | None = None
    ends: Stage | None = None
    pushes: tuple[str, ...] = ()
    mails: bool = False
    tasks: tuple[str, ...] = ()
    action: str = ""

    def __str__(self) -> str:
        return f"{self.row}-{self.source.value}-{self.event.value}"

    @property
    def table_row(self) -> Row:
        """The row at this stage; a row that the worker or the staff reach in the same step has another source."""
        rows = [one for one in ROWS if (one.number, one.event) == (self.row, self.event)]
        return next((one for one in rows if one.source is self.source), rows[0])

    async def prepare(self, w: Walker) -> None:
        if self.stands is not None:
            await self.stands(w)
        else:
            await w.stands_at(self.source, profile=self.profile)
        await self.before(w)


def during_a_supplement(row: str, stage: Stage) -> list[Walk]:
    acts = {**EDITS, E.REMOVE_FILE: says("undo_upload")}
    actions = {E.UPLOAD: "upload", E.REMOVE_FILE: "remove_file"}
    before = {E.REMOVE_FILE: sends()}
    return [
        Walk(row, stage, event, act, before=before.get(event, nothing), action=actions.get(event, ""))
        for event, act in acts.items()
    ]


WALKS = [
    Walk("T2", S.DRAFT, E.CHOOSE_EMPLOYER, says("choose_employer", option="2"), stands=binds_with_two_employers),
    Walk("T3", S.DRAFT, E.CONFIRM_ELIGIBLE, says("confirm_notice", eligible=True), stands=starts),
    Walk("T4", S.DRAFT, E.NOT_ELIGIBLE, says("confirm_notice", eligible=False), stands=starts),
    Walk("T5", S.DRAFT, E.SAVE_SECTION, tells("phone", "13912345678"), action="draft"),
    Walk("T5", S.DRAFT, E.EXPIRE_DRAFT, lets_go, before=later(days=91), ends=S.ARCHIVED),
    Walk("T5", S.SLOT_REQUIRED, E.EXPIRE_DRAFT, lets_go, before=later(days=91), ends=S.ARCHIVED),
    Walk(
        "T6", S.DRAFT, E.PREVIOUS, says("previous"), stands=starts, before=says("confirm_notice", eligible=True),
        action="draft",
    ),
    Walk(
        "T8", S.DRAFT, E.SET_CONDITIONS, tells_the_conditions, stands=fills_until_the_conditions, action="draft",
    ),
    Walk("T9", S.DRAFT, E.SEND_TEMPLATES, says("send_templates")),
    Walk("T10", S.DRAFT, E.UPLOAD, sends("OT05"), action="upload"),
    Walk("T10", S.DRAFT, E.REMOVE_FILE, says("undo_upload"), before=sends("OT05"), action="remove_file"),
    Walk("T11", S.DRAFT, E.SUBMIT, says("submit"), stands=fills_in),
    Walk("T12", S.DRAFT, E.SUBMIT_FOR_BOOKING, says("submit"), stands=fills_in_a_renewal_of_2019),
    Walk("T13", S.SLOT_REQUIRED, E.BOOK, says("book", number=1)),
    Walk(
        "T14", S.AWAITING_PAYMENT, E.SET_INVOICE,
        says("answer", values=[{"field": field, "value": value} for field, value in INVOICE], text="…"),
    ),
    Walk("T15", S.AWAITING_PAYMENT, E.PAYMENT_SUCCEEDED, pays, pushes=("payment_received",)),
    Walk(
        "T15", S.AWAITING_PAYMENT, E.PAYMENT_SUCCEEDED_MAIL_NEXT, pays, profile="2019_other",
        pushes=("payment_received_mail_next",),
    ),
    Walk(
        "T16", S.AWAITING_PAYMENT, E.PAYMENT_WINDOW_CLOSED, closes,
        before=in_turn(opens_the_sheet, later(hours=24, seconds=1)), pushes=("payment_timeout",),
    ),
    Walk(
        "T17b", S.AWAITING_PAYMENT, E.LATE_PAYMENT_SUCCEEDED, pays, before=in_turn(later(hours=25), closes),
        ends=S.CLOSED_TIMEOUT, pushes=("late_payment",), tasks=("late_payment",),
    ),
    Walk(
        "T19", S.AWAITING_MATERIALS_EMAIL, E.MARK_EMAIL_RECEIVED, by_staff(bureau.mark, E.MARK_EMAIL_RECEIVED),
    ),
    Walk("T20", S.AGENCY_REVIEW, E.ITEM_PASS, by_staff(review.pass_item, code="WK01")),
    Walk("T20", S.AGENCY_REVIEW, E.ITEM_REJECT, by_staff(review.reject_item, code="WK01", reason="缺页")),
    Walk(
        "T21", S.AGENCY_REVIEW, E.FINISH_REVIEW_REJECTED, by_staff(review.finish_review), before=deciding(**REJECTION),
        pushes=("review_rejected",), mails=True,
    ),
    Walk(
        "T22", S.AGENCY_REVIEW, E.FINISH_REVIEW_PASSED, by_staff(review.finish_review), before=deciding(**PASSES),
        pushes=("review_passed",),
    ),
    Walk("T23", S.AGENCY_REJECTED, E.UPLOAD, sends(), action="upload"),
    Walk("T23", S.AGENCY_REJECTED, E.REMOVE_FILE, says("undo_upload"), before=sends(), action="remove_file"),
    Walk("T24", S.AGENCY_REJECTED, E.EDIT_EDUCATION, EDITS[E.EDIT_EDUCATION]),
    Walk("T24", S.AGENCY_REJECTED, E.EDIT_WORK, EDITS[E.EDIT_WORK]),
    Walk("T25", S.AGENCY_REJECTED, E.RESUBMIT, says("resubmit"), before=sends()),
    Walk(
        "T26", S.AGENCY_REVIEW, E.REQUIRE_RE_REVIEW, by_staff(review.finish_review), before=deciding(**PASSES),
        profile="2019_new", ends=S.RE_REVIEW_BOOKING, pushes=("re_review_needed",),
    ),
    Walk("T27", S.AGENCY_PASSED, E.FILE_TO_BUREAU, by_staff(bureau.file_to_bureau), pushes=("filed_to_bureau",)),
    Walk("T28", S.RE_REVIEW_BOOKING, E.BOOK, says("book", number=1)),
    Walk("T29", S.RE_REVIEW_BOOKED, E.CANCEL_APPOINTMENT, says("cancel_appointment", confirmed=True)),
    Walk("T30", S.RE_REVIEW_BOOKED, E.RESCHEDULE, says("reschedule", date="2026-03-19", half="AM")),
    Walk(
        "T32", S.RE_REVIEW_BOOKED, E.MARK_ATTENDED, by_staff(visiting.mark_visit, E.MARK_ATTENDED),
        before=later(days=3),
    ),
    Walk(
        "T32", S.RE_REVIEW_BOOKED, E.MARK_MISSED, by_staff(visiting.mark_visit, E.MARK_MISSED), before=later(days=3),
        pushes=("appointment_missed",),
    ),
    Walk("T33", S.RE_REVIEW_MISSED, E.BOOK, says("book", number=1)),
    Walk(
        "T34", S.HR_FIRST_REVIEW, E.REQUEST_SUPPLEMENT,
        by_staff(bureau.request_supplement, text="请补完税证明", due_on=SOME_DAY), pushes=("supplement_requested",),
        mails=True,
    ),
    *during_a_supplement("T35", S.HR_FIRST_SUPPLEMENT),
    *during_a_supplement("T35", S.HR_FINAL_SUPPLEMENT),
    Walk(
        "T36", S.HR_FIRST_SUPPLEMENT, E.SUBMIT_SUPPLEMENT, says("resubmit"), before=sends(),
        tasks=("forward_supplement",),
    ),
    Walk("T37", S.HR_FIRST_REVIEW, E.PASS_FIRST, by_staff(bureau.pass_first), pushes=("first_review_passed",)),
    Walk(
        "T38", S.HR_FINAL_REVIEW, E.REQUEST_SUPPLEMENT, by_staff(bureau.request_supplement, text="请补完税证明"),
        pushes=("supplement_requested",), mails=True,
    ),
    Walk(
        "T39", S.HR_FINAL_SUPPLEMENT, E.SUBMIT_SUPPLEMENT, says("resubmit"), before=EDITS[E.EDIT_WORK],
        tasks=("forward_supplement",),
    ),
    Walk("T40", S.HR_FINAL_REVIEW, E.PASS_FINAL, by_staff(bureau.pass_final), pushes=("approved",)),
    *(
        Walk("T41", stage, E.REFUSE, by_staff(bureau.refuse, reason="社保不连续"), pushes=("refused",))
        for stage in (S.HR_FIRST_REVIEW, S.HR_FINAL_REVIEW)
    ),
    Walk(
        "T42", S.APPROVED, E.UPLOAD_CONFIRMATION, by_staff(confirmation.upload_confirmation, content=a_pdf()),
        pushes=("completed",),
    ),
    *(
        Walk(
            "T43", stage, E.CANCEL_CASE, says("cancel_case", confirmed=True),
            tasks=("refund_review",) if stage in PAID else (),
        )
        for stage in OPEN
        if stage is not S.APPROVED
    ),
    *(
        Walk(
            "T44", stage, E.CANCEL_BY_STAFF, by_staff(closing.cancel_case, reason="重复申请"),
            tasks=("refund_review",) if stage in PAID else (), pushes=("cancelled_by_staff",),
        )
        for stage in OPEN
    ),
    *(
        Walk(
            "T45", stage, E.EDIT_CONTACT, tells("emails", "neu@example.com"),
            action="draft" if stage is S.DRAFT else "", tasks=() if stage is S.DRAFT else ("contact_changed",),
        )
        for stage in OPEN
    ),
    Walk("T46", S.COMPLETED, E.DOWNLOAD_CONFIRMATION, says("confirmation_slip")),
    *(
        Walk("T47", stage, E.ARCHIVE, lets_go, before=later(days=1200), ends=S.ARCHIVED)
        for stage in Stage
        if stage in TERMINAL - {S.ARCHIVED}
    ),
]  # fmt: skip

# Rows that other tests walk, because they need more than one case or more than one step.
ELSEWHERE = {
    (S.DRAFT, E.SKIP_SECTION): "test_one_answer_skips_the_three_sections_and_names_the_case_they_come_from",
    (S.AWAITING_MATERIALS_EMAIL, E.UPLOAD): "test_a_renewal_of_2019_hands_its_papers_in_by_chat_after_paying",
    (S.AWAITING_MATERIALS_EMAIL, E.REMOVE_FILE): "test_a_renewal_of_2019_hands_its_papers_in_by_chat_after_paying",
    (S.AWAITING_PAYMENT, E.REFRESH_LINK): "test_an_old_link_is_renewed_for_the_same_order",
    (S.CLOSED_TIMEOUT, E.REOPEN): "test_a_case_that_timed_out_is_reopened_with_its_answers_and_files",
}


BY_ROW = {row: [walk for walk in WALKS if walk.row == row] for row in dict.fromkeys(walk.row for walk in WALKS)}


@pytest.mark.parametrize("row", BY_ROW)
async def test_a_row_of_the_table_leads_where_it_says_and_leaves_what_it_should(walker: Walker, row: str) -> None:
    for number, walk in enumerate(BY_ROW[row], 1):
        await _is_walked(walker.another(number), walk)
    await check_seats(walker.parts)


async def _is_walked(walker: Walker, walk: Walk) -> None:
    await walk.prepare(walker)
    before = await walker.trace()
    await walk.step(walker)
    after = await walker.trace()
    new, row = after.since(before), walk.table_row
    assert after.stage == (walk.ends or row.target), (str(walk), walker.said)
    written = [one for one in new.audit if one.action == (walk.action or walk.event.value)]
    assert len(written) == 1 or walk.action, str(walk)
    assert {one.actor_kind for one in written} == {row.actor.value}, str(walk)
    steps = [(one.from_stage, one.to_stage) for one in new.audit if one.from_stage != one.to_stage]
    assert len(steps) == len(set(steps)), str(walk)
    assert [target for _, target in steps][-1:] == ([after.stage] if steps else []), str(walk)
    assert (new.pushes, tuple(kinds(new.tasks))) == (walk.pushes, walk.tasks), str(walk)
    assert new.mails == ((tuple(ADDRESSES),) if walk.mails else ()), str(walk)


async def test_a_case_is_opened_once_for_somebody_who_signed_in(walker: Walker) -> None:
    """T1, which has no source in the table."""
    await walker.says("start_case", business_type="NEW")
    assert walker.said == ["not_bound"]
    await starts(walker)
    first = await walker.trace()
    assert (first.stage, [one.action for one in first.audit]) == ("draft", ["start_case"])
    await walker.says("start_case", business_type="NEW")
    assert (walker.said, await walker.trace()) == (["case_already_open"], first)


async def test_an_old_link_is_renewed_for_the_same_order(walker: Walker) -> None:
    """T17."""
    await walker.stands_at(S.AWAITING_PAYMENT)
    before = await walker.trace()
    await prepare_payment(walker.parts, walker.person.openid)
    walker.clock.advance(hours=2)
    await prepare_payment(walker.parts, walker.person.openid)
    assert (len(walker.pay.prepared), len(set(walker.pay.prepared))) == (2, 1)
    assert await walker.trace() == before


async def test_a_case_that_timed_out_is_reopened_with_its_answers_and_files(walker: Walker) -> None:
    """T18: a new case; the old one stays as it ended."""
    await walker.stands_at(S.CLOSED_TIMEOUT)
    old, case = await walker.trace(), await walker.case()
    await walker.says("start_case", business_type="NEW")
    assert walker.said == ["case_reopened"]
    assert await walker.trace() == old
    await walker.newest()
    fresh = await walker.case()
    assert (fresh.stage, fresh.source_case_id) == ("draft", case.id)
    assert fresh.draft["answers"]["contact"] == case.draft["answers"]["contact"]
    async with walker.parts.begin() as uow:
        items = await uow.items.where(case_id=fresh.id)
        assert len(await uow.item_files.where(item_id=[one.id for one in items])) == 2


def test_every_row_of_the_table_is_walked() -> None:
    walked = {(walk.table_row.source, walk.event) for walk in WALKS} | set(ELSEWHERE)
    assert {(one.source, one.event) for one in ROWS} - walked == set()
    here = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert [name for name in ELSEWHERE.values() if f"async def {name}(" not in here] == []
