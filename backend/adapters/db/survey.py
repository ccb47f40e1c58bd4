"""Questions about many rows at once; each is one statement, bounded in rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Date, Select, and_, case, cast, exists, func, literal, or_, select, tuple_, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import ColumnElement

from backend.adapters.db import tables as t
from backend.domain.quiet_hours import beijing_moment
from backend.services.survey import LedgerDay, LedgerRow, StageVisit, Stalled, Unbilled
from wechat.tables import outgoing

_RESULTS = ("completed", "hr_refused")


class PostgresSurvey:
    """Implements `services.survey.Survey`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def mark_billed(self, day: date, *, payments: Sequence[str], refunds: Sequence[str]) -> None:
        for column, told in ((t.payments.c.transaction_id, payments), (t.refunds.c.out_refund_no, refunds)):
            if told:
                await self._connection.execute(update(column.table).where(column.in_(told)).values(billed_on=day))

    async def unbilled(self, since: datetime, until: datetime, *, after: str, limit: int) -> list[Unbilled]:
        paid, back = t.payments.c, t.refunds.c
        payments = (
            select(paid.id, literal("payment"), t.orders.c.case_id, paid.transaction_id, paid.amount_fen)
            .join(t.orders, t.orders.c.id == paid.order_id)
            .where(paid.paid_at >= since, paid.paid_at < until, paid.billed_on.is_(None), paid.id > after)
        )
        # A refund's day is its moment at WeChat Pay, which is a little before ours.
        slack = timedelta(minutes=30)
        refunds = (
            select(back.id, literal("refund"), t.orders.c.case_id, back.out_refund_no, back.amount_fen)
            .join(t.payments, paid.id == back.payment_id)
            .join(t.orders, t.orders.c.id == paid.order_id)
            .where(back.accepted_at >= since - slack, back.accepted_at < until - slack)
            .where(back.billed_on.is_(None), back.id > after)
        )
        found = await self._connection.execute(union_all(payments, refunds).order_by("id").limit(limit))
        return [Unbilled(*row) for row in found]

    async def ledger_days(self, first: date, last: date) -> Mapping[date, LedgerDay]:
        since, until = _span(first, last)
        days: dict[date, dict[str, int]] = {}
        opened = select(_day(t.orders.c.created_at).label("day"), func.count().label("orders"))
        statements = (
            opened.where(t.orders.c.created_at >= since, t.orders.c.created_at < until).group_by("day"),
            select(
                _day(t.payments.c.paid_at).label("day"),
                func.count().label("payments"),
                func.sum(t.payments.c.amount_fen).label("paid_fen"),
            )
            .where(t.payments.c.paid_at >= since, t.payments.c.paid_at < until)
            .group_by("day"),
            select(
                _refund_day().label("day"),
                func.count().label("refunds"),
                func.sum(t.refunds.c.amount_fen).label("refunded_fen"),
            )
            .where(_refunded_between(first, last))
            .group_by("day"),
        )
        for statement in statements:
            for row in (await self._connection.execute(statement)).mappings():
                told = days.setdefault(row["day"], {})
                told.update({name: int(value) for name, value in row.items() if name != "day"})
        return {day: LedgerDay(day, **told) for day, told in sorted(days.items())}

    async def ledger_rows(
        self, first: date, last: date, *, after: tuple[datetime, str] | None, limit: int
    ) -> list[LedgerRow]:
        since, until = _span(first, last)
        paid, back = t.payments.c, t.refunds.c
        state = case((paid.kept, "kept"), else_="given_back")
        payments = _ledger(paid.paid_at, paid.id, "payment", paid.transaction_id, paid.amount_fen, state, literal(""))
        payments = payments.add_columns(paid.billed_on.label("billed_on"))
        payments = payments.select_from(t.payments.join(t.orders).join(t.cases, t.cases.c.id == t.orders.c.case_id))
        refunds = _ledger(
            back.accepted_at, back.id, "refund", back.out_refund_no, back.amount_fen, back.state, back.reason
        )
        refunds = refunds.add_columns(back.billed_on.label("billed_on"))
        refunds = refunds.select_from(
            t.refunds.join(t.payments).join(t.orders).join(t.cases, t.cases.c.id == t.orders.c.case_id)
        )
        rows = union_all(
            payments.where(paid.paid_at >= since, paid.paid_at < until),
            refunds.where(_refunded_between(first, last)),
        ).subquery()
        statement = select(rows).order_by(rows.c.at, rows.c.id).limit(limit)
        if after is not None:
            statement = statement.where(tuple_(rows.c.at, rows.c.id) > tuple_(*(literal(one) for one in after)))
        return [LedgerRow(**row._mapping) for row in await self._connection.execute(statement)]

    async def stage_visits(self, business: str, *, closed_after: datetime, cases: int) -> list[StageVisit]:
        latest = (
            select(t.cases.c.id)
            .where(t.cases.c.business_type == business, t.cases.c.stage.in_(_RESULTS))
            .where(t.cases.c.closed_at >= closed_after)
            .order_by(t.cases.c.closed_at.desc())
            .limit(cases)
        )
        audit = t.audit.c
        statement = (
            select(audit.case_id, audit.to_stage, audit.at)
            .where(audit.case_id.in_(latest), audit.to_stage.is_not(None))
            .where(or_(audit.to_stage != audit.from_stage, audit.action == "start_case"))
            .order_by(audit.case_id, audit.id)
        )
        return [StageVisit(*row) for row in await self._connection.execute(statement)]

    async def waiting_cases(self, stages: Sequence[str], before: datetime, *, limit: int) -> list[Stalled]:
        told = t.cases.c
        key = _stay()
        statement = (
            select(key, told.id)
            .where(told.stage.in_(stages), told.stage_since <= before, ~_has_task(literal("case_stalled:") + key))
            .order_by(told.stage_since)
            .limit(limit)
        )
        return [Stalled(key, case_id=case_id) for key, case_id in await self._connection.execute(statement)]

    async def undelivered(self, now: datetime, older_h: int, *, limit: int) -> list[Stalled]:
        key = cast(outgoing.c.id, t.staff_tasks.c.dedupe_key.type)
        waits = and_(
            outgoing.c.state.in_(("pending", "sending", "held")),
            outgoing.c.created_at
            <= case((_of_a_turn(), func.clock_timestamp()), else_=literal(now)) - timedelta(hours=older_h),
        )
        failed = and_(outgoing.c.state == "failed", func.coalesce(outgoing.c.error, "") != "unsubscribed")
        newest = (
            select(t.cases.c.id)
            .join(t.identities, t.identities.c.applicant_id == t.cases.c.applicant_id)
            .where(t.identities.c.openid == outgoing.c.openid)
            .order_by(t.cases.c.created_at.desc())
            .limit(1)
            .scalar_subquery()
        )
        statement = (
            select(key, newest, outgoing.c.openid)
            .where(or_(waits, failed), ~_has_task(literal("push_failed:") + key))
            .order_by(outgoing.c.id)
            .limit(limit)
        )
        return [Stalled(key, case_id, openid) for key, case_id, openid in await self._connection.execute(statement)]

    async def unsent_mails(self, before: datetime, *, limit: int) -> list[Stalled]:
        mails = t.mails.c
        key = cast(mails.id, t.staff_tasks.c.dedupe_key.type)
        waits = and_(mails.state.in_(("pending", "sending")), mails.created_at <= before)
        statement = (
            select(key, mails.case_id)
            .where(or_(waits, mails.state == "failed"), ~_has_task(literal("mail_failed:") + key))
            .order_by(mails.id)
            .limit(limit)
        )
        return [Stalled(key, case_id=case_id) for key, case_id in await self._connection.execute(statement)]

    async def count_loose(self, applicant_id: str, since: datetime) -> int:
        files = t.files.c
        statement = select(func.count()).where(
            files.applicant_id == applicant_id, files.created_at >= since, files.source.in_(("chat", "h5")), ~_tied()
        )
        return int(await self._connection.scalar(statement) or 0)

    async def loose_files(self, since: datetime, before: datetime, *, limit: int) -> list[Stalled]:
        files, cases = t.files.c, t.cases.c
        tied = _tied()
        open_task = exists().where(
            t.staff_tasks.c.case_id == cases.id, t.staff_tasks.c.kind == "files_loose", t.staff_tasks.c.state != "done"
        )
        newest = func.max(files.id)
        statement = (
            select(newest, cases.id, func.count())
            .join(t.cases, and_(cases.applicant_id == files.applicant_id, cases.closed_at.is_(None)))
            .where(files.created_at >= since, files.created_at <= before, files.created_at >= cases.created_at)
            .where(files.source.in_(("chat", "h5")), ~tied, ~open_task)
            .group_by(cases.id)
            .having(~_has_task(literal("files_loose:") + newest))
            .order_by(cases.id)
            .limit(limit)
        )
        rows = await self._connection.execute(statement)
        return [Stalled(key, case_id=case_id, count=count) for key, case_id, count in rows]


def _day(moment: ColumnElement[Any]) -> ColumnElement[Any]:
    return cast(func.timezone("Asia/Shanghai", moment), Date)


def _span(first: date, last: date) -> tuple[datetime, datetime]:
    return beijing_moment(first, time.min), beijing_moment(last + timedelta(days=1), time.min)


def _refund_day() -> ColumnElement[Any]:
    """The day whose bill has it; until it is known, the day on which WeChat Pay took it."""
    return func.coalesce(t.refunds.c.billed_on, _day(t.refunds.c.accepted_at))


def _refunded_between(first: date, last: date) -> ColumnElement[bool]:
    since, until = _span(first - timedelta(days=1), last + timedelta(days=1))
    near = and_(t.refunds.c.accepted_at >= since, t.refunds.c.accepted_at < until)
    return and_(near, _refund_day().between(first, last))


def _ledger(at: Any, key: Any, kind: str, number: Any, amount: Any, state: Any, reason: Any) -> Select[Any]:
    return select(
        at.label("at"),
        key.label("id"),
        literal(kind).label("kind"),
        t.cases.c.case_no.label("case_no"),
        t.orders.c.out_trade_no.label("out_trade_no"),
        number.label("number"),
        amount.label("amount_fen"),
        state.label("state"),
        reason.label("reason"),
    )


def _stay() -> ColumnElement[str]:
    """One stay of a case at a stage."""
    since = cast(func.extract("epoch", t.cases.c.stage_since), t.cases.c.round.type)
    return func.concat(t.cases.c.id, ":", t.cases.c.stage, ":", since)


def _has_task(key: ColumnElement[str]) -> ColumnElement[bool]:
    return exists().where(t.staff_tasks.c.dedupe_key == key)


def _tied() -> ColumnElement[bool]:
    """A file that belongs to an item, a supplement or a photo."""
    files = t.files.c
    return or_(
        exists().where(t.item_files.c.file_id == files.id),
        exists().where(t.supplement_files.c.file_id == files.id),
        exists().where(or_(t.photos.c.source_file_id == files.id, t.photos.c.preview_file_id == files.id)),
    )


def _of_a_turn() -> ColumnElement[bool]:
    """What the bot put in line itself."""
    return or_(outgoing.c.dedupe_key.startswith("turn:"), outgoing.c.dedupe_key.startswith("excuse:"))
