"""The waitlist: a seat that becomes free is kept for the first in line for a stated time, then passes on (F60)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final

from backend.domain.appointments import Slot, SlotLabel, label_of
from backend.domain.calendars import Calendar, said_moment
from backend.domain.waitlist import next_in_line, offer_until
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.pushes import push
from backend.services.seats import LIVE, lock_slots, recount
from backend.services.taking_turns import one_by_one
from backend.services.visit_records import SlotRecord, WaitlistEntry

BATCH: Final = 50


async def pass_on(uow: UnitOfWork, parts: Parts, slot: SlotRecord) -> SlotRecord:
    """Offer every free seat of this locked slot to the next in line; the slot as it is then."""
    now = parts.clock.now()
    ended = await _end_expired(uow, parts, slot, now=now)
    if slot.pass_on_at is None and not ended:
        return slot
    calendar_row = await uow.calendars.get(slot.calendar_id)
    slot = await recount(uow, replace(slot, pass_on_at=None), now=now)
    await uow.slots.save(slot)
    if calendar_row is None:
        return slot
    calendar = calendar_row.rules
    visit = slot.of_kind(calendar.kind)
    line = await _line(uow, calendar)
    while line and label_of(visit, slot.taken, now=now) is SlotLabel.OPEN:
        passed_over = await _sit_as_well(uow, list(line.values()), slot)
        chosen = next_in_line(visit, [one.waiting for one in line.values()], sitting=passed_over)
        if chosen is None:
            break
        entry = line.pop(chosen.number)
        if await _offer(uow, parts, entry, visit, calendar, now=now):
            slot = await recount(uow, slot, now=now)
    return slot


async def _end_expired(uow: UnitOfWork, parts: Parts, slot: SlotRecord, *, now: datetime) -> int:
    """An offer that nobody took is over on the second, whoever looks first: its seat must not go past the line."""
    offers = await uow.waitlist.where(slot_id=slot.id, state="offered", lock=True)
    over = [one for one in offers if one.offer_expires_at is not None and one.offer_expires_at <= now]
    for entry in over:
        await uow.waitlist.save(replace(entry, state="passed", offer_expires_at=None, ended_at=now))
        case = await uow.cases.get(entry.case_id)
        if case is not None:
            await push(uow, parts.texts, case, "waitlist_passed", {}, once=f"{entry.id}")
    return len(over)


async def _line(uow: UnitOfWork, calendar: Calendar) -> dict[int, WaitlistEntry]:
    waiting = await uow.waitlist.where(kind=calendar.kind.value, state="waiting", order_by="id")
    return {one.id or 0: one for one in waiting if calendar.serves(calendar.kind, one.district)}


async def _sit_as_well(uow: UnitOfWork, line: list[WaitlistEntry], slot: SlotRecord) -> set[str]:
    """Cases that have a visit which is as early as this one: they wait for an earlier one."""
    visits = await uow.appointments.where(case_id=[one.case_id for one in line], state=LIVE)
    theirs = {one.id: one for one in await uow.slots.where(id=sorted({visit.slot_id for visit in visits}))}
    return {visit.case_id for visit in visits if theirs[visit.slot_id].starts_at <= slot.starts_at}


async def _offer(
    uow: UnitOfWork, parts: Parts, entry: WaitlistEntry, visit: Slot, calendar: Calendar, *, now: datetime
) -> bool:
    fresh = await uow.waitlist.get(entry.id or 0, lock=True)
    case = await uow.cases.get(entry.case_id)
    if fresh is None or fresh.state != "waiting" or case is None:
        return False
    until = offer_until(visit, now=now, hours=calendar.offer_hours)
    await uow.waitlist.save(replace(fresh, state="offered", slot_id=visit.id, offer_expires_at=until))
    has_one = await uow.appointments.first(case_id=entry.case_id, state=LIVE) is not None
    facts = {
        "when": visit.said,
        "place": calendar.place,
        "until": said_moment(until),
        "slot_id": visit.id,
        "field": "new_slot" if has_one else "slot",
    }
    await push(uow, parts.texts, case, "waitlist_offer", facts, once=f"{fresh.id}:{visit.id}:{now.isoformat()}")
    return True


async def take_back_offers(
    uow: UnitOfWork, parts: Parts, slot: SlotRecord, calendar: Calendar, *, only_unserved: bool = False
) -> SlotRecord:
    """The office takes this locked slot away: whoever had a seat kept there is told, and waits on where they stood.

    `only_unserved`: the window stays, but no longer for every district.
    """
    now, taken_back = parts.clock.now(), False
    for entry in await uow.waitlist.where(slot_id=slot.id, state="offered", lock=True):
        if only_unserved and calendar.serves(calendar.kind, entry.district):
            continue
        taken_back = True
        await uow.waitlist.save(replace(entry, state="waiting", slot_id=None, offer_expires_at=None))
        case = await uow.cases.get(entry.case_id)
        if case is not None:
            facts = {"when": slot.of_kind(calendar.kind).said}
            await push(uow, parts.texts, case, "waitlist_taken_back", facts, once=f"{entry.id}:{now.isoformat()}")
    return await recount(uow, slot, now=now) if taken_back else slot


async def pass_on_free_seats(parts: Parts) -> int:
    """Look at the slots where a seat has become free; how many."""
    async with parts.begin() as uow:
        due = await uow.slots.due("pass_on_at", parts.clock.now(), limit=BATCH)
        for slot in due:
            await pass_on(uow, parts, slot)
        await uow.commit()
    return len(due)


async def end_offers(parts: Parts) -> int:
    """Offers that nobody took pass on to the next in line; how many ended."""
    async with parts.begin() as uow:
        due = await uow.waitlist.due("offer_expires_at", parts.clock.now(), limit=BATCH, state="offered")
    return await one_by_one(due, partial(_end_offer, parts))


async def _end_offer(parts: Parts, entry: WaitlistEntry) -> bool:
    if entry.slot_id is None:
        return False
    async with parts.begin() as uow:
        await pass_on(uow, parts, (await lock_slots(uow, entry.slot_id))[entry.slot_id])
        await uow.commit()
    return True


async def position(uow: UnitOfWork, entry: WaitlistEntry) -> int:
    """How many stand in this line up to this one, itself included."""
    line = await uow.waitlist.where(kind=entry.kind, state="waiting", district=entry.district)
    return sum(1 for one in line if (one.id or 0) <= (entry.id or 0))
