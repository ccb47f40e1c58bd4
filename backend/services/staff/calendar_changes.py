"""What staff change on the days of a calendar: closures and holidays, the seats of a window."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from backend.domain.calendars import AppointmentKind, Closure, beijing_day
from backend.services.ports import UnitOfWork
from backend.services.pushes import push
from backend.services.seats import LIVE, lock_slots
from backend.services.slot_opening import apply_closures
from backend.services.staff.acting import needed_text
from backend.services.staff.office import Office
from backend.services.staff.refusals import CalendarUnknown, DaysWrong, SeatsTaken, SeatsWrong
from backend.services.staff.sign_in import SignedIn
from backend.services.transitions_log import a_staff_member, record_audit
from backend.services.visit_records import ClosureRecord, SlotRecord
from backend.services.waiting_line import take_back_offers

MOST_SEATS: Final = 500
LONGEST_CLOSURE: Final = timedelta(days=60)
LONGEST_REASON: Final = 40


@dataclass(frozen=True)
class Change:
    """One step on a calendar in its transaction."""

    uow: UnitOfWork
    office: Office
    who: SignedIn
    now: datetime

    async def audit(self, action: str, **facts: object) -> None:
        who = a_staff_member(self.who.staff_id)
        await record_audit(self.uow, action, who, now=self.now, facts=facts)


Step = Callable[[Change], Awaitable[None]]


async def close_days(
    office: Office, who: SignedIn, *, token: str, calendar_id: str | None, first: date, last: date, reason: str
) -> None:
    """No visits on these days, everywhere when no calendar is named; whoever has booked there is asked to choose again.

    Raises:
        TextNeeded, TextTooLong, DaysWrong, CalendarUnknown: nothing has been changed.
    """
    reason = needed_text(reason, longest=LONGEST_REASON)
    today = beijing_day(office.parts.clock.now())
    if not today <= first <= last <= first + LONGEST_CLOSURE:
        raise DaysWrong

    async def step(change: Change) -> None:
        if calendar_id is not None and await change.uow.calendars.get(calendar_id) is None:
            raise CalendarUnknown
        closure = ClosureRecord(
            id=office.parts.ids.new("cl"),
            first=first,
            last=last,
            reason=reason,
            created_at=change.now,
            calendar_id=calendar_id,
            created_by=who.staff_id,
        )
        await change.uow.closures.add(closure)
        for slot in await apply_closures(change.uow, await _slots_of(change.uow, closure.rule), now=change.now):
            await _ask_to_choose_again(change, slot, closure)
            calendar = await change.uow.calendars.get(slot.calendar_id)
            if calendar is not None:
                await take_back_offers(change.uow, office.parts, slot, calendar.rules)
        await change.audit("closure_added", closure=closure.id, calendar=calendar_id or "all")

    await once(office, who, token, "close_days", step)


async def open_days(office: Office, who: SignedIn, *, token: str, closure_id: str) -> None:
    """Take a closure or a holiday back; the waitlist comes first. Taking it back twice changes nothing."""

    async def step(change: Change) -> None:
        closure = await change.uow.closures.get(closure_id, lock=True)
        if closure is None or closure.removed_at is not None:
            return
        await change.uow.closures.save(replace(closure, removed_at=change.now))
        await apply_closures(change.uow, await _slots_of(change.uow, closure.rule), now=change.now)
        await change.audit("closure_removed", closure=closure.id)

    await once(office, who, token, "open_days", step)


async def change_seats(office: Office, who: SignedIn, *, token: str, slot_id: str, seats: int) -> None:
    """More or fewer seats in one window, never fewer than are taken.

    Raises:
        SlotUnknown, SeatsTaken, SeatsWrong: nothing has been changed.
    """
    if not 0 <= seats <= MOST_SEATS:
        raise SeatsWrong(MOST_SEATS)

    async def step(change: Change) -> None:
        slot = (await lock_slots(change.uow, slot_id))[slot_id]
        if seats < slot.taken:
            raise SeatsTaken(slot.taken)
        more = seats > slot.seats
        await change.uow.slots.save(replace(slot, seats=seats, pass_on_at=change.now if more else slot.pass_on_at))
        await change.audit("seats_changed", slot=slot_id, seats=seats, before=slot.seats)

    await once(office, who, token, "change_seats", step)


async def once(office: Office, who: SignedIn, token: str, name: str, step: Step) -> None:
    """A form that is sent twice changes nothing the second time."""
    async with office.parts.begin() as uow:
        key = f"staff:{who.staff_id}:{token}"
        if await uow.commands.begin(key, name) is not None:
            return
        await step(Change(uow, office, who, office.parts.clock.now()))
        await uow.commands.finish(key, 200, b"")
        await uow.commit()


async def _slots_of(uow: UnitOfWork, closure: Closure) -> list[SlotRecord]:
    """The windows of these days, locked."""
    days = [closure.first + timedelta(days=ahead) for ahead in range((closure.last - closure.first).days + 1)]
    found = (
        await uow.slots.where(day=days)
        if closure.calendar_id is None
        else await uow.slots.where(day=days, calendar_id=closure.calendar_id)
    )
    return list((await lock_slots(uow, *(one.id for one in found))).values())


async def _ask_to_choose_again(change: Change, slot: SlotRecord, closure: ClosureRecord) -> None:
    for visit in await change.uow.appointments.where(slot_id=slot.id, state=LIVE):
        case = await change.uow.cases.get(visit.case_id)
        if case is not None and slot.starts_at > change.now:
            facts = {"when": slot.of_kind(AppointmentKind(visit.kind)).said, "reason": closure.reason}
            texts = change.office.parts.texts
            once = f"{visit.id}:{closure.id}"
            await push(change.uow, texts, case, "appointment_closed", facts, once=once, staff=True)
