"""Giving money back by decision of the staff (A8): with a reason, once, after the case has ended."""

from __future__ import annotations

from dataclasses import replace

from backend.domain.case import TERMINAL, Stage
from backend.services.orders import said_yuan
from backend.services.ports import UnitOfWork
from backend.services.pushes import push
from backend.services.records import CaseRecord, Order, Payment, Refund
from backend.services.staff.acting import Desk, Form, act_on_case, needed_text, release
from backend.services.staff.office import Office
from backend.services.staff.refusals import NothingToRefund
from backend.services.transitions_log import record_audit

REASON_LONGEST = 80


async def refund_case(office: Office, form: Form, *, reason: str) -> None:
    """Ask for the refund of what was paid for this case; the worker repeats it under one number until it has ended.

    Raises:
        TextNeeded, TextTooLong: WeChat Pay shows the reason to the payer, in 80 characters.
        NothingToRefund: nothing was paid, it went back already, or the case goes on and must be cancelled first.
    """
    reason = needed_text(reason, longest=REASON_LONGEST)

    async def step(desk: Desk) -> None:
        found = await refundable(desk.uow, desk.case, lock=True)
        if found is None:
            raise NothingToRefund
        order, payment = found
        await desk.uow.refunds.add(await _refund(desk, payment, reason))
        await desk.uow.orders.save(replace(order, state="refunding", next_query_at=None, next_reminder_at=None))
        await record_audit(
            desk.uow, "refund_asked", desk.who, now=desk.now, case=desk.case, reason=reason,
            facts={"amount_fen": payment.amount_fen},
        )  # fmt: skip
        await _settle_task(desk, reason)
        facts = {"amount": said_yuan(payment.amount_fen)}
        await release(desk)
        await push(desk.uow, office.parts.texts, desk.case, "refund_started", facts, once=payment.id, staff=True)

    await act_on_case(office, form, "refund", step)


async def refundable(uow: UnitOfWork, case: CaseRecord, *, lock: bool = False) -> tuple[Order, Payment] | None:
    """The order and the payment of a case that has ended, unless the money goes back already."""
    if Stage(case.stage) not in TERMINAL:
        return None
    orders = await uow.orders.where(case_id=case.id, lock=lock)
    payment = await uow.payments.first(order_id=[order.id for order in orders], kept=True) if orders else None
    if payment is None:
        return None
    alive = await uow.refunds.first(payment_id=payment.id, state=["queued", "processing", "success", "abnormal"])
    order = next(order for order in orders if order.id == payment.order_id)
    return None if alive else (order, payment)


async def _refund(desk: Desk, payment: Payment, reason: str) -> Refund:
    """A refund that WeChat Pay has closed leaves its number used up; the next one gets another."""
    earlier = await desk.uow.refunds.where(payment_id=payment.id)
    number = f"R{payment.id.removeprefix('p_')}"[:30] + (f"x{len(earlier)}" if earlier else "")
    return Refund(
        id=desk.office.parts.ids.new("r"),
        payment_id=payment.id,
        out_refund_no=number[:32],
        amount_fen=payment.amount_fen,
        reason=reason,
        created_at=desk.now,
        next_try_at=desk.now,
    )


async def _settle_task(desk: Desk, reason: str) -> None:
    task = await desk.uow.staff_tasks.first(dedupe_key=f"refund_review:{desk.case.id}", lock=True)
    if task is not None and task.state != "done":
        done = replace(task, state="done", done_at=desk.now, taken_by=task.taken_by or desk.who.id)
        await desk.uow.staff_tasks.save(replace(done, result=f"已退款：{reason}"))
