"""A row that the worker cannot deal with (a fault of ours, damaged data) keeps no other person's row waiting."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from backend.domain.case import Stage
from backend.services.clockwork_records import Reminder
from backend.services.erasure import erase_due
from backend.services.orders import prepare_payment
from backend.services.parts import Parts
from backend.services.payment_window import close_overdue
from backend.services.ports import PaymentReport
from backend.services.records import Order
from backend.services.reminding import remind
from backend.services.taking_turns import PUT_OFF
from tests.backend.backend_world import FakePay, a_case, pushed, stage_of
from tests.backend.test_erasure import plan
from tests.conftest import MovableClock

FIRST, SECOND = "o_first", "o_second"


async def damaged(parts: Parts, statement: str, **values: object) -> None:
    async with parts.begin() as uow:
        await uow.connection.execute(text(statement), values)  # type: ignore[attr-defined]
        await uow.commit()


async def test_a_reminder_that_cannot_be_made_is_put_off_and_the_others_go_out(
    parts: Parts, a_clock: MovableClock
) -> None:
    broken = await a_case(parts, FIRST, stage=Stage.DRAFT, number=1)
    whole = await a_case(parts, SECOND, stage=Stage.DRAFT, number=2)
    a_clock.advance(hours=25)
    async with parts.begin() as uow:
        await uow.reminders.add(Reminder(broken.id, next_at=a_clock.now()))
        a_clock.advance(seconds=1)
        await uow.reminders.add(Reminder(whole.id, next_at=a_clock.now()))
        await uow.commit()
    await damaged(parts, "UPDATE cases SET stage = 'nowhere' WHERE id = :id", id=broken.id)
    with pytest.raises(ValueError, match="nowhere"):
        await remind(parts)
    assert await remind(parts) == 1
    assert await pushed(parts) == ["draft_idle"]
    async with parts.begin() as uow:
        later = await uow.reminders.get(broken.id)
    assert later is not None
    assert later.next_at == a_clock.now() + PUT_OFF


async def test_an_erasure_that_fails_keeps_nobody_else_s_waiting(parts: Parts, a_clock: MovableClock) -> None:
    broken = await a_case(parts, FIRST, stage=Stage.DRAFT, number=1)
    whole = await a_case(parts, SECOND, stage=Stage.DRAFT, number=2)
    for openid in (FIRST, SECOND):
        await plan(parts, openid)
        a_clock.advance(seconds=1)
    await damaged(parts, "UPDATE data_requests SET because = 'nothing' WHERE openid = :openid", openid=FIRST)
    a_clock.advance(seconds=60)
    with pytest.raises(ValueError, match="nothing"):
        await erase_due(parts)
    assert await erase_due(parts) == 1
    async with parts.begin() as uow:
        states = {one.applicant_id: one.state for one in await uow.data_requests.where()}
    assert states == {broken.applicant_id: "scheduled", whole.applicant_id: "done"}


class OneFaultyOrder(FakePay):
    """WeChat Pay that answers one order in a shape that nobody foresaw."""

    faulty: str = ""

    async def query(self, out_trade_no: str) -> PaymentReport:
        if out_trade_no == self.faulty:
            raise TypeError("not what the interface says")
        return await super().query(out_trade_no)


async def orders(parts: Parts) -> list[Order]:
    async with parts.begin() as uow:
        return await uow.orders.where(order_by="created_at")


async def test_an_order_that_cannot_be_asked_about_keeps_no_other_case_open(
    parts: Parts, a_clock: MovableClock
) -> None:
    pay = OneFaultyOrder()
    parts = replace(parts, pay=pay)
    await a_case(parts, FIRST, number=1)
    a_clock.advance(seconds=1)
    second = await a_case(parts, SECOND, number=2)
    await prepare_payment(parts, FIRST)
    await prepare_payment(parts, SECOND)
    pay.faulty = (await orders(parts))[0].out_trade_no
    a_clock.advance(hours=25)
    with pytest.raises(TypeError):
        await close_overdue(parts)
    assert await stage_of(parts, second) == "closed_timeout"
