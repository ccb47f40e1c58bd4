"""The booked visit as a calendar file that an applicant can take into the phone's own calendar (F57)."""

from __future__ import annotations

from typing import Final

from backend.domain.calendars import AppointmentKind
from backend.domain.icalendar import CalendarEvent, calendar_file
from backend.services.errors import FileUnknown
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.seats import LIVE
from backend.services.who_is import may_see

PREFIX: Final = "visit_"
MEDIA_TYPE: Final = "text/calendar"


async def visit_download(uow: UnitOfWork, case_id: str) -> list[dict[str, str]]:
    """The line of the overview's downloads; none without a booked visit."""
    visit = await uow.appointments.first(case_id=case_id, state=LIVE)
    return [{"file_id": f"{PREFIX}{visit.id}", "title": "预约时间（加入手机日历）"}] if visit else []


async def visit_file(parts: Parts, openid: str, file_id: str) -> bytes:
    """The file, made anew from what is booked.

    Raises:
        FileUnknown: no such visit, or somebody else's: the two look alike.
    """
    async with parts.begin() as uow:
        visit = await uow.appointments.get(file_id.removeprefix(PREFIX))
        case = await uow.cases.get(visit.case_id) if visit else None
        if visit is None or case is None or not await may_see(uow, openid, case.applicant_id):
            raise FileUnknown
        slot = await uow.slots.get(visit.slot_id)
        calendar = await uow.calendars.get(slot.calendar_id) if slot else None
    if slot is None or calendar is None:
        raise FileUnknown
    label = AppointmentKind(visit.kind).label
    bring = f"请带：{calendar.bring}\n" if calendar.bring else ""
    event = CalendarEvent(
        uid=f"{visit.id}@gongju",
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        summary=f"工作居住证{label}",
        location=calendar.place,
        description=f"申请 {case.case_no}\n{bring}要改时间请提前一天在公众号里说“改约”。",
        written_at=parts.clock.now(),
    )
    return calendar_file(event)
