"""Seats under lock: who sits in a slot, taking a seat, giving it back; a case is always locked before a slot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from backend.domain.appointment_refusals import SlotUnknown
from backend.domain.appointments import AppointmentState, Hold, taken_by
from backend.domain.calendars import AppointmentKind, Calendar
from backend.services.ports import UnitOfWork
from backend.services.visit_records import AppointmentRecord, SlotRecord, WaitlistEntry

LIVE: Final = ("held", "confirmed")
OPEN: Final = ("waiting", "offered")


async def lock_slots(uow: UnitOfWork, *slot_ids: str) -> dict[str, SlotRecord]:
    """The slots, ours until the transaction ends; always in the order of their ids, so that two swaps never wait in
    a circle.

    Raises:
        SlotUnknown: one of them does not exist.
    """
    found: dict[str, SlotRecord] = {}
    for slot_id in sorted(set(slot_ids)):
        slot = await uow.slots.get(slot_id, lock=True)
        if slot is None:
            raise SlotUnknown
        found[slot_id] = slot
    return found


async def holds_of(uow: UnitOfWork, slot_id: str) -> list[Hold]:
    """Visits and offers to the waitlist that take a seat here."""
    visits = await uow.appointments.where(slot_id=slot_id, state=LIVE)
    offers = await uow.waitlist.where(slot_id=slot_id, state="offered")
    return [*(one.hold for one in visits), *(Hold(one.case_id, one.offer_expires_at) for one in offers)]


async def recount(uow: UnitOfWork, slot: SlotRecord, *, now: datetime, has_freed: bool = False) -> SlotRecord:
    """The locked slot with its seats counted again; `has_freed` lets the waitlist have a look first.

    The database refuses more than there are.
    """
    taken = len(taken_by(await holds_of(uow, slot.id), now=now))
    counted = replace(slot, taken=taken, pass_on_at=now if has_freed else slot.pass_on_at)
    if counted != slot:
        await uow.slots.save(counted)
    return counted


async def live_visit(uow: UnitOfWork, case_id: str) -> AppointmentRecord | None:
    """The case's one visit that is held or confirmed."""
    return await uow.appointments.first(case_id=case_id, state=LIVE, lock=True)


async def place_in_line(uow: UnitOfWork, case_id: str) -> WaitlistEntry | None:
    return await uow.waitlist.first(case_id=case_id, state=OPEN)


async def end_visit(
    uow: UnitOfWork, visit: AppointmentRecord, state: AppointmentState, *, now: datetime, reason: str
) -> AppointmentRecord:
    """Write the end of a visit; its seat is counted by the caller.

    Raises:
        NoAppointment: it has ended before.
    """
    over = visit.rules.to(state)
    ended = replace(
        visit, state=over.state.value, hold_expires_at=None, remind_at=None, ended_at=now, end_reason=reason
    )
    await uow.appointments.save(ended)
    return ended


async def release_visit(uow: UnitOfWork, case_id: str, *, now: datetime, reason: str) -> None:
    """Free whatever the case sits on or waits for (T16, T43, T44); the caller holds the case's lock."""
    visit = await live_visit(uow, case_id)
    if visit is not None:
        slot = (await lock_slots(uow, visit.slot_id))[visit.slot_id]
        await end_visit(uow, visit, AppointmentState.CANCELLED, now=now, reason=reason)
        await recount(uow, slot, now=now, has_freed=True)
    await leave_line(uow, case_id, now=now)


async def leave_line(uow: UnitOfWork, case_id: str, *, now: datetime, state: str = "left") -> WaitlistEntry | None:
    """Give up the place on the waitlist, and the seat that was kept with it; the place that was given up."""
    entry = await place_in_line(uow, case_id)
    if entry is None:
        return None
    slot = (await lock_slots(uow, entry.slot_id))[entry.slot_id] if entry.slot_id else None
    fresh = await uow.waitlist.get(entry.id or 0, lock=True)
    if fresh is None or fresh.state not in OPEN or fresh.slot_id != entry.slot_id:
        # Offered or passed on while we waited for the slot: look again.
        return await leave_line(uow, case_id, now=now, state=state)
    await uow.waitlist.save(replace(fresh, state=state, offer_expires_at=None, ended_at=now))
    if slot is not None:
        await recount(uow, slot, now=now, has_freed=True)
    return fresh


async def calendars_for(uow: UnitOfWork, kind: AppointmentKind, district: str) -> dict[str, Calendar]:
    """The calendars where employers of this district go, by id."""
    found = await uow.calendars.where(kind=kind.value, active=True, order_by="id")
    rules = (one.rules for one in found)
    return {one.id: one for one in rules if one.serves(kind, district)}


def in_order(slots: Sequence[SlotRecord]) -> list[SlotRecord]:
    return sorted(slots, key=lambda slot: (slot.starts_at, slot.calendar_id))
