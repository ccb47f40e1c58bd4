"""Giving money back by decision of the staff (A8): with a reason, all of it or a part, after the case has ended."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from backend.domain.case import TERMINAL, Stage
from backend.domain.money import read_yuan
from backend.domain.refunding import left_fen, refund_number, returned_fen
from backend.services.orders import said_yuan, yuan
from backend.services.ports import UnitOfWork
from backend.services.pushes import open_task, push
from backend.services.records import CaseRecord, Order, Payment, Refund
from backend.services.refunds import refunds_of
from backend.services.staff.acting import Desk, Form, act_on_case, needed_text, release
from backend.services.staff.office import Office
from backend.services.staff.refusals import NothingToRefund, RefundAmountWrong
from backend.services.transitions_log import record_audit

REASON_LONGEST: Final = 80


@dataclass(frozen=True)
class Refundable:
    """A payment of which `left_fen` can still go back."""

    order: Order
    payment: Payment
    left_fen: int


async def refund_case(office: Office, form: Form, *, reason: str, amount: str = "") -> None:
    """Ask for the refund of what was paid for this case, or of a part: `amount` in yuan as it was typed, empty for all.

    The worker repeats it under one number until it has ended; only then a further part can follow.

    Raises:
        TextNeeded, TextTooLong: WeChat Pay shows the reason to the payer, in 80 characters.
        NothingToRefund: nothing was paid, nothing is left, one is under way, or the case must be cancelled first.
        RefundAmountWrong: more than is left, or no amount at all.
    """
    reason = needed_text(reason, longest=REASON_LONGEST)

    async def step(desk: Desk) -> None:
        found = await refundable(desk.uow, desk.case, lock=True)
        if found is None:
            raise NothingToRefund
        refund = await _refund(desk, found, reason, read_refund_amount(amount, left_fen=found.left_fen))
        await desk.uow.refunds.add(refund)
        sent_back = returned_fen(await refunds_of(desk.uow, found.payment))
        await desk.uow.payments.save(replace(found.payment, returned_fen=sent_back))
        if found.payment.kept:
            going = replace(found.order, state="refunding", next_query_at=None, next_reminder_at=None)
            await desk.uow.orders.save(going)
        await record_audit(
            desk.uow, "refund_asked", desk.who, now=desk.now, case=desk.case, reason=reason,
            facts={"amount_fen": refund.amount_fen, "of_fen": found.payment.amount_fen},
        )  # fmt: skip
        await _settle_task(desk, reason)
        if found.payment.kept:
            await _look_at_invoice(desk, refund, left=found.left_fen - refund.amount_fen)
        facts = {"amount": said_yuan(refund.amount_fen)}
        await release(desk)
        await push(desk.uow, office.parts.texts, desk.case, "refund_started", facts, once=refund.id, staff=True)

    await act_on_case(office, form, "refund", step)


def read_refund_amount(text: str, *, left_fen: int) -> int:
    """The amount in fen of what staff typed in yuan (`12.5`, `¥300`); nothing typed means all that is left.

    Raises:
        RefundAmountWrong: it is no amount, nothing, or more than is left.
    """
    if not text.strip():
        return left_fen
    try:
        amount_fen = read_yuan(text)
    except ValueError:
        raise RefundAmountWrong(yuan(left_fen)) from None
    if amount_fen > left_fen:
        raise RefundAmountWrong(yuan(left_fen))
    return amount_fen


async def refundable(uow: UnitOfWork, case: CaseRecord, *, lock: bool = False) -> Refundable | None:
    """What can go back now: of a case that has ended, or of a payment that never counted and did not get back."""
    orders = {one.id: one for one in await uow.orders.where(case_id=case.id, lock=lock)}
    payments = await uow.payments.where(order_id=list(orders), order_by="recorded_at", lock=lock) if orders else []
    for payment in payments:
        if payment.kept and Stage(case.stage) not in TERMINAL:
            continue
        left = left_fen(payment.amount_fen, await refunds_of(uow, payment))
        if left:
            return Refundable(orders[payment.order_id], payment, left)
    return None


async def _refund(desk: Desk, found: Refundable, reason: str, amount_fen: int) -> Refund:
    earlier = await desk.uow.refunds.where(payment_id=found.payment.id)
    return Refund(
        id=desk.office.parts.ids.new("r"),
        payment_id=found.payment.id,
        out_refund_no=refund_number(found.payment.id, len(earlier)),
        amount_fen=amount_fen,
        reason=reason,
        created_at=desk.now,
        next_try_at=desk.now,
    )


async def _look_at_invoice(desk: Desk, refund: Refund, *, left: int) -> None:
    """Money that goes back takes its invoice along: issued ones are written off, open ones are issued for the rest."""
    invoice = await desk.uow.invoices.get(desk.case.id)
    if invoice is None or invoice.state not in ("requested", "issued"):
        return
    rest = f"剩下 {yuan(left)} 元按实开具" if left else "不用再开"
    what = f"原发票 {invoice.number} 请红冲，{rest}" if invoice.state == "issued" else f"发票还没开：{rest}"
    note = f"申请 {desk.case.case_no} 退款 {yuan(refund.amount_fen)} 元，{what}"
    ids = desk.office.parts.ids
    for task in await desk.uow.staff_tasks.where(case_id=desk.case.id, kind="invoice", state=["open", "taken"]):
        await desk.uow.staff_tasks.save(replace(task, state="done", done_at=desk.now, result="有退款，改按新的待办"))
    await open_task(desk.uow, ids.new("t"), "invoice", note, once=refund.id, now=desk.now, case=desk.case)


async def _settle_task(desk: Desk, reason: str) -> None:
    task = await desk.uow.staff_tasks.first(dedupe_key=f"refund_review:{desk.case.id}", lock=True)
    if task is not None and task.state != "done":
        done = replace(task, state="done", done_at=desk.now, taken_by=task.taken_by or desk.who.id)
        await desk.uow.staff_tasks.save(replace(done, result=f"已退款：{reason}"))
