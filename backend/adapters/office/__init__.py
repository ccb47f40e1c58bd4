"""The staff's view of many cases and of the chat: read-only queries that fetch one page at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncEngine

from backend.adapters.db.tables import applicant_employers, cases, staff_tasks
from backend.adapters.documents.checked_pdf import PdfiumInspector
from backend.adapters.qr import NoQrCodes
from backend.services.parts import Parts
from backend.services.records import CaseRecord, StaffTask
from backend.services.staff.acting import HANDLES_CASE
from backend.services.staff.office import Office, QrCodes, SentMessage
from runtime.clock import Clock
from wechat.budget import WECHATS_LIMITS, Limits, remaining
from wechat.tables import outgoing


class PostgresCaseBoard:
    """Implements the port `CaseBoard`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def counts(self) -> Mapping[str, int]:
        statement = select(cases.c.stage, func.count().label("cases")).group_by(cases.c.stage)
        async with self._engine.connect() as connection:
            return {row.stage: row.cases for row in await connection.execute(statement)}

    async def page(self, stages: Sequence[str], *, newest_first: bool, limit: int, offset: int) -> list[CaseRecord]:
        since = cases.c.stage_since
        statement = (
            select(*(cases.c[field.name] for field in fields(CaseRecord)))
            .where(cases.c.stage.in_(stages))
            .order_by(since.desc() if newest_first else since, cases.c.id)
            .limit(limit)
            .offset(offset)
        )
        async with self._engine.connect() as connection:
            return [CaseRecord(**row._mapping) for row in await connection.execute(statement)]

    async def tasks(self, *, done: bool, limit: int) -> tuple[list[StaffTask], int]:
        wanted = and_(staff_tasks.c.kind != HANDLES_CASE, (staff_tasks.c.state == "done").is_(done))
        order = staff_tasks.c.done_at.desc() if done else staff_tasks.c.created_at
        columns = (staff_tasks.c[field.name] for field in fields(StaffTask))
        statement = select(*columns).where(wanted).order_by(order, staff_tasks.c.id).limit(limit)
        async with self._engine.connect() as connection:
            found = [StaffTask(**row._mapping) for row in await connection.execute(statement)]
            if done or len(found) < limit:
                return found, len(found)
            count = await connection.scalar(select(func.count()).select_from(staff_tasks).where(wanted))
            return found, int(count or 0)

    async def applicants_by_employer(self) -> Mapping[str, int]:
        linked = applicant_employers.c.employer_id
        statement = select(linked, func.count()).group_by(linked)
        async with self._engine.connect() as connection:
            return {str(employer): int(count) for employer, count in await connection.execute(statement)}

    async def number_ending_in(self, digits: str) -> str | None:
        statement = (
            select(cases.c.case_no)
            .where(cases.c.case_no.endswith(digits, autoescape=True))
            .order_by(cases.c.created_at.desc())
            .limit(1)
        )
        async with self._engine.connect() as connection:
            found: str | None = (await connection.execute(statement)).scalar_one_or_none()
            return found


class PostgresChatLog:
    """Implements the port `ChatLog` from the tables of the WeChat kit."""

    def __init__(self, engine: AsyncEngine, clock: Clock, limits: Limits) -> None:
        self._engine = engine
        self._clock = clock
        self._limits = limits

    async def sent_to(self, openid: str, *, marks: Sequence[str], limit: int) -> list[SentMessage]:
        if not marks:
            return []
        at = func.coalesce(outgoing.c.sent_at, outgoing.c.created_at).label("at")
        statement = (
            select(at, outgoing.c.parts, outgoing.c.state, outgoing.c.via)
            .where(outgoing.c.openid == openid)
            .where(or_(*(outgoing.c.dedupe_key.contains(mark, autoescape=True) for mark in marks)))
            .order_by(outgoing.c.id.desc())
            .limit(limit)
        )
        async with self._engine.connect() as connection:
            rows = await connection.execute(statement)
            return [SentMessage(row.at, _words(row.parts), row.state, row.via) for row in rows]

    async def left_for(self, openid: str) -> int:
        async with self._engine.connect() as connection:
            return await remaining(connection, openid, now=self._clock.now(), limits=self._limits)


def _words(parts: Sequence[Mapping[str, Any]]) -> str:
    return "\n".join(str(part.get("text") or "〔图片或链接〕") for part in parts)


def make_office(
    parts: Parts, engine: AsyncEngine, qr: QrCodes | None = None, *, limits: Limits = WECHATS_LIMITS
) -> Office:
    """What main.py puts into `app[backend.console.OFFICE]`."""
    return Office(
        parts=parts,
        pdfs=PdfiumInspector(),
        board=PostgresCaseBoard(engine),
        chat_log=PostgresChatLog(engine, parts.clock, limits),
        qr=qr or NoQrCodes(),
    )
