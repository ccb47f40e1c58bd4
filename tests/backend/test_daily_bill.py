"""The daily bill: fetched when it is ready, mismatches become tasks once, and it heals what callbacks lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest

from backend.domain.bill import BillKind, BillLine
from backend.domain.case import Stage
from backend.domain.quiet_hours import beijing_day
from backend.services.clockwork_records import BillDay
from backend.services.errors import NotificationRefused
from backend.services.orders import ask_platform, prepare_payment, record_payment
from backend.services.parts import Parts
from backend.services.payment_window import close_overdue
from backend.services.ports import PaymentReport, RefundReport
from backend.services.reconciling import reconcile_bills
from backend.services.records import Order
from backend.services.refunds import ask_for_refunds, record_refund
from tests.backend.backend_world import FakePay, a_case, stage_of, tasks, the_order
from tests.conftest import MovableClock

ME = "o_billed"
DAY = date(2026, 3, 16)
READY = datetime(2026, 3, 17, 2, 0, tzinfo=UTC)


def a_payment(
    pay: FakePay, order: Order, at: datetime, *, transaction_id: str = "4200001", **changes: object
) -> BillLine:
    line = BillLine(BillKind.PAYMENT, at, pay.app_id, pay.mch_id, order.out_trade_no, transaction_id, order.amount_fen)
    return replace(line, **changes)  # type: ignore[arg-type]


def a_refund(pay: FakePay, order: Order, at: datetime, number: str, state: str = "SUCCESS") -> BillLine:
    line = a_payment(pay, order, at)
    return replace(line, kind=BillKind.REFUND, out_refund_no=number, refund_id="50", refund_state=state)


async def bill_of(parts: Parts, day: date = DAY) -> BillDay:
    async with parts.begin() as uow:
        found = await uow.bill_days.get(day)
    assert found is not None
    return found


async def notes(parts: Parts) -> list[str]:
    async with parts.begin() as uow:
        return sorted(task.note for task in await uow.staff_tasks.where(kind="bill_mismatch"))


async def test_the_bill_is_fetched_from_ten_o_clock_of_the_next_day(
    parts: Parts, pay: FakePay, a_clock: MovableClock
) -> None:
    await a_case(parts, ME)
    a_clock.at = READY - timedelta(seconds=1)
    assert await reconcile_bills(parts) == 0
    a_clock.at = READY
    assert await reconcile_bills(parts) == 1
    assert await reconcile_bills(parts) == 0
    assert (await bill_of(parts)).state == "checked"


async def test_a_day_that_agrees_leaves_no_task_and_marks_what_it_found(
    parts: Parts, pay: FakePay, a_clock: MovableClock
) -> None:
    await a_case(parts, ME)
    order = await the_order(parts)
    await record_payment(parts, pay.success(order, a_clock.now()), source="notify")
    pay.bills[DAY] = [a_payment(pay, order, a_clock.now())]
    a_clock.at = READY
    await reconcile_bills(parts)
    day = await bill_of(parts)
    assert (day.payments, day.paid_fen, day.refunds, day.mismatches) == (1, 30000, 0, 0)
    async with parts.begin() as uow:
        assert [one.billed_on for one in await uow.payments.where()] == [DAY]
    assert await tasks(parts) == []


async def test_a_payment_whose_callback_was_lost_is_taken_in_from_the_bill(
    parts: Parts, pay: FakePay, a_clock: MovableClock
) -> None:
    case = await a_case(parts, ME)
    pay.bills[DAY] = [a_payment(pay, await the_order(parts), a_clock.now())]
    a_clock.at = READY - timedelta(hours=1)
    a_clock.advance(hours=1)
    await reconcile_bills(parts)
    assert await stage_of(parts, case) == "agency_review"
    assert await tasks(parts) == []


async def test_each_mismatch_becomes_one_task_however_often_the_day_is_checked(
    parts: Parts, pay: FakePay, a_clock: MovableClock
) -> None:
    await a_case(parts, ME)
    await a_case(parts, f"{ME}_2", number=2)
    await a_case(parts, f"{ME}_3", number=3)
    async with parts.begin() as uow:
        first, second, _ = await uow.orders.where(order_by="out_trade_no")
    now = a_clock.now()
    await record_payment(parts, pay.success(first, now, transaction_id="1"), source="notify")
    await record_payment(parts, pay.success(second, now, transaction_id="2"), source="notify")
    stranger = replace(first, out_trade_no="GJUNKNOWN1")
    pay.bills[DAY] = [
        a_payment(pay, first, now, transaction_id="1", amount_fen=1),
        a_payment(pay, stranger, now, transaction_id="9"),
        a_refund(pay, stranger, now, "RUNKNOWN"),
    ]
    a_clock.at = READY
    await reconcile_bills(parts)
    told = await notes(parts)
    assert [any(words in note for note in told) for words in ("金额与", "没有记录", "账单里没有")] == [True] * 3
    assert len(told) == 4
    async with parts.begin() as uow:
        await uow.bill_days.save(replace(await bill_of(parts), state="due", next_try_at=a_clock.now()))
        await uow.commit()
    await reconcile_bills(parts)
    assert await notes(parts) == told
    assert (await bill_of(parts)).mismatches == 4


async def test_a_refund_that_the_bill_knows_as_done_is_done_here_too(
    parts: Parts, pay: FakePay, a_clock: MovableClock
) -> None:
    await a_case(parts, ME)
    order = await the_order(parts)
    await record_payment(parts, pay.success(order, a_clock.now()), source="notify")
    await record_payment(parts, pay.success(order, a_clock.now(), transaction_id="4200002"), source="notify")
    await ask_for_refunds(parts)
    (number,) = pay.asked_refunds
    now = a_clock.now()
    pay.bills[DAY] = [
        a_payment(pay, order, now),
        a_payment(pay, order, now, transaction_id="4200002"),
        a_refund(pay, order, now, number),
    ]
    a_clock.at = READY
    await reconcile_bills(parts)
    async with parts.begin() as uow:
        (refund,) = await uow.refunds.where()
    assert (refund.state, refund.billed_on) == ("success", DAY)
    assert await tasks(parts) == ["double_payment"]
    assert (await bill_of(parts)).mismatches == 0


async def test_a_refund_that_ended_otherwise_and_one_that_is_missing_are_told(
    parts: Parts, pay: FakePay, a_clock: MovableClock
) -> None:
    await a_case(parts, ME)
    order = await the_order(parts)
    now = a_clock.now()
    for transaction in ("1", "2", "3"):
        await record_payment(parts, pay.success(order, now, transaction_id=transaction), source="notify")
    await ask_for_refunds(parts)
    wrong, _missing = pay.asked_refunds
    for number in pay.asked_refunds:
        await record_refund(parts, RefundReport(number, "SUCCESS", "50"))
    pay.bills[DAY] = [a_payment(pay, order, now, transaction_id=one) for one in ("1", "2", "3")]
    pay.bills[DAY].append(a_refund(pay, order, now, wrong, "CLOSED"))
    a_clock.at = READY
    await reconcile_bills(parts)
    assert [("状态" in note, "账单里没有" in note) for note in await notes(parts)].count((True, False)) == 1
    assert len(await notes(parts)) == 2


async def test_a_platform_that_is_away_is_asked_again_and_after_two_hours_a_person_is_told(
    parts: Parts, pay: FakePay, a_clock: MovableClock
) -> None:
    await a_case(parts, ME)
    a_clock.at = READY
    pay.away = True
    for _ in range(14):
        assert await reconcile_bills(parts) == 0
        a_clock.advance(seconds=601)
    assert await tasks(parts) == ["bill_unavailable"]
    pay.away = False
    assert await reconcile_bills(parts) == 1


async def test_days_that_were_missed_are_made_up_for_in_order_and_those_too_old_are_let_go(
    parts: Parts, pay: FakePay, a_clock: MovableClock
) -> None:
    await a_case(parts, ME)
    a_clock.at = READY + timedelta(days=94)
    checked = 0
    for _ in range(110):
        checked += await reconcile_bills(parts)
    async with parts.begin() as uow:
        days = await uow.bill_days.where(order_by="day")
    assert [day.state for day in days] == ["gone"] * 5 + ["checked"] * 90
    assert checked == 90


EVENTS = ("callback", "query", "bill", "timer")


@pytest.mark.parametrize("scene", ["in time", "late", "twice", "wrong amount"])
async def test_callback_query_bill_and_timer_lead_to_one_state_in_every_order(
    parts: Parts, pay: FakePay, a_clock: MovableClock, scene: str
) -> None:
    begin = a_clock.now()
    states = set()
    for number, events in enumerate(permutations(EVENTS), start=1):
        a_clock.at = begin
        states.add(await _played(parts, pay, a_clock, scene, events, number))
        # The next play needs its day unchecked and nothing of the last one in the bill.
        async with parts.begin() as uow:
            await uow.bill_days.remove(state=["due", "checked", "gone"])
            await uow.commit()
        pay.bills.clear()
    assert len(states) == 1, states


async def _played(
    parts: Parts, pay: FakePay, clock: MovableClock, scene: str, events: tuple[str, ...], number: int
) -> tuple[object, ...]:
    """One applicant's payment, its reports in one order; what was left behind."""
    me = f"{ME}_{number}"
    case = await a_case(parts, me, number=number)
    await prepare_payment(parts, me)
    async with parts.begin() as uow:
        order = await uow.orders.first(case_id=case.id)
    assert order is not None
    paid_at = order.deadline + timedelta(minutes=5) if scene == "late" else clock.now() + timedelta(hours=1)
    amount = 1 if scene == "wrong amount" else order.amount_fen
    reports = [replace(pay.success(order, paid_at, transaction_id=f"{number}-1"), amount_fen=amount)]
    if scene == "twice":
        reports.append(pay.success(order, paid_at, transaction_id=f"{number}-2"))
    for report in reports:
        line = a_payment(pay, order, paid_at, transaction_id=report.transaction_id, amount_fen=amount)
        pay.bills.setdefault(beijing_day(paid_at), []).append(line)
    pay.paid[order.out_trade_no] = reports[0]
    clock.at = order.deadline + timedelta(days=1, hours=1)
    for event in events:
        await _happens(parts, event, order, reports)
    # The worker's rounds never stop.
    await close_overdue(parts)
    return await _end(parts, case.id, order.id)


async def _happens(parts: Parts, event: str, order: Order, reports: list[PaymentReport]) -> None:
    try:
        match event:
            case "callback":
                for report in reports:
                    await record_payment(parts, report, source="notify")
            case "query":
                await ask_platform(parts, replace(order, prepay_id="wx1"))
            case "bill":
                while await reconcile_bills(parts):
                    pass
            case "timer":
                await close_overdue(parts)
    except NotificationRefused:
        return


async def _end(parts: Parts, case_id: str, order_id: str) -> tuple[object, ...]:
    async with parts.begin() as uow:
        case = await uow.cases.get(case_id)
        order = await uow.orders.get(order_id)
        payments = await uow.payments.where(order_id=order_id)
        refunds = await uow.refunds.where(payment_id=[one.id for one in payments])
        kinds = sorted(task.kind for task in await uow.staff_tasks.where(case_id=case_id))
    assert case is not None
    assert order is not None
    assert case.stage != Stage.AWAITING_PAYMENT or not any(one.kept for one in payments)
    return (
        case.stage,
        order.state,
        tuple(sorted(one.kept for one in payments)),
        sum(one.amount_fen for one in refunds),
        tuple(kinds),
    )
