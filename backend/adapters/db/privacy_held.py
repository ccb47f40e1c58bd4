"""What there is of one person, class by class, and who has opened it: one statement each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, func, literal, or_, select, text, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.adapters.db import tables as t
from backend.adapters.db.privacy_scopes import is_loose
from wechat.tables import inbox, outgoing

_OPEN: Final = t.cases.c.closed_at.is_(None)
_FINISHED: Final = t.cases.c.stage.in_(("completed", "archived"))


async def held_by(
    connection: AsyncConnection, applicant_id: str | None, openid: str
) -> dict[str, tuple[int, datetime | None]]:
    """Class → how much and since when; a running case counts as `running_case` beside the classes of the table."""
    rows = await connection.execute(union_all(*_counts(applicant_id, openid)))
    return {name: (int(count), since) for name, count, since in rows if count}


def _counts(applicant_id: str | None, openid: str) -> list[Select[Any]]:
    mine = t.cases.c.applicant_id == applicant_id
    cases = select(t.cases.c.id).where(mine)
    my_files, asked = t.files.c.openid == openid, t.data_requests
    if applicant_id is not None:
        my_files = or_(t.files.c.applicant_id == applicant_id, my_files & t.files.c.applicant_id.is_(None))
    counted: list[tuple[str, Any, Any, tuple[Any, ...]]] = [
        ("running_case", t.cases, t.cases.c.created_at, (mine, _OPEN)),
        ("unfinished_cases", t.cases, t.cases.c.created_at, (mine, ~_OPEN, ~_FINISHED, t.cases.c.erased_at.is_(None))),
        ("completed_cases", t.cases, t.cases.c.created_at, (mine, _FINISHED, t.cases.c.erased_at.is_(None))),
        ("case_files", t.files, t.files.c.created_at, (my_files, ~is_loose())),
        ("loose_files", t.files, t.files.c.created_at, (my_files, is_loose())),
        ("credentials", t.credentials, t.credentials.c.consented_at, (t.credentials.c.case_id.in_(cases),)),
        ("chat_texts", inbox, inbox.c.received_at, (inbox.c.openid == openid, inbox.c.push != text("'{}'::jsonb"))),
        (
            "outgoing_texts", outgoing, outgoing.c.created_at,
            (outgoing.c.openid == openid, outgoing.c.parts != text("'[]'::jsonb")),
        ),
        ("mails", t.mails, t.mails.c.created_at, (t.mails.c.case_id.in_(cases),)),
        ("visits", t.appointments, t.appointments.c.created_at, (t.appointments.c.case_id.in_(cases),)),
        ("audit", t.audit, t.audit.c.at, (t.audit.c.case_id.in_(cases),)),
        ("views", t.document_views, t.document_views.c.at, (t.document_views.c.case_id.in_(cases),)),
        ("consents", t.consents, t.consents.c.given_at, (t.consents.c.applicant_id == applicant_id,)),
        ("payment_records", t.orders, t.orders.c.created_at, (t.orders.c.case_id.in_(cases),)),
        (
            "exports", asked, asked.c.finished_at,
            (asked.c.openid == openid, asked.c.kind == "export", asked.c.state == "ready"),
        ),
    ]  # fmt: skip
    return [
        select(literal(name), func.count(), func.min(since)).select_from(table).where(*claims)
        for name, table, since, claims in counted
    ]


async def looks_at(connection: AsyncConnection, applicant_id: str) -> Sequence[tuple[str, str, int, datetime]]:
    """Role, what was opened, how often and when last, the newest first; nobody is named."""
    views, latest = t.document_views.c, func.max(t.document_views.c.at)
    statement = (
        select(t.staff.c.role, views.what, func.count(), latest)
        .join(t.staff, t.staff.c.id == views.staff_id)
        .join(t.cases, t.cases.c.id == views.case_id)
        .where(t.cases.c.applicant_id == applicant_id)
        .group_by(t.staff.c.role, views.what)
        .order_by(latest.desc())
    )
    return [(str(role), str(what), int(count), at) for role, what, count, at in await connection.execute(statement)]
