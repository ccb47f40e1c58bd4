"""How every staff step on a case runs: once per form, on the version that was looked at, one colleague at a time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from backend.services.ports import UnitOfWork
from backend.services.records import CaseRecord, StaffTask
from backend.services.staff.office import Office
from backend.services.staff.refusals import CaseUnknown, ChangedMeanwhile, TakenByAnother, TextNeeded, TextTooLong
from backend.services.staff.sign_in import SignedIn
from backend.services.transitions_log import Who, a_staff_member, record_audit

HANDLES_CASE: Final = "handle_case"
LONGEST_TEXT: Final = 500


@dataclass(frozen=True)
class Form:
    """What every form of the console carries: who, which case, the version it showed, and its one-time token."""

    signed_in: SignedIn
    case_no: str
    version: int
    token: str

    @property
    def key(self) -> str:
        """What makes a form that is sent twice take effect once."""
        return f"staff:{self.signed_in.staff_id}:{self.token}"

    @property
    def who(self) -> Who:
        return a_staff_member(self.signed_in.staff_id)


@dataclass(frozen=True)
class Desk:
    """A case locked for one step."""

    uow: UnitOfWork
    case: CaseRecord
    who: Who
    now: datetime
    office: Office


Step = Callable[[Desk], Awaitable[None]]


async def act_on_case(office: Office, form: Form, name: str, step: Step) -> None:
    """Run `step` on the locked case and commit; a form sent twice changes nothing the second time.

    The case becomes the sender's; a case that a colleague holds is refused, and so is a page that is out of date.

    Raises:
        CaseUnknown, ChangedMeanwhile, TakenByAnother: nothing has been changed.
    """
    async with office.parts.begin() as uow:
        if await uow.commands.begin(form.key, name) is not None:
            return
        case = await locked_case(uow, form.case_no)
        if case.version != form.version:
            raise ChangedMeanwhile
        now = office.parts.clock.now()
        await _hold(office, uow, case, form, now=now, take_over=False)
        await step(Desk(uow, case, form.who, now, office))
        await uow.commands.finish(form.key, 200, b"")
        await uow.commit()


async def take_case(office: Office, form: Form) -> None:
    """Make the case mine, also when a colleague has it: taking over is a decision and is written down."""
    async with office.parts.begin() as uow:
        case = await locked_case(uow, form.case_no)
        await _hold(office, uow, case, form, now=office.parts.clock.now(), take_over=True)
        await uow.commit()


async def locked_case(uow: UnitOfWork, case_no: str) -> CaseRecord:
    """The case, ours until the transaction ends; raises CaseUnknown."""
    case = await uow.cases.first(case_no=case_no, lock=True)
    if case is None:
        raise CaseUnknown
    return case


def needed_text(text: str, *, longest: int = LONGEST_TEXT) -> str:
    """The trimmed text; raises TextNeeded or TextTooLong."""
    words = text.strip()
    if not words:
        raise TextNeeded
    if len(words) > longest:
        raise TextTooLong(longest)
    return words


async def _hold(
    office: Office, uow: UnitOfWork, case: CaseRecord, form: Form, *, now: datetime, take_over: bool
) -> None:
    mine = form.signed_in.staff_id
    held = await uow.staff_tasks.first(dedupe_key=f"{HANDLES_CASE}:{case.id}", lock=True)
    if held is None:
        await uow.staff_tasks.add(_held_by(office, case, mine, now))
    elif held.state == "taken" and held.taken_by == mine:
        return
    elif held.state == "taken" and not take_over:
        colleague = await uow.staff.get(held.taken_by or "")
        raise TakenByAnother(colleague.display_name if colleague else "")
    else:
        await uow.staff_tasks.save(replace(held, state="taken", taken_by=mine, taken_at=now, done_at=None))
    await record_audit(uow, "case_taken", form.who, now=now, case=case)


async def release(desk: Desk) -> None:
    """Let go of the case: the next step belongs to somebody else."""
    held = await desk.uow.staff_tasks.first(dedupe_key=f"{HANDLES_CASE}:{desk.case.id}", lock=True)
    if held is not None and held.state == "taken":
        await desk.uow.staff_tasks.save(replace(held, state="done", done_at=desk.now))


def _held_by(office: Office, case: CaseRecord, staff_id: str, now: datetime) -> StaffTask:
    return StaffTask(
        id=office.parts.ids.new("t"),
        kind=HANDLES_CASE,
        note="",
        dedupe_key=f"{HANDLES_CASE}:{case.id}",
        created_at=now,
        state="taken",
        case_id=case.id,
        taken_by=staff_id,
        taken_at=now,
    )
