"""Changing a calendar's week: free windows follow at once, whoever has booked keeps the visit and is listed (F57)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import time, timedelta
from typing import Final

from backend.domain.calendars import AppointmentKind, CalendarFaulty, Opening, beijing_day, windows
from backend.domain.week_pattern import OpenWindow, apply_week, read_week
from backend.services.ports import UnitOfWork
from backend.services.seats import LIVE, lock_slots
from backend.services.slot_opening import current_closures, new_slot
from backend.services.staff.calendar_changes import Change, once
from backend.services.staff.office import Office
from backend.services.staff.refusals import CalendarUnknown
from backend.services.staff.sign_in import SignedIn
from backend.services.visit_records import CalendarRecord, SlotRecord
from backend.services.waiting_line import take_back_offers

LONGEST_DAY: Final = 200
MOST_DAYS_AHEAD: Final = 366


@dataclass(frozen=True)
class WeekForm:
    """When a calendar is open, as it was written; `ahead_days` is how early a window can be booked."""

    written: Mapping[int, str]
    ahead_days: int
    cut_off: str


@dataclass(frozen=True)
class Week:
    openings: tuple[Opening, ...]
    ahead_days: int
    cut_off: time | None


def read_week_form(form: WeekForm) -> Week:
    """Raises CalendarFaulty: a day cannot be read, windows overlap, or a number is none."""
    openings = read_week({day: text[:LONGEST_DAY] for day, text in form.written.items()})
    if not 1 <= form.ahead_days <= MOST_DAYS_AHEAD:
        raise CalendarFaulty(what="提前天数")
    return Week(openings, form.ahead_days, _cut_off(form.cut_off))


async def change_week(office: Office, who: SignedIn, form: WeekForm, *, token: str, calendar_id: str) -> None:
    """The new week holds for windows from now on; a form that is sent twice changes nothing the second time.

    Raises:
        CalendarFaulty, CalendarUnknown: nothing has been changed.
    """
    week = read_week_form(form)

    async def step(change: Change) -> None:
        record = await change.uow.calendars.get(calendar_id, lock=True)
        if record is None:
            raise CalendarUnknown
        rules = replace(record.rules, openings=week.openings, ahead_days=week.ahead_days, cut_off=week.cut_off)
        fresh = replace(CalendarRecord.of(rules, open_at=record.open_at), active=record.active)
        await change.uow.calendars.save(fresh)
        counts = await follow_rules(change, fresh)
        await change.audit("calendar_week_changed", calendar=calendar_id, **counts)

    await once(office, who, token, "change_week", step)


async def left_over(
    uow: UnitOfWork, calendar: CalendarRecord, slots: Mapping[str, SlotRecord]
) -> list[tuple[str, str]]:
    """Visits in windows that the week does not have any more: when, and the case."""
    outside = {one.id: one for one in slots.values() if one.withdrawn and one.taken}
    visits = await uow.appointments.where(slot_id=list(outside), state=LIVE) if outside else []
    cases = {one.id: one.case_no for one in await uow.cases.where(id=sorted({visit.case_id for visit in visits}))}
    kind = AppointmentKind(calendar.kind)
    ordered = sorted(visits, key=lambda visit: outside[visit.slot_id].starts_at)
    return [(outside[visit.slot_id].of_kind(kind).said, cases[visit.case_id]) for visit in ordered]


async def follow_rules(change: Change, record: CalendarRecord) -> dict[str, int]:
    """Bring the windows of the future in line; seats that staff have set for a window stay.

    A calendar that is out of use wants no window at all: who has booked keeps the visit, who had a seat kept waits on.
    """
    uow, now = change.uow, change.now
    today = beijing_day(now)
    calendar = record.rules
    days = [today + timedelta(days=ahead) for ahead in range(MOST_DAYS_AHEAD + 1)]
    found = await uow.slots.where(calendar_id=record.id, day=days)
    slots = await lock_slots(uow, *(one.id for one in found if one.starts_at > now))
    known = [OpenWindow(one.id, one.starts_at, one.ends_at, one.taken, one.withdrawn) for one in slots.values()]
    horizon = max([today + timedelta(days=calendar.ahead_days), *(one.day for one in slots.values())])
    closures = await current_closures(uow)
    planned = windows(calendar, closures, first=today, last=horizon) if record.active else ()
    wanted = [one for one in planned if one.starts_at > now]
    plan = apply_week(known, wanted)
    for slot in slots.values():
        ends_at = plan.lengthen.get(slot.id, slot.ends_at)
        withdrawn = (slot.withdrawn or slot.id in plan.withdraw) and slot.id not in plan.restore
        freed = now if slot.id in plan.restore else slot.pass_on_at
        after = replace(slot, ends_at=ends_at, withdrawn=withdrawn, pass_on_at=freed)
        if after != slot:
            await uow.slots.save(after)
        await take_back_offers(uow, change.office.parts, after, calendar, only_unserved=not withdrawn)
    last = today + timedelta(days=calendar.ahead_days)
    for window in plan.add:
        if beijing_day(window.starts_at) <= last:
            await uow.slots.add_if_new(new_slot(change.office.parts, calendar, window, now=now))
    return {"withdrawn": len(plan.withdraw), "restored": len(plan.restore), "added": len(plan.add)}


def _cut_off(told: str) -> time | None:
    """The last time of the day before at which a visit can be given up; empty: the end of that day."""
    try:
        return time.fromisoformat(told.strip()) if told.strip() else None
    except ValueError as error:
        raise CalendarFaulty(what="最晚改约时间") from error
