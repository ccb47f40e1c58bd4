"""Payment, review, supplements, progress, confirmation slip, photo crop and invoice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.case import Actor, Event, Stage
from backend.domain.catalogue import Catalogue
from backend.domain.context import ItemState, ItemStatus, SupplementState
from backend.domain.draft import Draft
from backend.domain.errors import (
    AlreadyPaid,
    CropOutside,
    ItemFull,
    ItemLocked,
    ItemsUndecided,
    PaymentWindowClosed,
    PhotoTooSmall,
    ReasonNeeded,
    SupplementIncomplete,
)
from backend.domain.invoice import InvoiceRequest, invoice_request
from backend.domain.payment import (
    OrderFacts,
    OrderState,
    Success,
    Verdict,
    judge_success,
    needs_new_prepay,
    pay_deadline,
    reminder_times,
    require_payable,
    time_expire,
)
from backend.domain.photo_crop import NUDGES, Box, dragged, nudge, propose
from backend.domain.profile import BusinessType, Manual, profile_for
from backend.domain.progress import StepState, progress_of
from backend.domain.retirement import proposed_end, retirement_month
from backend.domain.review import (
    finish_review,
    pass_item,
    reject_item,
    require_file_allowed,
    require_resubmission,
    require_supplement,
    resubmitted,
)
from tests.domain.talking import the_catalogue

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
DEADLINE = NOON + timedelta(hours=24)
OPEN = OrderFacts(OrderState.CREATED, 98000, DEADLINE)
PAID = Success("wx1", 98000, NOON + timedelta(hours=1))


def test_the_window_is_a_day_from_the_submission(catalogue: Catalogue) -> None:
    created = NOON - timedelta(days=9)
    assert pay_deadline(catalogue.pay_window, created_at=created, submitted_at=NOON) == DEADLINE
    from_creation = replace(catalogue.pay_window, anchor="create")
    assert pay_deadline(from_creation, created_at=created, submitted_at=NOON) == created + timedelta(hours=24)


def test_reminders_come_twelve_hours_two_hours_and_half_an_hour_before_the_end(catalogue: Catalogue) -> None:
    left = [DEADLINE - at for at in reminder_times(catalogue.pay_window, DEADLINE)]
    assert left == [timedelta(hours=12), timedelta(hours=2), timedelta(minutes=30)]


def test_the_platform_is_told_the_end_in_beijing_time() -> None:
    assert time_expire(DEADLINE) == "2026-11-22T12:00:00+08:00"


def test_an_open_order_can_be_paid_until_the_last_second() -> None:
    require_payable(Stage.AWAITING_PAYMENT, OPEN, DEADLINE)
    with pytest.raises(PaymentWindowClosed):
        require_payable(Stage.AWAITING_PAYMENT, OPEN, DEADLINE + timedelta(seconds=1))
    with pytest.raises(AlreadyPaid):
        require_payable(Stage.AGENCY_REVIEW, replace(OPEN, state=OrderState.PAID), NOON)
    with pytest.raises(PaymentWindowClosed):
        require_payable(Stage.CANCELLED, OPEN, NOON)


def test_a_prepay_id_is_renewed_when_it_is_over() -> None:
    assert needs_new_prepay(None, NOON)
    assert needs_new_prepay(NOON, NOON)
    assert not needs_new_prepay(NOON + timedelta(seconds=1), NOON)


def test_a_success_inside_the_window_counts_however_late_it_is_told() -> None:
    assert judge_success(Stage.AWAITING_PAYMENT, OPEN, PAID) is Verdict.ACCEPT


def test_a_success_told_twice_changes_nothing() -> None:
    known = replace(OPEN, state=OrderState.PAID, transactions=("wx1",))
    assert judge_success(Stage.AGENCY_REVIEW, known, PAID) is Verdict.ALREADY_KNOWN


def test_a_second_payment_is_refunded() -> None:
    known = replace(OPEN, state=OrderState.PAID, transactions=("wx1",))
    assert judge_success(Stage.AGENCY_REVIEW, known, replace(PAID, transaction_id="wx2")) is Verdict.REFUND_DOUBLE


@pytest.mark.parametrize("stage", [Stage.CLOSED_TIMEOUT, Stage.CANCELLED])
def test_money_for_a_closed_case_is_refunded(stage: Stage) -> None:
    assert judge_success(stage, replace(OPEN, state=OrderState.CLOSED), PAID) is Verdict.REFUND_LATE


def test_another_amount_is_never_accepted() -> None:
    assert judge_success(Stage.AWAITING_PAYMENT, OPEN, replace(PAID, amount_fen=1)) is Verdict.AMOUNT_WRONG


@given(st.sampled_from(sorted(Stage)), st.sampled_from(sorted(OrderState)), st.integers(-90000, 90000), st.booleans())
def test_a_payment_is_accepted_refunded_known_or_questioned_but_never_swallowed(
    stage: Stage, state: OrderState, offset_s: int, known: bool
) -> None:
    order = replace(OPEN, state=state, transactions=("wx1",) if known else ())
    verdict = judge_success(stage, order, replace(PAID, paid_at=DEADLINE + timedelta(seconds=offset_s)))
    if verdict is Verdict.ACCEPT:
        assert (stage, state, known) == (Stage.AWAITING_PAYMENT, OrderState.CREATED, False)
        assert offset_s <= 0
    if verdict is Verdict.ALREADY_KNOWN:
        assert known


UPLOADED = ItemState("WK01", ItemStatus.UPLOADED, files=2)


def test_rejecting_needs_a_reason_and_something_to_look_at() -> None:
    with pytest.raises(ReasonNeeded):
        reject_item(UPLOADED, "  ", name="劳动合同")
    with pytest.raises(ItemLocked):
        pass_item(ItemState("WK01"), name="劳动合同")
    rejected = reject_item(UPLOADED, "缺页", name="劳动合同")
    assert (rejected.state, rejected.reason, rejected.new_files) == (ItemStatus.REJECTED, "缺页", 0)


def test_a_review_ends_when_every_item_is_decided() -> None:
    passed = pass_item(UPLOADED, name="劳动合同")
    with pytest.raises(ItemsUndecided) as undecided:
        finish_review([passed, replace(UPLOADED, code="WK03"), ItemState("OT05")])
    assert undecided.value.items == ("WK03",)
    assert finish_review([passed, ItemState("OT05")]) is Event.FINISH_REVIEW_PASSED
    assert finish_review([passed, reject_item(UPLOADED, "缺页", name="劳动合同")]) is Event.FINISH_REVIEW_REJECTED
    with pytest.raises(ItemsUndecided):
        finish_review([])


def test_after_a_rejection_only_rejected_items_take_files() -> None:
    rejected = reject_item(UPLOADED, "缺页", name="劳动合同")
    require_file_allowed(Stage.AGENCY_REJECTED, rejected, name="劳动合同", limit=20)
    for item in (pass_item(UPLOADED, name="劳动合同"), UPLOADED, ItemState("OT05")):
        with pytest.raises(ItemLocked):
            require_file_allowed(Stage.AGENCY_REJECTED, item, name="劳动合同", limit=20)


def test_an_item_takes_no_more_files_than_it_may_have() -> None:
    with pytest.raises(ItemFull):
        require_file_allowed(Stage.DRAFT, UPLOADED, name="身份证", limit=2)
    require_file_allowed(Stage.DRAFT, UPLOADED, name="身份证", limit=3)


@pytest.mark.parametrize("stage", [Stage.AWAITING_PAYMENT, Stage.AGENCY_REVIEW, Stage.APPROVED, Stage.CANCELLED])
def test_while_the_agency_works_nothing_is_uploaded(stage: Stage) -> None:
    with pytest.raises(ItemLocked):
        require_file_allowed(stage, UPLOADED, name="劳动合同", limit=20)


ITEMS = st.dictionaries(st.sampled_from(["A", "B", "C", "D"]), st.sampled_from(sorted(ItemStatus)), min_size=1)


@given(ITEMS, st.sets(st.sampled_from(["A", "B", "C", "D"])))
def test_a_new_round_never_touches_what_passed(states: dict[str, ItemStatus], renewed: set[str]) -> None:
    items = {
        code: ItemState(code, ItemStatus(state), files=1, new_files=int(code in renewed))
        for code, state in states.items()
    }
    lacking = [code for code, item in items.items() if item.state is ItemStatus.REJECTED and code not in renewed]
    if lacking:
        with pytest.raises(SupplementIncomplete):
            require_resubmission(items)
        return
    require_resubmission(items)
    after = resubmitted(items)
    for code, item in items.items():
        assert (item.state is ItemStatus.PASSED) == (after[code].state is ItemStatus.PASSED)
        assert after[code].state is not ItemStatus.REJECTED


def test_a_supplement_needs_a_file_or_an_edit() -> None:
    with pytest.raises(SupplementIncomplete):
        require_supplement(SupplementState("x"))
    require_supplement(SupplementState("x", was_edited=True))
    require_supplement(SupplementState("x", new_files=1))


def test_progress_says_who_acts_and_what_to_do() -> None:
    progress = progress_of(Stage.AGENCY_REJECTED, profile_for(BusinessType.NEW))
    assert (progress.label, progress.who_acts, progress.todo) == (
        "中智审核不合格",
        Actor.APPLICANT,
        "send_rejected_items",
    )
    assert [step.state for step in progress.steps][:3] == [StepState.DONE, StepState.DONE, StepState.NOW]
    assert "visit" not in [step.code for step in progress.steps]


@pytest.mark.parametrize("stage", list(Stage))
@pytest.mark.parametrize("manual", list(Manual))
def test_every_stage_has_its_place_in_the_list_of_steps(stage: Stage, manual: Manual) -> None:
    for business in BusinessType:
        progress = progress_of(stage, profile_for(business, manual))
        here = [step for step in progress.steps if step.state in (StepState.NOW, StepState.STOPPED)]
        assert len(here) == (0 if stage in (Stage.COMPLETED, Stage.ARCHIVED) else 1)


def test_retirement_rises_with_the_month_of_birth(catalogue: Catalogue) -> None:
    def month(gender: str, born: date) -> str:
        return str(retirement_month(catalogue.retirement, gender=gender, birth_date=born))

    assert month("男", date(1964, 12, 1)) == "2024-12"
    assert month("男", date(1965, 1, 1)) == "2025-02"
    assert month("男", date(1976, 9, 1)) == "2039-09"
    assert month("女", date(1981, 9, 1)) == "2039-09"
    assert month("女", date(1990, 5, 6)) == "2048-05"


@given(st.dates(date(1955, 1, 1), date(2008, 12, 31)), st.sampled_from(["男", "女"]))
def test_a_proposed_end_always_lies_in_the_future(born: date, gender: str) -> None:
    today = date(2026, 11, 21)
    end = proposed_end(the_catalogue().retirement, gender=gender, birth_date=born, today=today)
    assert str(end) > "2026-11"


SIZES = st.tuples(st.integers(413, 4000), st.integers(579, 4000))
FACES = st.none() | st.builds(
    Box, st.integers(-50, 4000), st.integers(-50, 4000), st.integers(20, 3000), st.integers(20, 3000)
)


def is_good(box: Box, width: int, height: int) -> bool:
    inside = box.x >= 0 and box.y >= 0 and box.x + box.w <= width and box.y + box.h <= height
    return inside and box.w >= 295 and box.h >= 413 and abs(box.w * 7 - box.h * 5) <= 7


@given(SIZES, FACES, st.lists(st.sampled_from(sorted(NUDGES)), max_size=30))
def test_a_crop_is_always_five_to_seven_inside_and_never_enlarged(
    size: tuple[int, int], face: Box | None, words: list[str]
) -> None:
    thresholds = the_catalogue().thresholds
    box = propose(*size, face, thresholds)
    assert is_good(box, *size)
    for word in words:
        box = nudge(box, word, *size, thresholds)
        assert is_good(box, *size)
    assert dragged(box, *size, thresholds) == box


def test_a_head_takes_about_two_thirds_of_the_photo(catalogue: Catalogue) -> None:
    box = propose(2000, 3000, Box(800, 900, 400, 500), catalogue.thresholds)
    assert 0.6 < 500 * 1.28 / box.h < 0.68
    assert box.x < 800
    assert box.x + box.w > 1200


def test_bigger_makes_the_head_bigger_and_up_moves_the_frame_up(catalogue: Catalogue) -> None:
    box = Box(500, 500, 500, 700)
    assert nudge(box, "bigger", 2000, 2000, catalogue.thresholds).h < box.h
    assert nudge(box, "up", 2000, 2000, catalogue.thresholds).y < box.y


def test_a_small_picture_is_refused(catalogue: Catalogue) -> None:
    with pytest.raises(PhotoTooSmall):
        propose(358, 441, None, catalogue.thresholds)


@pytest.mark.parametrize("box", [Box(0, 0, 500, 500), Box(-200, 0, 500, 700), Box(0, 1900, 500, 700), Box(0, 0, 0, 0)])
def test_a_dragged_box_of_another_shape_or_outside_is_refused(box: Box, catalogue: Catalogue) -> None:
    with pytest.raises(CropOutside):
        dragged(box, 2000, 2000, catalogue.thresholds)


def test_a_dragged_box_that_needs_enlarging_is_refused(catalogue: Catalogue) -> None:
    with pytest.raises(PhotoTooSmall):
        dragged(Box(0, 0, 250, 350), 2000, 2000, catalogue.thresholds)


def test_an_invoice_fills_in_what_follows_from_the_case() -> None:
    told = {"contact": {"emails": "a@x.cn;b@y.cn"}, "invoice": {"need_invoice": "yes", "title_type": "个人"}}
    assert invoice_request(Draft(answers=told), applicant_name="王小明") == InvoiceRequest(
        "个人", "王小明", "", "a@x.cn"
    )
    company = {**told, "invoice": {"title_type": "单位", "invoice_title": "示例控股有限公司"}}
    assert invoice_request(Draft(answers=company), applicant_name="王小明") is None
    assert invoice_request(Draft(), applicant_name="王小明") is None
