"""Giving up and moving a visit: in time, in one step, and without losing the old one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from backend.services.parts import Parts
from tests.backend.backend_world import Person, said, stage_of
from tests.backend.visit_world import (
    a_visitor,
    another,
    check_seats,
    live_of,
    slot_now,
    visits_of,
    with_calendars,
)
from tests.conftest import MovableClock


async def test_giving_up_asks_first_and_then_frees_the_seat(person: Person, parts: Parts) -> None:
    await with_calendars(parts)
    case = await a_visitor(parts, person.openid)
    await person.says("book", date="2026-03-18", half="AM")
    (slot_id,) = await live_of(parts, case)
    asked = await person.says("cancel_appointment")
    assert (asked["ask"]["field"], asked["ask"]["kind"]) == ("give_up", "confirm")
    assert await live_of(parts, case) == [slot_id]
    outcome = await person.says("cancel_appointment", confirmed=True)
    assert said(outcome) == ["appointment_cancelled"]
    assert outcome["ask"]["form"] == "appointment_form"
    assert (await slot_now(parts, slot_id)).taken == 0
    assert await stage_of(parts, case) == "re_review_booking"


@pytest.mark.parametrize(
    ("now", "code"),
    [
        (datetime(2026, 3, 17, 15, 59, 59, tzinfo=UTC), "appointment_cancelled"),
        (datetime(2026, 3, 17, 16, 0, tzinfo=UTC), "cancel_too_late"),
    ],
)
async def test_a_visit_is_given_up_on_an_earlier_day_in_beijing_only(
    person: Person, parts: Parts, a_clock: MovableClock, now: datetime, code: str
) -> None:
    await with_calendars(parts)
    await a_visitor(parts, person.openid)
    await person.says("book", date="2026-03-18", half="AM")
    a_clock.at = now
    assert code in said(await person.says("cancel_appointment", confirmed=True))


async def test_moving_on_the_day_itself_is_refused_before_a_time_is_asked(
    person: Person, parts: Parts, a_clock: MovableClock
) -> None:
    await with_calendars(parts)
    case = await a_visitor(parts, person.openid)
    await person.says("book", date="2026-03-17", half="PM")
    a_clock.advance(days=1)
    assert said(await person.says("reschedule")) == ["cancel_too_late"]
    assert said(await person.says("reschedule", number=1)) == ["cancel_too_late"]
    assert len(await live_of(parts, case)) == 1


async def test_moving_swaps_the_seats_in_one_step(person: Person, parts: Parts) -> None:
    await with_calendars(parts)
    case = await a_visitor(parts, person.openid)
    await person.says("book", date="2026-03-18", half="AM")
    asked = await person.says("reschedule")
    assert asked["ask"]["field"] == "new_slot"
    outcome = await person.says("reschedule", date="2026-03-19", half="PM")
    assert said(outcome) == ["appointment_moved"]
    assert outcome["say"][0]["facts"]["old"] == "3月18日（周三）上午 9:00–11:30"
    assert sorted(one.state for one in await visits_of(parts, case)) == ["cancelled", "confirmed"]
    assert await stage_of(parts, case) == "re_review_booked"
    await check_seats(parts)


async def test_moving_to_a_full_time_keeps_the_old_one(
    person: Person, parts: Parts, client: TestClient[Any, Any]
) -> None:
    await with_calendars(parts)
    case = await a_visitor(parts, person.openid)
    await a_visitor(parts, "o_person_2", number=2)
    await another(client, 2).says("book", date="2026-03-19", half="PM")
    await person.says("book", date="2026-03-18", half="AM")
    before = await live_of(parts, case)
    assert said(await person.says("reschedule", date="2026-03-19", half="PM")) == ["slot_full"]
    assert await live_of(parts, case) == before


async def test_without_a_visit_there_is_nothing_to_give_up(person: Person, parts: Parts) -> None:
    await with_calendars(parts)
    await a_visitor(parts, person.openid)
    assert said(await person.says("cancel_appointment", confirmed=True)) == ["no_appointment"]


async def test_cancelling_the_case_frees_the_seat(person: Person, parts: Parts) -> None:
    await with_calendars(parts)
    case = await a_visitor(parts, person.openid)
    await person.says("book", number=3)
    (slot_id,) = await live_of(parts, case)
    await person.says("cancel_case", confirmed=True)
    assert await live_of(parts, case) == []
    assert (await slot_now(parts, slot_id)).taken == 0


async def test_a_time_that_stands_open_is_asked_again_by_any_other_command(person: Person, parts: Parts) -> None:
    await with_calendars(parts)
    await a_visitor(parts, person.openid)
    assert (await person.says("progress"))["ask"]["form"] == "appointment_form"


async def test_what_is_booked_is_told_when_asked(person: Person, parts: Parts) -> None:
    await with_calendars(parts)
    await a_visitor(parts, person.openid)
    await person.says("book", date="2026-03-18", half="AM")
    told = await person.says("slots")
    assert said(told) == ["appointment_now"]
    assert told["say"][0]["facts"]["until"] == "3月17日 23:59"
    assert told["ask"] is None
