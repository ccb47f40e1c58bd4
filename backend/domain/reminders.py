"""Which reminder of a case is due, and when to look again (states.md 2.3); which there are is data (rules.yml)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from backend.domain.case import Stage
from backend.domain.profile import BusinessType
from backend.domain.quiet_hours import QuietHours, beijing_moment


class Anchor(StrEnum):
    """What a reminder's time is counted from."""

    LAST_ACTIVITY = "last_activity"
    STAGE_ENTERED = "stage_entered"
    DUE_ON = "due_on"
    VALID_UNTIL = "valid_until"
    READY_ON = "ready_on"
    LEFT_ON = "left_on"


@dataclass(frozen=True)
class ReminderRule:
    """Reminders of one kind: some hours after a moment, or some days before a day. `code` names the message."""

    code: str
    stages: frozenset[Stage]
    anchor: Anchor
    after_h: tuple[int, ...] = ()
    before_d: tuple[int, ...] = ()


@dataclass(frozen=True)
class Reminders:
    """All of them; `day_at` is when a reminder comes that is counted in days, `validity_years` how long a permit is."""

    rules: tuple[ReminderRule, ...]
    quiet: QuietHours
    day_at: time
    validity_years: Mapping[BusinessType, int]
    draft_kept_d: int
    leave_employer_d: int

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(rule.code for rule in self.rules)


@dataclass(frozen=True)
class ReminderFacts:
    """What is known of a case; `round` is counted up with every supplement that was sent.

    `ready_on` is the day on which a condition that time alone is missing is met (T4): until then nothing else is told.
    `left_on` is the day of leaving the former employer, from which the days for a change run.
    """

    stage: Stage
    stage_since: datetime
    last_activity_at: datetime
    round: int = 1
    due_on: date | None = None
    valid_until: date | None = None
    ready_on: date | None = None
    left_on: date | None = None


@dataclass(frozen=True)
class Planned:
    """One reminder of a case; `key` says which, and is the same as long as its occasion is."""

    code: str
    key: str
    at: datetime
    until: datetime | None = None

    @property
    def occasion(self) -> str:
        """What makes two reminders with the same text different."""
        return self.key.removeprefix(f"{self.code}:")


@dataclass(frozen=True)
class Decision:
    """What to send now, if anything; what counts as told from now on; when to look at the case again."""

    send: Planned | None
    told: frozenset[str]
    next_at: datetime | None


def planned(reminders: Reminders, facts: ReminderFacts) -> tuple[Planned, ...]:
    """Every reminder of the stage that the case is at, earliest first; none of them at night."""
    rules = [rule for rule in reminders.rules if facts.stage in rule.stages]
    if facts.ready_on is not None:
        rules = [rule for rule in rules if rule.anchor is Anchor.READY_ON]
    found = [one for rule in rules for one in _of(rule, reminders, facts)]
    return tuple(sorted(found, key=lambda one: one.at))


def decide(reminders: Reminders, facts: ReminderFacts, *, told: Collection[str], now: datetime) -> Decision:
    """Each reminder is told once. Of several that are due the latest alone is sent; one whose day has passed is not.

    At night nothing is sent: the case is looked at again in the morning.
    """
    ahead = [one for one in planned(reminders, facts) if one.key not in told]
    due = [one for one in ahead if one.at <= now]
    if due and reminders.quiet.include(now):
        return Decision(None, frozenset(), reminders.quiet.after(now))
    fresh = [one for one in due if one.until is None or now < one.until]
    later = [one.at for one in ahead if one.at > now]
    return Decision(fresh[-1] if fresh else None, frozenset(one.key for one in due), min(later, default=None))


def valid_until(
    reminders: Reminders, business: BusinessType, approved_on: date, *, before: date | None = None
) -> date | None:
    """The last day of a permit approved on a day (T40). A change leaves the end where it was: `before`.

    None: nobody told us when the permit ends.
    """
    years = reminders.validity_years.get(business)
    return before if years is None else _years_later(approved_on, years) - timedelta(days=1)


def change_until(reminders: Reminders, left_on: date | None) -> date | None:
    """The last day for changing the employer after leaving the former one (states.md 2.3)."""
    return left_on + timedelta(days=reminders.leave_employer_d) if left_on else None


def _of(rule: ReminderRule, reminders: Reminders, facts: ReminderFacts) -> list[Planned]:
    match rule.anchor:
        case Anchor.LAST_ACTIVITY:
            return _after(rule, reminders, facts.last_activity_at, "")
        case Anchor.STAGE_ENTERED:
            return _after(rule, reminders, facts.stage_since, f"{facts.stage.value}.{facts.round}")
        case Anchor.DUE_ON:
            return _before(rule, reminders, facts.due_on)
        case Anchor.VALID_UNTIL:
            return _before(rule, reminders, facts.valid_until)
        case Anchor.READY_ON:
            return _before(rule, reminders, facts.ready_on)
        case Anchor.LEFT_ON:
            return _before(rule, reminders, change_until(reminders, facts.left_on))


def _after(rule: ReminderRule, reminders: Reminders, since: datetime, occasion: str) -> list[Planned]:
    return [
        Planned(rule.code, f"{rule.code}:{occasion}:{hours}h", reminders.quiet.after(since + timedelta(hours=hours)))
        for hours in rule.after_h
    ]


def _before(rule: ReminderRule, reminders: Reminders, day: date | None) -> list[Planned]:
    if day is None:
        return []
    until = beijing_moment(day + timedelta(days=1), time.min)
    return [
        Planned(
            rule.code,
            f"{rule.code}:{day.isoformat()}:{days}d",
            reminders.quiet.after(beijing_moment(day - timedelta(days=days), reminders.day_at)),
            until,
        )
        for days in rule.before_d
    ]


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)
