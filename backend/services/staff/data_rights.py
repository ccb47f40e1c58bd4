"""Decisions about people's data that the law leaves to a person, and who has opened what of a case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from backend.domain.retention import Because
from backend.services.erasure import TASK
from backend.services.staff.acting import needed_text
from backend.services.staff.office import Office
from backend.services.staff.refusals import CaseUnknown, NotAllowed, TaskUnknown
from backend.services.staff.sign_in import SignedIn
from backend.services.transitions_log import a_staff_member, record_audit

SHOWN: Final = 200
REASON_LONGEST: Final = 100
LABELS: Final = {"identity": "姓名和身份证号", "credentials": "北京通账号", "file": "文件"}


@dataclass(frozen=True)
class Look:
    """Somebody opened something that is masked otherwise; the file may have gone since."""

    at: datetime
    who: str
    what: str


async def decide_erasure(office: Office, who: SignedIn, task_id: str, *, erase: bool, reason: str) -> None:
    """Carry an erasure out in spite of a running case, or decline it with a reason that the applicant reads.

    Raises:
        NotAllowed: only managers do this.
        TextNeeded, TextTooLong: the decision needs a reason.
        TaskUnknown: it is decided already.
    """
    if who.role != "manager":
        raise NotAllowed
    reason = needed_text(reason, longest=REASON_LONGEST)
    async with office.parts.begin() as uow:
        task = await uow.staff_tasks.get(task_id, lock=True)
        if task is None or task.kind != TASK or task.state == "done":
            raise TaskUnknown
        request = await uow.data_requests.get(task.dedupe_key.removeprefix(f"{TASK}:"), lock=True)
        if request is None or request.state != "review":
            raise TaskUnknown
        now = office.parts.clock.now()
        decided = replace(request, decided_by=who.staff_id, reason=reason)
        if erase:
            await uow.data_requests.save(replace(decided, state="scheduled", due_at=now))
        else:
            await uow.data_requests.save(replace(decided, state="declined", finished_at=now))
            if request.because == Because.ASKED and request.openid:
                message = office.parts.texts.push("erasure_declined", {"reason": reason})
                await uow.chat.push(request.openid, f"erasure_declined:{request.id}", message, staff=True)
        done = replace(task, state="done", done_at=now, taken_by=who.staff_id, result="已删除" if erase else "已婉拒")
        await uow.staff_tasks.save(done)
        case = await uow.cases.get(task.case_id) if task.case_id else None
        action = "erasure_allowed" if erase else "erasure_declined"
        await record_audit(uow, action, a_staff_member(who.staff_id), now=now, case=case, reason=reason)
        await uow.commit()


async def looks_of(office: Office, case_no: str) -> Sequence[Look]:
    """Who opened what of this case, the latest first; raises CaseUnknown."""
    async with office.parts.begin() as uow:
        case = await uow.cases.first(case_no=case_no)
        if case is None:
            raise CaseUnknown
        views = (await uow.document_views.where(case_id=case.id, order_by="-id"))[:SHOWN]
        people = await uow.staff.where(id=sorted({one.staff_id for one in views}))
        items = {one.id: one.code for one in await uow.items.where(case_id=case.id)}
        held = await uow.item_files.where(item_id=list(items))
        catalogue = office.parts.catalogues.at(case.catalogue_version)
    codes = {one.file_id: items[one.item_id] for one in held}
    names = {one.id: one.display_name for one in people}

    def what(view_what: str, file_id: str | None) -> str:
        material = catalogue.material(codes.get(file_id or "", ""))
        return material.name if material else LABELS.get(view_what, view_what)

    return [Look(one.at, names.get(one.staff_id, "同事"), what(one.what, one.file_id)) for one in views]
