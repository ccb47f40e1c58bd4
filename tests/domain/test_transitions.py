"""The transition table: every pair of stage and event, labels, buttons, who may edit, the diagram."""

from __future__ import annotations

import itertools
import re

import pytest

from backend.domain.case import PAID_STAGES, STAGES, TERMINAL, Actor, Editable, Event, Stage
from backend.domain.diagram import mermaid
from backend.domain.errors import NotPossibleNow, all_errors
from backend.domain.transitions import (
    EVENT_LABELS,
    ROWS,
    TRANSITIONS,
    is_possible,
    may_edit,
    next_stage,
    staff_events,
)

# The forward rows of states.md 2.2, written down a second time.
EXPECTED = {
    ("draft", "submit"): "awaiting_payment",
    ("draft", "submit_for_booking"): "slot_required",
    ("draft", "expire_draft"): "cancelled",
    ("slot_required", "expire_draft"): "cancelled",
    ("slot_required", "book"): "awaiting_payment",
    ("awaiting_payment", "payment_succeeded"): "agency_review",
    ("awaiting_payment", "payment_succeeded_mail_next"): "awaiting_materials_email",
    ("awaiting_payment", "payment_window_closed"): "closed_timeout",
    ("awaiting_materials_email", "mark_email_received"): "agency_review",
    ("awaiting_materials_email", "upload"): "agency_review",
    ("agency_review", "finish_review_rejected"): "agency_rejected",
    ("agency_review", "finish_review_passed"): "agency_passed",
    ("agency_rejected", "resubmit"): "agency_review",
    ("agency_passed", "require_re_review"): "re_review_booking",
    ("agency_passed", "file_to_bureau"): "hr_first_review",
    ("re_review_booking", "book"): "re_review_booked",
    ("re_review_booked", "cancel_appointment"): "re_review_booking",
    ("re_review_booked", "mark_attended"): "hr_first_review",
    ("re_review_booked", "mark_missed"): "re_review_missed",
    ("re_review_missed", "book"): "re_review_booked",
    ("hr_first_review", "request_supplement"): "hr_first_supplement",
    ("hr_first_supplement", "submit_supplement"): "hr_first_review",
    ("hr_first_review", "pass_first"): "hr_final_review",
    ("hr_final_review", "request_supplement"): "hr_final_supplement",
    ("hr_final_supplement", "submit_supplement"): "hr_final_review",
    ("hr_final_review", "pass_final"): "approved",
    ("hr_first_review", "refuse"): "hr_refused",
    ("hr_final_review", "refuse"): "hr_refused",
    ("approved", "upload_confirmation"): "completed",
}
SELF = {
    ("draft", "choose_employer"),
    ("draft", "confirm_eligible"),
    ("draft", "not_eligible"),
    ("draft", "save_section"),
    ("draft", "previous"),
    ("draft", "skip_section"),
    ("draft", "set_conditions"),
    ("draft", "send_templates"),
    ("draft", "upload"),
    ("draft", "remove_file"),
} | {
    ("awaiting_payment", "set_invoice"),
    ("awaiting_payment", "refresh_link"),
    ("closed_timeout", "late_payment_succeeded"),
    ("closed_timeout", "reopen"),
    ("awaiting_materials_email", "remove_file"),
    ("agency_review", "item_pass"),
    ("agency_review", "item_reject"),
    ("re_review_booked", "reschedule"),
    ("completed", "download_confirmation"),
    *itertools.product(("agency_rejected", "hr_first_supplement", "hr_final_supplement"),
                       ("upload", "remove_file", "edit_education", "edit_work")),
}  # fmt: skip


def expected(stage: Stage, event: Event) -> str | None:
    pair = (stage.value, event.value)
    is_open = stage not in TERMINAL
    if event is Event.CANCEL_CASE:
        return "cancelled" if is_open and stage is not Stage.APPROVED else None
    if event is Event.CANCEL_BY_STAFF:
        return "cancelled" if is_open else None
    if event is Event.EDIT_CONTACT:
        return stage.value if is_open else None
    if event is Event.ARCHIVE:
        return "archived" if not is_open and stage is not Stage.ARCHIVED else None
    return stage.value if pair in SELF else EXPECTED.get(pair)


@pytest.mark.parametrize("stage", list(Stage))
def test_every_event_leads_where_the_table_says_or_is_refused(stage: Stage) -> None:
    for event in Event:
        target = expected(stage, event)
        assert is_possible(stage, event) == (target is not None), event
        if target is not None:
            assert next_stage(stage, event).value == target
        else:
            with pytest.raises(NotPossibleNow) as refused:
                next_stage(stage, event)
            assert refused.value.facts() == {"stage": stage.value, "event": event.value}


def test_no_pair_has_two_rows() -> None:
    assert len(ROWS) == len(TRANSITIONS)


def test_every_row_of_the_state_table_is_there() -> None:
    numbers = {row.number for row in ROWS}
    assert numbers == {f"T{n}" for n in range(2, 48) if n != 31} | {"T17b"}


def test_every_stage_is_reachable_and_every_open_one_has_a_way_out() -> None:
    reached = {Stage.DRAFT} | {row.target for row in ROWS}
    assert reached == set(Stage)
    for stage in set(Stage) - TERMINAL:
        assert any(
            row.source is stage and row.target is not stage and row.event is not Event.CANCEL_CASE for row in ROWS
        )


def test_a_paid_case_never_times_out() -> None:
    for row in ROWS:
        if row.target is Stage.CLOSED_TIMEOUT and row.source is not Stage.CLOSED_TIMEOUT:
            assert row.source is Stage.AWAITING_PAYMENT
            assert row.source not in PAID_STAGES


def test_the_labels_of_the_manual_are_verbatim() -> None:
    assert STAGES[Stage.AGENCY_REJECTED].label == "中智审核不合格"
    assert STAGES[Stage.HR_FIRST_SUPPLEMENT].label == "人社局初审待补"
    assert STAGES[Stage.HR_FINAL_SUPPLEMENT].label == "人社局复审待补"
    assert STAGES[Stage.AGENCY_PASSED].label_2019 == "预审通过"
    assert set(STAGES) == set(Stage)


@pytest.mark.parametrize("what", [Editable.EDUCATION, Editable.WORK])
def test_schools_and_jobs_are_writable_exactly_in_the_draft_and_three_stages(what: Editable) -> None:
    writable = {stage for stage in Stage if may_edit(stage, what)}
    three = {Stage.AGENCY_REJECTED, Stage.HR_FIRST_SUPPLEMENT, Stage.HR_FINAL_SUPPLEMENT}
    assert writable == three | {Stage.DRAFT, Stage.SLOT_REQUIRED}


def test_contact_data_may_be_edited_until_the_case_is_closed() -> None:
    assert {stage for stage in Stage if may_edit(stage, "contact")} == set(Stage) - TERMINAL
    assert {row.source for row in ROWS if row.event is Event.EDIT_CONTACT} == set(Stage) - TERMINAL


def test_buttons_belong_to_those_who_act() -> None:
    assert Event.FILE_TO_BUREAU in staff_events(Stage.AGENCY_PASSED)
    assert Event.REFUSE in staff_events(Stage.HR_FIRST_REVIEW)
    assert Event.RESUBMIT not in staff_events(Stage.AGENCY_REJECTED)
    assert staff_events(Stage.CANCELLED) == ()


def test_every_event_has_a_label_in_chinese() -> None:
    assert set(EVENT_LABELS) == set(Event)
    assert all(re.search(r"[\u4e00-\u9fff]", label) for label in EVENT_LABELS.values())


def test_the_diagram_draws_every_change_of_stage() -> None:
    drawn = mermaid()
    for row in ROWS:
        if row.source is not row.target and row.target is not Stage.ARCHIVED:
            assert f"{row.source.value} --> {row.target.value}: {row.number}" in drawn


def test_stages_where_the_applicant_acts_offer_the_applicant_something() -> None:
    for stage, facts in STAGES.items():
        if facts.who_acts is Actor.APPLICANT:
            theirs = {row.event for row in ROWS if row.source is stage and row.actor is Actor.APPLICANT}
            assert theirs - {Event.CANCEL_CASE, Event.EDIT_CONTACT}


def test_error_codes_are_snake_case_and_unique() -> None:
    codes = [error.code for error in all_errors()]
    assert len(codes) == len(set(codes))
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", code) for code in codes)
