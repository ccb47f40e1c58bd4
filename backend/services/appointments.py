"""Booking, moving and giving up a visit, each in one transaction on the locked case (T13, T28-T30, T33, F74)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from backend.domain.appointment_refusals import AppointmentExists, NoAppointment, PayFirst, VisitNotNeeded
from backend.domain.appointments import (
    AppointmentState,
    event_for,
    hold_seat,
    next_reminder,
    require_in_time,
    swap,
)
from backend.domain.case import Event, Stage
from backend.domain.transitions import next_stage
from backend.domain.waitlist import SlotWish
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.pre_review import open_payment, payment_deadline
from backend.services.records import CaseRecord, Order
from backend.services.seats import end_visit, holds_of, leave_line, lock_slots, recount
from backend.services.standing import Standing
from backend.services.transitions_log import Who, an_applicant, record_change, record_transition
from backend.services.visit_records import AppointmentRecord, SlotRecord
from backend.services.visits import Visiting, chosen
from backend.services.waiting_line import pass_on


@dataclass(frozen=True)
class Booked:
    """What came of it: the case, the slot, the visit and, for a pre-review, the order that waits for money now."""

    case: CaseRecord
    slot: SlotRecord
    visit: AppointmentRecord
    order: Order | None = None


async def book(uow: UnitOfWork, parts: Parts, standing: Standing, visiting: Visiting, wish: SlotWish) -> Booked:
    """T13, T28, T33: a seat for this case; asking for the booked one again changes nothing.

    Raises:
        SlotRefused: this time is not to be had. AppointmentExists: another one is booked.
        VisitNotNeeded: nothing is to be booked at this stage.
    """
    case, now = standing.open_case, parts.clock.now()
    if visiting.visit and visiting.booked:
        if wish.slot_id == visiting.booked.id:
            return Booked(case, visiting.booked, visiting.visit)
        raise AppointmentExists(when=visiting.slot(visiting.booked).said)
    event = event_for(Event.BOOK, Stage(case.stage))
    if event is None and Stage(case.stage) is Stage.AWAITING_PAYMENT:
        raise VisitNotNeeded
    if event is not None:
        next_stage(Stage(case.stage), event)
    meant = chosen(parts, visiting, wish)
    is_first_pre_review = Stage(case.stage) is Stage.SLOT_REQUIRED
    until = payment_deadline(parts, standing, now=now) if is_first_pre_review else None
    slot = await _seat(uow, parts, visiting, meant, case, until=until)
    visit = await _sit(uow, parts, visiting, slot, case, until=until)
    slot = await recount(uow, slot, now=now)
    await leave_line(uow, case.id, now=now, state="taken")
    who, facts = an_applicant(standing.applicant.id), {"slot": slot.id, "visit": visit.id}
    if is_first_pre_review:
        case, order = await open_payment(uow, parts, standing, who, facts=facts)
        return Booked(case, slot, visit, order)
    case = await _write(uow, case, Event.BOOK, who, now=now, facts=facts)
    return Booked(case, slot, visit)


async def reschedule(uow: UnitOfWork, parts: Parts, standing: Standing, visiting: Visiting, wish: SlotWish) -> Booked:
    """T30: a true swap, new seat first, old one given up in the same transaction.

    Raises:
        NoAppointment, CancelTooLate, SlotRefused, AppointmentExists: the old visit stands.
    """
    case, now = standing.open_case, parts.clock.now()
    visit, booked = visiting.visit, visiting.booked
    if visit is None or booked is None:
        raise NoAppointment
    meant = chosen(parts, visiting, wish)
    locked = await lock_slots(uow, booked.id, meant.id, *_kept_for(visiting))
    target = await pass_on(uow, parts, locked[meant.id])
    calendar = visiting.calendar(booked)
    new, _ = swap(
        visit.rules, visiting.slot(locked[booked.id]), visiting.slot(target), await holds_of(uow, target.id),
        new_id=parts.ids.new("ap"), now=now, cut_off=calendar.cut_off,
    )  # fmt: skip
    fresh = await _sit(uow, parts, visiting, target, case, until=new.hold_expires_at, visit_id=new.id)
    await uow.appointments.save(replace(fresh, state=new.state.value))
    target = await recount(uow, target, now=now)
    await end_visit(uow, visit, AppointmentState.CANCELLED, now=now, reason="moved")
    await recount(uow, locked[booked.id], now=now, has_freed=True)
    await leave_line(uow, case.id, now=now, state="taken")
    facts = {"from": booked.id, "slot": target.id, "visit": fresh.id}
    case = await _write(uow, case, Event.RESCHEDULE, an_applicant(standing.applicant.id), now=now, facts=facts)
    return Booked(case, target, fresh)


async def give_up(uow: UnitOfWork, parts: Parts, standing: Standing, visiting: Visiting) -> CaseRecord:
    """T29; a pre-review that is not paid yet is moved or the case cancelled, because its seat was paid for with it.

    Raises:
        NoAppointment, CancelTooLate, PayFirst: the visit stands.
    """
    case, now = standing.open_case, parts.clock.now()
    if visiting.visit is None or visiting.booked is None:
        raise NoAppointment
    require_givable(parts, visiting, case)
    slot = (await lock_slots(uow, visiting.booked.id))[visiting.booked.id]
    await end_visit(uow, visiting.visit, AppointmentState.CANCELLED, now=now, reason="given_up")
    await recount(uow, slot, now=now, has_freed=True)
    who, facts = an_applicant(standing.applicant.id), {"slot": slot.id}
    return await _write(uow, case, Event.CANCEL_APPOINTMENT, who, now=now, facts=facts)


def require_givable(parts: Parts, visiting: Visiting, case: CaseRecord) -> None:
    """What `require_movable` asks, and a seat that is not paid yet is moved only (A4).

    Raises:
        NoAppointment, CancelTooLate, PayFirst: see there.
    """
    require_movable(parts, visiting)
    if Stage(case.stage) is Stage.AWAITING_PAYMENT:
        raise PayFirst


def require_movable(parts: Parts, visiting: Visiting) -> None:
    """Raises `NoAppointment` or `CancelTooLate` (T31, F59)."""
    if visiting.booked is None:
        raise NoAppointment
    cut_off = visiting.calendar(visiting.booked).cut_off
    require_in_time(visiting.slot(visiting.booked), now=parts.clock.now(), cut_off=cut_off)


async def _seat(
    uow: UnitOfWork, parts: Parts, visiting: Visiting, meant: SlotRecord, case: CaseRecord, *, until: datetime | None
) -> SlotRecord:
    """The locked slot, after the waitlist had its turn and the rules say yes."""
    locked = await lock_slots(uow, meant.id, *_kept_for(visiting))
    slot = await pass_on(uow, parts, locked[meant.id])
    now = parts.clock.now()
    hold_seat(visiting.slot(slot), await holds_of(uow, slot.id), case_id=case.id, now=now, until=until)
    return slot


def _kept_for(visiting: Visiting) -> list[str]:
    """The slot that the waitlist keeps for this case is locked with the others, in one order."""
    entry = visiting.entry
    return [entry.slot_id] if entry is not None and entry.slot_id is not None else []


async def _sit(
    uow: UnitOfWork,
    parts: Parts,
    visiting: Visiting,
    slot: SlotRecord,
    case: CaseRecord,
    *,
    until: datetime | None,
    visit_id: str | None = None,
) -> AppointmentRecord:
    now = parts.clock.now()
    visit = AppointmentRecord(
        id=visit_id or parts.ids.new("ap"),
        case_id=case.id,
        slot_id=slot.id,
        kind=visiting.kind.value,
        state=(AppointmentState.HELD if until else AppointmentState.CONFIRMED).value,
        created_at=now,
        hold_expires_at=until,
        remind_at=None if until else next_reminder(visiting.slot(slot), now=now),
    )
    return await uow.appointments.add(visit)


async def _write(
    uow: UnitOfWork, case: CaseRecord, event: Event, who: Who, *, now: datetime, facts: dict[str, Any]
) -> CaseRecord:
    """A transition of the case where the table has one, else a change that leaves its stage (F74)."""
    own = event_for(event, Stage(case.stage))
    if own is not None:
        return await record_transition(uow, case, own, who, now=now, facts=facts)
    return await record_change(uow, case, event.value, who, now=now, facts=facts)
