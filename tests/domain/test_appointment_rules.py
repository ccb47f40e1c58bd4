"""Slots, holds, giving a visit up in time, the swap, and the page of these rules."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.appointment_refusals import (
    AppointmentExists,
    CancelTooLate,
    NoAppointment,
    SlotClosed,
    SlotFull,
    SlotPast,
    VisitNotNeeded,
)
from backend.domain.appointments import (
    Appointment,
    AppointmentState,
    Hold,
    Slot,
    SlotLabel,
    hold_seat,
    label_of,
    last_moment,
    next_reminder,
    require_in_time,
    swap,
    taken_by,
    visit_at,
)
from backend.domain.calendars import (
    BEIJING,
    AppointmentKind,
)
from backend.domain.case import Stage
from backend.domain.errors import DomainError
from backend.domain.profile import AppointmentMode
from tests.domain.visit_rules import NOW, a_slot, an_appointment

PAGE = Path(__file__).resolve().parents[2] / "docs" / "rules" / "appointments.md"


# Seats


def test_an_expired_hold_frees_its_seat_on_the_second() -> None:
    assert hold_seat(a_slot(), [Hold("C-1", NOW)], case_id="C-2", now=NOW).case_id == "C-2"


def test_a_hold_that_has_not_ended_keeps_its_seat() -> None:
    with pytest.raises(SlotFull):
        hold_seat(a_slot(), [Hold("C-1", NOW + timedelta(seconds=1))], case_id="C-2", now=NOW)


def test_a_case_that_sits_here_renews_its_hold_and_takes_no_second_seat() -> None:
    later = NOW + timedelta(hours=24)
    hold = hold_seat(a_slot(), [Hold("C-1", NOW + timedelta(hours=1))], case_id="C-1", now=NOW, until=later)
    assert hold == Hold("C-1", later)


def test_a_time_that_has_begun_cannot_be_booked() -> None:
    with pytest.raises(SlotPast):
        hold_seat(a_slot(), [], case_id="C-1", now=a_slot().starts_at)


def test_a_closed_day_cannot_be_booked() -> None:
    with pytest.raises(SlotClosed):
        hold_seat(a_slot(closed=True), [], case_id="C-1", now=NOW)


@pytest.mark.parametrize(
    ("slot", "taken", "now", "label"),
    [
        (a_slot(), 0, NOW, SlotLabel.OPEN),
        (a_slot(), 1, NOW, SlotLabel.FULL),
        (a_slot(), 0, a_slot().starts_at, SlotLabel.PAST),
        (a_slot(closed=True), 0, NOW, SlotLabel.CLOSED),
    ],
)
def test_a_slot_says_what_it_is(slot: Slot, taken: int, now: datetime, label: SlotLabel) -> None:
    assert label_of(slot, taken, now=now) is label


@given(seats=st.integers(1, 4), deeds=st.lists(st.tuples(st.integers(0, 6), st.integers(-3, 3)), max_size=40))
def test_no_order_of_bookings_ever_takes_more_seats_than_there_are(seats: int, deeds: list[tuple[int, int]]) -> None:
    slot, now = a_slot(seats=seats), NOW
    held: dict[str, Hold] = {}
    for person, hours in deeds:
        now += timedelta(minutes=10)
        case_id, until = f"C-{person}", now + timedelta(hours=hours) if hours else None
        try:
            held[case_id] = hold_seat(slot, list(held.values()), case_id=case_id, now=now, until=until)
        except SlotFull:
            assert len(taken_by(list(held.values()), now=now) - {case_id}) == seats
        assert seats - len(taken_by(list(held.values()), now=now)) >= 0


# Giving up in time


def is_in_time(slot: Slot, now: datetime) -> bool:
    try:
        require_in_time(slot, now=now)
    except CancelTooLate:
        return False
    return True


def test_cancelling_at_the_last_second_of_the_day_before_is_allowed() -> None:
    assert is_in_time(a_slot(), datetime(2026, 11, 24, 23, 59, 59, tzinfo=BEIJING))


def test_cancelling_at_the_first_second_of_the_day_is_refused() -> None:
    with pytest.raises(CancelTooLate) as refused:
        require_in_time(a_slot(), now=datetime(2026, 11, 25, 0, 0, tzinfo=BEIJING))
    assert refused.value.until == "11月24日 23:59"


@given(st.integers(-10_000_000, 10_000_000))
def test_in_time_means_an_earlier_calendar_day_in_beijing_whatever_the_hour(seconds: int) -> None:
    now = NOW + timedelta(seconds=seconds)
    is_earlier = now.astimezone(BEIJING).date() < date(2026, 11, 25)
    assert (now < last_moment(a_slot(), None)) == is_earlier


def test_a_cut_off_hour_ends_the_day_before_earlier() -> None:
    day_before = datetime(2026, 11, 24, 16, 59, 59, tzinfo=BEIJING)
    require_in_time(a_slot(), now=day_before, cut_off=time(17))
    with pytest.raises(CancelTooLate):
        require_in_time(a_slot(), now=day_before + timedelta(seconds=1), cut_off=time(17))


def test_a_visit_that_we_called_off_may_be_given_up_at_any_time() -> None:
    assert is_in_time(a_slot(closed=True), a_slot().starts_at)


# The swap


def test_a_swap_gives_the_new_seat_and_gives_up_the_old_one() -> None:
    new, old = swap(an_appointment(), a_slot(), a_slot("sl_2", at=time(13)), [], new_id="ap_2", now=NOW)
    assert (new.slot_id, new.state, old.state) == ("sl_2", AppointmentState.CONFIRMED, AppointmentState.CANCELLED)


def test_a_swap_to_a_full_time_keeps_the_old_one() -> None:
    with pytest.raises(SlotFull):
        swap(an_appointment(), a_slot(), a_slot("sl_2"), [Hold("C-9", None)], new_id="ap_2", now=NOW)


def test_a_swap_on_the_day_itself_is_refused_as_cancelling_is() -> None:
    with pytest.raises(CancelTooLate):
        swap(an_appointment(), a_slot(), a_slot("sl_2"), [], new_id="ap_2", now=a_slot().starts_at)


def test_a_swap_of_a_held_seat_keeps_its_countdown() -> None:
    held = an_appointment(state=AppointmentState.HELD, hold_expires_at=NOW + timedelta(hours=3))
    new, _ = swap(held, a_slot(), a_slot("sl_2"), [], new_id="ap_2", now=NOW)
    assert (new.state, new.hold_expires_at) == (AppointmentState.HELD, held.hold_expires_at)


def test_a_swap_to_the_same_time_is_none() -> None:
    with pytest.raises(AppointmentExists):
        swap(an_appointment(), a_slot(), a_slot(), [], new_id="ap_2", now=NOW)


@given(
    seats=st.integers(1, 2),
    moves=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(0, 40)), max_size=30),
)
def test_whatever_is_swapped_everybody_keeps_exactly_one_seat(seats: int, moves: list[tuple[int, int, int]]) -> None:
    slots = [a_slot(f"sl_{n}", on=date(2026, 11, 24 + n), seats=seats * 2) for n in range(3)]
    rows = [Appointment(f"ap_{n}", f"C-{n}", "sl_0", AppointmentState.CONFIRMED) for n in range(min(4, seats * 2))]
    now = NOW
    for count, (person, place, hours) in enumerate(moves):
        now += timedelta(hours=hours % 3)
        mine = next((row for row in rows if row.is_live and row.case_id == f"C-{person}"), None)
        if mine is None:
            continue
        target = slots[place]
        holds = [Hold(row.case_id, None) for row in rows if row.is_live and row.slot_id == target.id]
        source = next(slot for slot in slots if slot.id == mine.slot_id)
        try:
            new, old = swap(mine, source, target, holds, new_id=f"new_{count}", now=now)
        except DomainError:
            continue
        rows = [old if row.id == mine.id else row for row in rows] + [new]
        live = [row.case_id for row in rows if row.is_live]
        assert sorted(live) == sorted(set(live))
        assert all(sum(row.is_live and row.slot_id == one.id for row in rows) <= one.seats for one in slots)
    assert len([row for row in rows if row.is_live]) == min(4, seats * 2)


def test_what_is_over_cannot_be_given_up_again() -> None:
    with pytest.raises(NoAppointment):
        an_appointment(state=AppointmentState.ATTENDED).to(AppointmentState.CANCELLED)


# The rest


def test_reminders_come_the_day_before_at_ten_and_on_the_morning() -> None:
    first = next_reminder(a_slot(), now=NOW)
    assert first == datetime(2026, 11, 24, 10, tzinfo=BEIJING)
    second = next_reminder(a_slot(), now=first)
    assert second == datetime(2026, 11, 25, 7, 30, tzinfo=BEIJING)
    assert next_reminder(a_slot(), now=second) is None


@pytest.mark.parametrize("stage", Stage)
def test_only_the_flow_of_2019_has_visits(stage: Stage) -> None:
    with pytest.raises(VisitNotNeeded):
        visit_at(stage, AppointmentMode.NONE)


def test_each_flow_visits_at_its_own_stages() -> None:
    assert visit_at(Stage.RE_REVIEW_MISSED, AppointmentMode.RE_REVIEW) is AppointmentKind.RE_REVIEW
    assert visit_at(Stage.SLOT_REQUIRED, AppointmentMode.PRE_REVIEW) is AppointmentKind.PRE_REVIEW
    with pytest.raises(VisitNotNeeded):
        visit_at(Stage.SLOT_REQUIRED, AppointmentMode.RE_REVIEW)


# The page of the rules


def told_example(line: str) -> str:
    kind, *words = line.split()
    if kind == "cancel":
        slot_day, now, *cut = words
        cut_off = time.fromisoformat(cut[0]) if cut else None
        slot = a_slot(on=date.fromisoformat(slot_day))
        try:
            require_in_time(slot, now=datetime.fromisoformat(now), cut_off=cut_off)
        except CancelTooLate as refused:
            return refused.code
        return "allowed"
    seats, taken = (int(word) for word in words[:2])
    return label_of(a_slot(seats=seats, closed="closed" in words), taken, now=NOW).value


@pytest.mark.parametrize(
    "line", re.findall(r"```example\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[0].strip().splitlines()
)
def test_the_examples_of_the_page_hold(line: str) -> None:
    given_line, expected = line.split(" -> ")
    assert told_example(given_line) == expected
