"""What time does to an order: queries after the sheet was opened, reminders, and the end of the 24 hours (T16)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from backend.domain.case import Event, Stage
from backend.services.errors import NotificationRefused, PaymentUnavailable
from backend.services.orders import QUERY_AFTER_S, ask_platform, reminders_of
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.pushes import push
from backend.services.records import CaseRecord, Order
from backend.services.taking_turns import PUT_OFF, all_together, one_by_one
from backend.services.transitions_log import SYSTEM, record_transition

BATCH: Final = 20
BEIJING: Final = ZoneInfo("Asia/Shanghai")


async def query_open_orders(parts: Parts) -> int:
    """Ask about orders whose sheet was opened, after 5, 30, 60 s and so on; how many were asked about.

    An order that was closed by a cancellation is asked about a last time and then closed at WeChat Pay, too.
    """
    now = parts.clock.now()
    async with parts.begin() as uow:
        orders = await uow.orders.due("next_query_at", now, limit=BATCH)
        for order in orders:
            later = QUERY_AFTER_S[min(order.queries + 1, len(QUERY_AFTER_S) - 1)]
            await uow.orders.save(
                replace(order, queries=order.queries + 1, next_query_at=now + timedelta(seconds=later))
            )
        await uow.commit()
    return await one_by_one(orders, partial(_query, parts))


async def _query(parts: Parts, order: Order) -> int:
    with suppress(PaymentUnavailable, NotificationRefused):  # The next query of this order is already planned.
        await _ask(parts, order)
    return 1


async def _ask(parts: Parts, order: Order) -> None:
    if await ask_platform(parts, order) or order.state == "created":
        return
    if order.prepay_id is not None:
        await parts.pay.close(order.out_trade_no)
        if await ask_platform(parts, order):
            return
    async with parts.begin() as uow:
        fresh = await uow.orders.get(order.id, lock=True)
        if fresh is not None:
            await uow.orders.save(replace(fresh, next_query_at=None))
            await uow.commit()


async def remind_of_payment(parts: Parts) -> int:
    """Push the reminder that is due, the latest one only when several are (a clock that was moved); never at night."""
    now = parts.clock.now()
    if parts.catalogues.current().reminders.quiet.include(now):
        return 0

    async def find(uow: UnitOfWork) -> list[Order]:
        return await uow.orders.due("next_reminder_at", now, limit=BATCH, state="created")

    async def put_off(uow: UnitOfWork, order: Order) -> None:
        if fresh := await uow.orders.get(order.id, lock=True):
            await uow.orders.save(replace(fresh, next_reminder_at=now + PUT_OFF))

    return await all_together(parts, find, partial(_remind, parts, now), put_off)


async def _remind(parts: Parts, now: datetime, uow: UnitOfWork, order: Order) -> None:
    case = await uow.cases.get(order.case_id)
    if case is None:
        return
    ahead = [at for at in reminders_of(parts, case, order.deadline) if at > now]
    await uow.orders.save(replace(order, next_reminder_at=min(ahead, default=None)))
    if now < order.deadline and case.stage == Stage.AWAITING_PAYMENT:
        facts = {"left": _left(order.deadline - now), "deadline": _beijing(order.deadline)}
        await push(uow, parts.texts, case, "payment_reminder", facts, once=f"{order.id}:{len(ahead)}")


async def close_overdue(parts: Parts) -> int:
    """End the payment window of every case whose deadline has passed (T16); how many were closed."""
    async with parts.begin() as uow:
        overdue = await uow.cases.due(
            "pay_deadline", parts.clock.now(), limit=BATCH, stage=Stage.AWAITING_PAYMENT.value
        )
    return await one_by_one(overdue, partial(_close, parts))


async def _close(parts: Parts, case: CaseRecord) -> bool:
    """Final query, close call, and only then the case: a paid case is never closed (2.5, 1)."""
    async with parts.begin() as uow:
        order = await uow.orders.first(case_id=case.id, state="created")
    if order is not None and order.prepay_id is not None:
        try:
            if await ask_platform(parts, order):
                return False
            await parts.pay.close(order.out_trade_no)
            if await ask_platform(parts, order):
                return False
        except (PaymentUnavailable, NotificationRefused):
            # Without a sure answer the case stays open; the next round asks again.
            return False
    return await _close_case(parts, case.id, parts.clock.now())


async def _close_case(parts: Parts, case_id: str, now: datetime) -> bool:
    async with parts.begin() as uow:
        case = await uow.cases.get(case_id, lock=True)
        if (
            case is None
            or case.stage != Stage.AWAITING_PAYMENT
            or case.pay_deadline is None
            or now <= case.pay_deadline
        ):
            return False
        for order in await uow.orders.where(case_id=case_id, state="created", lock=True):
            await uow.orders.save(
                replace(order, state="closed", closed_at=now, next_query_at=None, next_reminder_at=None)
            )
        await record_transition(uow, case, Event.PAYMENT_WINDOW_CLOSED, SYSTEM, now=now, reason="24小时内未支付")
        await push(uow, parts.texts, case, "payment_timeout", once="closed")
        await uow.commit()
    return True


def _left(left: timedelta) -> str:
    minutes = max(1, int(left.total_seconds() // 60))
    hours, rest = divmod(minutes, 60)
    if hours and rest:
        return f"{hours}小时{rest}分钟"
    return f"{hours}小时" if hours else f"{rest}分钟"


def _beijing(moment: datetime) -> str:
    local = moment.astimezone(BEIJING)
    return f"{local.month}月{local.day}日 {local:%H:%M}"
