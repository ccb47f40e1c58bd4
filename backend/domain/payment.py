"""When an order may be paid, when it closes, and what becomes of every payment that arrives (F44–F48, T15–T18)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from typing import Final

from backend.domain.case import PAID_STAGES, Stage
from backend.domain.catalogue import PayWindow
from backend.domain.errors import AlreadyPaid, PaymentWindowClosed
from backend.domain.quiet_hours import QuietHours

BEIJING: Final = timezone(timedelta(hours=8))


class OrderState(StrEnum):
    CREATED = "created"
    PAID = "paid"
    CLOSED = "closed"
    REFUNDING = "refunding"
    REFUNDED = "refunded"


@dataclass(frozen=True)
class OrderFacts:
    """What is known of an order; `transactions` are the payments that were recorded for it."""

    state: OrderState
    amount_fen: int
    deadline: datetime
    transactions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Success:
    """One successful payment as the platform reports it."""

    transaction_id: str
    amount_fen: int
    paid_at: datetime


class Verdict(StrEnum):
    """What to do with a reported success. Money that is not accepted always becomes a refund task."""

    ACCEPT = "accept"
    ALREADY_KNOWN = "already_known"
    REFUND_LATE = "refund_late"
    REFUND_DOUBLE = "refund_double"
    AMOUNT_WRONG = "amount_wrong"


def pay_deadline(window: PayWindow, *, created_at: datetime, submitted_at: datetime) -> datetime:
    """The end of the payment window, counted from 提交 unless the catalogue says from creation (A1)."""
    start = created_at if window.anchor == "create" else submitted_at
    return start + timedelta(hours=window.hours)


def reminder_times(window: PayWindow, deadline: datetime, quiet: QuietHours | None = None) -> tuple[datetime, ...]:
    """When an unpaid order is reminded of, earliest first; what would fall into the night comes before it."""
    times = (deadline - timedelta(minutes=before) for before in window.reminders_before_end_min)
    return tuple(sorted({quiet.before(at) if quiet else at for at in times}))


def time_expire(deadline: datetime) -> str:
    """The deadline as WeChat Pay wants it: RFC 3339 in Beijing time, to the second."""
    return deadline.astimezone(BEIJING).isoformat(timespec="seconds")


def is_open(order: OrderFacts, now: datetime) -> bool:
    return order.state is OrderState.CREATED and now <= order.deadline


def require_payable(stage: Stage, order: OrderFacts, now: datetime) -> None:
    """Whether a payment sheet may be opened (T17).

    Raises:
        AlreadyPaid: the order is paid.
        PaymentWindowClosed: its time is over, or the case is no longer waiting for it.
    """
    if order.state is OrderState.PAID or stage in PAID_STAGES:
        raise AlreadyPaid
    if stage is not Stage.AWAITING_PAYMENT or not is_open(order, now):
        raise PaymentWindowClosed


def needs_new_prepay(prepay_expires_at: datetime | None, now: datetime) -> bool:
    """Whether the prepay id has to be fetched again; the order and its end stay the same (T17)."""
    return prepay_expires_at is None or now >= prepay_expires_at


def judge_success(stage: Stage, order: OrderFacts, success: Success) -> Verdict:
    """What a reported success means; asking twice with the same transaction changes nothing (T15, T17b).

    It counts when the money was paid inside the window, however late the report arrives, as long as the case still
    waits for it.
    """
    if success.transaction_id in order.transactions:
        return Verdict.ALREADY_KNOWN
    if order.state is OrderState.PAID or order.transactions:
        return Verdict.REFUND_DOUBLE
    if stage is not Stage.AWAITING_PAYMENT or order.state is not OrderState.CREATED:
        return Verdict.REFUND_LATE
    if success.amount_fen != order.amount_fen:
        return Verdict.AMOUNT_WRONG
    return Verdict.ACCEPT if success.paid_at <= order.deadline else Verdict.REFUND_LATE
