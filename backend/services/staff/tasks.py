"""What a person has to do: refunds to decide, applicants who asked for a human, mails that bounced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from backend.services.erasure import TASK as ERASURE
from backend.services.ports import UnitOfWork
from backend.services.records import StaffTask
from backend.services.staff.acting import HANDLES_CASE, needed_text
from backend.services.staff.office import Office
from backend.services.staff.refusals import TaskUnknown
from backend.services.staff.sign_in import SignedIn
from backend.services.transitions_log import a_staff_member, record_audit

SHOWN: Final = 100


@dataclass(frozen=True)
class TaskLine:
    """A task as the console shows it, with names in place of ids."""

    id: str
    kind: str
    note: str
    case_no: str | None
    taken_by: str | None
    created_at: datetime
    done_at: datetime | None
    result: str | None


@dataclass(frozen=True)
class TaskPage:
    """The first tasks of a list; `count` is how many are open."""

    lines: Sequence[TaskLine]
    count: int


async def tasks(office: Office, *, done: bool = False) -> TaskPage:
    """Open tasks, the oldest first; or those that are done, the latest first."""
    found, count = await office.board.tasks(done=done, limit=SHOWN)
    async with office.parts.begin() as uow:
        return TaskPage(await _lines(uow, found), count)


async def take_task(office: Office, who: SignedIn, task_id: str) -> None:
    """Say that I do it; raises TaskUnknown when it is done."""
    async with office.parts.begin() as uow:
        task = await _open_task(uow, task_id)
        now = office.parts.clock.now()
        await uow.staff_tasks.save(replace(task, state="taken", taken_by=who.staff_id, taken_at=now))
        await _audit(uow, who, "task_taken", task, now)
        await uow.commit()


async def finish_task(office: Office, who: SignedIn, task_id: str, *, result: str) -> None:
    """Say how it was done.

    Raises:
        TextNeeded, TextTooLong: a result is needed, in few words.
        TaskUnknown: it is done already, or does not exist.
    """
    result = needed_text(result)
    async with office.parts.begin() as uow:
        task = await _open_task(uow, task_id)
        if task.kind == ERASURE:
            raise TaskUnknown
        now = office.parts.clock.now()
        done = replace(task, state="done", done_at=now, result=result, taken_by=task.taken_by or who.staff_id)
        await uow.staff_tasks.save(done)
        await _audit(uow, who, "task_done", task, now)
        await uow.commit()


async def _open_task(uow: UnitOfWork, task_id: str) -> StaffTask:
    task = await uow.staff_tasks.get(task_id, lock=True)
    if task is None or task.state == "done" or task.kind == HANDLES_CASE:
        raise TaskUnknown
    return task


async def _audit(uow: UnitOfWork, who: SignedIn, action: str, task: StaffTask, now: datetime) -> None:
    case = await uow.cases.get(task.case_id) if task.case_id else None
    await record_audit(uow, action, a_staff_member(who.staff_id), now=now, case=case, facts={"kind": task.kind})


async def _lines(uow: UnitOfWork, found: Sequence[StaffTask]) -> list[TaskLine]:
    cases = await uow.cases.where(id=sorted({task.case_id for task in found if task.case_id}))
    people = await uow.staff.where(id=sorted({task.taken_by for task in found if task.taken_by}))
    numbers = {case.id: case.case_no for case in cases}
    names = {person.id: person.display_name for person in people}
    return [
        TaskLine(
            id=task.id,
            kind=task.kind,
            note=task.note,
            case_no=numbers.get(task.case_id or ""),
            taken_by=names.get(task.taken_by or ""),
            created_at=task.created_at,
            done_at=task.done_at,
            result=task.result,
        )
        for task in found
    ]
