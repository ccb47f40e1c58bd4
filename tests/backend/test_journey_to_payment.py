"""A new application from binding to the agency's review, by commands only."""

from __future__ import annotations

from backend.services.orders import record_payment
from backend.services.parts import Parts
from tests.backend.backend_world import FakePay, Person, said, the_order
from tests.conftest import MovableClock


async def test_a_new_application_reaches_the_agencys_review_by_chatting_and_sending_photos(
    person: Person, parts: Parts, pay: FakePay, a_clock: MovableClock
) -> None:
    submitted = await person.submits()
    assert submitted["case"]["stage"] == "awaiting_payment"
    status, sheet = await person.post("/pay/prepare")
    assert (status, sheet["amount_fen"] > 0) == (200, True)
    order = await the_order(parts)
    await record_payment(parts, pay.success(order, a_clock.now()), source="notify")
    progress = await person.says("progress")
    assert said(progress) == ["progress", "where_it_stands"]
    assert progress["case"]["stage"] == "agency_review"
