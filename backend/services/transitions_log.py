"""Changing a case's stage: the one place that asks the table, saves, and writes the audit row (states.md 2.5, 8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from backend.domain.case import TERMINAL, Actor, Event, Stage
from backend.domain.transitions import next_stage
from backend.services.ports import UnitOfWork
from backend.services.records import AuditEntry, CaseRecord
from backend.services.reminding import wake_reminders
from backend.services.seats import release_visit


@dataclass(frozen=True)
class Who:
    """Who does it: an applicant id, a staff id, or the name of a system job."""

    kind: Actor
    id: str


SYSTEM = Who(Actor.SYSTEM, "worker")


def an_applicant(applicant_id: str) -> Who:
    return Who(Actor.APPLICANT, applicant_id)


def a_staff_member(staff_id: str) -> Who:
    return Who(Actor.STAFF, staff_id)


async def record_transition(
    uow: UnitOfWork,
    case: CaseRecord,
    event: Event,
    who: Who,
    *,
    now: datetime,
    reason: str | None = None,
    facts: Mapping[str, Any] | None = None,
    **changes: Any,
) -> CaseRecord:
    """The case after `event`, saved, with its audit row; `changes` are further fields of the case.

    The caller holds the case's row lock. Entering a terminal stage closes the case (one open case per person) and
    purges the 北京通 credentials (F22) and frees its seat (T16, T43). Entering any stage wakes the case's reminders.

    Raises:
        NotPossibleNow: the table has no such row.
    """
    source = Stage(case.stage)
    target = next_stage(source, event)
    if target is not source:
        changes = {"stage_since": now, **changes}
    if target in TERMINAL and case.closed_at is None:
        changes = {"closed_at": now, "close_reason": reason, **changes}
        await uow.credentials.remove(case_id=case.id)
        await release_visit(uow, case.id, now=now, reason=event.value)
    after = replace(case, stage=target.value, updated_at=now, version=case.version + 1, **changes)
    await uow.cases.save(after)
    if target is not source:
        await wake_reminders(uow, case.id, now)
    await record_audit(uow, event.value, who, now=now, case=case, to=after, reason=reason, facts=facts)
    return after


async def record_change(
    uow: UnitOfWork,
    case: CaseRecord,
    action: str,
    who: Who,
    *,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
    **changes: Any,
) -> CaseRecord:
    """The case with `changes`, saved, with its audit row; its stage stays."""
    after = replace(case, updated_at=now, version=case.version + 1, **changes)
    await uow.cases.save(after)
    await record_audit(uow, action, who, now=now, case=case, facts=facts)
    return after


async def record_audit(
    uow: UnitOfWork,
    action: str,
    who: Who,
    *,
    now: datetime,
    case: CaseRecord | None = None,
    to: CaseRecord | None = None,
    reason: str | None = None,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """One row of the trail; `facts` carry codes and counts, never what a person wrote."""
    await uow.audit.add(
        AuditEntry(
            at=now,
            actor_kind=who.kind.value,
            actor_id=who.id,
            action=action,
            case_id=case.id if case else None,
            from_stage=case.stage if case and to else None,
            to_stage=to.stage if to else None,
            reason=reason,
            facts=dict(facts or {}),
        )
    )
