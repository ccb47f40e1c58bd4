"""Reminders of drafts, supplements and expiring permits (states.md 2.3): each once, by day, at the Clock's time.

A case has one row that says when to look at it next. Entering a stage wakes the row; everything else is found out when
it is due, so that an applicant who goes on filling costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from backend.domain.case import STAGES, Stage
from backend.domain.draft import Draft
from backend.domain.profile import BusinessType
from backend.domain.quiet_hours import beijing_day
from backend.domain.reminders import Anchor, ReminderFacts, Reminders, change_until, decide, valid_until
from backend.services.clockwork_records import Reminder
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.pushes import push
from backend.services.records import CaseRecord, Follower, Identity, SupplementRequest
from backend.services.taking_turns import PUT_OFF, all_together

BATCH: Final = 100


async def wake_reminders(uow: UnitOfWork, case_id: str, now: datetime) -> None:
    """Look at this case soon: it entered a stage."""
    if await uow.reminders.add_if_new(Reminder(case_id, next_at=now)):
        return
    known = await uow.reminders.get(case_id, lock=True)
    if known is not None:
        await uow.reminders.save(replace(known, next_at=now))


async def wake_reminders_of(uow: UnitOfWork, applicant_id: str, now: datetime) -> None:
    """Somebody may be reached again, who was asleep: a new consent, another account, followed again."""
    for case in await uow.cases.where(applicant_id=applicant_id):
        if await uow.reminders.get(case.id) is not None:
            await wake_reminders(uow, case.id, now)


async def end_of_permit(uow: UnitOfWork, parts: Parts, case: CaseRecord, approved_at: datetime) -> date | None:
    """The last day of what was approved now (T40); a change keeps the end that an earlier case of ours brought."""
    earlier = await uow.cases.where(applicant_id=case.applicant_id, stage=Stage.COMPLETED.value)
    ends = [one.valid_until for one in earlier if one.valid_until]
    reminders = parts.catalogues.at(case.catalogue_version).reminders
    business = BusinessType(case.business_type)
    return valid_until(reminders, business, beijing_day(approved_at), before=max(ends, default=None))


@dataclass(frozen=True)
class _Batch:
    """What is known of the cases that are due, in a few queries whatever their number."""

    cases: Mapping[str, CaseRecord]
    newest: Mapping[str, CaseRecord]
    identities: Mapping[str, Identity]
    followers: Mapping[str, Follower]
    supplements: Mapping[str, SupplementRequest]


_NOBODY: Final = _Batch({}, {}, {}, {}, {})


async def remind(parts: Parts) -> int:
    """Look at the cases that are due, say what there is to say, plan the next look; how many were looked at."""
    now = parts.clock.now()

    async def find(uow: UnitOfWork) -> list[tuple[Reminder, _Batch]]:
        rows = await uow.reminders.due("next_at", now, limit=BATCH)
        batch = await _load(uow, [row.case_id for row in rows]) if rows else _NOBODY
        return [(row, batch) for row in rows]

    async def look_at(uow: UnitOfWork, found: tuple[Reminder, _Batch]) -> None:
        await _look_at(uow, parts, *found, now)

    async def put_off(uow: UnitOfWork, found: tuple[Reminder, _Batch]) -> None:
        if fresh := await uow.reminders.get(found[0].case_id, lock=True):
            await uow.reminders.save(replace(fresh, next_at=now + PUT_OFF))

    return await all_together(parts, find, look_at, put_off)


async def _load(uow: UnitOfWork, case_ids: list[str]) -> _Batch:
    cases = await uow.cases.where(id=case_ids)
    people = sorted({case.applicant_id for case in cases})
    identities = await uow.identities.where(applicant_id=people)
    unwilling = await uow.privacy.unwilling(people, "reminders")
    followers = await uow.followers.where(openid=[one.openid for one in identities])
    waiting = [case.id for case in cases if case.stage.endswith("_supplement")]
    supplements = await uow.supplements.where(case_id=waiting, state=["open", "reopened"]) if waiting else []
    done = [case.applicant_id for case in cases if case.stage == Stage.COMPLETED]
    newest = await uow.cases.where(applicant_id=done, order_by="created_at") if done else []
    return _Batch(
        cases={case.id: case for case in cases},
        newest={case.applicant_id: case for case in newest if case.stage != Stage.CANCELLED},
        identities={one.applicant_id: one for one in identities if one.applicant_id not in unwilling},
        followers={one.openid: one for one in followers},
        supplements={one.case_id: one for one in supplements},
    )


async def _look_at(uow: UnitOfWork, parts: Parts, row: Reminder, batch: _Batch, now: datetime) -> None:
    case = batch.cases[row.case_id]
    reminders = parts.catalogues.at(case.catalogue_version).reminders
    if not _wants_reminders(case, batch):
        await uow.reminders.save(replace(row, next_at=None))
        return
    facts = _facts(case, batch)
    decision = decide(reminders, facts, told=row.told, now=now)
    told = [*row.told, *sorted(decision.told - set(row.told))]
    await uow.reminders.save(replace(row, next_at=decision.next_at, told=told))
    if decision.send is not None:
        words = _words(case, _end_told(decision.send.code, facts, reminders), beijing_day(now))
        await push(uow, parts.texts, case, decision.send.code, words, once=decision.send.occasion)


def _wants_reminders(case: CaseRecord, batch: _Batch) -> bool:
    """Nothing for who has left, who said that the conditions are not met, or who has applied again since."""
    identity = batch.identities.get(case.applicant_id)
    follower = batch.followers.get(identity.openid) if identity else None
    if identity is None or (follower is not None and not follower.subscribed):
        return False
    if case.stage == Stage.DRAFT:
        told = Draft.from_json(case.draft)
        return told.answer("notice", "eligible") != "no" or ready_day(told) is not None
    newest = batch.newest.get(case.applicant_id)
    return case.stage != Stage.COMPLETED or newest is None or newest.id == case.id


def _facts(case: CaseRecord, batch: _Batch) -> ReminderFacts:
    request = batch.supplements.get(case.id)
    identity = batch.identities.get(case.applicant_id)
    follower = batch.followers.get(identity.openid) if identity else None
    told = Draft.from_json(case.draft)
    return ReminderFacts(
        stage=Stage(case.stage),
        stage_since=case.stage_since,
        last_activity_at=max(case.updated_at, follower.last_seen_at) if follower else case.updated_at,
        round=case.round,
        due_on=beijing_day(request.deadline) if request and request.deadline else None,
        valid_until=case.valid_until if case.stage == Stage.COMPLETED else None,
        ready_on=ready_day(told) if case.stage == Stage.DRAFT else None,
        left_on=left_day(told),
    )


def _end_told(code: str, facts: ReminderFacts, reminders: Reminders) -> date | None:
    """The day that this reminder is about."""
    anchor = next((rule.anchor for rule in reminders.rules if rule.code == code), None)
    match anchor:
        case Anchor.LEFT_ON:
            return change_until(reminders, facts.left_on)
        case Anchor.READY_ON:
            return facts.ready_on
        case _:
            return facts.valid_until or facts.due_on


def ready_day(told: Draft) -> date | None:
    """The day on which the condition that was missing is met, as the self-check has found it (T4)."""
    return _day(told.answer("notice", "ready_on"))


def left_day(told: Draft) -> date | None:
    return _day(told.answer("conditions", "C_LEFT_DATE"))


def _day(told: str) -> date | None:
    """What is no date is no reason to fail: it was told, not checked, or is not told yet."""
    try:
        return date.fromisoformat(told)
    except ValueError:
        return None


def _words(case: CaseRecord, end: date | None, today: date) -> dict[str, Any]:
    return {
        "business": BusinessType(case.business_type).label,
        "stage_label": STAGES[Stage(case.stage)].label,
        "deadline": f"{end.year}年{end.month}月{end.day}日" if end else "",
        "left": max(0, (end - today).days) if end else "",
    }
