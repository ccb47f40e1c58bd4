"""Which reminder is due (states.md 2.3): each once, the latest of several, none at night, silence afterwards."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.case import Stage
from backend.domain.catalogue import Catalogue
from backend.domain.payment import reminder_times
from backend.domain.profile import BusinessType
from backend.domain.quiet_hours import BEIJING
from backend.domain.reminders import ReminderFacts, decide, planned, valid_until

PAGE = Path(__file__).resolve().parents[2] / "docs" / "rules" / "reminders.md"
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
NOON = datetime(2026, 11, 2, 12, tzinfo=BEIJING)


def facts(stage: Stage, **told: object) -> ReminderFacts:
    return ReminderFacts(**{"stage": stage, "stage_since": NOON, "last_activity_at": NOON, **told})  # type: ignore[arg-type]


def said(catalogue: Catalogue, told: ReminderFacts, *, days: int, every_h: float = 0.5) -> list[tuple[str, str]]:
    """What goes out when the worker looks every half hour for so many days."""
    known: set[str] = set()
    found = []
    at = NOON
    while at <= NOON + timedelta(days=days):
        decision = decide(catalogue.reminders, told, told=known, now=at)
        known |= decision.told
        if decision.send:
            found.append((decision.send.code, f"{at.astimezone(BEIJING):%m-%d %H:%M}"))
        at += timedelta(hours=every_h)
    return found


def test_an_idle_draft_is_reminded_of_after_a_day_and_after_three_and_then_there_is_silence(
    catalogue: Catalogue,
) -> None:
    told = said(catalogue, facts(Stage.DRAFT), days=60)
    assert told == [("draft_idle", "11-03 12:00"), ("draft_idle", "11-05 12:00")]


def test_a_supplement_is_reminded_of_after_3_and_7_days_and_2_days_before_its_end(catalogue: Catalogue) -> None:
    waiting = facts(Stage.HR_FIRST_SUPPLEMENT, due_on=date(2026, 11, 20))
    assert said(catalogue, waiting, days=40) == [
        ("supplement_waits", "11-05 12:00"),
        ("supplement_waits", "11-09 12:00"),
        ("supplement_due", "11-18 10:00"),
    ]


def test_a_permit_is_reminded_of_90_60_and_30_days_before_its_end(catalogue: Catalogue) -> None:
    held = facts(Stage.COMPLETED, valid_until=date(2027, 3, 1))
    assert [day[:5] for _, day in said(catalogue, held, days=200, every_h=2)] == ["12-01", "12-31", "01-30"]


def test_after_a_long_silence_of_the_worker_only_the_latest_reminder_goes_out(catalogue: Catalogue) -> None:
    decision = decide(catalogue.reminders, facts(Stage.DRAFT), told=(), now=NOON + timedelta(days=30))
    assert decision.send is not None
    assert decision.send.key.endswith("72h")
    assert len(decision.told) == 2
    assert decision.next_at is None


def test_a_day_that_has_passed_is_not_reminded_of(catalogue: Catalogue) -> None:
    held = facts(Stage.COMPLETED, valid_until=date(2026, 11, 1))
    assert decide(catalogue.reminders, held, told=(), now=NOON).send is None


def test_activity_puts_the_next_reminder_off_and_brings_no_old_one_back(catalogue: Catalogue) -> None:
    first = decide(catalogue.reminders, facts(Stage.DRAFT), told=(), now=NOON + timedelta(hours=25))
    again = facts(Stage.DRAFT, last_activity_at=NOON + timedelta(hours=30))
    later = decide(catalogue.reminders, again, told=first.told, now=NOON + timedelta(hours=60))
    assert later.send is None
    assert later.next_at == NOON + timedelta(hours=30 + 72)


@pytest.mark.parametrize("stage", sorted(set(Stage) - {Stage.DRAFT, Stage.COMPLETED}))
def test_only_stages_that_the_catalogue_names_are_reminded_of(catalogue: Catalogue, stage: Stage) -> None:
    named = {one for rule in catalogue.reminders.rules for one in rule.stages}
    assert bool(planned(catalogue.reminders, facts(stage, due_on=date(2026, 12, 1), left_on=date(2026, 11, 2)))) is (
        stage in named
    )


@given(moment=MOMENTS)
def test_nothing_is_planned_for_the_night_or_earlier_than_asked(catalogue: Catalogue, moment: datetime) -> None:
    told = facts(Stage.DRAFT, last_activity_at=moment)
    for one, hours in zip(planned(catalogue.reminders, told), (24, 72), strict=True):
        assert 8 <= one.at.astimezone(BEIJING).hour < 22
        assert timedelta(0) <= one.at - (moment + timedelta(hours=hours)) <= timedelta(hours=10.5)


@given(start=MOMENTS, steps=st.lists(st.integers(1, 60), min_size=1, max_size=30))
def test_whatever_the_worker_s_pace_each_reminder_goes_out_at_most_once_and_never_at_night(
    catalogue: Catalogue, start: datetime, steps: list[int]
) -> None:
    told: frozenset[str] = frozenset()
    sent, now = [], start
    case = facts(Stage.HR_FINAL_SUPPLEMENT, stage_since=start, due_on=(start + timedelta(days=20)).date())
    for step in steps:
        now += timedelta(hours=step)
        decision = decide(catalogue.reminders, case, told=told, now=now)
        told |= decision.told
        if decision.send:
            assert not catalogue.reminders.quiet.include(now)
            sent.append(decision.send.key)
        assert decision.next_at is None or decision.next_at > now
    assert len(sent) == len(set(sent))


@given(deadline=MOMENTS)
def test_a_payment_is_reminded_of_before_the_night_not_in_it(catalogue: Catalogue, deadline: datetime) -> None:
    quiet = catalogue.reminders.quiet
    plain = reminder_times(catalogue.pay_window, deadline)
    for at in reminder_times(catalogue.pay_window, deadline, quiet):
        assert not quiet.include(at)
        assert any(timedelta(0) <= one - at <= timedelta(hours=10.5) for one in plain)


def test_the_examples_of_the_reminders_page_hold(catalogue: Catalogue) -> None:
    lines = re.search(r"```example\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert lines
    for line in lines[1].strip().splitlines():
        given_, expected = line.split(" -> ")
        assert _example(catalogue, given_.split()) == expected


def _example(catalogue: Catalogue, words: list[str]) -> str:
    match words:
        case ["draft", "idle", "since", at]:
            told = facts(Stage.DRAFT, last_activity_at=datetime.fromisoformat(at))
        case ["supplement", "since", at, "due", day]:
            told = facts(
                Stage.HR_FIRST_SUPPLEMENT, stage_since=datetime.fromisoformat(at), due_on=date.fromisoformat(day)
            )
        case ["permit", "until", day]:
            told = facts(Stage.COMPLETED, valid_until=date.fromisoformat(day))
        case ["payment", "until", at]:
            times = reminder_times(catalogue.pay_window, datetime.fromisoformat(at), catalogue.reminders.quiet)
            return " ".join(f"{one.astimezone(BEIJING):%m-%dT%H:%M}" for one in times)
        case ["ready", "on", day]:
            told = facts(Stage.DRAFT, ready_on=date.fromisoformat(day))
        case ["left", "on", day]:
            told = facts(Stage.SLOT_REQUIRED, left_on=date.fromisoformat(day))
        case [business, "approved", day]:
            return str(valid_until(catalogue.reminders, BusinessType(business), date.fromisoformat(day)))
        case _:
            raise AssertionError(words)
    return " ".join(f"{one.at.astimezone(BEIJING):%m-%dT%H:%M}" for one in planned(catalogue.reminders, told))
