"""The daily bill (issue: money): fetched from 10:00 on, compared line by line, each mismatch one task for the staff.

What the bill knows and we do not is taken in like a callback: callback, query and bill lead to one state in any order.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Final

import structlog

from backend.domain.bill import BillKind, BillLine
from backend.domain.quiet_hours import beijing_day, beijing_moment
from backend.domain.reconciliation import NEEDS_A_PERSON, Finding, KnownRefund, judge_payment, judge_refund
from backend.services.clockwork_records import BillDay
from backend.services.errors import NotificationRefused, PaymentUnavailable
from backend.services.orders import record_payment, yuan
from backend.services.parts import Parts
from backend.services.ports import PaymentReport, RefundReport, RefundState, UnitOfWork
from backend.services.pushes import open_task
from backend.services.refunds import record_refund
from backend.services.survey import Unbilled

READY_AT: Final = time(10, 0)
KEPT_FOR: Final = timedelta(days=90)
DAYS_AT_ONCE: Final = 100
PAGE: Final = 500
RETRY_AFTER: Final = timedelta(minutes=10)
TELL_AFTER: Final = 12
_KIND: Final = {BillKind.PAYMENT: "收款", BillKind.REFUND: "退款"}
_SAID: Final = {
    Finding.UNKNOWN_HERE: "微信账单里有，我们没有记录",
    Finding.MISSING_THERE: "我们有记录，微信账单里没有",
    Finding.AMOUNT_DIFFERS: "金额与微信账单不一致",
    Finding.STATE_DIFFERS: "状态与微信账单不一致",
}
log = structlog.get_logger()


async def reconcile_bills(parts: Parts) -> int:
    """Check the oldest day that is due; how many days were checked."""
    await _plan_days(parts)
    day = await _claim(parts)
    if day is None:
        return 0
    try:
        checked = await _check(parts, day)
    except PaymentUnavailable:
        if day.attempts == TELL_AFTER:
            await _tell_unavailable(parts, day)
        return 0
    log.info("bill_checked", day=day.day.isoformat(), lines=checked.payments + checked.refunds)
    return 1


async def _plan_days(parts: Parts) -> None:
    """A row for every day since the first order whose bill is ready."""
    now = parts.clock.now()
    today = beijing_day(now)
    ready = today - timedelta(days=1 if now >= beijing_moment(today, READY_AT) else 2)
    async with parts.begin() as uow:
        newest = await uow.bill_days.first(order_by="-day")
        if newest is None:
            first = await uow.orders.first(order_by="created_at")
            begin = beijing_day(first.created_at) if first else None
        else:
            begin = newest.day + timedelta(days=1)
        if begin is None or begin > ready:
            return
        for ahead in range(min((ready - begin).days + 1, DAYS_AT_ONCE)):
            day = begin + timedelta(days=ahead)
            is_gone = today - day > KEPT_FOR
            await uow.bill_days.add_if_new(
                BillDay(day, "gone" if is_gone else "due", next_try_at=None if is_gone else now)
            )
        await uow.commit()


async def _claim(parts: Parts) -> BillDay | None:
    """The oldest day, one worker at a time; a claim that nobody came back from is free again after a while."""
    now = parts.clock.now()
    async with parts.begin() as uow:
        day = await uow.bill_days.first(state="due", order_by="day", lock=True)
        if day is None or day.next_try_at is None or day.next_try_at > now:
            return None
        if beijing_day(now) - day.day > KEPT_FOR:
            await uow.bill_days.save(replace(day, state="gone", next_try_at=None))
            await uow.commit()
            return None
        day = replace(day, attempts=day.attempts + 1, next_try_at=now + RETRY_AFTER)
        await uow.bill_days.save(day)
        await uow.commit()
    return day


async def _check(parts: Parts, day: BillDay) -> BillDay:
    payments = refunds = paid_fen = refunded_fen = mismatches = 0
    async for batch in parts.pay.trade_bill(day.day):
        for line in batch:
            if line.kind is BillKind.PAYMENT:
                payments, paid_fen = payments + 1, paid_fen + line.amount_fen
            else:
                refunds, refunded_fen = refunds + 1, refunded_fen + line.amount_fen
        mismatches += await _compare(parts, day.day, batch)
    mismatches += await _missing_there(parts, day.day)
    checked = replace(
        day,
        state="checked",
        next_try_at=None,
        checked_at=parts.clock.now(),
        payments=payments,
        paid_fen=paid_fen,
        refunds=refunds,
        refunded_fen=refunded_fen,
        mismatches=mismatches,
    )
    async with parts.begin() as uow:
        await uow.bill_days.save(checked)
        await uow.commit()
    return checked


async def _compare(parts: Parts, day: date, batch: Sequence[BillLine]) -> int:
    """Judge a batch with three queries, learn what is new, open a task for each mismatch; how many there were."""
    async with parts.begin() as uow:
        found = [(line, finding) for line, finding in await _judged(uow, batch) if finding is not Finding.AGREES]
    for line, finding in found:
        if finding is Finding.NEWS:
            await _learn(parts, line)
    mismatches = [(line, finding) for line, finding in found if finding in NEEDS_A_PERSON]
    async with parts.begin() as uow:
        for line, finding in mismatches:
            number = line.transaction_id if line.kind is BillKind.PAYMENT else line.out_refund_no
            order = await uow.orders.first(out_trade_no=line.out_trade_no)
            await _ask_a_person(
                uow, parts, finding, line.kind, number, line.amount_fen, case_id=order.case_id if order else None
            )
        await uow.survey.mark_billed(
            day,
            payments=[line.transaction_id for line in batch if line.kind is BillKind.PAYMENT],
            refunds=[line.out_refund_no for line in batch if line.kind is BillKind.REFUND],
        )
        await uow.commit()
    return len(mismatches)


async def _judged(uow: UnitOfWork, batch: Sequence[BillLine]) -> list[tuple[BillLine, Finding]]:
    paid = [line for line in batch if line.kind is BillKind.PAYMENT]
    back = [line for line in batch if line.kind is BillKind.REFUND]
    payments = await uow.payments.where(transaction_id=[line.transaction_id for line in paid]) if paid else []
    recorded = {one.transaction_id: one.amount_fen for one in payments}
    news = sorted({line.out_trade_no for line in paid if line.transaction_id not in recorded})
    orders = {one.out_trade_no for one in await uow.orders.where(out_trade_no=news)} if news else set()
    refunds = await uow.refunds.where(out_refund_no=[line.out_refund_no for line in back]) if back else []
    known = {one.out_refund_no: KnownRefund(one.amount_fen, one.state) for one in refunds}
    return [
        *((line, judge_payment(line, recorded_fen=recorded.get(line.transaction_id), orders=orders)) for line in paid),
        *((line, judge_refund(line, known.get(line.out_refund_no))) for line in back),
    ]


async def _learn(parts: Parts, line: BillLine) -> None:
    """A lost callback, taken in now; what cannot be taken in has left its own task (a wrong amount)."""
    if line.kind is BillKind.PAYMENT:
        report = PaymentReport(
            out_trade_no=line.out_trade_no,
            state="SUCCESS",
            app_id=line.app_id,
            mch_id=line.mch_id,
            transaction_id=line.transaction_id,
            amount_fen=line.amount_fen,
            paid_at=line.at,
        )
        with suppress(NotificationRefused):
            await record_payment(parts, report, source="bill")
        return
    state: RefundState = "SUCCESS" if line.refund_state == "SUCCESS" else "PROCESSING"
    with suppress(NotificationRefused):
        await record_refund(parts, RefundReport(line.out_refund_no, state, line.refund_id, accepted_at=line.at))


async def _missing_there(parts: Parts, day: date) -> int:
    since, until = beijing_moment(day, time.min), beijing_moment(day + timedelta(days=1), time.min)
    after, found = "", 0
    while True:
        async with parts.begin() as uow:
            page = await uow.survey.unbilled(since, until, after=after, limit=PAGE)
            for one in page:
                await _task_of_missing(uow, parts, one)
            await uow.commit()
        found += len(page)
        if len(page) < PAGE:
            return found
        after = page[-1].id


async def _task_of_missing(uow: UnitOfWork, parts: Parts, one: Unbilled) -> None:
    kind = BillKind(one.kind)
    await _ask_a_person(uow, parts, Finding.MISSING_THERE, kind, one.number, one.amount_fen, case_id=one.case_id)


async def _ask_a_person(
    uow: UnitOfWork,
    parts: Parts,
    finding: Finding,
    kind: BillKind,
    number: str,
    amount_fen: int,
    *,
    case_id: str | None,
) -> None:
    case = await uow.cases.get(case_id) if case_id else None
    note = f"对账：{_KIND[kind]} {number}（{yuan(amount_fen)}元）{_SAID[finding]}，请核对"
    once = f"{kind.value}:{finding.value}:{number}"
    await open_task(uow, parts.ids.new("t"), "bill_mismatch", note, once=once, now=parts.clock.now(), case=case)


async def _tell_unavailable(parts: Parts, day: BillDay) -> None:
    now: datetime = parts.clock.now()
    note = f"{day.day:%Y-%m-%d} 的微信账单一直没有取到，之后的对账也在等它"
    async with parts.begin() as uow:
        await open_task(uow, parts.ids.new("t"), "bill_unavailable", note, once=day.day.isoformat(), now=now)
        await uow.commit()
