"""Every row of the transition table is refused when its guard is not met: with a reason, and nothing has changed."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from backend.domain.appointment_refusals import VisitNotOver
from backend.domain.case import Stage
from backend.domain.errors import ItemsUndecided, NotPossibleNow, PaymentWindowClosed, ReasonNeeded
from backend.domain.transitions import ROWS
from backend.services.errors import NotificationRefused
from backend.services.staff import bureau, closing, confirmation, review, visiting
from backend.services.staff.refusals import DeadlinePassed, PdfRefused, TextNeeded
from tests.backend.transition_steps import (
    EDITS,
    Act,
    E,
    S,
    binds_with_two_employers,
    by_staff,
    closes,
    deciding,
    fills_until_the_conditions,
    full,
    has_no_address,
    in_turn,
    is_paid_without_a_callback,
    later,
    lets_go,
    nothing,
    opens_the_sheet,
    pays,
    pays_wrongly,
    says,
    sends,
    starts,
    tells,
)
from tests.backend.transition_world import SOME_DAY, Walker
from tests.backend.visit_world import check_seats


@dataclass(frozen=True)
class Refusal:
    """A step whose guard is not met: what is said, or the error's class; nothing has changed then."""

    row: str
    source: Stage
    step: Act
    why: str | type[Exception]
    before: Act = nothing
    stands: Act | None = None
    profile: str | None = None

    def __str__(self) -> str:
        return f"{self.row}-{self.source.value}-{self.why if isinstance(self.why, str) else self.why.__name__}"


REFUSALS = [
    Refusal("T2", S.DRAFT, says("choose_employer", employer_id="e_demo_miyun"), "unknown_option",
            stands=binds_with_two_employers),
    Refusal("T3", S.AGENCY_REVIEW, says("confirm_notice", eligible=True), "locked_now"),
    Refusal("T4", S.AGENCY_REVIEW, says("confirm_notice", eligible=False), "locked_now"),
    Refusal("T5", S.DRAFT, tells("phone", "123"), "phone_wrong"),
    Refusal("T5", S.DRAFT, lets_go, "", before=later(days=89)),
    Refusal("T6", S.DRAFT, says("previous"), "at_first_step", stands=starts),
    Refusal("T7", S.DRAFT, says("skip"), "cannot_skip", stands=starts),
    Refusal("T8", S.DRAFT, tells("C_PATH", "火星"), "unknown_option",
            stands=fills_until_the_conditions),
    Refusal("T9", S.DRAFT, says("send_templates"), "emails_needed", before=has_no_address),
    Refusal("T9", S.DRAFT, says("send_templates"), "too_soon", before=says("send_templates")),
    Refusal("T10", S.DRAFT, sends("XX99"), "item_unknown"),
    Refusal("T10", S.AGENCY_REVIEW, sends(), "locked_now"),
    Refusal("T11", S.DRAFT, says("submit"), "incomplete"),
    Refusal("T12", S.DRAFT, says("submit"), "incomplete", profile="2019_other"),
    Refusal("T13", S.SLOT_REQUIRED, says("book", date="2026-03-19", half="AM"), "slot_full", before=full()),
    Refusal("T14", S.AWAITING_PAYMENT, tells("tax_no", "123"), "tax_number_wrong",
            before=in_turn(tells("need_invoice", "要"), tells("title_type", "单位"))),
    Refusal("T15", S.AWAITING_PAYMENT, pays_wrongly(mch_id="1"), NotificationRefused),
    Refusal("T15", S.AWAITING_PAYMENT, pays_wrongly(out_trade_no="GJ0"), NotificationRefused),
    Refusal("T15", S.AWAITING_PAYMENT, pays, "", before=pays),
    Refusal("T16", S.AWAITING_PAYMENT, closes, "", before=in_turn(opens_the_sheet, later(hours=24))),
    Refusal("T16", S.AWAITING_PAYMENT, closes, "", before=is_paid_without_a_callback),
    Refusal("T17", S.AWAITING_PAYMENT, opens_the_sheet, PaymentWindowClosed, before=later(hours=24, seconds=1)),
    Refusal("T18", S.DRAFT, says("start_case", business_type="NEW"), "case_already_open"),
    Refusal("T19", S.AWAITING_MATERIALS_EMAIL, says("submit"), "item_not_begun"),
    Refusal("T20", S.AGENCY_REVIEW, by_staff(review.reject_item, code="WK01", reason=" "), ReasonNeeded),
    Refusal("T21", S.AGENCY_REVIEW, by_staff(review.finish_review), ItemsUndecided),
    Refusal("T22", S.AGENCY_REVIEW, by_staff(review.finish_review), ItemsUndecided,
            before=deciding(HO04="uploaded", WK01="passed")),
    Refusal("T23", S.AGENCY_REJECTED, sends("WK01"), "item_locked"),
    Refusal("T24", S.AGENCY_REVIEW, EDITS[E.EDIT_EDUCATION], "locked_now"),
    Refusal("T25", S.AGENCY_REJECTED, says("resubmit"), "supplement_incomplete"),
    Refusal("T27", S.AGENCY_REVIEW, by_staff(bureau.file_to_bureau), NotPossibleNow),
    Refusal("T28", S.RE_REVIEW_BOOKING, says("book", date="2026-03-19", half="AM"), "slot_full", before=full()),
    Refusal("T29", S.RE_REVIEW_BOOKING, says("cancel_appointment", confirmed=True), "no_appointment"),
    Refusal("T30", S.RE_REVIEW_BOOKED, says("reschedule", date="2026-03-19", half="AM"), "slot_full", before=full()),
    Refusal("T30", S.RE_REVIEW_BOOKED, says("reschedule", date="2026-03-19", half="AM"), "cancel_too_late",
            before=later(days=2)),
    Refusal("T31", S.RE_REVIEW_BOOKED, says("cancel_appointment", confirmed=True), "cancel_too_late",
            before=later(days=2)),
    Refusal("T32", S.RE_REVIEW_BOOKED, by_staff(visiting.mark_visit, E.MARK_ATTENDED), VisitNotOver),
    Refusal("T33", S.RE_REVIEW_MISSED, says("book", date="2026-03-19", half="AM"), "slot_full", before=full()),
    *(
        Refusal(row, stage, by_staff(bureau.request_supplement, text=text, due_on=due_on), why)
        for row, stage in (("T34", S.HR_FIRST_REVIEW), ("T38", S.HR_FINAL_REVIEW))
        for text, due_on, why in ((" ", None, TextNeeded), ("补", SOME_DAY.replace(day=1), DeadlinePassed))
    ),
    Refusal("T35", S.HR_FIRST_REVIEW, EDITS[E.EDIT_EDUCATION], "locked_now"),
    Refusal("T36", S.HR_FIRST_SUPPLEMENT, says("resubmit"), "supplement_incomplete"),
    Refusal("T37", S.HR_FIRST_SUPPLEMENT, by_staff(bureau.pass_first), NotPossibleNow),
    Refusal("T39", S.HR_FINAL_SUPPLEMENT, says("resubmit"), "supplement_incomplete"),
    Refusal("T40", S.HR_FIRST_REVIEW, by_staff(bureau.pass_final), NotPossibleNow),
    Refusal("T41", S.HR_FINAL_REVIEW, by_staff(bureau.refuse, reason=""), TextNeeded),
    Refusal("T42", S.APPROVED, by_staff(confirmation.upload_confirmation, content=b"no pdf"), PdfRefused),
    Refusal("T43", S.AGENCY_REVIEW, says("cancel_case"), ""),
    Refusal("T43", S.APPROVED, says("cancel_case", confirmed=True), "not_possible_now"),
    Refusal("T44", S.AGENCY_REVIEW, by_staff(closing.cancel_case, reason="\n"), TextNeeded),
    Refusal("T45", S.COMPLETED, tells("phone", "13912345678"), "no_case"),
    Refusal("T46", S.CANCELLED, says("confirmation_slip"), "confirmation_not_here"),
    Refusal("T46", S.CLOSED_TIMEOUT, says("confirmation_slip"), "confirmation_not_here"),
    Refusal("T47", S.COMPLETED, lets_go, "", before=later(days=100)),
]  # fmt: skip


@pytest.mark.parametrize("refusal", REFUSALS, ids=str)
async def test_a_step_whose_guard_is_not_met_says_why_and_changes_nothing(walker: Walker, refusal: Refusal) -> None:
    if refusal.stands is not None:
        await refusal.stands(walker)
    else:
        await walker.stands_at(refusal.source, profile=refusal.profile)
    await refusal.before(walker)
    before = await walker.trace()
    walker.said = []
    if isinstance(refusal.why, str):
        await refusal.step(walker)
        assert not refusal.why or refusal.why in walker.said, walker.said
    else:
        with pytest.raises(refusal.why):
            await refusal.step(walker)
    after = await walker.trace()
    assert (after.stage, after.kept, after.pushes, after.mails, after.tasks) == (
        before.stage, before.kept, before.pushes, before.mails, before.tasks,
    )  # fmt: skip
    assert [one.action for one in after.since(before).audit if one.from_stage != one.to_stage] == []
    await check_seats(walker.parts)


def test_every_number_of_the_table_has_a_guard_that_refuses() -> None:
    # What arrives late is always taken in, and the way to the re-review is the system's own.
    without_a_guard = {"T17b", "T26"}
    assert {one.number for one in ROWS} - {one.row for one in REFUSALS} == without_a_guard
