"""The staff's view of many cases and of the chat: read-only queries that fetch one page at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncEngine

from backend.adapters.db.tables import cases
from backend.adapters.documents.checked_pdf import PdfiumInspector
from backend.adapters.qr import NoQrCodes
from backend.services.parts import Parts
from backend.services.records import CaseRecord
from backend.services.staff.office import Office, QrCodes, SentMessage
from runtime.clock import Clock
from wechat.budget import remaining
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

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

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
            return await remaining(connection, openid, now=self._clock.now())


def _words(parts: Sequence[Mapping[str, Any]]) -> str:
    return "\n".join(str(part.get("text") or "〔图片或链接〕") for part in parts)


def make_office(parts: Parts, engine: AsyncEngine, qr: QrCodes | None = None) -> Office:
    """What main.py puts into `app[backend.console.OFFICE]`."""
    return Office(
        parts=parts,
        pdfs=PdfiumInspector(),
        board=PostgresCaseBoard(engine),
        chat_log=PostgresChatLog(engine, parts.clock),
        qr=qr or NoQrCodes(),
    )
