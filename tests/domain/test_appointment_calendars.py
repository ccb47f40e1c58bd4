"""Calendars: the windows of a week, closures, and what cannot be one."""

from __future__ import annotations

from datetime import date

import pytest

from backend.domain.calendars import (
    CalendarFaulty,
    Closure,
    read_calendar,
    read_closure,
    windows,
)
from tests.domain.visit_rules import a_calendar

ROW = {
    "id": "c",
    "kind": "re_review",
    "place": "大厅",
    "seats": 3,
    "weekly": [{"days": [1], "windows": ["09:00-11:30"]}],
}


def test_a_week_has_the_windows_of_its_pattern_and_marks_what_is_closed() -> None:
    holiday = Closure(date(2026, 11, 25), date(2026, 11, 25), "停办一天")
    found = list(windows(a_calendar(), [holiday], first=date(2026, 11, 23), last=date(2026, 11, 29)))
    assert [(one.starts_at.day, one.closed) for one in found] == [(23, False), (24, False), (25, True), (26, False)]


def test_a_closure_of_another_place_closes_nothing_here() -> None:
    other = Closure(date(2026, 11, 23), date(2026, 11, 29), "装修", calendar_id="cal_2")
    found = windows(a_calendar(), [other], first=date(2026, 11, 23), last=date(2026, 11, 29))
    assert not any(one.closed for one in found)


@pytest.mark.parametrize(
    "broken",
    [
        {"kind": "party"},
        {"place": " "},
        {"seats": 0},
        {"seats": "many"},
        {"weekly": [{"days": [8], "windows": ["09:00-11:30"]}]},
        {"weekly": [{"days": [1], "windows": ["11:30-09:00"]}]},
        {"weekly": [{"days": [1], "windows": ["morning"]}]},
        {"cut_off": "25:00"},
        {"ahead_days": 0},
    ],
)
def test_a_calendar_that_cannot_be_is_refused(broken: dict[str, object]) -> None:
    assert read_calendar(ROW).seats == 3
    with pytest.raises(CalendarFaulty):
        read_calendar({**ROW, **broken})


@pytest.mark.parametrize(
    "row", [{"from": "2026-13-01", "reason": "x"}, {"from": "2026-02-02", "to": "2026-02-01", "reason": "x"}, {}]
)
def test_a_holiday_that_cannot_be_is_refused(row: dict[str, object]) -> None:
    with pytest.raises(CalendarFaulty):
        read_closure(row)
