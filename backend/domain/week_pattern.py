"""A calendar's week as staff write it, and what a new week does to the windows that are open already (F57)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from itertools import pairwise
from typing import Final

from backend.domain.calendars import CalendarFaulty, Opening, Window

MOST_WINDOWS_A_DAY: Final = 12
_SIGNS: Final = str.maketrans("０１２３４５６７８９：－—–～~，、；;至到", "0123456789:-----,,,,--")
_WINDOW: Final = re.compile(r"(\d{1,2}):(\d{2})-+(\d{1,2}):(\d{2})", re.ASCII)
_DAYS: Final = "一二三四五六日"


def read_week(written: Mapping[int, str]) -> tuple[Opening, ...]:
    """By weekday (Monday is 0): `09:00-11:30，13:00-16:00`; an empty day has no windows.

    Raises:
        CalendarFaulty: `what` names the day, or is empty when no day has a window.
    """
    openings = tuple(opening for weekday in range(7) for opening in _read_day(weekday, written.get(weekday, "")))
    if not openings:
        raise CalendarFaulty(what="每天都空着")
    return openings


def written_week(openings: Collection[Opening]) -> dict[int, str]:
    """What `read_week` reads: the day's windows in order."""
    by_day: dict[int, list[Opening]] = {weekday: [] for weekday in range(7)}
    for one in sorted(openings, key=lambda opening: opening.begins):
        by_day[one.weekday].append(one)
    return {day: "，".join(f"{one.begins:%H:%M}-{one.ends:%H:%M}" for one in told) for day, told in by_day.items()}


def _read_day(weekday: int, text: str) -> list[Opening]:
    pieces = [piece for piece in re.split(r"[,\s]+", re.sub(r"\s*-+\s*", "-", text.translate(_SIGNS))) if piece]
    try:
        openings = sorted((_read_window(weekday, piece) for piece in pieces), key=lambda one: one.begins)
    except (ValueError, CalendarFaulty) as error:
        raise CalendarFaulty(what=f"周{_DAYS[weekday]}") from error
    overlap = any(later.begins < earlier.ends for earlier, later in pairwise(openings))
    if overlap or len(openings) > MOST_WINDOWS_A_DAY:
        raise CalendarFaulty(what=f"周{_DAYS[weekday]}")
    return openings


def _read_window(weekday: int, piece: str) -> Opening:
    found = _WINDOW.fullmatch(piece)
    if found is None:
        raise ValueError(piece)
    hours = [int(number) for number in found.groups()]
    return Opening(weekday, time(hours[0], hours[1]), time(hours[2], hours[3]))


@dataclass(frozen=True)
class OpenWindow:
    """A window that is open already; `taken` counts visits and seats kept for the waitlist."""

    id: str
    starts_at: datetime
    ends_at: datetime
    taken: int = 0
    withdrawn: bool = False


@dataclass(frozen=True)
class NewWeek:
    """What becomes of the open windows; what is named nowhere stays as it is."""

    withdraw: frozenset[str]
    restore: frozenset[str]
    lengthen: Mapping[str, datetime]
    """Windows without anybody in them that end at another time now."""
    add: tuple[Window, ...]


def apply_week(open_windows: Collection[OpenWindow], wanted: Collection[Window]) -> NewWeek:
    """A window that the new week does not have takes nobody any more; who has booked it keeps it.

    A window that somebody has booked keeps its times: where the new week has another end, it is withdrawn instead.
    """
    ends = {one.starts_at: one.ends_at for one in wanted}
    fits = {one.id for one in open_windows if ends.get(one.starts_at) == one.ends_at}
    lengthen = {
        one.id: ends[one.starts_at]
        for one in open_windows
        if one.starts_at in ends and one.id not in fits and not one.taken
    }
    stays = fits | lengthen.keys()
    known = {one.starts_at for one in open_windows}
    return NewWeek(
        withdraw=frozenset(one.id for one in open_windows if one.id not in stays and not one.withdrawn),
        restore=frozenset(one.id for one in open_windows if one.id in stays and one.withdrawn),
        lengthen=lengthen,
        add=tuple(one for one in wanted if one.starts_at not in known),
    )
