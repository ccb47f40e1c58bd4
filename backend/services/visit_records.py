"""What is stored about visits, as frozen records like those of records.py, and their sides towards the domain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from backend.domain.appointments import Appointment, AppointmentState, Hold, Slot
from backend.domain.calendars import AppointmentKind, Calendar, Closure, HalfDay, Opening
from backend.domain.waitlist import SlotWish, Waiting


@dataclass(frozen=True)
class CalendarRecord:
    id: str
    kind: str
    place: str
    bring: str
    weekly: Sequence[Mapping[str, Any]]
    seats: int
    ahead_days: int
    offer_hours: int
    open_at: datetime
    cut_off: str | None = None
    districts: Sequence[str] = ()
    active: bool = True

    @property
    def rules(self) -> Calendar:
        return Calendar(
            id=self.id,
            kind=AppointmentKind(self.kind),
            place=self.place,
            openings=tuple(_opening(one) for one in self.weekly),
            seats=self.seats,
            bring=self.bring,
            ahead_days=self.ahead_days,
            cut_off=time.fromisoformat(self.cut_off) if self.cut_off else None,
            offer_hours=self.offer_hours,
            districts=tuple(self.districts),
        )

    @staticmethod
    def of(calendar: Calendar, *, open_at: datetime) -> CalendarRecord:
        return CalendarRecord(
            id=calendar.id,
            kind=calendar.kind.value,
            place=calendar.place,
            bring=calendar.bring,
            weekly=[
                {"weekday": one.weekday, "begins": f"{one.begins:%H:%M}", "ends": f"{one.ends:%H:%M}"}
                for one in calendar.openings
            ],
            seats=calendar.seats,
            ahead_days=calendar.ahead_days,
            offer_hours=calendar.offer_hours,
            open_at=open_at,
            cut_off=f"{calendar.cut_off:%H:%M}" if calendar.cut_off else None,
            districts=list(calendar.districts),
        )


def _opening(row: Mapping[str, Any]) -> Opening:
    return Opening(row["weekday"], time.fromisoformat(row["begins"]), time.fromisoformat(row["ends"]))


@dataclass(frozen=True)
class ClosureRecord:
    id: str
    first: date
    last: date
    reason: str
    created_at: datetime
    calendar_id: str | None = None
    created_by: str | None = None
    removed_at: datetime | None = None

    @property
    def rule(self) -> Closure:
        return Closure(self.first, self.last, self.reason, self.calendar_id)


@dataclass(frozen=True)
class SlotRecord:
    id: str
    calendar_id: str
    day: date
    starts_at: datetime
    ends_at: datetime
    seats: int
    taken: int = 0
    closed: bool = False
    withdrawn: bool = False
    pass_on_at: datetime | None = None

    def of_kind(self, kind: AppointmentKind) -> Slot:
        return Slot(self.id, kind, self.starts_at, self.ends_at, self.seats, self.closed, self.withdrawn)


@dataclass(frozen=True)
class AppointmentRecord:
    id: str
    case_id: str
    slot_id: str
    kind: str
    state: str
    created_at: datetime
    hold_expires_at: datetime | None = None
    remind_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: str | None = None

    @property
    def rules(self) -> Appointment:
        state = AppointmentState(self.state)
        return Appointment(self.id, self.case_id, self.slot_id, state, self.hold_expires_at)

    @property
    def hold(self) -> Hold:
        """A live visit sits until it is ended; a window that is not closed for sure yet keeps its seat (T16)."""
        return Hold(self.case_id, None)


@dataclass(frozen=True)
class WaitlistEntry:
    case_id: str
    kind: str
    district: str
    created_at: datetime
    wished_on: date | None = None
    wished_half: str | None = None
    state: str = "waiting"
    slot_id: str | None = None
    offer_expires_at: datetime | None = None
    ended_at: datetime | None = None
    id: int | None = None

    @property
    def waiting(self) -> Waiting:
        half = HalfDay(self.wished_half) if self.wished_half else None
        return Waiting(self.id or 0, self.case_id, SlotWish(on=self.wished_on, half=half))
