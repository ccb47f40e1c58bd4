"""Makes data go: one statement per kind of row, files with the objects behind them, nothing but counts given back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table, delete, func, or_, select, union_all, update
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import ColumnElement

from backend.adapters.db import tables as t
from backend.adapters.db.privacy_held import held_by, looks_at
from backend.adapters.db.privacy_scopes import (
    BLANKED,
    CREDENTIALS,
    DELETED,
    EXPORTS,
    LOOSE_FILES,
    OF_CASES,
    PAYMENT_RECORDS,
    is_loose,
    scopes_of,
)
from wechat.tables import inbox, outgoing


class PostgresPrivacy:
    """Implements `services.privacy.Privacy`; an object of the store is doomed in the transaction that drops its row."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def over(self, name: str, before: datetime) -> int:
        found = 0
        for table, scope in scopes_of(name):
            found += await self._scalar(select(func.count()).select_from(table).where(scope(before)))
        return found

    async def expire(self, name: str, before: datetime, *, now: datetime, limit: int) -> int:
        if name in DELETED:
            return sum([await self._delete(table, scope(before), limit) for table, scope in DELETED[name]])
        if name in BLANKED:
            table, scope, values = BLANKED[name]
            keys = self._batch(table, scope(before), limit)
            return await self._count(update(table).where(_key(table).in_(keys)).values(dict(values)))
        if name == "loose_files":
            return await self._drop_files(await self._ids(t.files, LOOSE_FILES(before), limit), now)
        if name == "credentials":
            return await self._delete(t.credentials, CREDENTIALS(before), limit)
        if name == "exports":
            return await self._expire_exports(before, now, limit)
        return await self._drop_payments(await self._ids(t.orders, PAYMENT_RECORDS(before), limit))

    async def cases_over(self, name: str, before: datetime, *, limit: int) -> Sequence[str]:
        return await self._ids(t.cases, OF_CASES[name](before), limit)

    async def erase_files_of(self, case_ids: Sequence[str], *, now: datetime) -> int:
        items = select(t.material_items.c.id).where(t.material_items.c.case_id.in_(case_ids))
        requests = select(t.supplement_requests.c.id).where(t.supplement_requests.c.case_id.in_(case_ids))
        gone = await self._strings(delete(t.item_files).where(t.item_files.c.item_id.in_(items)), "file_id")
        gone += await self._strings(
            delete(t.supplement_files).where(t.supplement_files.c.request_id.in_(requests)), "file_id"
        )
        photos = delete(t.photos).where(t.photos.c.case_id.in_(case_ids))
        for row in await self._connection.execute(
            photos.returning(t.photos.c.source_file_id, t.photos.c.preview_file_id)
        ):
            gone += list(row)
        await self._connection.execute(
            update(t.cases).where(t.cases.c.id.in_(case_ids)).values(files_erased_at=now, version=t.cases.c.version + 1)
        )
        return await self._drop_files(gone, now)

    async def erase_content_of(self, case_ids: Sequence[str], *, now: datetime) -> int:
        files = await self.erase_files_of(case_ids, now=now)
        slips = await self._strings(delete(t.confirmations).where(t.confirmations.c.case_id.in_(case_ids)), "file_id")
        files += await self._drop_files(slips, now)
        papers = delete(t.mails).where(t.mails.c.case_id.in_(case_ids)).returning(t.mails.c.attachments)
        for row in await self._connection.execute(papers):
            await self._doom((one["object_key"] for one in row[0]), now)
        for table in (
            t.template_mails, t.supplement_requests, t.material_items, t.credentials, t.reminders, t.waitlist,
            t.appointments, t.invoice_changes,
        ):  # fmt: skip
            await self._connection.execute(delete(table).where(table.c.case_id.in_(case_ids)))
        await self._blank_what_stays(case_ids, now)
        return files

    async def _blank_what_stays(self, case_ids: Sequence[str], now: datetime) -> None:
        """Rows that the law keeps lose what tells whose they are; an invoice keeps its title."""
        invoices = t.invoices.c
        await self._connection.execute(
            delete(t.invoices).where(invoices.case_id.in_(case_ids), invoices.state == "none")
        )
        blanks: tuple[tuple[Table, dict[str, Any]], ...] = (
            (t.invoices, {"email": "", "file_id": None, "fault": None}),
            (t.orders, {"openid": ""}),
            (t.audit, {"reason": None}),
            (t.staff_tasks, {"openid": None, "result": None}),
        )
        for table, values in blanks:
            await self._connection.execute(update(table).where(table.c.case_id.in_(case_ids)).values(values))
        await self._connection.execute(
            update(t.cases)
            .where(t.cases.c.id.in_(case_ids))
            .values(
                draft={}, close_reason=None, employer_id=None, source_case_id=None, erased_at=now, files_erased_at=now,
                version=t.cases.c.version + 1,
            )
        )  # fmt: skip
        await self._connection.execute(
            update(t.cases).where(t.cases.c.source_case_id.in_(case_ids)).values(source_case_id=None)
        )

    async def erase_files_of_person(self, applicant_id: str | None, openid: str, *, now: datetime) -> int:
        mine: ColumnElement[bool] = (t.files.c.openid == openid) & t.files.c.applicant_id.is_(None)
        if applicant_id is not None:
            mine = or_(mine, t.files.c.applicant_id == applicant_id)
        return await self._drop_files(await self._ids(t.files, mine, None), now)

    async def forget_openid(self, openid: str, applicant_id: str | None, *, others_stay: bool) -> int:
        answered = (inbox.c.openid == openid) & (inbox.c.state == "answered")
        gone = await self._count(
            update(inbox).where(answered).values(push=sql("'{}'::jsonb"), passive=None, replies=None)
        )
        own = (inbox.c.openid == openid) & (inbox.c.state == "new") & (inbox.c.push["event"].astext == "resume")
        gone += await self._count(delete(inbox).where(own))
        ended = outgoing.c.state.in_(("sent", "failed")) if others_stay else outgoing.c.state != "sending"
        gone += await self._count(delete(outgoing).where(outgoing.c.openid == openid, ended))
        gone += await self._count(delete(t.links).where(t.links.c.openid == openid))
        if applicant_id is not None:
            for table in (t.codes, t.bind_offers):
                gone += await self._count(delete(table).where(table.c.applicant_id == applicant_id))
        gone += await self._count(delete(t.codes).where(t.codes.c.openid == openid))
        if not others_stay:
            gone += await self._count(delete(t.followers).where(t.followers.c.openid == openid))
        answers = delete(t.commands).where(t.commands.c.key.startswith(f"{openid}:", autoescape=True))
        gone += await self._count(answers.where(t.commands.c.status.is_not(None)))
        await self._connection.execute(
            update(t.staff_tasks).where(t.staff_tasks.c.openid == openid).values(openid=None)
        )
        return gone

    async def known_objects(self, keys: Sequence[str]) -> frozenset[str]:
        mails = func.jsonb_array_elements(t.mails.c.attachments).op("->>")("object_key").label("object_key")
        parts = func.jsonb_array_elements(t.data_requests.c.objects).op("->>")("object_key").label("object_key")
        rows = union_all(
            select(t.files.c.object_key).where(t.files.c.object_key.in_(keys)),
            select(t.doomed_objects.c.object_key).where(t.doomed_objects.c.object_key.in_(keys)),
            select(mails),
            select(parts),
        ).subquery()
        found = await self._connection.execute(select(rows.c.object_key).where(rows.c.object_key.in_(keys)))
        return frozenset(found.scalars())

    async def unwilling(self, applicant_ids: Sequence[str], purpose: str) -> frozenset[str]:
        given = t.consents.c
        said = (
            select(given.applicant_id, given.withdrawn_at)
            .where(given.applicant_id.in_(applicant_ids), given.purpose == purpose)
            .order_by(given.given_at)
        )
        latest = {str(one.applicant_id): one.withdrawn_at for one in await self._connection.execute(said)}
        return frozenset(applicant_id for applicant_id, withdrawn in latest.items() if withdrawn is not None)

    async def held(self, applicant_id: str | None, openid: str) -> dict[str, tuple[int, datetime | None]]:
        return await held_by(self._connection, applicant_id, openid)

    async def looks(self, applicant_id: str) -> Sequence[tuple[str, str, int, datetime]]:
        return await looks_at(self._connection, applicant_id)

    async def _drop_files(self, file_ids: Sequence[str], now: datetime) -> int:
        """Those of the files that nothing holds any more; their objects are deleted by the worker after the commit."""
        views = update(t.document_views).where(t.document_views.c.file_id.in_(file_ids)).values(file_id=None)
        loose = (
            await self._connection.execute(select(t.files.c.id).where(t.files.c.id.in_(file_ids), is_loose()))
        ).scalars()
        gone = list(loose)
        if not gone:
            return 0
        await self._connection.execute(views.where(t.document_views.c.file_id.in_(gone)))
        keys = await self._strings(delete(t.files).where(t.files.c.id.in_(gone)), "object_key")
        await self._doom(keys, now)
        return len(keys)

    async def _doom(self, keys: Iterable[str], now: datetime) -> None:
        rows = [{"object_key": key, "doomed_at": now} for key in keys]
        if rows:
            await self._connection.execute(insert(t.doomed_objects).values(rows).on_conflict_do_nothing())

    async def _expire_exports(self, before: datetime, now: datetime, limit: int) -> int:
        ids = await self._ids(t.data_requests, EXPORTS(before), limit)
        found = await self._connection.execute(select(t.data_requests.c.objects).where(t.data_requests.c.id.in_(ids)))
        await self._doom((one["object_key"] for objects in found.scalars() for one in objects), now)
        over = update(t.data_requests).where(t.data_requests.c.id.in_(ids))
        return await self._count(over.values(state="expired", objects=[]))

    async def _drop_payments(self, order_ids: Sequence[str]) -> int:
        payments = select(t.payments.c.id).where(t.payments.c.order_id.in_(order_ids))
        cases = select(t.orders.c.case_id).where(t.orders.c.id.in_(order_ids))
        await self._connection.execute(delete(t.refunds).where(t.refunds.c.payment_id.in_(payments)))
        await self._connection.execute(delete(t.payments).where(t.payments.c.order_id.in_(order_ids)))
        for table in (t.invoice_changes, t.invoices):
            await self._connection.execute(delete(table).where(table.c.case_id.in_(cases)))
        return await self._count(delete(t.orders).where(t.orders.c.id.in_(order_ids)))

    async def _delete(self, table: Table, condition: ColumnElement[bool], limit: int) -> int:
        return await self._count(delete(table).where(_key(table).in_(self._batch(table, condition, limit))))

    def _batch(self, table: Table, condition: ColumnElement[bool], limit: int | None) -> Any:
        batch = select(_key(table)).where(condition).with_for_update(skip_locked=True, of=table)
        return batch if limit is None else batch.limit(limit)

    async def _ids(self, table: Table, condition: ColumnElement[bool], limit: int | None) -> list[str]:
        return list((await self._connection.execute(self._batch(table, condition, limit))).scalars())

    async def _strings(self, statement: Any, column: str) -> list[str]:
        found = await self._connection.execute(statement.returning(statement.table.c[column]))
        return [str(one) for one in found.scalars()]

    async def _count(self, statement: Any) -> int:
        return int((await self._connection.execute(statement)).rowcount)

    async def _scalar(self, statement: Any) -> int:
        return int((await self._connection.execute(statement)).scalar_one())


def _key(table: Table) -> ColumnElement[Any]:
    key: ColumnElement[Any] = next(iter(table.primary_key.columns))
    return key
