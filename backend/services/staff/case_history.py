"""The trail of a case in words: who did what, when, from where to where, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from backend.domain.case import STAGES, Event, Stage
from backend.domain.catalogue import Catalogue
from backend.domain.transitions import EVENT_LABELS
from backend.services.ports import UnitOfWork
from backend.services.records import AuditEntry, CaseRecord

ACTORS: Final = {"applicant": "申请人", "system": "系统"}
ACTIONS: Final[Mapping[str, str]] = {
    "start_case": "发起申请",
    "case_taken": "接手处理",
    "task_taken": "接手待办",
    "task_done": "办完待办",
    "order_opened": "生成订单",
    "payment_recorded": "记录支付",
}
QUIET: Final = frozenset({"answer", "save_section", "previous", "skip_section"})


@dataclass(frozen=True)
class HistoryLine:
    """`to_label` is empty when the stage stayed."""

    at: datetime
    who: str
    what: str
    to_label: str
    reason: str | None


async def history_of(uow: UnitOfWork, case: CaseRecord, catalogue: Catalogue) -> list[HistoryLine]:
    """Newest first; single answers of the interview are left out."""
    entries = await uow.audit.where(case_id=case.id, order_by="-id")
    people = await uow.staff.where(id=sorted({one.actor_id for one in entries if one.actor_kind == "staff"}))
    names = {person.id: person.display_name for person in people}
    return [_line(entry, names, catalogue) for entry in entries if entry.action not in QUIET]


def _line(entry: AuditEntry, names: Mapping[str, str], catalogue: Catalogue) -> HistoryLine:
    has_moved = entry.to_stage is not None and entry.to_stage != entry.from_stage
    return HistoryLine(
        at=entry.at,
        who=ACTORS.get(entry.actor_kind) or names.get(entry.actor_id, "工作人员"),
        what=_what(entry, catalogue),
        to_label=STAGES[Stage(entry.to_stage)].label if has_moved and entry.to_stage else "",
        reason=entry.reason,
    )


def _what(entry: AuditEntry, catalogue: Catalogue) -> str:
    label = EVENT_LABELS[Event(entry.action)] if entry.action in set(Event) else ACTIONS.get(entry.action, entry.action)
    code = entry.facts.get("item")
    material = catalogue.material(code) if isinstance(code, str) else None
    return f"{label}：{material.name}" if material else label
