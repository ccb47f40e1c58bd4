"""What time does to visits: slots open, offers end, freed seats pass on, reminders go out."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Final

from backend.domain.appointments import next_reminder
from backend.domain.calendars import AppointmentKind, beijing_day
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.pushes import push
from backend.services.slot_opening import open_slots
from backend.services.taking_turns import PUT_OFF, all_together
from backend.services.visit_records import AppointmentRecord
from backend.services.waiting_line import end_offers, pass_on_free_seats

BATCH: Final = 50


async def appointment_round(parts: Parts) -> int:
    """Deal with everything that is due; how many rows there were. Any number of workers may run it."""
    return (
        await open_slots(parts)
        + await end_offers(parts)
        + await pass_on_free_seats(parts)
        + await remind_of_visits(parts)
    )


async def remind_of_visits(parts: Parts) -> int:
    """The day before at 10:00 and on the morning; of several that are late only the last is sent."""
    now = parts.clock.now()

    async def find(uow: UnitOfWork) -> list[AppointmentRecord]:
        return await uow.appointments.due("remind_at", now, limit=BATCH, state="confirmed")

    async def put_off(uow: UnitOfWork, visit: AppointmentRecord) -> None:
        if fresh := await uow.appointments.get(visit.id, lock=True):
            await uow.appointments.save(replace(fresh, remind_at=now + PUT_OFF))

    return await all_together(parts, find, partial(_remind, parts), put_off)


async def _remind(parts: Parts, uow: UnitOfWork, visit: AppointmentRecord) -> None:
    now = parts.clock.now()
    slot, case = await uow.slots.get(visit.slot_id), await uow.cases.get(visit.case_id)
    calendar = await uow.calendars.get(slot.calendar_id) if slot else None
    if slot is None or case is None or calendar is None:
        return
    rules = slot.of_kind(AppointmentKind(visit.kind))
    await uow.appointments.save(replace(visit, remind_at=next_reminder(rules, now=now)))
    if slot.starts_at <= now or slot.closed:
        return
    days = (slot.day - beijing_day(now)).days
    facts = {
        "visit": AppointmentKind(visit.kind).label,
        "when": rules.said,
        "place": calendar.place,
        "bring": calendar.bring,
    }
    message = "appointment_today" if days == 0 else "appointment_tomorrow"
    await push(uow, parts.texts, case, message, facts, once=f"{visit.id}:{days}")
