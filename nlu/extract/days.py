"""Calendar days for an appointment: 明天, 周三上午, 下周五, 3号, 11.25."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from nlu.extract.moments import DAY_NUMBER
from nlu.extract.numbers import chinese_number

_WEEKDAY: Final = re.compile(r"(?P<week>下下个?|下个?|这个?|本|上个?)?(?:周|星期|礼拜)(?P<day>[一二三四五六日天]|[1-7](?!\d))")
_NEAR_DAY: Final = re.compile(r"大后天|后天|明[天儿日]|今[天儿日]|明早|昨天|前天")
_DAY_ONLY: Final = re.compile(rf"(?<![\d月.选])(?<!选择)(?P<d>{DAY_NUMBER})\s?[号日](?![码楼线院])")
_DOT_DAY: Final = re.compile(r"(?<![\d.])(?P<m>1[0-2]|0?[1-9])[./](?P<d>3[01]|[12]\d|0?[1-9])(?![\d.%万元])")
_HALF: Final = re.compile(r"上午|早上|早晨|一早|明早|中午前|下午|午后")
_DAYS_AWAY: Final = {"今": 0, "明": 1, "后": 2, "大": 3, "昨": -1, "前": -2}


def read_days(text: str, *, today: date) -> Iterator[tuple[int, int, date, bool]]:
    """Calendar days for an appointment: start, end, day, whether it should be asked back."""
    for found in _NEAR_DAY.finditer(text):
        yield found.start(), found.end(), today + timedelta(days=_DAYS_AWAY[found.group()[0]]), False
    for found in _WEEKDAY.finditer(text):
        yield found.start(), found.end(), *_weekday(found, today)
    for found in _DAY_ONLY.finditer(text):
        day = _next_day_of_month(chinese_number(found["d"]) or 0, today)
        if day:
            yield found.start(), found.end(), day, False
    for found in _DOT_DAY.finditer(text):
        later = coming(int(found["m"]), int(found["d"]), today=today)
        if later:
            yield found.start(), found.end(), later, True


def read_halves(text: str) -> Iterator[tuple[int, int, str]]:
    for found in _HALF.finditer(text):
        yield found.start(), found.end(), "PM" if found.group() in ("下午", "午后") else "AM"


def coming(month: int, day: int, *, today: date) -> date | None:
    """The next such day of the calendar, today included; None when there is no such day."""
    for year in (today.year, today.year + 1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found >= today:
            return found
    return None


def _weekday(found: re.Match[str], today: date) -> tuple[date, bool]:
    name = found["day"]
    number = "一二三四五六日".index(name.replace("天", "日")) if not name.isdecimal() else int(name) - 1
    monday = today - timedelta(days=today.weekday())
    week = (found["week"] or "").rstrip("个")
    if week:
        return monday + timedelta(days=number + {"下下": 14, "下": 7, "这": 0, "本": 0, "上": -7}[week]), False
    day = monday + timedelta(days=number)
    return (day, False) if day > today else (day + timedelta(days=7), day == today)


def _next_day_of_month(day: int, today: date) -> date | None:
    for ahead in range(3):
        index = today.year * 12 + today.month - 1 + ahead
        try:
            found = date(index // 12, index % 12 + 1, day)
        except ValueError:
            continue
        if found >= today:
            return found
    return None
