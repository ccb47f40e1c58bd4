"""When a window is open: a calendar's weekly pattern, its closures and the holidays (F57, F73)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo

from backend.domain.errors import DomainError

BEIJING: Final = ZoneInfo("Asia/Shanghai")
NOON: Final = time(12)
_WEEKDAYS: Final = "一二三四五六日"
_LONGEST_RUN: Final = 366


class AppointmentKind(StrEnum):
    """What a visit is for; the value is stored."""

    RE_REVIEW = "re_review"
    PRE_REVIEW = "pre_review"

    @property
    def label(self) -> str:
        return "复审" if self is AppointmentKind.RE_REVIEW else "预审"


class HalfDay(StrEnum):
    """The value is the NLU's."""

    AM = "AM"
    PM = "PM"

    @property
    def label(self) -> str:
        return "上午" if self is HalfDay.AM else "下午"


@dataclass(eq=False)
class CalendarFaulty(DomainError):
    """A calendar that cannot be: a window that ends before it begins, no place, no seats."""

    code: ClassVar[str] = "calendar_faulty"
    what: str


@dataclass(frozen=True)
class Opening:
    """One window of the week in Beijing time; `weekday` counts from Monday, 0."""

    weekday: int
    begins: time
    ends: time

    def __post_init__(self) -> None:
        if not (0 <= self.weekday <= 6 and self.begins < self.ends):
            raise CalendarFaulty(what="opening")


@dataclass(frozen=True)
class Calendar:
    """Where and when visits of one kind take place.

    `cut_off` is the last time of day, on the day before, at which a visit may be given up; None is the end of that day.
    `districts` limits it to employers there; none means all.
    """

    id: str
    kind: AppointmentKind
    place: str
    openings: tuple[Opening, ...]
    seats: int
    bring: str = ""
    ahead_days: int = 30
    cut_off: time | None = None
    offer_hours: int = 2
    districts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.place.strip():
            raise CalendarFaulty(what="place")
        if self.seats < 1 or not 1 <= self.ahead_days <= _LONGEST_RUN or not 1 <= self.offer_hours <= 48:
            raise CalendarFaulty(what="numbers")

    def serves(self, kind: AppointmentKind, district: str) -> bool:
        return self.kind is kind and (not self.districts or district in self.districts)


@dataclass(frozen=True)
class Closure:
    """Days without visits, both ends included; without a calendar it is a holiday for all."""

    first: date
    last: date
    reason: str
    calendar_id: str | None = None

    def __post_init__(self) -> None:
        if not timedelta(0) <= self.last - self.first <= timedelta(days=_LONGEST_RUN):
            raise CalendarFaulty(what="closure")

    def covers(self, day: date, calendar_id: str) -> bool:
        return self.first <= day <= self.last and self.calendar_id in (None, calendar_id)


@dataclass(frozen=True)
class Window:
    """One opening on one day; both moments are aware."""

    starts_at: datetime
    ends_at: datetime
    closed: bool


def windows(calendar: Calendar, closures: Collection[Closure], *, first: date, last: date) -> Iterator[Window]:
    """Every opening from `first` to `last`, days that are closed included and marked."""
    day = first
    while day <= last:
        closed = is_closed(calendar.id, day, closures)
        for opening in calendar.openings:
            if opening.weekday == day.weekday():
                yield Window(_at(day, opening.begins), _at(day, opening.ends), closed)
        day += timedelta(days=1)


def is_closed(calendar_id: str, day: date, closures: Collection[Closure]) -> bool:
    return any(closure.covers(day, calendar_id) for closure in closures)


def _at(day: date, moment: time) -> datetime:
    return datetime.combine(day, moment, BEIJING)


def beijing_day(moment: datetime) -> date:
    return moment.astimezone(BEIJING).date()


def half_day(moment: datetime) -> HalfDay:
    return HalfDay.AM if moment.astimezone(BEIJING).time() < NOON else HalfDay.PM


def said_window(starts_at: datetime, ends_at: datetime) -> str:
    """`11月25日（周三）上午 9:00–11:30`, Beijing time."""
    begins, ends = starts_at.astimezone(BEIJING), ends_at.astimezone(BEIJING)
    return f"{said_day(begins.date())}{half_day(starts_at).label} {_clock(begins)}–{_clock(ends)}"


def said_day(day: date) -> str:
    return f"{day.month}月{day.day}日（周{_WEEKDAYS[day.weekday()]}）"


def said_moment(moment: datetime) -> str:
    local = moment.astimezone(BEIJING)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def _clock(local: datetime) -> str:
    return f"{local.hour}:{local.minute:02d}"


def read_calendar(row: Mapping[str, Any]) -> Calendar:
    """A calendar of calendars.yml.

    Raises:
        CalendarFaulty: naming the part that cannot be read.
    """
    try:
        cut_off = row.get("cut_off")
        return Calendar(
            id=str(row["id"]),
            kind=AppointmentKind(row["kind"]),
            place=str(row["place"]),
            openings=tuple(opening for one in row["weekly"] for opening in _openings(one)),
            seats=int(row["seats"]),
            bring=str(row.get("bring", "")),
            ahead_days=int(row.get("ahead_days", 30)),
            cut_off=time.fromisoformat(cut_off) if cut_off else None,
            offer_hours=int(row.get("offer_hours", 2)),
            districts=tuple(row.get("districts") or ()),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise CalendarFaulty(what=str(error)) from error


def _openings(row: Mapping[str, Any]) -> Iterator[Opening]:
    for weekday in row["days"]:
        for window in row["windows"]:
            begins, ends = str(window).split("-")
            yield Opening(int(weekday) - 1, time.fromisoformat(begins), time.fromisoformat(ends))


def read_closure(row: Mapping[str, Any]) -> Closure:
    """A holiday of calendars.yml; raises `CalendarFaulty`."""
    try:
        first = _day(row["from"])
        return Closure(first, _day(row.get("to", first)), str(row["reason"]), row.get("calendar"))
    except (KeyError, TypeError, ValueError) as error:
        raise CalendarFaulty(what=str(error)) from error


def _day(told: object) -> date:
    return told if isinstance(told, date) else date.fromisoformat(str(told))
