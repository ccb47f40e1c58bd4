"""Money: recorded once, never swallowed, and a paid case is never closed (F44-F48, states.md 2.5 row 1)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestClient

from backend.domain.case import Stage
from backend.domain.errors import AlreadyPaid, PaymentWindowClosed
from backend.services.errors import NotificationRefused, PaymentUnavailable
from backend.services.orders import check_payment, prepare_payment, record_payment
from backend.services.parts import Parts
from backend.services.payment_window import close_overdue, query_open_orders, remind_of_payment
from backend.services.ports import RefundReport
from backend.services.refunds import ask_for_refunds, record_refund
from tests.backend.backend_world import FakePay, Person, a_case, pushed, stage_of, tasks, the_order
from tests.conftest import MovableClock

ME = "o_payer"


async def a_late_payment(parts: Parts, pay: FakePay, a_clock: MovableClock) -> None:
    """A case that was closed for want of payment, and was paid for after all."""
    await a_case(parts, ME)
    a_clock.advance(hours=25)
    await close_overdue(parts)
    await record_payment(parts, pay.success(await the_order(parts), a_clock.now()), source="notify")


async def test_a_payment_moves_the_case_on_and_says_thank_you(parts: Parts, pay: FakePay) -> None:
    case = await a_case(parts, ME)
    order = await the_order(parts)
    await record_payment(parts, pay.success(order, parts.clock.now()), source="notify")
    assert await stage_of(parts, case) == "agency_review"
    assert await pushed(parts) == ["payment_received"]


async def test_the_same_callback_four_times_at_once_counts_once(parts: Parts, pay: FakePay) -> None:
    await a_case(parts, ME)
    report = pay.success(await the_order(parts), parts.clock.now())
    await asyncio.gather(*(record_payment(parts, report, source="notify") for _ in range(4)))
    async with parts.begin() as uow:
        assert len(await uow.payments.where()) == 1
    assert await pushed(parts) == ["payment_received"]
    assert await tasks(parts) == []


async def test_another_merchants_payment_is_refused(parts: Parts, pay: FakePay) -> None:
    case = await a_case(parts, ME)
    report = replace(pay.success(await the_order(parts), parts.clock.now()), mch_id="1999999999")
    with pytest.raises(NotificationRefused):
        await record_payment(parts, report, source="notify")
    assert await stage_of(parts, case) == "awaiting_payment"


async def test_a_wrong_amount_is_refused_and_leaves_a_task(parts: Parts, pay: FakePay) -> None:
    case = await a_case(parts, ME)
    report = replace(pay.success(await the_order(parts), parts.clock.now()), amount_fen=1)
    with pytest.raises(NotificationRefused):
        await record_payment(parts, report, source="notify")
    assert await stage_of(parts, case) == "awaiting_payment"
    assert await tasks(parts) == ["payment_mismatch"]


async def test_after_24_hours_the_order_is_closed_at_the_platform_and_the_case_here(
    parts: Parts, pay: FakePay, a_clock: MovableClock
) -> None:
    case = await a_case(parts, ME)
    await prepare_payment(parts, ME)
    a_clock.advance(hours=24, seconds=1)
    assert await close_overdue(parts) == 1
    assert pay.closed == [(await the_order(parts)).out_trade_no]
    assert await stage_of(parts, case) == "closed_timeout"
    assert await pushed(parts) == ["payment_timeout"]


async def test_a_case_is_not_closed_a_second_early(parts: Parts, a_clock: MovableClock) -> None:
    case = await a_case(parts, ME)
    a_clock.advance(hours=24)
    assert await close_overdue(parts) == 0
    assert await stage_of(parts, case) == "awaiting_payment"


async def test_a_case_whose_callback_was_lost_is_found_paid_by_the_final_query(
    parts: Parts, pay: FakePay, a_clock: MovableClock
) -> None:
    case = await a_case(parts, ME)
    await prepare_payment(parts, ME)
    order = await the_order(parts)
    pay.paid[order.out_trade_no] = pay.success(order, a_clock.now())
    a_clock.advance(hours=25)
    await close_overdue(parts)
    assert await stage_of(parts, case) == "agency_review"


async def test_without_an_answer_from_the_platform_nothing_is_closed(
    parts: Parts, pay: FakePay, a_clock: MovableClock
) -> None:
    case = await a_case(parts, ME)
    await prepare_payment(parts, ME)
    a_clock.advance(hours=25)
    pay.away = True
    assert await close_overdue(parts) == 0
    assert await stage_of(parts, case) == "awaiting_payment"


async def test_money_for_a_closed_case_goes_back_and_leaves_a_task(
    parts: Parts, pay: FakePay, a_clock: MovableClock
) -> None:
    case = await a_case(parts, ME)
    a_clock.advance(hours=25)
    await close_overdue(parts)
    order = await the_order(parts)
    await record_payment(parts, pay.success(order, a_clock.now()), source="notify")
    assert await stage_of(parts, case) == "closed_timeout"
    await ask_for_refunds(parts)
    await record_refund(parts, RefundReport(pay.asked_refunds[0], "SUCCESS", "rf1"))
    assert (await the_order(parts)).state == "refunded"
    assert await pushed(parts) == ["payment_timeout", "late_payment", "refund_done"]
    assert await tasks(parts) == ["late_payment"]


async def test_a_second_payment_of_a_paid_order_goes_back_and_the_case_goes_on(parts: Parts, pay: FakePay) -> None:
    case = await a_case(parts, ME)
    order = await the_order(parts)
    await record_payment(parts, pay.success(order, parts.clock.now()), source="notify")
    second = pay.success(order, parts.clock.now(), transaction_id="4200002")
    await record_payment(parts, second, source="notify")
    await ask_for_refunds(parts)
    assert len(pay.asked_refunds) == 1
    assert await stage_of(parts, case) == "agency_review"
    assert await tasks(parts) == ["double_payment"]


async def test_a_refund_is_asked_for_again_with_the_same_number(
    parts: Parts, pay: FakePay, a_clock: MovableClock
) -> None:
    await a_late_payment(parts, pay, a_clock)
    pay.away = True
    await ask_for_refunds(parts)
    pay.away = False
    a_clock.advance(hours=2)
    await ask_for_refunds(parts)
    a_clock.advance(hours=2)
    await ask_for_refunds(parts)
    assert len(pay.asked_refunds) == 2
    assert len(set(pay.asked_refunds)) == 1


async def test_a_refund_that_got_stuck_and_was_mended_at_the_platform_is_told_as_done(
    parts: Parts, pay: FakePay, a_clock: MovableClock
) -> None:
    await a_late_payment(parts, pay, a_clock)
    await ask_for_refunds(parts)
    await record_refund(parts, RefundReport(pay.asked_refunds[0], "ABNORMAL", "rf1"))
    assert (await the_order(parts)).state == "refunding"
    await record_refund(parts, RefundReport(pay.asked_refunds[0], "SUCCESS", "rf1"))
    assert (await the_order(parts)).state == "refunded"
    assert (await pushed(parts))[-1] == "refund_done"


async def test_an_old_prepay_id_is_renewed_with_the_same_order(
    parts: Parts, pay: FakePay, a_clock: MovableClock
) -> None:
    await a_case(parts, ME)
    first = await prepare_payment(parts, ME)
    assert (await prepare_payment(parts, ME)).jsapi == first.jsapi
    a_clock.advance(hours=2)
    assert (await prepare_payment(parts, ME)).jsapi != first.jsapi
    assert len(set(pay.prepared)) == 1


async def test_paying_after_the_deadline_or_twice_is_refused(parts: Parts, pay: FakePay, a_clock: MovableClock) -> None:
    await a_case(parts, ME)
    order = await the_order(parts)
    a_clock.advance(hours=24, seconds=1)
    with pytest.raises(PaymentWindowClosed):
        await prepare_payment(parts, ME)
    a_clock.advance(hours=-2)
    await record_payment(parts, pay.success(order, a_clock.now()), source="notify")
    with pytest.raises(AlreadyPaid):
        await prepare_payment(parts, ME)


async def test_the_page_can_ask_whether_it_was_paid(parts: Parts, pay: FakePay) -> None:
    await a_case(parts, ME)
    await prepare_payment(parts, ME)
    assert not await check_payment(parts, ME)
    order = await the_order(parts)
    pay.paid[order.out_trade_no] = pay.success(order, parts.clock.now())
    assert await check_payment(parts, ME)
    assert await check_payment(parts, ME)


async def test_an_opened_sheet_is_asked_about_after_5_and_35_seconds(
    parts: Parts, pay: FakePay, a_clock: MovableClock
) -> None:
    case = await a_case(parts, ME)
    await prepare_payment(parts, ME)
    asked = []
    for second in range(1, 41):
        a_clock.advance(seconds=1)
        if await query_open_orders(parts):
            asked.append(second)
    assert asked == [5, 35]
    assert await stage_of(parts, case) == "awaiting_payment"


async def test_reminders_come_at_12_hours_and_2_hours_but_before_the_night_and_not_after_payment(
    parts: Parts, pay: FakePay, a_clock: MovableClock
) -> None:
    await a_case(parts, ME)
    found = []
    for quarter in range(1, 96):
        a_clock.advance(hours=0.25)
        if await remind_of_payment(parts):
            found.append(quarter / 4)
        if quarter == 90:
            await record_payment(parts, pay.success(await the_order(parts), a_clock.now()), source="notify")
    assert found == [11.75, 22]
    assert await pushed(parts) == ["payment_reminder", "payment_reminder", "payment_received"]


async def test_cancelling_an_unpaid_case_closes_its_order_at_the_platform_too(
    parts: Parts, pay: FakePay, person: Person
) -> None:
    case = await a_case(parts, person.openid)
    await prepare_payment(parts, person.openid)
    asked = await person.says("cancel_case")
    assert (asked["ask"]["form"], asked["ask"]["field"]) == ("cancel_form", "cancel")
    assert await stage_of(parts, case) == "awaiting_payment"
    await person.says("cancel_case", confirmed=True)
    assert await stage_of(parts, case) == "cancelled"
    await query_open_orders(parts)
    assert pay.closed == [(await the_order(parts)).out_trade_no]


async def test_cancelling_a_paid_case_leaves_a_refund_review(parts: Parts, person: Person) -> None:
    await a_case(parts, person.openid, stage=Stage.AGENCY_REVIEW)
    await person.says("cancel_case", confirmed=True)
    assert await tasks(parts) == ["refund_review"]


async def test_a_genuine_callback_is_answered_204_and_a_forged_one_400(
    parts: Parts,
    pay: FakePay,
    client: TestClient,  # type: ignore[type-arg]
) -> None:
    case = await a_case(parts, ME)
    report = pay.success(await the_order(parts), parts.clock.now())
    body = json.dumps({**vars(report), "paid_at": report.paid_at.isoformat() if report.paid_at else ""})
    forged = await client.post("/pay/notify", data=body, headers={"X-Genuine": "no"})
    assert (forged.status, (await forged.json())["code"]) == (400, "FAIL")
    assert await stage_of(parts, case) == "awaiting_payment"
    for _ in range(2):
        assert (await client.post("/pay/notify", data=body, headers={"X-Genuine": "yes"})).status == 204
    assert await stage_of(parts, case) == "agency_review"


async def test_a_callback_that_comes_in_pieces_is_read_to_its_end(
    parts: Parts,
    pay: FakePay,
    client: TestClient,  # type: ignore[type-arg]
) -> None:
    case = await a_case(parts, ME)
    report = pay.success(await the_order(parts), parts.clock.now())
    body = json.dumps({**vars(report), "paid_at": report.paid_at.isoformat() if report.paid_at else ""}).encode()

    async def pieces() -> AsyncIterator[bytes]:
        yield body[:40]
        await asyncio.sleep(0.05)
        yield body[40:]

    assert (await client.post("/pay/notify", data=pieces(), headers={"X-Genuine": "yes"})).status == 204
    assert await stage_of(parts, case) == "agency_review"


@pytest.mark.parametrize("body", [b"", b"{", b"x" * 70_000, b"[" * 60_000])
async def test_a_callback_that_is_nonsense_is_refused(client: TestClient, body: bytes) -> None:  # type: ignore[type-arg]
    assert (await client.post("/pay/notify", data=body)).status == 400


async def test_a_platform_that_is_away_is_a_503_on_the_pay_page(parts: Parts, pay: FakePay, person: Person) -> None:
    await a_case(parts, person.openid)
    pay.away = True
    status, answer = await person.post("/pay/prepare")
    assert (status, answer["error"]["code"]) == (503, PaymentUnavailable.code)


async def test_prepared_amount_and_deadline_are_the_orders(parts: Parts, person: Person) -> None:
    await a_case(parts, person.openid)
    _, sheet = await person.post("/pay/prepare")
    order = await the_order(parts)
    assert sheet["amount_fen"] == order.amount_fen == 30000
    assert order.deadline == order.created_at + timedelta(hours=24)
