"""A pre-review seat and its payment; reminders of visits and their calendar file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp.test_utils import TestClient

from backend.domain.case import Stage
from backend.services.appointment_round import appointment_round, remind_of_visits
from backend.services.parts import Parts
from backend.services.payment_window import close_overdue
from tests.backend.backend_world import FakePay, Person, pushed, said, stage_of, the_order
from tests.backend.visit_world import (
    a_visitor,
    another,
    check_seats,
    live_of,
    visits_of,
    with_calendars,
)
from tests.conftest import MovableClock


async def test_a_pre_review_seat_is_held_until_the_payment_and_confirmed_by_it(
    person: Person, parts: Parts, pay: FakePay, a_clock: MovableClock
) -> None:
    await with_calendars(parts)
    case = await a_visitor(parts, person.openid, stage=Stage.SLOT_REQUIRED, kind="pre_review")
    outcome = await person.says("book", date="2026-03-19", half="AM")
    assert said(outcome) == ["appointment_held", "submitted"]
    (held,) = await visits_of(parts, case)
    order = await the_order(parts)
    assert (held.state, held.hold_expires_at) == ("held", a_clock.now() + timedelta(hours=24))
    assert order.deadline == held.hold_expires_at
    assert "pay_first" in said(await person.says("cancel_appointment", confirmed=True))
    assert said(await person.says("reschedule", date="2026-03-18", half="AM")) == ["appointment_moved"]
    pay.paid[order.out_trade_no] = pay.success(order, a_clock.now())
    await person.post("/pay/prepare")
    await person.post("/pay/check")
    assert sorted(one.state for one in await visits_of(parts, case)) == ["cancelled", "confirmed"]
    assert await stage_of(parts, case) == "awaiting_materials_email"
    assert said(await person.says("cancel_appointment", confirmed=True)) == ["appointment_cancelled"]
    assert said(await person.says("book", number=1)) == ["appointment_booked"]
    assert await stage_of(parts, case) == "awaiting_materials_email"
    await check_seats(parts)


async def test_an_unpaid_seat_is_free_again_when_the_window_closes(
    person: Person, parts: Parts, a_clock: MovableClock
) -> None:
    await with_calendars(parts)
    case = await a_visitor(parts, person.openid, stage=Stage.SLOT_REQUIRED, kind="pre_review")
    await person.says("book", date="2026-03-19", half="AM")
    a_clock.advance(hours=24, seconds=1)
    assert await close_overdue(parts) == 1
    assert await live_of(parts, case) == []
    await check_seats(parts)


async def test_a_payment_that_is_reported_late_finds_its_seat(
    person: Person, parts: Parts, client: TestClient[Any, Any], pay: FakePay, a_clock: MovableClock
) -> None:
    await with_calendars(parts)
    case = await a_visitor(parts, person.openid, stage=Stage.SLOT_REQUIRED, kind="pre_review")
    await a_visitor(parts, "o_person_2", number=2, stage=Stage.SLOT_REQUIRED, kind="pre_review")
    await person.says("book", date="2026-03-19", half="AM")
    order, slots = await the_order(parts), await live_of(parts, case)
    await person.post("/pay/prepare")
    pay.paid[order.out_trade_no] = pay.success(order, a_clock.now() + timedelta(hours=23))
    pay.away = True
    a_clock.advance(hours=24, seconds=1)
    await close_overdue(parts)
    assert said(await another(client, 2).says("book", slot_id=slots[0])) == ["slot_full"]
    pay.away = False
    await close_overdue(parts)
    assert await stage_of(parts, case) == "awaiting_materials_email"
    assert [(one.slot_id, one.state) for one in await visits_of(parts, case)] == [(slots[0], "confirmed")]


async def test_reminders_come_the_day_before_and_on_the_morning(
    person: Person, parts: Parts, a_clock: MovableClock
) -> None:
    await with_calendars(parts)
    await a_visitor(parts, person.openid)
    await person.says("book", date="2026-03-18", half="AM")
    assert await remind_of_visits(parts) == 0
    a_clock.at = datetime(2026, 3, 17, 2, 0, tzinfo=UTC)
    assert await remind_of_visits(parts) == 1
    assert await remind_of_visits(parts) == 0
    a_clock.at = datetime(2026, 3, 17, 23, 30, tzinfo=UTC)
    assert await remind_of_visits(parts) == 1
    assert await pushed(parts) == ["appointment_tomorrow", "appointment_today"]


async def test_a_visit_that_was_given_up_is_not_reminded_of(
    person: Person, parts: Parts, a_clock: MovableClock
) -> None:
    await with_calendars(parts)
    await a_visitor(parts, person.openid)
    await person.says("book", date="2026-03-18", half="AM")
    await person.says("cancel_appointment", confirmed=True)
    a_clock.at = datetime(2026, 3, 17, 23, 30, tzinfo=UTC)
    await appointment_round(parts)
    assert await pushed(parts) == []


async def test_the_overview_offers_the_visit_as_a_calendar_file_to_its_owner_only(
    person: Person, parts: Parts, client: TestClient[Any, Any]
) -> None:
    await with_calendars(parts)
    await a_visitor(parts, person.openid)
    await a_visitor(parts, "o_person_2", number=2)
    await person.says("book", date="2026-03-18", half="AM")
    _, overview = await person.get("/overview")
    (download,) = [one for one in overview["downloads"] if one["file_id"].startswith("visit_")]
    status, content = await person.get(f"/files/{download['file_id']}")
    assert (status, b"DTSTART:20260318T010000Z" in content) == (200, True)
    assert (await another(client, 2).get(f"/files/{download['file_id']}"))[0] == 404
    assert (await person.get("/files/visit_nothing"))[0] == 404
