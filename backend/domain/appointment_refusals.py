"""What the rules of visits refuse; each class is one sentence to the applicant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from backend.domain.errors import DomainError


@dataclass(eq=False)
class SlotRefused(DomainError):
    """This time cannot be had; another one may."""

    code: ClassVar[str] = "slot_refused"
    when: str = ""


class SlotFull(SlotRefused):
    """Every seat is taken."""

    code: ClassVar[str] = "slot_full"


class SlotPast(SlotRefused):
    """It has begun already."""

    code: ClassVar[str] = "slot_past"


class SlotClosed(SlotRefused):
    """The window is shut that day."""

    code: ClassVar[str] = "slot_closed"


class SlotUnknown(SlotRefused):
    """No such time, or not one that this case can book."""

    code: ClassVar[str] = "slot_unknown"


class SlotNotOffered(SlotRefused):
    """Nothing is offered for the wished day, half or number; `when` repeats the wish."""

    code: ClassVar[str] = "slot_not_offered"


@dataclass(eq=False)
class SlotAmbiguous(SlotRefused):
    """The wish fits several times."""

    code: ClassVar[str] = "slot_ambiguous"
    count: int = 0


@dataclass(eq=False)
class CancelTooLate(DomainError):
    """Giving up or moving a visit is possible on an earlier calendar day only (F59, T31)."""

    code: ClassVar[str] = "cancel_too_late"
    when: str
    until: str


class NoAppointment(DomainError):
    """There is no visit to give up or to move."""

    code: ClassVar[str] = "no_appointment"


@dataclass(eq=False)
class AppointmentExists(DomainError):
    """A visit is booked already: it can be moved."""

    code: ClassVar[str] = "appointment_exists"
    when: str


class PayFirst(DomainError):
    """A pre-review seat that is not paid yet is moved, or goes with the case (F71)."""

    code: ClassVar[str] = "pay_first"


class VisitNotNeeded(DomainError):
    """This case, or this stage of it, has no visit."""

    code: ClassVar[str] = "visit_not_needed"


class VisitNotOver(DomainError):
    """Whether somebody came is written down once the time has come (T32)."""

    code: ClassVar[str] = "visit_not_over"


class WaitlistNotNeeded(DomainError):
    """There are free seats for what is wished."""

    code: ClassVar[str] = "waitlist_not_needed"


class NotWaiting(DomainError):
    """There is no place on the waitlist to give up."""

    code: ClassVar[str] = "not_waiting"
