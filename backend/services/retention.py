"""Enforces catalogue/retention.yml: class by class, in bounded batches, repeatable; nothing but counts is told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import structlog

from backend.domain.case import Event, Stage
from backend.domain.retention import Kept
from backend.services.errors import StorageUnavailable
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.transitions_log import SYSTEM, record_transition

BATCH: Final = 500
CASES: Final = 20
OBJECTS: Final = 50
OF_CASES: Final = frozenset({"drafts", "case_files", "unfinished_cases", "completed_cases"})
# An object is written before its row is committed: only older ones can be orphans.
SETTLED: Final = timedelta(hours=24)
log = structlog.get_logger()


async def enforce(parts: Parts) -> Mapping[str, int]:
    """One batch of every class; how many rows or cases each one let go, those that let none go left out."""
    gone: dict[str, int] = {}
    for kind, kept in parts.catalogues.retention().classes.items():
        try:
            gone[kind] = await enforce_class(parts, kept)
        except Exception as error:  # what one class cannot let go must not keep everybody else's data
            log.error("retention_failed", kind=kind, error=type(error).__name__)
    return {kind: count for kind, count in gone.items() if count}


async def enforce_class(parts: Parts, kept: Kept) -> int:
    """One batch in one transaction; rows that somebody works on are left for the next time."""
    now = parts.clock.now()
    before = kept.over_before(now)
    async with parts.begin() as uow:
        if kept.name in OF_CASES:
            gone = await _cases(uow, kept.name, before, now)
        else:
            gone = await uow.privacy.expire(kept.name, before, now=now, limit=BATCH)
        await uow.commit()
    return gone


async def _cases(uow: UnitOfWork, name: str, before: datetime, now: datetime) -> int:
    ids = await uow.privacy.cases_over(name, before, limit=CASES)
    if not ids:
        return 0
    if name == "case_files":
        await uow.privacy.erase_files_of(ids, now=now)
        return len(ids)
    for case in await uow.cases.where(id=ids):
        if name == "drafts":
            case = await record_transition(uow, case, Event.EXPIRE_DRAFT, SYSTEM, now=now)
        if case.stage != Stage.ARCHIVED:
            await record_transition(uow, case, Event.ARCHIVE, SYSTEM, now=now)
    await uow.privacy.erase_content_of(ids, now=now)
    return len(ids)


async def what_is_over(parts: Parts) -> Mapping[str, int]:
    """The dry run: how many rows or cases of each class are past their time; nothing is changed."""
    now = parts.clock.now()
    async with parts.begin() as uow:
        table = parts.catalogues.retention()
        return {name: await uow.privacy.over(name, kept.over_before(now)) for name, kept in table.classes.items()}


async def delete_doomed(parts: Parts) -> int:
    """Objects whose rows are gone follow them; how many did. What the store will not give up is tried again later."""
    now, gone = parts.clock.now(), 0
    async with parts.begin() as uow:
        doomed = await uow.doomed_objects.due("doomed_at", now, limit=OBJECTS)
        for one in doomed:
            try:
                await parts.objects.delete(one.object_key)
            except StorageUnavailable:
                break
            gone += await uow.doomed_objects.remove(object_key=one.object_key)
        await uow.commit()
    return gone


async def sweep_objects(parts: Parts, *, is_dry: bool) -> Mapping[str, int]:
    """Objects that no row knows: seen, orphans, deleted. Young ones are left, their row may be on its way."""
    now = parts.clock.now()
    counts = {"seen": 0, "orphans": 0, "deleted": 0}
    async for batch in parts.objects.listed(older_than=now - SETTLED):
        counts["seen"] += len(batch)
        async with parts.begin() as uow:
            orphans = sorted(set(batch) - await uow.privacy.known_objects(batch))
        counts["orphans"] += len(orphans)
        for key in () if is_dry else orphans:
            await parts.objects.delete(key)
            counts["deleted"] += 1
    return counts
