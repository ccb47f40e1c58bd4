"""The calendar as the office sees it: weeks with seats and bookings, closures, and who comes on a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from backend.domain.appointments import SlotLabel, label_of
from backend.domain.calendars import AppointmentKind, beijing_day, said_day, said_window
from backend.domain.masks import mask_name
from backend.domain.week_pattern import written_week
from backend.services.binding import applicant_name
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.staff.calendar_week import left_over
from backend.services.staff.office import Office
from backend.services.staff.refusals import CalendarUnknown
from backend.services.visit_records import AppointmentRecord, CalendarRecord, ClosureRecord, SlotRecord

WEEKS: Final = 4
VISIT_LABELS: Final[Mapping[str, str]] = {
    "held": "待支付",
    "confirmed": "已预约",
    "attended": "已到场",
    "missed": "未到场",
}


@dataclass(frozen=True)
class SlotLine:
    id: str
    window: str
    seats: int
    taken: int
    label: SlotLabel


@dataclass(frozen=True)
class DayColumn:
    day: date
    said: str
    slots: Sequence[SlotLine]


@dataclass(frozen=True)
class CalendarPage:
    """Some weeks of one calendar; `monday` is the first day shown."""

    calendars: Sequence[CalendarRecord]
    calendar: CalendarRecord
    kind_label: str
    monday: date
    weeks: Sequence[Sequence[DayColumn]]
    closures: Sequence[ClosureRecord]
    waiting: int
    week: Mapping[int, str]
    left_over: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class VisitLine:
    """One person of the day's list; the name is masked."""

    id: str
    window: str
    name: str
    case_no: str
    state: str
    state_label: str
    may_attend: bool
    may_miss: bool


@dataclass(frozen=True)
class DayPage:
    calendars: Sequence[CalendarRecord]
    calendar: CalendarRecord
    day: date
    said: str
    visits: Sequence[VisitLine]


async def calendar_page(office: Office, *, calendar_id: str | None = None, week: date | None = None) -> CalendarPage:
    """Raises CalendarUnknown when there is none to show."""
    now = office.parts.clock.now()
    async with office.parts.begin() as uow:
        calendars, calendar = await _chosen(uow, calendar_id)
        first = week or beijing_day(now)
        monday = first - timedelta(days=first.weekday())
        days = [monday + timedelta(days=ahead) for ahead in range(7 * WEEKS)]
        slots = await uow.slots.where(calendar_id=calendar.id, day=days, order_by="starts_at")
        closures = await uow.closures.where(removed_at=None, order_by="first")
        line = await uow.waitlist.where(kind=calendar.kind, state=["waiting", "offered"])
        withdrawn = await uow.slots.where(calendar_id=calendar.id, withdrawn=True)
        outside = await left_over(uow, calendar, {one.id: one for one in withdrawn if one.starts_at > now})
    kind = AppointmentKind(calendar.kind)
    columns = [_column(day, slots, kind, now) for day in days]
    return CalendarPage(
        calendars=calendars,
        calendar=calendar,
        kind_label=kind.label,
        monday=monday,
        weeks=[columns[at : at + 7] for at in range(0, len(columns), 7)],
        closures=[one for one in closures if one.last >= monday and one.calendar_id in (None, calendar.id)],
        waiting=len(line),
        week=written_week(calendar.rules.openings),
        left_over=outside,
    )


async def day_page(office: Office, *, calendar_id: str | None = None, day: date | None = None) -> DayPage:
    """Who comes on a day, by window; those who gave up are left out."""
    now = office.parts.clock.now()
    day = day or beijing_day(now)
    async with office.parts.begin() as uow:
        calendars, calendar = await _chosen(uow, calendar_id)
        slots = {one.id: one for one in await uow.slots.where(calendar_id=calendar.id, day=day)}
        visits = await uow.appointments.where(slot_id=list(slots), state=list(VISIT_LABELS), order_by="created_at")
        lines = await _lines(uow, office.parts, visits, slots, now)
    return DayPage(calendars, calendar, day, said_day(day), sorted(lines, key=lambda line: line.window))


async def _chosen(uow: UnitOfWork, calendar_id: str | None) -> tuple[list[CalendarRecord], CalendarRecord]:
    found_all = await uow.calendars.where(order_by="id")
    calendars = sorted(found_all, key=lambda one: (not one.active, one.kind, one.place))
    found = next((one for one in calendars if calendar_id in (None, one.id)), None)
    if found is None:
        raise CalendarUnknown
    return calendars, found


def _column(day: date, slots: Sequence[SlotRecord], kind: AppointmentKind, now: datetime) -> DayColumn:
    lines = [
        SlotLine(
            id=one.id,
            window=said_window(one.starts_at, one.ends_at).partition("）")[2],
            seats=one.seats,
            taken=one.taken,
            label=label_of(one.of_kind(kind), one.taken, now=now),
        )
        for one in slots
        if one.day == day and (one.taken or not one.withdrawn)
    ]
    return DayColumn(day, said_day(day), lines)


async def _lines(
    uow: UnitOfWork,
    parts: Parts,
    visits: Sequence[AppointmentRecord],
    slots: Mapping[str, SlotRecord],
    now: datetime,
) -> list[VisitLine]:
    cases = {one.id: one for one in await uow.cases.where(id=sorted({visit.case_id for visit in visits}))}
    people = await uow.applicants.where(id=sorted({one.applicant_id for one in cases.values()}))
    names = {one.id: mask_name(applicant_name(parts, one)) for one in people}
    return [
        VisitLine(
            id=visit.id,
            window=said_window(slots[visit.slot_id].starts_at, slots[visit.slot_id].ends_at).partition("）")[2],
            name=names[cases[visit.case_id].applicant_id],
            case_no=cases[visit.case_id].case_no,
            state=visit.state,
            state_label=VISIT_LABELS[visit.state],
            may_attend=visit.state == "confirmed" and now >= slots[visit.slot_id].starts_at,
            may_miss=visit.state == "confirmed" and now >= slots[visit.slot_id].ends_at,
        )
        for visit in visits
    ]
