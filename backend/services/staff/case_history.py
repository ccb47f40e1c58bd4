"""The trail of a case in words: who did what, when, from where to where, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
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
    "staff_message": "发消息给申请人",
    "photo_accepted": "确认一寸照片",
    "credentials_given": "填写北京通账号",
    "late_payment": "关闭后到账",
    "double_payment": "重复付款",
    "refund_asked": "发起退款",
    "slip_replaced": "更换确认单",
    "invoice_change_asked": "要改发票",
    "invoice_issued": "登记发票已开",
    "invoice_failed": "登记发票未开成",
    "invoice_changed": "改好发票信息",
    "invoice_change_refused": "发票信息不能改",
    "refund_success": "退款成功",
    "refund_closed": "退款关闭",
    "refund_abnormal": "退款异常",
    "refund_processing": "退款受理",
    "erasure_requested": "要求删除数据",
    "consent_given": "同意",
    "erasure_allowed": "同意删除数据",
    "erasure_declined": "婉拒删除数据",
    "consent_withdrawn": "撤回同意",
}
UNNAMED: Final = "系统记录"
QUIET: Final = frozenset({"draft", "save_section", "previous", "skip_section"})
COUNTED: Final = frozenset({"upload", "remove_file"})


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
    told = (entry for entry in entries if entry.action not in QUIET)
    lines = []
    for (_, action, _), run in groupby(told, key=_run):
        latest, *others = run
        line = _line(latest, names, catalogue)
        lines.append(replace(line, what=f"{EVENT_LABELS[Event(action)]} {1 + len(others)} 次") if others else line)
    return lines


def _run(entry: AuditEntry) -> tuple[str, str, int]:
    """Uploads that follow each other are one line; everything else stands alone."""
    return entry.actor_id, entry.action, 0 if entry.action in COUNTED else entry.id or 0


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
    label = EVENT_LABELS[Event(entry.action)] if entry.action in set(Event) else ACTIONS.get(entry.action, UNNAMED)
    code = entry.facts.get("item")
    material = catalogue.material(code) if isinstance(code, str) else None
    return f"{label}：{material.name}" if material else label
