"""What the tests of visits build on: a slot, a calendar, an appointment, and the moment of asking."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from backend.domain.appointments import (
    Appointment,
    AppointmentState,
    Slot,
)
from backend.domain.calendars import (
    BEIJING,
    AppointmentKind,
    Calendar,
    Opening,
)

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def a_slot(
    slot_id: str = "sl_1", *, on: date = date(2026, 11, 25), at: time = time(9), seats: int = 1, closed: bool = False
) -> Slot:
    starts_at = datetime.combine(on, at, BEIJING)
    ends_at = starts_at + timedelta(hours=2, minutes=30)
    return Slot(slot_id, AppointmentKind.RE_REVIEW, starts_at, ends_at, seats, closed)


def a_calendar() -> Calendar:
    openings = tuple(Opening(day, time(9), time(11, 30)) for day in range(4))
    return Calendar("cal_1", AppointmentKind.RE_REVIEW, "示例大厅", openings, seats=5)


def an_appointment(**changes: object) -> Appointment:
    whole = Appointment("ap_1", "C-1", "sl_1", AppointmentState.CONFIRMED)
    return replace(whole, **changes)  # type: ignore[arg-type]
