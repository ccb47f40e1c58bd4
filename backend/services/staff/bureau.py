"""Recording what the bureau says: filed, more is needed, passed, refused (T27, T34, T37, T38, T40, T41)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from backend.domain.case import STAGES, Event, Stage
from backend.domain.errors import ItemUnknown
from backend.domain.materials import BUCKET_ITEM
from backend.services.records import CaseRecord, ItemRecord, SupplementRequest
from backend.services.reminding import end_of_permit
from backend.services.staff.acting import Desk, Form, act_on_case, needed_text, release
from backend.services.staff.office import Office
from backend.services.staff.refusals import DeadlinePassed
from backend.services.staff.telling import tell
from backend.services.transitions_log import record_transition

BEIJING: Final = ZoneInfo("Asia/Shanghai")
_REQUEST_STAGE: Final = {Stage.HR_FIRST_REVIEW: "hr_first", Stage.HR_FINAL_REVIEW: "hr_final"}


async def file_to_bureau(office: Office, form: Form) -> None:
    """T27: the papers are with the district bureau."""
    await _record(office, form, Event.FILE_TO_BUREAU, "filed_to_bureau")


async def mark(office: Office, form: Form, event: Event) -> None:
    """T19, T32: the papers came by mail, the applicant came, or did not; nothing is pushed."""

    async def step(desk: Desk) -> None:
        if event is Event.MARK_EMAIL_RECEIVED:
            await _bucket_for_mail(desk)
        await record_transition(desk.uow, desk.case, event, desk.who, now=desk.now)

    await act_on_case(office, form, event.value, step)


async def _bucket_for_mail(desk: Desk) -> None:
    """What came by mail is decided on as one item, as if it lay in the bucket (T19, F70)."""
    item = await desk.uow.items.first(case_id=desk.case.id, code=BUCKET_ITEM, active=True, lock=True)
    if item is None:
        item = await desk.uow.items.add(ItemRecord(desk.office.parts.ids.new("i"), desk.case.id, BUCKET_ITEM))
    await desk.uow.items.save(replace(item, state="uploaded", finished=True))


async def pass_first(office: Office, form: Form) -> None:
    """T37: the bureau's first review is passed."""
    await _record(office, form, Event.PASS_FIRST, "first_review_passed")


async def pass_final(office: Office, form: Form) -> None:
    """T40: the bureau has approved; the slip comes next, and the permit's end is known for the renewal reminders."""

    async def step(desk: Desk) -> None:
        await _accept_supplements(desk)
        after = await record_transition(
            desk.uow,
            desk.case,
            Event.PASS_FINAL,
            desk.who,
            now=desk.now,
            approved_at=desk.now,
            valid_until=await end_of_permit(desk.uow, office.parts, desk.case, desk.now),
        )
        await tell(desk, after, "approved")

    await act_on_case(office, form, Event.PASS_FINAL.value, step)


async def refuse(office: Office, form: Form, *, reason: str) -> None:
    """T41: the bureau's answer is no, for good."""
    reason = needed_text(reason)

    async def step(desk: Desk) -> None:
        after = await record_transition(desk.uow, desk.case, Event.REFUSE, desk.who, now=desk.now, reason=reason)
        await tell(desk, after, "refused", reason=reason)
        await release(desk)

    await act_on_case(office, form, Event.REFUSE.value, step)


async def request_supplement(
    office: Office, form: Form, *, text: str, items: Sequence[str] = (), due_on: date | None = None
) -> None:
    """T34, T38: the bureau asks for more; push and mail, at the end of `due_on` (Beijing) it is late.

    Raises:
        TextNeeded, TextTooLong, DeadlinePassed: nothing has been changed.
    """
    text = needed_text(text)
    deadline = datetime.combine(due_on, time.max, BEIJING) if due_on else None
    if deadline and deadline < office.parts.clock.now():
        raise DeadlinePassed

    async def step(desk: Desk) -> None:
        source = Stage(desk.case.stage)
        await _require_items(desk, items)
        after = await record_transition(
            desk.uow, desk.case, Event.REQUEST_SUPPLEMENT, desk.who, now=desk.now, facts={"items": list(items)}
        )
        await _accept_supplements(desk)
        await desk.uow.supplements.add(await _request(desk, _REQUEST_STAGE[source], text, items, deadline))
        await _tell_request(desk, after, text, due_on)
        await release(desk)

    await act_on_case(office, form, Event.REQUEST_SUPPLEMENT.value, step)


async def _record(office: Office, form: Form, event: Event, message: str) -> None:
    async def step(desk: Desk) -> None:
        await _accept_supplements(desk)
        after = await record_transition(desk.uow, desk.case, event, desk.who, now=desk.now)
        await tell(desk, after, message)

    await act_on_case(office, form, event.value, step)


async def _require_items(desk: Desk, codes: Sequence[str]) -> None:
    known = {item.code for item in await desk.uow.items.where(case_id=desk.case.id, active=True)}
    for code in codes:
        if code not in known:
            raise ItemUnknown(item=code)


async def _accept_supplements(desk: Desk) -> None:
    """Whatever was asked before is settled by the step that is taken now."""
    asked = await desk.uow.supplements.where(case_id=desk.case.id, state=["open", "submitted", "reopened"], lock=True)
    for request in asked:
        await desk.uow.supplements.save(replace(request, state="accepted"))


async def _request(
    desk: Desk, stage: str, text: str, items: Sequence[str], deadline: datetime | None
) -> SupplementRequest:
    earlier = await desk.uow.supplements.where(case_id=desk.case.id, stage=stage)
    return SupplementRequest(
        id=desk.office.parts.ids.new("s"),
        case_id=desk.case.id,
        stage=stage,
        round=len(earlier) + 1,
        text=text,
        created_at=desk.now,
        items=list(items),
        deadline=deadline,
        created_by=desk.who.id,
    )


async def _tell_request(desk: Desk, after: CaseRecord, text: str, due_on: date | None) -> None:
    until = f"\n请在{due_on.year}年{due_on.month}月{due_on.day}日前补好。" if due_on else ""
    await tell(
        desk,
        after,
        "supplement_requested",
        by_mail=True,
        stage_label=STAGES[Stage(after.stage)].label,
        request=text,
        deadline=until,
    )
