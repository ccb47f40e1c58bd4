"""What a payment means for the seat that was held until it came (T15)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from backend.domain.appointments import AppointmentState, next_reminder
from backend.domain.calendars import AppointmentKind
from backend.services.ports import UnitOfWork
from backend.services.records import CaseRecord
from backend.services.seats import live_visit


async def confirm_visit(uow: UnitOfWork, case: CaseRecord, *, now: datetime) -> None:
    """The held seat is confirmed; it has been the case's all the time, however late the payment was reported."""
    visit = await live_visit(uow, case.id)
    slot = await uow.slots.get(visit.slot_id) if visit else None
    if visit is None or slot is None or visit.state != AppointmentState.HELD:
        return
    remind_at = next_reminder(slot.of_kind(AppointmentKind(visit.kind)), now=now)
    await uow.appointments.save(replace(visit, state="confirmed", hold_expires_at=None, remind_at=remind_at))
