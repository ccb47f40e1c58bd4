"""Who can apply as far as it is published: limits by place, person and time, and a verdict with reasons (F15, F16)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from backend.domain.catalogue_parts import Force, Origin
from backend.domain.conditions import AllOf, Condition, Facts
from backend.domain.months import Month
from backend.domain.profile import BusinessType


class CheckKind(StrEnum):
    """Where the answer comes from: the ID number, a choice, a month, the employer's record before a choice, a day."""

    AGE = "age"
    CHOICE = "choice"
    MONTH = "month"
    QUOTA = "quota"
    PERMIT_END = "permit_end"
    CONTRACT_END = "contract_end"
    LEFT_ON = "left_on"


OF_DAYS: Final = frozenset({CheckKind.PERMIT_END, CheckKind.CONTRACT_END, CheckKind.LEFT_ON})


class TopicKind(StrEnum):
    """What is compared or listed in an answer."""

    PLAIN = "plain"
    MONTHS = "months"
    AGE = "age"
    EMPLOYER = "employer"


@dataclass(frozen=True)
class Limit:
    """One published number; `when` is None where it applies to everybody."""

    name: str
    value: int
    when: Condition | None
    origin: Origin
    force: Force

    @property
    def weight(self) -> int:
        """How special the row is: the number of facts that it asks for."""
        return len(tuple(self.when.names())) if self.when else 0


@dataclass(frozen=True)
class CheckOption:
    """One answer; `tells` is what it says about the condition questions, so that those are not asked again."""

    code: str
    label: str
    fails: str = ""
    verify: str = ""
    tells: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Check:
    """One condition of the self-check.

    `field` is the condition question that a day answers too; `late` is said for a day that has passed.
    """

    code: str
    label: str
    kind: CheckKind
    businesses: frozenset[BusinessType]
    question: str
    hint: str
    explain: str
    limit: str
    fails: str
    options: tuple[CheckOption, ...]
    field: str = ""
    late: str = ""

    def option(self, code: str) -> CheckOption | None:
        return next((one for one in self.options if one.code == code), None)


@dataclass(frozen=True)
class Topic:
    """What is answered to a question in the talk that shares one of `words`."""

    code: str
    kind: TopicKind
    words: tuple[str, ...]
    limit: str
    text: str
    varies: str
    met: str
    not_met: str


@dataclass(frozen=True)
class Eligibility:
    """Everything that is published and asked about who can apply."""

    limits: tuple[Limit, ...]
    checks: tuple[Check, ...]
    topics: tuple[Topic, ...]
    sources: Mapping[str, str]
    origin: Origin

    def limit(self, name: str, facts: Facts, day: date) -> Limit | None:
        """The row in force on that day with the most facts that all hold; of equal ones the later row."""
        fitting = [
            one
            for one in self.limits
            if one.name == name and one.force.includes(day) and (one.when is None or one.when.holds(facts))
        ]
        return max(enumerate(fitting), key=lambda pair: (pair[1].weight, pair[0]))[1] if fitting else None

    def by_fact(self, name: str, fact: str, day: date) -> list[tuple[str, int]]:
        """What the rows say that test `fact` alone: (value of the fact, limit), in the order written."""
        found = []
        for one in self.limits:
            if one.name == name and isinstance(one.when, AllOf) and one.force.includes(day):
                for tested, test in one.when.tests:
                    values = sorted(getattr(test, "values", ()))
                    found += [(value, one.value) for value in values if tested == fact]
        return found

    def checks_for(self, business: BusinessType) -> tuple[Check, ...]:
        return tuple(one for one in self.checks if business in one.businesses)


@dataclass(frozen=True)
class Finding:
    """One condition that is not met, or that somebody has to look at."""

    code: str
    reason: str


@dataclass(frozen=True)
class Assessment:
    """What the answers amount to; `ready_on` is set when time alone is missing (T4)."""

    failed: tuple[Finding, ...]
    doubtful: tuple[Finding, ...]
    ready_on: date | None = None


def assess(
    eligibility: Eligibility,
    checks: Sequence[Check],
    answers: Mapping[str, str],
    facts: Facts,
    *,
    today: date,
    place: str,
    judge: Callable[[Check, str], tuple[Finding, date | None] | None] = lambda check, told: None,
) -> Assessment:
    """Every failed condition with its reason; an unknown answer is doubtful, never failed.

    `answers` holds the option, the month, the day or the age by the check's code; `place` is the district as it is
    read; `judge` says what a day does not meet, and from when it is met.
    """
    failed: list[Finding] = []
    doubtful: list[Finding] = []
    ready: date | None = None
    for check in checks:
        told = answers.get(check.code, "")
        if check.kind is CheckKind.AGE:
            failed += _too_old(eligibility, check, told, facts, today)
        elif check.kind is CheckKind.MONTH and told and told != "unsure":
            day = ready_day(eligibility, check, told, facts, today)
            if day is not None and day > today:
                ready = day
                failed.append(Finding(check.code, _too_soon(eligibility, check, day, facts, today, place)))
        elif check.kind in OF_DAYS and told not in ("", "unsure") and check.option(told) is None:
            if missed := judge(check, told):
                failed.append(missed[0])
                ready = missed[1] or ready
        else:
            found = eligibility.limit(check.limit, facts, today)
            _of_option(check, told, str(found.value) if found else "", failed, doubtful)
    only_time = ready is not None and len(failed) == 1
    return Assessment(tuple(failed), tuple(doubtful), ready if only_time else None)


def ready_day(eligibility: Eligibility, check: Check, month: str, facts: Facts, today: date) -> date | None:
    """The last day on which the time in the post can become long enough: the day of joining is not asked."""
    limit = eligibility.limit(check.limit, facts, today)
    if limit is None:
        return None
    after = Month.parse(month).plus(limit.value + 1)
    return date(after.year, after.month, 1) - timedelta(days=1)


def whole_years(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def shown_day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _too_old(eligibility: Eligibility, check: Check, told: str, facts: Facts, today: date) -> list[Finding]:
    limit = eligibility.limit(check.limit, facts, today)
    if limit is None or not told.isdecimal() or int(told) <= limit.value:
        return []
    return [Finding(check.code, check.fails.format(age=told, limit=limit.value))]


def _too_soon(eligibility: Eligibility, check: Check, ready: date, facts: Facts, today: date, place: str) -> str:
    limit = eligibility.limit(check.limit, facts, today)
    return check.fails.format(limit=limit.value if limit else "", district=place, ready=shown_day(ready))


def _of_option(check: Check, told: str, limit: str, failed: list[Finding], doubtful: list[Finding]) -> None:
    option = check.option(told)
    if option is None or told == "unsure":
        doubtful.append(Finding(check.code, check.label))
    elif option.fails:
        failed.append(Finding(check.code, option.fails.format(limit=limit)))
    elif option.verify:
        doubtful.append(Finding(check.code, option.verify.format(limit=limit)))
