"""Conditions that a day decides: the window of a renewal, the contract's months, the days after leaving (4.4, F66)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

from backend.domain.days import shown_day
from backend.domain.eligibility import Check, CheckKind, Finding
from backend.domain.months import OPEN, Month
from backend.domain.renewal import RenewalRule, Window, days_to_file, months_left, window


@dataclass(frozen=True)
class Clocks:
    """The rules that days are compared with, those of the case's district; `today` is the day in Beijing."""

    renewal: RenewalRule
    leave_employer_d: int
    today: date
    place: str


Missed = tuple[Finding, date | None]
"""What is not met, and the day from which it is; None where no day helps."""


def judged(check: Check, told: str, clocks: Clocks) -> Missed | None:
    """What the day or month `told` does not meet; None when it is met.

    Raises:
        ValueError: `told` is neither a day nor a month as they are stored.
    """
    return _JUDGES[check.kind](check, told, clocks)


def _permit_end(check: Check, told: str, clocks: Clocks) -> Missed | None:
    ends_on, rule = date.fromisoformat(told), clocks.renewal
    where, _ = window(rule, ends_on=ends_on, today=clocks.today)
    if where is Window.PAST:
        return Finding(check.code, check.late.format(after=rule.after_d, district=clocks.place)), None
    if where is Window.OPEN:
        return None
    ready = ends_on - timedelta(days=rule.before_d)
    words = check.fails.format(before=rule.before_d, district=clocks.place, ready=shown_day(ready))
    return Finding(check.code, words), ready


def _contract_end(check: Check, told: str, clocks: Clocks) -> Missed | None:
    needed = clocks.renewal.contract_months
    if told == OPEN or months_left(Month.parse(told), today=clocks.today) >= needed:
        return None
    return Finding(check.code, check.fails.format(limit=needed, district=clocks.place)), None


def _left_on(check: Check, told: str, clocks: Clocks) -> Missed | None:
    within = clocks.leave_employer_d
    if days_to_file(date.fromisoformat(told), today=clocks.today, within_d=within) >= 0:
        return None
    return Finding(check.code, check.fails.format(limit=within, district=clocks.place)), None


_JUDGES: Final[Mapping[CheckKind, Callable[[Check, str, Clocks], Missed | None]]] = MappingProxyType(
    {
        CheckKind.PERMIT_END: _permit_end,
        CheckKind.CONTRACT_END: _contract_end,
        CheckKind.LEFT_ON: _left_on,
    }
)
