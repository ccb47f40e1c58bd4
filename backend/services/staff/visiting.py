"""Writing down whether somebody came: from the case's page or from the list of the day (T32)."""

from __future__ import annotations

from typing import Final

from backend.domain.appointment_refusals import NoAppointment, VisitNotOver
from backend.domain.appointments import AppointmentState
from backend.domain.calendars import AppointmentKind
from backend.domain.case import Event, Stage
from backend.services.ports import UnitOfWork
from backend.services.pushes import push
from backend.services.records import CaseRecord
from backend.services.seats import end_visit, live_visit, lock_slots, recount
from backend.services.staff.acting import Desk, Form, act_on_case, locked_case
from backend.services.staff.office import Office
from backend.services.staff.sign_in import SignedIn
from backend.services.transitions_log import Who, a_staff_member, record_change, record_transition
from backend.services.visit_records import AppointmentRecord, SlotRecord

_STATES: Final = {Event.MARK_ATTENDED: AppointmentState.ATTENDED, Event.MARK_MISSED: AppointmentState.MISSED}


async def mark_visit(office: Office, form: Form, event: Event) -> None:
    """From the case's page.

    Raises:
        VisitNotOver: the time has not come yet. What `act_on_case` refuses.
    """

    async def step(desk: Desk) -> None:
        visit = await live_visit(desk.uow, desk.case.id)
        await _settle(desk.uow, office, desk.case, visit, event, desk.who)

    await act_on_case(office, form, event.value, step)


async def mark_on_list(office: Office, who: SignedIn, *, visit_id: str, case_no: str, came: bool, token: str) -> None:
    """From the list of the day, by whoever stands at the counter; a form sent twice counts once.

    Raises:
        CaseUnknown, NoAppointment, VisitNotOver: nothing has been changed.
    """
    event = Event.MARK_ATTENDED if came else Event.MARK_MISSED
    async with office.parts.begin() as uow:
        if await uow.commands.begin(f"staff:{who.staff_id}:{token}", event.value) is not None:
            return
        case = await locked_case(uow, case_no)
        visit = await live_visit(uow, case.id)
        if visit is None or visit.id != visit_id:
            raise NoAppointment
        await _settle(uow, office, case, visit, event, a_staff_member(who.staff_id))
        await uow.commands.finish(f"staff:{who.staff_id}:{token}", 200, b"")
        await uow.commit()


async def _settle(
    uow: UnitOfWork, office: Office, case: CaseRecord, visit: AppointmentRecord | None, event: Event, who: Who
) -> None:
    """The visit's end and the case's step; a pre-review visit leaves the case where it is."""
    now = office.parts.clock.now()
    slot = (await lock_slots(uow, visit.slot_id))[visit.slot_id] if visit else None
    if visit is not None and slot is not None:
        if now < (slot.starts_at if event is Event.MARK_ATTENDED else slot.ends_at):
            raise VisitNotOver
        await end_visit(uow, visit, _STATES[event], now=now, reason=event.value)
        await recount(uow, slot, now=now)
    if Stage(case.stage) is Stage.RE_REVIEW_BOOKED or visit is None:
        after = await record_transition(uow, case, event, who, now=now)
    else:
        after = await record_change(uow, case, event.value, who, now=now)
    if visit is not None and slot is not None and event is Event.MARK_MISSED:
        await _say_missed(uow, office, after, visit, slot)


async def _say_missed(
    uow: UnitOfWork, office: Office, case: CaseRecord, visit: AppointmentRecord, slot: SlotRecord
) -> None:
    when = slot.of_kind(AppointmentKind(visit.kind)).said
    await push(uow, office.parts.texts, case, "appointment_missed", {"when": when}, once=visit.id, staff=True)
