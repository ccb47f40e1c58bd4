"""Months as applicants write them, periods of months, and the months that a set of periods leaves uncovered."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from backend.domain.errors import MonthNeeded, MonthWrong

OPEN: Final = "OPEN"
"""An end that is not known yet: 至今, 无固定期限."""

_OPEN_WORDS: Final = (
    "至今",
    "现在",
    "目前",
    "到现在",
    "今",
    "无固定期限",
    "无固定",
    "长期",
    "在读",
    "在职",
    "open",
    "now",
)
_CN_DIGITS: Final = str.maketrans("〇零一二三四五六七八九", "00123456789")
_YEAR_MONTH: Final = re.compile(r"(\d{4}|\d{2})\s*[年./\-—–\s]\s*(\d{1,2})(?:\s*月|(?=\D|$))(?:\D*\d{1,2}\s*[日号]?)?")
_ONE: Final = r"(?:\d{4}|\d{2})\s*(?:年|[./])\s*\d{1,2}\s*月?|\d{4}-\d{2}"
_RANGE: Final = re.compile(rf"({_ONE})\s*(?:[-—–~～到至]+|至今)\s*({_ONE}|至今|现在|今)")
_COMPACT: Final = re.compile(r"(\d{4})(\d{2})(?:\d{2})?")
_YEAR: Final = re.compile(r"(\d{4}|\d{2})\s*[年级]?")
_NUMBER: Final = r"1?[0-9]|十[一二]?|[零〇一二三四五六七八九]"
_MONTH_ALONE: Final = re.compile(rf"({_NUMBER})\s*月?份?")
_MONTHS_ALONE: Final = re.compile(rf"({_NUMBER})\s*月?份?[\s\-—–~～到至和,，、./;；]*({_NUMBER})\s*月?份?")
_BOTH_THE_SAME: Final = re.compile(rf"(?:都|全)?(?:是|在)?({_NUMBER})\s*月份?")
_TENS: Final = {"十": "10", "十一": "11", "十二": "12"}


@dataclass(frozen=True, order=True)
class Month:
    """One calendar month."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (1900 <= self.year <= 2199 and 1 <= self.month <= 12):
            raise MonthWrong

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def shown(self) -> str:
        """As an applicant reads it."""
        return f"{self.year}年{self.month}月"

    @property
    def ordinal(self) -> int:
        return self.year * 12 + self.month - 1

    def plus(self, months: int) -> Month:
        ordinal = self.ordinal + months
        return Month(ordinal // 12, ordinal % 12 + 1)

    @staticmethod
    def of(day: date) -> Month:
        return Month(day.year, day.month)

    @staticmethod
    def parse(stored: str) -> Month:
        """The stored form `YYYY-MM`."""
        year, _, month = stored.partition("-")
        if not (len(year) == 4 and len(month) == 2 and year.isdecimal() and month.isdecimal()):
            raise MonthWrong
        return Month(int(year), int(month))


_LAST: Final = Month(2199, 12)


@dataclass(frozen=True, order=True)
class Period:
    """Whole months from `start` to `end`, both included."""

    start: Month
    end: Month

    @property
    def months(self) -> int:
        return self.end.ordinal - self.start.ordinal + 1


def read_month(text: str, *, today: date) -> Month:
    """A month from what somebody wrote: 2018.9, 2018年9月, 18年9月, 2018-09, 201809.

    Raises:
        MonthNeeded: a year alone.
        MonthWrong: anything else.
    """
    plain = _plain(text)
    if found := _COMPACT.fullmatch(plain):
        return Month(int(found[1]), int(found[2]))
    if found := _YEAR_MONTH.fullmatch(plain):
        return Month(full_year(found[1], today), int(found[2]))
    if found := _YEAR.fullmatch(plain):
        raise MonthNeeded(year=full_year(found[1], today))
    raise MonthWrong


def year_alone(text: str, *, today: date) -> int | None:
    """The year of a text that names no month; None when it names one, or no year."""
    found = _YEAR.fullmatch(_plain(text))
    return full_year(found[1], today) if found else None


def month_alone(text: str) -> int | None:
    """The month of a text that names no year: 9, 9月, 九月份; None for anything else."""
    found = _MONTH_ALONE.fullmatch(text.strip().strip("。.,，"))
    return _month_number(found[1]) if found else None


def months_alone(text: str) -> tuple[int, int] | None:
    """Two months without their years, in the order they were said: 9 6, 9月到6月, 都是9月; None for anything else."""
    plain = text.strip().strip("。.,，")
    if same := _BOTH_THE_SAME.fullmatch(plain):
        first = last = _month_number(same[1])
    elif found := _MONTHS_ALONE.fullmatch(plain):
        first, last = _month_number(found[1]), _month_number(found[2])
    else:
        return None
    return (first, last) if first and last else None


def _month_number(said: str) -> int | None:
    digits = _TENS.get(said, said.translate(_CN_DIGITS))
    return int(digits) if 1 <= int(digits) <= 12 else None


def read_range(text: str) -> tuple[str, str] | None:
    """The two halves of `2006.9-2010.6` or `2018年4月到至今`, unread; None when the text is no such range."""
    found = _RANGE.search(text)
    return (found[1], found[2]) if found else None


def is_open_word(text: str) -> bool:
    """Whether the text says that there is no end yet."""
    return _plain(text) in _OPEN_WORDS or text == OPEN


def _plain(text: str) -> str:
    return text.strip().strip("。.,，").lower().translate(_CN_DIGITS).replace("．", ".").replace("／", "/")


def full_year(digits: str, today: date) -> int:
    """Four digits as they are; two mean the nearest year that is no more than ten years ahead."""
    if len(digits) == 4:
        return int(digits)
    year = today.year // 100 * 100 + int(digits)
    return year if year <= today.year + 10 else year - 100


def uncovered(periods: Iterable[Period], *, since: Month) -> tuple[Period, ...]:
    """The runs of whole months from `since` up to the last period's start that no period covers, in order."""
    gaps: list[Period] = []
    free = since
    for period in sorted(periods):
        if period.start > free:
            gaps.append(Period(free, period.start.plus(-1)))
        if period.end == _LAST:
            break
        free = max(free, period.end.plus(1))
    return tuple(gaps)
