"""When a permit may be renewed, how long the contract has to run then, and how long ago somebody left (4.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from backend.domain.months import Month


@dataclass(frozen=True)
class RenewalRule:
    """From `before_d` days before the permit's end to `after_d` days after it; the contract's months still to run."""

    before_d: int
    after_d: int
    contract_months: int


class Window(StrEnum):
    """Where a day lies in the renewal window."""

    TOO_EARLY = "too_early"
    OPEN = "open"
    PAST = "past"


@dataclass(frozen=True)
class Renewals:
    """The common rule, and what a district says otherwise."""

    common: RenewalRule
    by_district: Mapping[str, RenewalRule]

    def rule_of(self, district: str) -> RenewalRule:
        return self.by_district.get(district, self.common)

    @staticmethod
    def of_document(raw: Mapping[str, Any]) -> Renewals:
        """A district names only what differs. Raises `ValueError` or `KeyError` for another shape."""
        common = {name: raw[name] for name in ("before_d", "after_d", "contract_months")}
        districts = raw.get("by_district") or {}
        return Renewals(_rule(common), {str(code): _rule({**common, **own}) for code, own in districts.items()})


def _rule(raw: Mapping[str, Any]) -> RenewalRule:
    if any(not isinstance(value, int) or isinstance(value, bool) or value < 0 for value in raw.values()):
        raise ValueError(f"not whole numbers from 0 on: {dict(raw)}")
    return RenewalRule(**raw)


@dataclass(frozen=True)
class MailDelivery:
    """Where materials are mailed in the flow of 2019, and what the subject says (F72)."""

    mailbox: str
    subject: str

    @staticmethod
    def of_document(raw: Mapping[str, Any]) -> MailDelivery:
        mailbox, subject = raw["mailbox"], raw["subject"]
        if not isinstance(mailbox, str) or mailbox.count("@") != 1 or not isinstance(subject, str):
            raise ValueError("mailbox: not an address")
        return MailDelivery(mailbox, subject)


def window(rule: RenewalRule, *, ends_on: date, today: date) -> tuple[Window, int]:
    """Where `today` lies, and the days until the permit's end (negative after it)."""
    left = (ends_on - today).days
    if left > rule.before_d:
        return Window.TOO_EARLY, left
    return (Window.PAST, left) if left < -rule.after_d else (Window.OPEN, left)


def months_left(ends: Month, *, today: date) -> int:
    """Whole months that a contract still runs after this one."""
    return ends.ordinal - Month.of(today).ordinal


def days_to_file(left_on: date, *, today: date, within_d: int) -> int:
    """The days that remain for the new employer to file; negative when they are over."""
    return within_d - (today - left_on).days
