"""Orders: one per submission, 24 hours long; a payment is recorded once, however often it is reported (F44-F48)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from backend.domain.case import Event, Stage
from backend.domain.errors import AlreadyPaid, PaymentWindowClosed
from backend.domain.payment import (
    OrderFacts,
    OrderState,
    Success,
    Verdict,
    judge_success,
    needs_new_prepay,
    reminder_times,
    require_payable,
)
from backend.domain.profile import Delivery
from backend.domain.refunding import refund_number
from backend.services.errors import NotBound, NothingToPay, NotificationRefused
from backend.services.parts import Parts
from backend.services.ports import PaymentReport, UnitOfWork
from backend.services.pushes import open_task, push
from backend.services.records import CaseRecord, Order, Payment, Refund
from backend.services.standing import flow_of
from backend.services.transitions_log import SYSTEM, record_audit, record_transition
from backend.services.visit_payment import confirm_visit
from backend.services.who_is import current_identity

# After the sheet was opened; callbacks are not guaranteed (reference C.6).
QUERY_AFTER_S: Final = (5, 30, 60, 180, 300, 600, 1800)
PREPAY_LIFE: Final = timedelta(minutes=110)


@dataclass(frozen=True)
class PaySheet:
    """What the pay page shows and hands to WeChat."""

    amount_fen: int
    description: str
    deadline: datetime
    jsapi: Mapping[str, str]

    def to_json(self) -> dict[str, Any]:
        return {
            "amount_fen": self.amount_fen,
            "description": self.description,
            "deadline": self.deadline.isoformat(),
            "jsapi": dict(self.jsapi),
        }


def yuan(amount_fen: int) -> str:
    """`"300.00"` for 30000 fen; no float on the way."""
    return f"{amount_fen // 100}.{amount_fen % 100:02d}"


def said_yuan(amount_fen: int) -> str:
    """`"300"` for 30000 fen: how an amount is said in the chat."""
    return yuan(amount_fen).removesuffix(".00")


async def open_order(
    uow: UnitOfWork, parts: Parts, case: CaseRecord, openid: str, *, amount_fen: int, deadline: datetime
) -> Order:
    """The order of a case that is being submitted (T11)."""
    reminders = reminders_of(parts, case, deadline)
    order = Order(
        id=parts.ids.new("o"),
        case_id=case.id,
        openid=openid,
        out_trade_no=_new_number(parts, case),
        amount_fen=amount_fen,
        description=f"工作居住证预审服务费 {case.case_no}",
        deadline=deadline,
        created_at=parts.clock.now(),
        next_reminder_at=min(reminders, default=None),
    )
    return await uow.orders.add(order)


def reminders_of(parts: Parts, case: CaseRecord, deadline: datetime) -> tuple[datetime, ...]:
    """When an unpaid order is reminded of (states.md 2.3)."""
    catalogue = parts.catalogues.at(case.catalogue_version)
    return reminder_times(catalogue.pay_window, deadline, catalogue.reminders.quiet)


async def payable_order(uow: UnitOfWork, openid: str, now: datetime) -> tuple[CaseRecord, Order]:
    """The order that waits for this applicant's money.

    Raises:
        NotBound, NothingToPay, AlreadyPaid, PaymentWindowClosed: see there.
    """
    identity = await current_identity(uow, openid)
    if identity is None:
        raise NotBound
    case = await uow.cases.first(applicant_id=identity.applicant_id, order_by="-created_at")
    order = await uow.orders.first(case_id=case.id, order_by="-created_at") if case else None
    if case is None or order is None:
        raise NothingToPay
    require_payable(Stage(case.stage), order_facts(order), now)
    return case, order


async def prepare_payment(parts: Parts, openid: str) -> PaySheet:
    """Everything the pay page needs; a prepay_id that grows old is asked for again with the same order (T17)."""
    now = parts.clock.now()
    async with parts.begin() as uow:
        _, order = await payable_order(uow, openid, now)
    order = await _for_payer(parts, openid, order)
    prepay_id = order.prepay_id
    if prepay_id is None or needs_new_prepay(order.prepay_expires_at, now):
        if order.prepay_id is None:
            # A person who changed the WeChat account before the first try pays from the new one.
            order = replace(order, openid=openid)
        prepay_id = await parts.pay.prepay(order)
    async with parts.begin() as uow:
        fresh = await uow.orders.get(order.id, lock=True)
        if fresh is not None and fresh.state == "created":
            changes: dict[str, Any] = {"next_query_at": now + timedelta(seconds=QUERY_AFTER_S[0]), "queries": 0}
            if prepay_id != fresh.prepay_id:
                changes |= {"prepay_id": prepay_id, "prepay_expires_at": now + PREPAY_LIFE, "openid": order.openid}
            await uow.orders.save(replace(fresh, **changes))
            await uow.commit()
    return PaySheet(order.amount_fen, order.description, order.deadline, parts.pay.sheet(prepay_id))


async def _for_payer(parts: Parts, openid: str, order: Order) -> Order:
    """The order that this WeChat account can pay: a prepay of another account is closed and replaced (JSAPI names the
    payer, and an order number is good for one set of parameters).

    Raises:
        AlreadyPaid: the other account has paid in the meantime.
    """
    if order.prepay_id is None or order.openid == openid:
        return order
    if await ask_platform(parts, order):
        raise AlreadyPaid
    await parts.pay.close(order.out_trade_no)
    if await ask_platform(parts, order):
        raise AlreadyPaid
    now = parts.clock.now()
    async with parts.begin() as uow:
        case = await uow.cases.get(order.case_id, lock=True)
        old = await uow.orders.get(order.id, lock=True)
        if case is None or old is None or old.state != "created":
            raise PaymentWindowClosed
        await uow.orders.save(replace(old, state="closed", closed_at=now, next_query_at=None, next_reminder_at=None))
        fresh = replace(
            old, id=parts.ids.new("o"), openid=openid, out_trade_no=_new_number(parts, case), created_at=now,
            prepay_id=None, prepay_expires_at=None, next_query_at=None, queries=0,
        )  # fmt: skip
        await uow.orders.add(fresh)
        await record_audit(uow, "payer_changed", SYSTEM, now=now, case=case)
        await uow.commit()
    return fresh


def _new_number(parts: Parts, case: CaseRecord) -> str:
    return f"{case.case_no.replace('-', '')}{parts.ids.code(8)}"


async def check_payment(parts: Parts, openid: str) -> bool:
    """Ask WeChat Pay about the applicant's newest order; True when it is paid."""
    async with parts.begin() as uow:
        try:
            _, order = await payable_order(uow, openid, parts.clock.now())
        except AlreadyPaid:
            return True
        except PaymentWindowClosed:
            return False
    return await ask_platform(parts, order)


async def ask_platform(parts: Parts, order: Order) -> bool:
    """Query one order and record what is found."""
    if order.prepay_id is None:
        return False
    report = await parts.pay.query(order.out_trade_no)
    if report.state == "SUCCESS":
        await record_payment(parts, report, source="query")
    return report.state == "SUCCESS"


async def record_payment(parts: Parts, report: PaymentReport, *, source: str) -> None:
    """Record a successful payment once; a repeat changes nothing (T15, T17b).

    Raises:
        NotificationRefused: it is about another merchant, an unknown order or another amount. The last of these is
            stored as a task first, because money came.
    """
    if (report.app_id, report.mch_id) != (parts.pay.app_id, parts.pay.mch_id) or not report.transaction_id:
        raise NotificationRefused
    async with parts.begin() as uow:
        glance = await uow.orders.first(out_trade_no=report.out_trade_no)
        if glance is None:
            raise NotificationRefused
        case = await uow.cases.get(glance.case_id, lock=True)
        order = await uow.orders.get(glance.id, lock=True)
        if case is None or order is None:
            raise NotificationRefused
        verdict = await _settle(uow, parts, case, order, report, source)
        await uow.commit()
    if verdict is Verdict.AMOUNT_WRONG:
        raise NotificationRefused


async def _settle(
    uow: UnitOfWork, parts: Parts, case: CaseRecord, order: Order, report: PaymentReport, source: str
) -> Verdict:
    now = parts.clock.now()
    known = tuple(one.transaction_id for one in await uow.payments.where(order_id=order.id))
    success = Success(report.transaction_id, report.amount_fen, report.paid_at or now)
    verdict = judge_success(Stage(case.stage), order_facts(order, known), success)
    if verdict is Verdict.ALREADY_KNOWN:
        return verdict
    if verdict is Verdict.AMOUNT_WRONG:
        note = f"订单 {order.out_trade_no} 的到账金额与订单不符，请核对"
        once = report.transaction_id
        await open_task(uow, parts.ids.new("t"), "payment_mismatch", note, once=once, now=now, case=case)
        return verdict
    payment = Payment(
        id=parts.ids.new("p"),
        order_id=order.id,
        transaction_id=report.transaction_id,
        amount_fen=report.amount_fen,
        paid_at=success.paid_at,
        source=source,
        kept=verdict is Verdict.ACCEPT,
        recorded_at=now,
        returned_fen=0 if verdict is Verdict.ACCEPT else report.amount_fen,
    )
    await uow.payments.add(payment)
    if verdict is Verdict.ACCEPT:
        await _accept(uow, parts, case, order, payment, now)
    else:
        await _give_back(uow, parts, case, order, payment, twice=verdict is Verdict.REFUND_DOUBLE)
    return verdict


def order_facts(order: Order, transactions: tuple[str, ...] = ()) -> OrderFacts:
    return OrderFacts(OrderState(order.state), order.amount_fen, order.deadline, transactions)


async def _accept(
    uow: UnitOfWork, parts: Parts, case: CaseRecord, order: Order, payment: Payment, now: datetime
) -> None:
    await uow.orders.save(
        replace(order, state="paid", paid_at=payment.paid_at, next_query_at=None, next_reminder_at=None)
    )
    invoice = await uow.invoices.get(case.id)
    if invoice is not None and invoice.state == "none":
        await uow.invoices.save(replace(invoice, state="requested", requested_at=now))
        await open_task(uow, parts.ids.new("t"), "invoice", "请开具发票", once=case.id, now=now, case=case)
    by_mail = flow_of(case).material_delivery is Delivery.EMAIL
    event = Event.PAYMENT_SUCCEEDED_MAIL_NEXT if by_mail else Event.PAYMENT_SUCCEEDED
    await record_transition(uow, case, event, SYSTEM, now=now, facts={"source": payment.source})
    await confirm_visit(uow, case, now=now)
    identity = await uow.identities.get(case.applicant_id)
    if identity is not None and identity.is_current:
        # The chat is told by the message; the talk only learns where it stands.
        await uow.chat.go_on(identity.openid, f"paid:{order.id}", {"quiet": True}, now=now)
    facts = {"amount": said_yuan(order.amount_fen)}
    if by_mail:
        delivery = parts.catalogues.at(case.catalogue_version).delivery
        facts |= {"mailbox": delivery.mailbox, "subject": delivery.subject}
    message = "payment_received_mail_next" if by_mail else "payment_received"
    await push(uow, parts.texts, case, message, facts, once=order.id)


async def _give_back(
    uow: UnitOfWork, parts: Parts, case: CaseRecord, order: Order, payment: Payment, *, twice: bool
) -> None:
    """Money that came too late or twice goes back, and a person looks at it (2.5, 1)."""
    now = parts.clock.now()
    kind, reason = ("double_payment", "重复支付") if twice else ("late_payment", "订单关闭后到账")
    refund = Refund(
        id=parts.ids.new("r"),
        payment_id=payment.id,
        out_refund_no=refund_number(payment.id, 0),
        amount_fen=payment.amount_fen,
        reason=reason,
        created_at=now,
        next_try_at=now,
    )
    await uow.refunds.add(refund)
    if not twice:
        await uow.orders.save(replace(order, state="refunding", next_query_at=None, next_reminder_at=None))
    if case.stage == Stage.CLOSED_TIMEOUT:
        case = await record_transition(uow, case, Event.LATE_PAYMENT_SUCCEEDED, SYSTEM, now=now, reason=reason)
    else:
        await record_audit(uow, kind, SYSTEM, now=now, case=case, reason=reason)
    note = f"申请 {case.case_no}：{reason}，退款已自动发起，请跟进"
    await open_task(uow, parts.ids.new("t"), kind, note, once=payment.transaction_id, now=now, case=case)
    await push(uow, parts.texts, case, kind, {"amount": said_yuan(payment.amount_fen)}, once=payment.id)
