"""Honest waiting times: office time only, none from too few cases, and nine of ten cases fall into the range."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.case import Stage
from backend.domain.waiting_time import Visit, office_time, spread, waiting_times, whole_days

PAGE = Path(__file__).resolve().parents[2] / "docs" / "rules" / "waiting-time.md"
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
S = Stage


def walk(*steps: tuple[Stage, float], case_id: str = "c1") -> list[Visit]:
    """Stages with the days spent in each."""
    visits, at = [], BEGIN
    for stage, days in steps:
        visits.append(Visit(case_id, stage, at))
        at += timedelta(days=days)
    return visits


def test_the_time_in_which_the_applicant_had_to_act_is_not_counted() -> None:
    told = office_time(
        walk(
            (S.AGENCY_REVIEW, 2),
            (S.AGENCY_REJECTED, 30),
            (S.AGENCY_REVIEW, 1),
            (S.HR_FIRST_REVIEW, 5),
            (S.COMPLETED, 0),
        )
    )
    assert told[S.AGENCY_REVIEW] == timedelta(days=8)
    assert told[S.AGENCY_REJECTED] == timedelta(days=6)
    assert told[S.HR_FIRST_REVIEW] == timedelta(days=5)


@given(
    st.lists(st.tuples(st.sampled_from(list(Stage)), st.integers(0, 50)), min_size=2, max_size=12), st.integers(0, 99)
)
def test_however_long_the_applicant_takes_the_office_s_time_stays(steps: list[tuple[Stage, float]], more: int) -> None:
    slower = [(stage, days + (more if stage in (S.DRAFT, S.AGENCY_REJECTED) else 0)) for stage, days in steps]
    assert office_time(walk(*steps)) == office_time(walk(*slower))


@pytest.mark.parametrize(("cases", "told"), [(19, False), (20, True)])
def test_too_few_cases_tell_nothing(cases: int, told: bool) -> None:
    visits = [
        visit
        for number in range(cases)
        for visit in walk((S.AGENCY_REVIEW, number), (S.COMPLETED, 0), case_id=str(number))
    ]
    assert bool(waiting_times(visits, fewest=20)) is told


SHAPES: dict[str, Callable[[Random], float]] = {
    "skewed": lambda random: random.lognormvariate(2, 0.8),
    "even": lambda random: random.uniform(3, 30),
    "two kinds": lambda random: random.gauss(5, 1) if random.random() < 0.7 else random.gauss(25, 4),
    "long tail": lambda random: 2 + random.expovariate(0.1),
}


@pytest.mark.parametrize("shape", sorted(SHAPES))
@settings(max_examples=25, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**9))
def test_the_range_covers_85_to_95_of_100_cases_in_a_back_test(shape: str, seed: int) -> None:
    random = Random(seed)
    past = [abs(SHAPES[shape](random)) * 86_400 for _ in range(1500)]
    told = spread(past)
    later = [abs(SHAPES[shape](random)) * 86_400 for _ in range(1500)]
    inside = sum(told.low.total_seconds() <= one <= told.high.total_seconds() for one in later)
    assert 0.85 <= inside / len(later) <= 0.95


@pytest.mark.parametrize("cases", [20, 60, 200])
def test_over_many_back_tests_nine_of_ten_fall_in_even_with_few_cases(cases: int) -> None:
    random = Random(7)
    hits = tests = 0
    for _ in range(400):
        told = spread([SHAPES["skewed"](random) * 86_400 for _ in range(cases)])
        for _ in range(25):
            hits += told.low.total_seconds() <= SHAPES["skewed"](random) * 86_400 <= told.high.total_seconds()
            tests += 1
    assert 0.88 <= hits / tests <= 0.92


@given(st.lists(st.floats(0, 10**7), min_size=19, max_size=60))
def test_low_median_and_high_stand_in_order_and_the_days_promise_no_less(seconds: list[float]) -> None:
    told = spread(seconds)
    assert timedelta(0) <= told.low <= told.median <= told.high
    first, last = whole_days(told.low, told.high)
    assert 1 <= first <= last
    assert timedelta(days=last) >= told.high


def test_the_examples_of_the_waiting_time_page_hold() -> None:
    lines = re.search(r"```example\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert lines
    for line in lines[1].strip().splitlines():
        given_, expected = line.split(" -> ")
        words = given_.split()
        if words[0] == "walk":
            steps = [(Stage(one.partition("=")[0]), float(one.partition("=")[2])) for one in words[1:]]
            assert office_time(walk(*steps))[steps[0][0]] == timedelta(days=float(expected.split()[0]))
        else:
            low, high = whole_days(timedelta(days=float(words[1])), timedelta(days=float(words[3])))
            assert f"{low}～{high}" == expected
