"""Reading a wish for a time, and who of the waitlist gets a freed seat."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.appointment_refusals import (
    SlotAmbiguous,
    SlotNotOffered,
    SlotUnknown,
)
from backend.domain.calendars import (
    HalfDay,
)
from backend.domain.errors import DomainError
from backend.domain.waitlist import SlotWish, Waiting, choose, next_in_line, offer_until
from tests.domain.visit_rules import a_slot

WEDNESDAY, THURSDAY = date(2026, 11, 25), date(2026, 11, 26)


OFFERED = (
    a_slot("w_am", on=WEDNESDAY),
    a_slot("w_pm", on=WEDNESDAY, at=time(13)),
    a_slot("t_am", on=THURSDAY),
)


@pytest.mark.parametrize(
    ("wish", "slot_id"),
    [
        (SlotWish(number=2), "w_pm"),
        (SlotWish(number=-1), "t_am"),
        (SlotWish(on=WEDNESDAY, half=HalfDay.AM), "w_am"),
        (SlotWish(on=THURSDAY), "t_am"),
        (SlotWish(half=HalfDay.PM), "w_pm"),
        (SlotWish(half=HalfDay.AM, number=2), "t_am"),
        (SlotWish(slot_id="t_am"), "t_am"),
    ],
)
def test_a_wish_finds_its_time(wish: SlotWish, slot_id: str) -> None:
    assert choose(OFFERED, wish).id == slot_id


@pytest.mark.parametrize(
    ("wish", "refusal"),
    [
        (SlotWish(on=WEDNESDAY), SlotAmbiguous),
        (SlotWish(half=HalfDay.AM), SlotAmbiguous),
        (SlotWish(on=date(2026, 11, 27)), SlotNotOffered),
        (SlotWish(number=4), SlotNotOffered),
        (SlotWish(number=0), SlotNotOffered),
        (SlotWish(number=-4), SlotNotOffered),
        (SlotWish(slot_id="x"), SlotUnknown),
    ],
)
def test_a_wish_that_fits_nothing_or_too_much_is_asked_back(wish: SlotWish, refusal: type[DomainError]) -> None:
    with pytest.raises(refusal):
        choose(OFFERED, wish)


def test_a_freed_seat_goes_to_the_first_whose_wish_fits() -> None:
    line = [Waiting(3, "C-3"), Waiting(1, "C-1", SlotWish(half=HalfDay.PM)), Waiting(2, "C-2")]
    assert next_in_line(a_slot(), line) == Waiting(2, "C-2")


def test_nobody_gets_a_seat_where_he_sits() -> None:
    assert next_in_line(a_slot(), [Waiting(1, "C-1")], sitting={"C-1"}) is None


@given(
    st.lists(
        st.builds(SlotWish, on=st.sampled_from([None, WEDNESDAY, THURSDAY]), half=st.sampled_from([None, *HalfDay])),
        max_size=12,
    ),
    st.randoms(use_true_random=False),
)
def test_nobody_is_passed_over_for_somebody_who_came_later(wishes: list[SlotWish], chance: object) -> None:
    line = [Waiting(number, f"C-{number}", wish) for number, wish in enumerate(wishes)]
    chance.shuffle(line)  # type: ignore[attr-defined]
    served: list[int] = []
    while (one := next_in_line(OFFERED[0], line)) is not None:
        served.append(one.number)
        line.remove(one)
    assert served == [number for number, wish in enumerate(wishes) if wish.fits(OFFERED[0])]


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-23T10:00+08:00", "2026-11-23T12:00+08:00"),
        ("2026-11-23T21:00+08:00", "2026-11-24T10:00+08:00"),
        ("2026-11-24T03:00+08:00", "2026-11-24T10:00+08:00"),
        ("2026-11-25T08:30+08:00", "2026-11-25T09:00+08:00"),
    ],
)
def test_an_offer_leaves_the_night_out_and_ends_before_the_visit_begins(now: str, until: str) -> None:
    assert offer_until(a_slot(), now=datetime.fromisoformat(now), hours=2) == datetime.fromisoformat(until)
