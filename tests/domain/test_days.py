"""A day as people write it."""

from __future__ import annotations

from datetime import date

import pytest

from backend.domain.days import read_day
from backend.domain.errors import DayWrong

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026年10月8日", date(2026, 10, 8)),
        ("26.10.8离职的", date(2026, 10, 8)),
        ("2026/10/08", date(2026, 10, 8)),
        ("20261008", date(2026, 10, 8)),
        ("10月8号走的", date(2026, 10, 8)),
        ("2月3日到期", date(2027, 2, 3)),
        ("昨天", date(2026, 11, 20)),
    ],
)
def test_a_day_is_read_however_it_is_written(text: str, day: date) -> None:
    assert read_day(text, today=TODAY) == day


@pytest.mark.parametrize("text", ["", "下个月", "2026年13月1日", "2月30日", "10月", "9999999999", "明年"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(DayWrong):
        read_day(text, today=TODAY)
