"""Whatever order callbacks, queries, timers and cancellations come in: no money is lost, no paid case times out."""

from __future__ import annotations

from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.domain.case import Stage
from backend.services.errors import NotificationRefused
from backend.services.orders import ask_platform, prepare_payment, record_payment
from backend.services.parts import Parts
from backend.services.payment_window import close_overdue, query_open_orders
from backend.services.refunds import ask_for_refunds
from tests.backend.backend_world import FakePay, Person, a_case
from tests.conftest import MovableClock

NUMBERS = count(1)
STEPS = st.lists(
    st.sampled_from(["pay", "notify", "notify_second", "query", "timer", "wait", "cancel", "refunds", "wrong_amount"]),
    min_size=2,
    max_size=9,
)


@settings(max_examples=18, deadline=None, database=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(steps=STEPS)
async def test_money_and_cases_agree_after_any_sequence(
    person: Person, parts: Parts, pay: FakePay, a_clock: MovableClock, steps: list[str]
) -> None:
    number = next(NUMBERS)
    me = Person(person.client, f"o_any_{number}")
    case = await a_case(parts, me.openid, number=number)
    await prepare_payment(parts, me.openid)
    async with parts.begin() as uow:
        order = await uow.orders.first(case_id=case.id)
    assert order is not None
    first = pay.success(order, a_clock.now(), transaction_id=f"{number}-1")
    second = pay.success(order, a_clock.now(), transaction_id=f"{number}-2")
    for step in steps:
        match step:
            case "pay":
                pay.paid[order.out_trade_no] = first
            case "notify":
                await record_payment(parts, first, source="notify")
            case "notify_second":
                await record_payment(parts, second, source="notify")
            case "wrong_amount":
                wrong = pay.success(order, a_clock.now(), transaction_id=f"{number}-3")
                await _refused(parts, wrong.__class__(**{**vars(wrong), "amount_fen": 1}))
            case "query":
                await ask_platform(parts, order)
                await query_open_orders(parts)
            case "timer":
                await close_overdue(parts)
            case "wait":
                a_clock.advance(hours=13)
            case "cancel":
                await me.says("cancel_case", confirmed=True)
            case "refunds":
                await ask_for_refunds(parts)
    await _check(parts, case.id, order.id)


async def _refused(parts: Parts, report: object) -> None:
    try:
        await record_payment(parts, report, source="notify")  # type: ignore[arg-type]
    except NotificationRefused:
        return


async def _check(parts: Parts, case_id: str, order_id: str) -> None:
    async with parts.begin() as uow:
        case = await uow.cases.get(case_id)
        payments = await uow.payments.where(order_id=order_id)
        refunds = await uow.refunds.where()
    assert case is not None
    kept = [one for one in payments if one.kept]
    given_back = {one.payment_id for one in refunds}
    assert len(kept) <= 1
    assert all(one.id in given_back for one in payments if not one.kept)
    assert not any(one.id in given_back for one in kept)
    if kept:
        assert case.stage in (Stage.AGENCY_REVIEW, Stage.CANCELLED)
    if case.stage == Stage.AGENCY_REVIEW:
        assert kept
