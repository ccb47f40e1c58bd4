"""A day as applicants write it: 2026年10月8日, 2026.10.8, 20261008, 10月8日, 昨天."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, timedelta
from typing import Final

from backend.domain.errors import DayWrong
from backend.domain.months import full_year

_FULL: Final = re.compile(r"(\d{4}|\d{2})\s*[年./\-]\s*(\d{1,2})\s*[月./\-]\s*(\d{1,2})(?!\d)")
_COMPACT: Final = re.compile(r"(?<!\d)(\d{4})(\d{2})(\d{2})(?!\d)")
_THIS_YEAR: Final = re.compile(r"(?<!\d)(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]?")
_DAYS_AGO: Final = {"今天": 0, "昨天": 1, "前天": 2}


def read_day(text: str, *, today: date) -> date:
    """The day that a text names; without a year it is the one nearest to today. Raises `DayWrong`."""
    if found := _FULL.search(text):
        return _day(full_year(found[1], today), int(found[2]), int(found[3]))
    if found := _COMPACT.search(text):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _THIS_YEAR.search(text):
        return _nearest(int(found[1]), int(found[2]), today)
    for word, ago in _DAYS_AGO.items():
        if word in text:
            return today - timedelta(days=ago)
    raise DayWrong


def _nearest(month: int, day: int, today: date) -> date:
    found = []
    for year in (today.year - 1, today.year, today.year + 1):
        with suppress(ValueError):
            found.append(date(year, month, day))
    if not found:
        raise DayWrong
    return min(found, key=lambda one: abs(one - today))


def shown_day(day: date) -> str:
    """As an applicant reads it."""
    return f"{day.year}年{day.month}月{day.day}日"


def _day(year: int, month: int, day: int) -> date:
    try:
        found = date(year, month, day)
    except ValueError:
        raise DayWrong from None
    if not 1950 <= found.year <= 2199:
        raise DayWrong
    return found
