"""Calendars become slots: installed once from data, opened some weeks ahead, closed and opened again with closures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any, Final

from backend.domain.calendars import (
    BEIJING,
    Calendar,
    Closure,
    Window,
    beijing_day,
    is_closed,
    read_calendar,
    read_closure,
    windows,
)
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.visit_records import CalendarRecord, ClosureRecord, SlotRecord

BATCH: Final = 5
OPENS_AT: Final = time(0, 5)


async def install_calendars(parts: Parts, document: Mapping[str, Any]) -> int:
    """Add the calendars and holidays of calendars.yml that are not there yet; what staff have changed stays.

    Raises:
        CalendarFaulty: the document cannot be read; nothing is added.
    """
    now = parts.clock.now()
    calendars = [read_calendar(row) for row in document.get("calendars") or ()]
    holidays = [read_closure(row) for row in document.get("holidays") or ()]
    added = 0
    async with parts.begin() as uow:
        for calendar in calendars:
            added += await uow.calendars.add_if_new(CalendarRecord.of(calendar, open_at=now))
        for holiday in holidays:
            row = ClosureRecord(f"holiday:{holiday.first}", holiday.first, holiday.last, holiday.reason, now)
            added += await uow.closures.add_if_new(replace(row, calendar_id=holiday.calendar_id))
        await uow.commit()
    return added


async def open_slots(parts: Parts) -> int:
    """Open the slots of every calendar that is due, once a day; how many calendars were looked at.

    Any number of workers may run it: a calendar is one worker's at a time, a slot exists once.
    """
    now = parts.clock.now()
    async with parts.begin() as uow:
        due = await uow.calendars.due("open_at", now, limit=BATCH, active=True)
        for record in due:
            await open_slots_of(uow, parts, record, now=now)
            await uow.calendars.save(replace(record, open_at=_tomorrow(now)))
        await uow.commit()
    return len(due)


async def open_slots_of(uow: UnitOfWork, parts: Parts, record: CalendarRecord, *, now: datetime) -> int:
    """Add what is missing up to the calendar's horizon; the waitlist looks at new slots first."""
    calendar, today = record.rules, beijing_day(now)
    closures = await current_closures(uow)
    opened = 0
    for window in windows(calendar, closures, first=today, last=today + timedelta(days=calendar.ahead_days)):
        if window.starts_at > now:
            opened += await uow.slots.add_if_new(new_slot(parts, calendar, window, now=now))
    return opened


def new_slot(parts: Parts, calendar: Calendar, window: Window, *, now: datetime) -> SlotRecord:
    """A window with all its seats free; the waitlist looks at it first."""
    return SlotRecord(
        id=parts.ids.new("sl"),
        calendar_id=calendar.id,
        day=beijing_day(window.starts_at),
        starts_at=window.starts_at,
        ends_at=window.ends_at,
        seats=calendar.seats,
        closed=window.closed,
        pass_on_at=now,
    )


async def apply_closures(uow: UnitOfWork, slots: Sequence[SlotRecord], *, now: datetime) -> list[SlotRecord]:
    """Mark these locked slots as the closures now say; those that have just been closed."""
    closures = await current_closures(uow)
    newly_closed = []
    for slot in slots:
        closed = is_closed(slot.calendar_id, slot.day, closures)
        if closed != slot.closed:
            await uow.slots.save(replace(slot, closed=closed, pass_on_at=now))
        if closed and not slot.closed:
            newly_closed.append(replace(slot, closed=True))
    return newly_closed


async def current_closures(uow: UnitOfWork) -> list[Closure]:
    return [one.rule for one in await uow.closures.where(removed_at=None)]


def _tomorrow(now: datetime) -> datetime:
    return datetime.combine(beijing_day(now) + timedelta(days=1), OPENS_AT, BEIJING)
