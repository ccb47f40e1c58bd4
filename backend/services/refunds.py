"""Refunds: asked for with one number for ever, repeated until WeChat Pay says how they ended (reference C.8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Final

from backend.domain.payment import OrderState
from backend.domain.refunding import Returned, order_after, returned_fen
from backend.services.errors import NotificationRefused, PaymentUnavailable
from backend.services.orders import yuan
from backend.services.parts import Parts
from backend.services.ports import RefundReport, UnitOfWork
from backend.services.pushes import open_task, push
from backend.services.records import Order, Payment, Refund
from backend.services.taking_turns import one_by_one
from backend.services.transitions_log import SYSTEM, record_audit

BATCH: Final = 20
TELL_AFTER: Final = 10
# A refund that got stuck (abnormal) can still be brought to its end at the merchant's platform.
_FOR_GOOD: Final = frozenset({"success", "closed"})
_STATES: Final = {"PROCESSING": "processing", "SUCCESS": "success", "CLOSED": "closed", "ABNORMAL": "abnormal"}


async def ask_for_refunds(parts: Parts) -> int:
    """Ask for every refund that is due; an accepted one is asked about again until it has ended."""
    now = parts.clock.now()
    async with parts.begin() as uow:
        refunds = await uow.refunds.due("next_try_at", now, limit=BATCH)
        for refund in refunds:
            pause = timedelta(seconds=min(3600, 15 * 2 ** min(refund.attempts, 8)))
            await uow.refunds.save(replace(refund, attempts=refund.attempts + 1, next_try_at=now + pause))
        await uow.commit()
    return await one_by_one(refunds, partial(_ask, parts))


async def _ask(parts: Parts, refund: Refund) -> int:
    async with parts.begin() as uow:
        payment = await uow.payments.get(refund.payment_id)
    if payment is None:
        return 1
    try:
        report = await parts.pay.refund(refund, payment)
    except PaymentUnavailable:
        if refund.attempts == TELL_AFTER:
            await _tell_stuck(parts, refund)
    else:
        await record_refund(parts, report)
    return 1


async def record_refund(parts: Parts, report: RefundReport) -> None:
    """Store how a refund stands; a repeat changes nothing.

    Raises:
        NotificationRefused: no such refund of ours.
    """
    now = parts.clock.now()
    async with parts.begin() as uow:
        refund = await uow.refunds.first(out_refund_no=report.out_refund_no, lock=True)
        if refund is None:
            raise NotificationRefused
        state = _STATES[report.state]
        if refund.state in _FOR_GOOD or refund.state == state:
            return
        has_ended = state != "processing"
        refund = replace(
            refund,
            state=state,
            refund_id=report.refund_id or refund.refund_id,
            accepted_at=refund.accepted_at or report.accepted_at or now,
            finished_at=now if has_ended else None,
            next_try_at=None if has_ended else refund.next_try_at,
        )
        await uow.refunds.save(refund)
        if has_ended:
            await _tell(uow, parts, refund)
        await uow.commit()


async def _tell(uow: UnitOfWork, parts: Parts, refund: Refund) -> None:
    now = parts.clock.now()
    glance = await uow.payments.get(refund.payment_id)
    order = await uow.orders.get(glance.order_id, lock=True) if glance else None
    payment = await uow.payments.get(refund.payment_id, lock=True)
    case = await uow.cases.get(order.case_id) if order else None
    if payment is None or order is None or case is None:
        return
    await record_audit(uow, f"refund_{refund.state}", SYSTEM, now=now, case=case)
    await _settle(uow, order, payment)
    if refund.state != "success":
        note = f"申请 {case.case_no}：退款没有成功（{refund.state}），请人工处理"
        await open_task(uow, parts.ids.new("t"), "refund_failed", note, once=refund.id, now=now, case=case)
        return
    await push(uow, parts.texts, case, "refund_done", {"amount": yuan(refund.amount_fen)}, once=refund.id)


async def refunds_of(uow: UnitOfWork, payment: Payment) -> list[Returned]:
    """Everything that was given back of a payment, or tried to be."""
    return [Returned(one.amount_fen, one.state) for one in await uow.refunds.where(payment_id=payment.id)]


async def _settle(uow: UnitOfWork, order: Order, payment: Payment) -> None:
    """The order and the payment's sum as they are after a refund has ended."""
    known = await refunds_of(uow, payment)
    await uow.payments.save(replace(payment, returned_fen=returned_fen(known)))
    state = order_after(OrderState(order.state), payment.amount_fen, known, kept=payment.kept)
    if state.value != order.state:
        await uow.orders.save(replace(order, state=state.value))


async def _tell_stuck(parts: Parts, refund: Refund) -> None:
    """WeChat Pay has not taken a refund for hours: a person looks at the account (its balance, its rights)."""
    async with parts.begin() as uow:
        payment = await uow.payments.get(refund.payment_id)
        order = await uow.orders.get(payment.order_id) if payment else None
        case = await uow.cases.get(order.case_id) if order else None
        note = f"退款 {refund.out_refund_no} 一直没有被微信支付受理，请看看商户账户（系统会继续尝试）"
        once = f"{refund.id}:stuck"
        await open_task(uow, parts.ids.new("t"), "refund_failed", note, once=once, now=parts.clock.now(), case=case)
        await uow.commit()
