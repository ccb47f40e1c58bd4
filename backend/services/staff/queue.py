"""Which cases wait for whom: the console's queue, longest wait first, and finding a case by its number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from backend.domain.case import STAGES, TERMINAL, Actor, Stage
from backend.services.ports import UnitOfWork
from backend.services.records import CaseRecord
from backend.services.staff.acting import HANDLES_CASE
from backend.services.staff.office import Office

PAGE: Final = 50
SHORTEST_ENDING: Final = 3
LATE_AFTER: Final = timedelta(days=2)


class Lane(StrEnum):
    """The queue's groups: what staff decide, what the bureau decides, what the applicant owes."""

    OURS = "ours"
    BUREAU = "bureau"
    APPLICANT = "applicant"
    CLOSED = "closed"


LANES: Final[Mapping[Lane, tuple[Stage, ...]]] = {
    Lane.OURS: tuple(stage for stage, facts in STAGES.items() if facts.who_acts is Actor.STAFF),
    Lane.BUREAU: tuple(stage for stage, facts in STAGES.items() if facts.who_acts is Actor.BUREAU),
    Lane.APPLICANT: tuple(stage for stage, facts in STAGES.items() if facts.who_acts is Actor.APPLICANT),
    Lane.CLOSED: tuple(stage for stage in STAGES if stage in TERMINAL),
}


@dataclass(frozen=True)
class Waiting:
    """One line of the queue."""

    case_no: str
    business_type: str
    stage: str
    employer: str
    round: int
    waiting: timedelta
    is_late: bool
    handled_by: str | None


@dataclass(frozen=True)
class Queue:
    lane: Lane
    stage: Stage | None
    lines: Sequence[Waiting]
    found: int
    page: int
    pages: int
    lane_counts: Mapping[Lane, int]
    stage_counts: Mapping[Stage, int]


async def queue_of(office: Office, *, lane: Lane = Lane.OURS, stage: Stage | None = None, page: int = 1) -> Queue:
    """One page of a lane, longest wait first; closed cases newest first."""
    counts = Counter(await office.board.counts())
    wanted = [stage] if stage else LANES[lane]
    found = sum(counts[one] for one in wanted)
    pages = max(1, -(-found // PAGE))
    page = min(max(page, 1), pages)
    cases = await office.board.page(wanted, newest_first=lane is Lane.CLOSED, limit=PAGE, offset=(page - 1) * PAGE)
    async with office.parts.begin() as uow:
        lines = await _lines(uow, cases, office.parts.clock.now())
    return Queue(
        lane=lane,
        stage=stage,
        lines=lines,
        found=found,
        page=page,
        pages=pages,
        lane_counts={one: sum(counts[each] for each in LANES[one]) for one in Lane if one is not Lane.CLOSED},
        stage_counts={one: counts[one] for one in LANES[lane]},
    )


async def find_case(office: Office, text: str) -> str | None:
    """The number of the case that `text` names: the whole number, in any case and spacing, or its last digits."""
    wanted = "".join(text.upper().split())
    async with office.parts.begin() as uow:
        if wanted and await uow.cases.first(case_no=wanted):
            return wanted
    if len(wanted) < SHORTEST_ENDING or not (wanted.isascii() and wanted.isdigit()):
        return None
    return await office.board.number_ending_in(wanted)


async def _lines(uow: UnitOfWork, cases: Sequence[CaseRecord], now: datetime) -> list[Waiting]:
    employers = await uow.employers.where(id=sorted({case.employer_id for case in cases if case.employer_id}))
    names = {employer.id: employer.name for employer in employers}
    handlers = await handlers_of(uow, [case.id for case in cases])
    return [
        Waiting(
            case_no=case.case_no,
            business_type=case.business_type,
            stage=case.stage,
            employer=names.get(case.employer_id or "", ""),
            round=case.round,
            waiting=now - case.stage_since,
            is_late=Stage(case.stage) in LANES[Lane.OURS] and now - case.stage_since > LATE_AFTER,
            handled_by=handlers.get(case.id),
        )
        for case in cases
    ]


async def handlers_of(uow: UnitOfWork, case_ids: Sequence[str]) -> Mapping[str, str]:
    """Who works on which case, by display name."""
    held = await uow.staff_tasks.where(kind=HANDLES_CASE, state="taken", case_id=list(case_ids))
    people = await uow.staff.where(id=sorted({task.taken_by for task in held if task.taken_by}))
    names = {person.id: person.display_name for person in people}
    return {task.case_id: names.get(task.taken_by or "", "") for task in held if task.case_id}
