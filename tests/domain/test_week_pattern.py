"""A calendar's week: read as people write it, and applied so that nobody who has booked loses the visit."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.calendars import AppointmentKind, Calendar, CalendarFaulty, Opening, Window, windows
from backend.domain.week_pattern import NewWeek, OpenWindow, apply_week, read_week, written_week

MONDAY = date(2026, 11, 23)
PAGE = Path(__file__).resolve().parents[2] / "docs" / "rules" / "appointments.md"


@st.composite
def weeks(draw: st.DrawFn) -> tuple[Opening, ...]:
    found = []
    for weekday in range(7):
        hours = draw(st.lists(st.integers(7, 20), max_size=6, unique=True).map(sorted))
        for begins, ends in zip(hours[::2], hours[1::2], strict=False):
            found.append(Opening(weekday, time(begins, draw(st.sampled_from([0, 30]))), time(ends, 45)))
    return tuple(found or [Opening(0, time(9), time(10))])


@given(week=weeks())
def test_what_is_written_is_read_back(week: tuple[Opening, ...]) -> None:
    assert set(read_week(written_week(week))) == set(week)


@pytest.mark.parametrize(
    "text", ["09:00-11:30,13:00-16:00", "９：００－１１：３０，13:00 — 16:00", " 13:00~16:00 9:00-11:30 "]
)
def test_a_day_is_read_as_people_write_it(text: str) -> None:
    assert written_week(read_week({2: text}))[2] == "09:00-11:30，13:00-16:00"


@pytest.mark.parametrize(
    "text", ["9-11", "11:30-09:00", "09:00-09:00", "25:00-26:00", "上午", "09:00-12:00,11:00-13:00", "-", "09:00"]
)
def test_a_day_that_cannot_be_is_named(text: str) -> None:
    with pytest.raises(CalendarFaulty) as refusal:
        read_week({0: "09:00-10:00", 3: text})
    assert refusal.value.what == "周四"


@given(text=st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        week = read_week({0: "09:00-10:00", 4: text})
    except CalendarFaulty as refusal:
        assert refusal.what == "周五"
    else:
        assert all(one.begins < one.ends for one in week)


def test_a_week_without_any_window_is_refused() -> None:
    with pytest.raises(CalendarFaulty):
        read_week({})


def planned(week: tuple[Opening, ...]) -> list[Window]:
    calendar = Calendar("c", AppointmentKind.RE_REVIEW, "大厅", week, 3)
    return list(windows(calendar, (), first=MONDAY, last=MONDAY + timedelta(days=13)))


def carried_out(known: list[OpenWindow], plan: NewWeek) -> list[OpenWindow]:
    after = [
        OpenWindow(
            one.id, one.starts_at, plan.lengthen.get(one.id, one.ends_at), one.taken,
            (one.withdrawn or one.id in plan.withdraw) and one.id not in plan.restore,
        )
        for one in known
    ]  # fmt: skip
    return after + [OpenWindow(f"new{at}", one.starts_at, one.ends_at) for at, one in enumerate(plan.add)]


@given(before=weeks(), after=weeks(), taken=st.lists(st.integers(0, 2), max_size=60))
def test_booked_windows_keep_their_times_and_the_free_ones_are_exactly_the_new_week(
    before: tuple[Opening, ...], after: tuple[Opening, ...], taken: list[int]
) -> None:
    seats = [*taken, *([0] * 100)]
    known = [OpenWindow(f"s{at}", one.starts_at, one.ends_at, seats[at]) for at, one in enumerate(planned(before))]
    wanted = planned(after)
    result = carried_out(known, apply_week(known, wanted))
    by_id = {one.id: one for one in result}
    for one in known:
        if one.taken:
            assert (by_id[one.id].starts_at, by_id[one.id].ends_at) == (one.starts_at, one.ends_at)
    offered = {(one.starts_at, one.ends_at) for one in result if not one.withdrawn}
    booked_elsewise = {one.starts_at for one in result if one.withdrawn and one.taken}
    assert offered <= {(one.starts_at, one.ends_at) for one in wanted}
    assert {one.starts_at for one in wanted} - {starts for starts, _ in offered} <= booked_elsewise
    again = apply_week(result, wanted)
    assert not (again.withdraw or again.restore or again.lengthen or again.add)


def at_nine(minutes: int = 0) -> datetime:
    return planned((Opening(0, time(9, minutes), time(10, 45)),))[0].starts_at


def test_a_window_that_comes_back_takes_people_again() -> None:
    wanted = planned((Opening(0, time(9), time(10, 45)),))
    gone = OpenWindow("s1", wanted[0].starts_at, wanted[0].ends_at, 0, withdrawn=True)
    assert apply_week([gone], wanted).restore == {"s1"}


EXAMPLES = re.findall(r"```example\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[-1].strip().splitlines()


@pytest.mark.parametrize("line", EXAMPLES)
def test_the_examples_of_the_week_hold(line: str) -> None:
    """`week 周一 <written> window <begins>-<ends> booked|free -> stays|withdrawn`."""
    given, _, expected = line.partition(" -> ")
    _, _, written, _, window, state = given.split()
    begins, ends = (time.fromisoformat(part) for part in window.split("-"))
    (first, *_) = planned((Opening(0, begins, ends),))
    known = OpenWindow("s", first.starts_at, first.ends_at, int(state == "booked"))
    plan = apply_week([known], planned(read_week({0: written})))
    found = "withdrawn" if plan.withdraw else "changed" if plan.lengthen else "stays"
    assert found == expected
