"""Who may visit when: seats and holds, giving a seat up in time, and the swap (F57-F60, F73)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from backend.domain.appointment_refusals import (
    AppointmentExists,
    CancelTooLate,
    NoAppointment,
    SlotClosed,
    SlotFull,
    SlotPast,
    SlotRefused,
    VisitNotNeeded,
)
from backend.domain.calendars import BEIJING, AppointmentKind, HalfDay, beijing_day, half_day, said_window
from backend.domain.case import Event, Stage
from backend.domain.profile import AppointmentMode


class SlotLabel(StrEnum):
    """What a slot is called in a list (F57)."""

    OPEN = "可预约"
    FULL = "已约满"
    PAST = "已过期"
    CLOSED = "停办"


class AppointmentState(StrEnum):
    HELD = "held"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    ATTENDED = "attended"
    MISSED = "missed"


LIVE: Final = frozenset({AppointmentState.HELD, AppointmentState.CONFIRMED})
"""States that take a seat."""

_A = AppointmentState
NEXT_STATES: Final[Mapping[AppointmentState, frozenset[AppointmentState]]] = MappingProxyType(
    {
        _A.HELD: frozenset({_A.CONFIRMED, _A.CANCELLED}),
        _A.CONFIRMED: frozenset({_A.CANCELLED, _A.ATTENDED, _A.MISSED}),
        _A.CANCELLED: frozenset(),
        _A.ATTENDED: frozenset(),
        _A.MISSED: frozenset(),
    }
)


# Seats


@dataclass(frozen=True)
class Slot:
    """One window with its seats; both moments are aware.

    A `closed` day is called off for everybody; a `withdrawn` window only takes nobody new.
    """

    id: str
    kind: AppointmentKind
    starts_at: datetime
    ends_at: datetime
    seats: int
    closed: bool = False
    withdrawn: bool = False

    @property
    def day(self) -> date:
        """In Beijing."""
        return beijing_day(self.starts_at)

    @property
    def half(self) -> HalfDay:
        return half_day(self.starts_at)

    @property
    def said(self) -> str:
        return said_window(self.starts_at, self.ends_at)


@dataclass(frozen=True)
class Hold:
    """A seat set aside for a case until `expires_at`; None: until the visit is over or given up."""

    case_id: str
    expires_at: datetime | None


def taken_by(holds: Collection[Hold], *, now: datetime) -> set[str]:
    """The cases that sit on a seat; a hold frees its seat on the second it ends."""
    return {hold.case_id for hold in holds if hold.expires_at is None or hold.expires_at > now}


def label_of(slot: Slot, taken: int, *, now: datetime) -> SlotLabel:
    if slot.starts_at <= now:
        return SlotLabel.PAST
    if slot.closed or slot.withdrawn:
        return SlotLabel.CLOSED
    return SlotLabel.FULL if taken >= slot.seats else SlotLabel.OPEN


_REFUSALS: Final[Mapping[SlotLabel, type[SlotRefused]]] = MappingProxyType(
    {SlotLabel.PAST: SlotPast, SlotLabel.CLOSED: SlotClosed, SlotLabel.FULL: SlotFull}
)


def hold_seat(
    slot: Slot, holds: Collection[Hold], *, case_id: str, now: datetime, until: datetime | None = None
) -> Hold:
    """Set a seat aside until `until` (T13: the payment deadline), or for good (T28, T33).

    A case that already sits here gets its hold renewed, not a second one.

    Raises:
        SlotPast, SlotClosed, SlotFull: see there.
    """
    others = taken_by(holds, now=now) - {case_id}
    label = label_of(slot, len(others), now=now)
    if label in _REFUSALS:
        raise _REFUSALS[label](when=slot.said)
    return Hold(case_id, until)


def last_moment(slot: Slot, cut_off: time | None) -> datetime:
    """From here on a visit can no longer be given up: the first second of its day, or the cut-off on the day before."""
    if cut_off is None:
        return datetime.combine(slot.day, time.min, BEIJING)
    return datetime.combine(slot.day - timedelta(days=1), cut_off, BEIJING)


def require_in_time(slot: Slot, *, now: datetime, cut_off: time | None = None) -> None:
    """F59, invariant 5: an earlier calendar day in Beijing; a visit that we called off ourselves is free at any time.

    Raises:
        CancelTooLate: saying until when it was possible.
    """
    ends = last_moment(slot, cut_off)
    if now >= ends and not slot.closed:
        until = (ends - timedelta(seconds=1)).astimezone(BEIJING)
        raise CancelTooLate(when=slot.said, until=f"{until.month}月{until.day}日 {until:%H:%M}")


# Appointments


@dataclass(frozen=True)
class Appointment:
    """A case's seat; `hold_expires_at` counts while it is held."""

    id: str
    case_id: str
    slot_id: str
    state: AppointmentState
    hold_expires_at: datetime | None = None

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    def to(self, state: AppointmentState) -> Appointment:
        """Raises `NoAppointment` when it is over already."""
        if state not in NEXT_STATES[self.state]:
            raise NoAppointment
        return replace(self, state=state, hold_expires_at=None)


def swap(
    old: Appointment,
    old_slot: Slot,
    new_slot: Slot,
    holds: Collection[Hold],
    *,
    new_id: str,
    now: datetime,
    cut_off: time | None = None,
) -> tuple[Appointment, Appointment]:
    """T30: the new seat first, then the old one given up; both or none. The new visit is in the state of the old one.

    `holds` are those of the new slot.

    Raises:
        CancelTooLate, SlotPast, SlotClosed, SlotFull, AppointmentExists: nothing has changed.
    """
    if old_slot.id == new_slot.id:
        raise AppointmentExists(when=old_slot.said)
    require_in_time(old_slot, now=now, cut_off=cut_off)
    hold = hold_seat(new_slot, holds, case_id=old.case_id, now=now, until=old.hold_expires_at)
    new = Appointment(new_id, old.case_id, new_slot.id, old.state, hold.expires_at)
    return new, old.to(AppointmentState.CANCELLED)


def reminder_times(slot: Slot) -> tuple[datetime, datetime]:
    """The day before at 10:00 and half past seven on the day (T28)."""
    day = slot.day
    return (
        datetime.combine(day - timedelta(days=1), time(10), BEIJING),
        datetime.combine(day, time(7, 30), BEIJING),
    )


def next_reminder(slot: Slot, *, now: datetime) -> datetime | None:
    return next((at for at in reminder_times(slot) if at > now), None)


# Which visit a stage has

_STAGES: Final[Mapping[AppointmentKind, frozenset[Stage]]] = MappingProxyType(
    {
        AppointmentKind.RE_REVIEW: frozenset({Stage.RE_REVIEW_BOOKING, Stage.RE_REVIEW_BOOKED, Stage.RE_REVIEW_MISSED}),
        AppointmentKind.PRE_REVIEW: frozenset(
            {Stage.SLOT_REQUIRED, Stage.AWAITING_PAYMENT, Stage.AWAITING_MATERIALS_EMAIL, Stage.AGENCY_REVIEW}
        ),
    }
)
BOOKING_STAGES: Final = frozenset({Stage.SLOT_REQUIRED, Stage.RE_REVIEW_BOOKING, Stage.RE_REVIEW_MISSED})
"""Stages that wait for a visit to be booked."""


def visit_at(stage: Stage, mode: AppointmentMode) -> AppointmentKind:
    """The visit that a case of this flow has at this stage.

    Raises:
        VisitNotNeeded: none.
    """
    for kind, stages in _STAGES.items():
        if mode.value == kind.value and stage in stages:
            return kind
    raise VisitNotNeeded


def event_for(event: Event, stage: Stage) -> Event | None:
    """The case's own event, None when only the visit changes: a pre-review visit moves beside the case (F74)."""
    if stage in _STAGES[AppointmentKind.RE_REVIEW] or (stage, event) == (Stage.SLOT_REQUIRED, Event.BOOK):
        return event
    return None
