"""How long it usually takes from a stage to the result, from our own closed cases, counting office time only (F49).

Time in which the applicant had to act is not counted: nobody's haste or leisure lengthens what others are told.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from statistics import quantiles
from typing import Final

from backend.domain.case import STAGES, Actor, Stage

OFFICE: Final = frozenset({Actor.STAFF, Actor.BUREAU, Actor.SYSTEM})
_DAY_S: Final = 86_400
_FEWEST_FOR_THE_EDGES: Final = 19


@dataclass(frozen=True)
class Visit:
    """A case entered a stage."""

    case_id: str
    stage: Stage
    at: datetime


@dataclass(frozen=True)
class WaitingTime:
    """From entering a stage to the result: the middle 90 of 100 cases, and the one in the middle."""

    cases: int
    low: timedelta
    median: timedelta
    high: timedelta


def office_time(visits: Sequence[Visit]) -> dict[Stage, timedelta]:
    """For each stage of a closed case: the office's time from first entering it until the case ended."""
    left = timedelta(0)
    found: dict[Stage, timedelta] = {}
    for here, following in reversed(list(pairwise(visits))):
        if STAGES[here.stage].who_acts in OFFICE:
            left += following.at - here.at
        found[here.stage] = left
    return found


def waiting_times(visits: Iterable[Visit], *, fewest: int) -> Mapping[Stage, WaitingTime]:
    """By stage, from the visits of closed cases in their order, case by case; no stage with too few cases."""
    samples: dict[Stage, list[float]] = {}
    for _, one in groupby(visits, key=lambda visit: visit.case_id):
        for stage, span in office_time(list(one)).items():
            samples.setdefault(stage, []).append(span.total_seconds())
    enough = max(fewest, _FEWEST_FOR_THE_EDGES)
    return {stage: spread(spans) for stage, spans in samples.items() if len(spans) >= enough}


def spread(seconds: Sequence[float]) -> WaitingTime:
    """The middle 90 of 100 of at least 19 samples: a further case of the same kind falls in with 90 %."""
    cuts = quantiles(seconds, n=20, method="exclusive")
    low, median, high = (timedelta(seconds=max(0.0, cuts[at])) for at in (0, 9, 18))
    return WaitingTime(len(seconds), low, median, high)


def whole_days(low: timedelta, high: timedelta) -> tuple[int, int]:
    """The range as it is said: rounded outwards, so that it promises no less than it knows; at least one day."""
    first = max(1, math.floor(low.total_seconds() / _DAY_S))
    return first, max(first, math.ceil(high.total_seconds() / _DAY_S))
