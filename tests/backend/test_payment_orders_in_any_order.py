"""Callbacks, queries, bills, closings, late and double payments, refunds in whatever order: one state, no fen lost.

The platform is the simulator's own book of orders; the staff's refunds, whole and in parts, are among the events.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from backend.adapters.office import make_office
from backend.domain.case import Stage
from backend.domain.errors import DomainError
from backend.domain.quiet_hours import beijing_day
from backend.services.commands import run_command
from backend.services.orders import ask_platform, prepare_payment, record_payment
from backend.services.parts import Parts
from backend.services.payment_window import close_overdue, query_open_orders
from backend.services.reconciling import reconcile_bills
from backend.services.records import CaseRecord, Order, Payment, Refund
from backend.services.refunds import ask_for_refunds, record_refund
from backend.services.staff.acting import Form
from backend.services.staff.ledger import month_ledger
from backend.services.staff.office import Office
from backend.services.staff.refunding import refund_case
from backend.services.staff.refusals import StaffRefusal
from backend.services.staff.sign_in import SignedIn
from tests.backend.backend_world import a_case
from tests.backend.platform_pay import PlatformPay
from tests.conftest import MovableClock

NUMBERS = count(1)
# What item 6 names: callback, query, bill, close, late success, duplicate, refund; and what comes between them.
EVENTS = (
    "pay", "pay_again", "callback", "callback_of_second", "query", "bill", "close", "wait", "cancel",
    "refund_part", "refund_rest", "refunds_asked", "refunds_succeed", "refunds_fail",
)  # fmt: skip


@settings(max_examples=30, deadline=None, database=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(steps=st.lists(st.sampled_from(EVENTS), min_size=3, max_size=14))
async def test_money_and_cases_agree_after_any_sequence(
    parts: Parts, engine: AsyncEngine, a_clock: MovableClock, steps: list[str]
) -> None:
    shop = await Shop.opened(parts, engine, a_clock)
    for step in steps:
        await shop.happens(step)
    await shop.comes_to_rest()
    await shop.is_right()


async def test_a_part_and_then_the_rest_go_back_and_both_days_agree_with_the_bill(
    parts: Parts, engine: AsyncEngine, a_clock: MovableClock
) -> None:
    shop = await Shop.opened(parts, engine, a_clock)
    for step in ("pay", "callback", "cancel", "refund_part", "refunds_asked", "refunds_succeed", "bill"):
        await shop.happens(step)
    assert await shop.order_state() == "paid"
    for step in ("refund_rest", "refunds_asked", "refunds_succeed"):
        await shop.happens(step)
    assert await shop.order_state() == "refunded"
    await shop.comes_to_rest()
    await shop.is_right()
    assert sorted(one.amount_fen for one in await shop.refunds()) == [10001, 19999]


@dataclass
class Shop:
    """One case with its order on the simulator's platform, and the staff that can give money back."""

    office: Office
    clock: MovableClock
    pay: PlatformPay
    case: CaseRecord
    order: Order
    staff: SignedIn
    keys: Iterator[int] = field(default_factory=lambda: count(1))

    @classmethod
    async def opened(cls, parts: Parts, engine: AsyncEngine, clock: MovableClock) -> Shop:
        pay, number = PlatformPay(clock), next(NUMBERS)
        parts = replace(parts, pay=pay)
        case = await a_case(parts, f"o_any_{number}", number=number)
        await prepare_payment(parts, f"o_any_{number}")
        async with parts.begin() as uow:
            order = await uow.orders.first(case_id=case.id)
            staff = await uow.staff.first()
        assert order is not None
        assert staff is not None
        who = SignedIn(staff.id, staff.username, staff.display_name, staff.role, "csrf")
        return cls(make_office(parts, engine), clock, pay, case, order, who)

    @property
    def parts(self) -> Parts:
        return self.office.parts

    async def happens(self, step: str) -> None:
        match step:
            case "pay" | "pay_again":
                self.pay.pay(self.order.out_trade_no)
            case "callback":
                await self._callbacks(self.pay.paid()[:1])
            case "callback_of_second":
                await self._callbacks(self.pay.paid()[1:])
            case "query":
                await ask_platform(self.parts, self.order)
                await query_open_orders(self.parts)
            case "bill":
                self.clock.at = (self.clock.at + timedelta(days=1)).replace(hour=2, minute=0)
                while await reconcile_bills(self.parts):
                    pass
            case "wait":
                self.clock.advance(hours=13)
            case "close":
                await close_overdue(self.parts)
            case "cancel":
                key = f"cancel{next(self.keys)}"
                with suppress(DomainError):
                    await run_command(self.parts, self.order.openid, "cancel_case", {"confirmed": True}, key=key)
            case "refund_part":
                await self._give_back("100.01")
            case "refund_rest":
                await self._give_back("")
            case "refunds_asked":
                await ask_for_refunds(self.parts)
            case "refunds_succeed":
                await self._refunds_end("SUCCESS")
            case "refunds_fail":
                await self._refunds_end("CLOSED")

    async def comes_to_rest(self) -> None:
        """Everything that waits arrives; then two days go by, and their bills are read."""
        for _ in range(3):
            self.clock.advance(hours=13)
            for step in ("query", "close", "callback", "callback_of_second", "refunds_asked", "refunds_succeed"):
                await self.happens(step)
        await self.happens("bill")
        await self.happens("bill")

    async def is_right(self) -> None:
        async with self.parts.begin() as uow:
            case = await uow.cases.get(self.case.id)
            payments = await uow.payments.where(order_id=self.order.id)
        refunds = await self.refunds()
        assert case is not None
        kept = [one for one in payments if one.kept]
        self._agrees_with_the_platform(payments, refunds)
        assert len(kept) <= 1
        assert (case.stage == Stage.AGENCY_REVIEW) <= bool(kept)
        if kept:
            assert case.stage in (Stage.AGENCY_REVIEW, Stage.CANCELLED)
        else:
            assert case.stage in (Stage.CLOSED_TIMEOUT, Stage.CANCELLED)
        for one in payments:
            tried = [refund for refund in refunds if refund.payment_id == one.id]
            assert one.kept or tried
            assert one.returned_fen == sum(refund.amount_fen for refund in tried if refund.state != "closed")
        await self._the_ledger_agrees()

    def _agrees_with_the_platform(self, payments: Sequence[Payment], refunds: Sequence[Refund]) -> None:
        there = {one.transaction_id: one for one in self.pay.paid()}
        assert {one.transaction_id: one.amount_fen for one in payments} == {
            number: one.total_fen for number, one in there.items()
        }
        booked = [refund for one in there.values() for refund in one.refunds]
        assert {(one.out_refund_no, one.amount_fen) for one in booked} == {
            (one.out_refund_no, one.amount_fen) for one in refunds
        }
        assert len({one.out_refund_no for one in booked}) == len(booked)
        for one in there.values():
            assert one.refunded_fen <= one.total_fen

    async def _the_ledger_agrees(self) -> None:
        """Each day's sums in the console are those of the day's bill, to the fen."""
        months = {beijing_day(self.case.created_at).replace(day=1), beijing_day(self.clock.now()).replace(day=1)}
        for month in months:
            ledger = await month_ledger(self.office, month)
            done = [day for day in ledger.days if day.ours.day < beijing_day(self.clock.now())]
            assert [day.agrees for day in done] == [True] * len(done), done

    async def refunds(self) -> list[Refund]:
        async with self.parts.begin() as uow:
            payments = await uow.payments.where(order_id=self.order.id)
            return await uow.refunds.where(payment_id=[one.id for one in payments]) if payments else []

    async def order_state(self) -> str:
        async with self.parts.begin() as uow:
            order = await uow.orders.get(self.order.id)
        assert order is not None
        return order.state

    async def _callbacks(self, orders: Sequence[object]) -> None:
        for one in orders:
            await record_payment(self.parts, self.pay.report(one), source="notify")  # type: ignore[arg-type]

    async def _refunds_end(self, status: str) -> None:
        for report in self.pay.end_refunds(status):
            await record_refund(self.parts, report)
            await record_refund(self.parts, report)

    async def _give_back(self, amount: str) -> None:
        async with self.parts.begin() as uow:
            case = await uow.cases.get(self.case.id)
        assert case is not None
        form = Form(self.staff, case.case_no, case.version, f"{next(self.keys)}".rjust(32, "t"))
        with suppress(StaffRefusal):
            await refund_case(self.office, form, reason="协商退款", amount=amount)
