"""Opening, offering and booking visits: on the real database, through the internal API."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from backend.services.parts import Parts
from backend.services.slot_opening import install_calendars, open_slots
from tests.backend.backend_world import Person, said, stage_of
from tests.backend.visit_world import (
    a_document,
    a_visitor,
    another,
    check_seats,
    live_of,
    options,
    slots_of,
    visits_of,
    with_calendars,
)
from tests.conftest import MovableClock

# Opening


async def test_slots_are_opened_some_days_ahead_once_however_often_it_runs(parts: Parts, a_clock: MovableClock) -> None:
    await with_calendars(parts)
    first = await slots_of(parts)
    assert [one.day.isoweekday() for one in first] == [1, 2, 2, 3, 3, 4, 4, 1, 1, 2, 2, 3, 3, 4, 4]
    assert await open_slots(parts) == 0
    assert await install_calendars(parts, a_document(seats=9)) == 0
    a_clock.advance(days=1)
    assert await open_slots(parts) == 2
    assert await open_slots(parts) == 0
    assert len(await slots_of(parts)) == len(first)
    a_clock.advance(days=3)
    await open_slots(parts)
    assert len({one.starts_at for one in await slots_of(parts)}) == len(await slots_of(parts)) == len(first) + 2


async def test_a_holiday_is_shown_as_closed_and_cannot_be_booked(person: Person, parts: Parts) -> None:
    await with_calendars(parts, holidays=[{"from": "2026-03-17", "reason": "示例假日"}])
    await a_visitor(parts, person.openid)
    listed = await person.says("slots", date="2026-03-17")
    assert said(listed) == ["slots_listed"]
    assert "停办" in listed["say"][0]["facts"]["list"]
    assert said(await person.says("book", date="2026-03-17", half="AM")) == ["slot_closed"]


# Offering and booking


async def test_open_times_are_offered_in_order_with_their_place(person: Person, parts: Parts) -> None:
    await with_calendars(parts)
    await a_visitor(parts, person.openid)
    ask = (await person.says("slots"))["ask"]
    assert (ask["form"], ask["field"], ask["kind"]) == ("appointment_form", "slot", "choice")
    assert ask["options"][0]["label"] == "3月16日（周一）下午 13:00–16:00"
    assert ask["facts"]["place"] == "示例大厅"
    assert len(ask["options"]) == 8


@pytest.mark.parametrize(
    ("wish", "at"),
    [({"number": 2}, 1), ({"date": "2026-03-18", "half": "AM"}, 3), ({"date": "2026-03-17", "number": -1}, 2)],
)
async def test_a_time_is_booked_by_the_words_for_it(
    person: Person, parts: Parts, wish: dict[str, Any], at: int
) -> None:
    await with_calendars(parts)
    case = await a_visitor(parts, person.openid)
    outcome = await person.says("book", **wish)
    assert said(outcome) == ["appointment_booked"]
    assert await live_of(parts, case) == [(await slots_of(parts))[at].id]
    assert outcome["case"]["stage"] == "re_review_booked"
    await check_seats(parts)


async def test_a_tapped_time_is_booked_and_tapping_it_again_changes_nothing(person: Person, parts: Parts) -> None:
    await with_calendars(parts)
    case = await a_visitor(parts, person.openid)
    slot_id = options(await person.says("slots"))[0]
    await person.says("book", slot_id=slot_id, key="t1")
    await person.says("book", slot_id=slot_id, key="t1")
    assert said(await person.says("book", slot_id=slot_id)) == ["appointment_booked"]
    assert len(await visits_of(parts, case)) == 1


async def test_a_second_time_is_not_booked_beside_the_first(person: Person, parts: Parts) -> None:
    await with_calendars(parts)
    case = await a_visitor(parts, person.openid)
    await person.says("book", number=1)
    assert said(await person.says("book", number=1)) == ["appointment_exists"]
    assert len(await live_of(parts, case)) == 1


async def test_a_day_alone_is_asked_back_with_its_windows(person: Person, parts: Parts) -> None:
    await with_calendars(parts)
    await a_visitor(parts, person.openid)
    outcome = await person.says("book", date="2026-03-18")
    assert said(outcome) == ["slot_ambiguous"]
    assert options(outcome) == [one.id for one in await slots_of(parts) if one.day == date(2026, 3, 18)]


async def test_a_full_time_is_refused_and_the_open_ones_are_listed(
    person: Person, parts: Parts, client: TestClient[Any, Any]
) -> None:
    await with_calendars(parts)
    await a_visitor(parts, person.openid)
    await a_visitor(parts, "o_person_2", number=2)
    slot_id = options(await person.says("slots"))[0]
    await person.says("book", slot_id=slot_id)
    outcome = await another(client, 2).says("book", slot_id=slot_id)
    assert said(outcome) == ["slot_full"]
    assert slot_id not in options(outcome)


async def test_a_time_of_another_kind_of_visit_is_unknown(person: Person, parts: Parts) -> None:
    await with_calendars(parts)
    await a_visitor(parts, person.openid)
    other = (await slots_of(parts, "pre_review"))[0]
    assert said(await person.says("book", slot_id=other.id)) == ["slot_unknown"]


async def test_the_flow_of_today_has_no_visits(person: Person, parts: Parts) -> None:
    await with_calendars(parts)
    await person.starts()
    for name in ("slots", "book", "reschedule", "cancel_appointment", "waitlist"):
        assert "visit_not_needed" in said(await person.says(name))


@pytest.mark.parametrize(
    "body",
    [{"date": "2026-13-01"}, {"date": "tomorrow"}, {"half": "noon"}, {"number": 10**9}, {"slot": "x"}, {"number": "2"}],
)
async def test_a_malformed_wish_is_the_callers_mistake(person: Person, parts: Parts, body: dict[str, Any]) -> None:
    await a_visitor(parts, person.openid)
    assert (await person.command("book", **body))[0] == 422


@pytest.mark.parametrize("wish", [{"number": 99}, {"number": 0}, {"date": "2020-01-01"}, {"slot_id": "'; DROP"}])
async def test_a_wish_for_nothing_loses_nothing(person: Person, parts: Parts, wish: dict[str, Any]) -> None:
    await with_calendars(parts)
    case = await a_visitor(parts, person.openid)
    outcome = await person.says("book", **wish)
    assert said(outcome)[0] in ("slot_not_offered", "slot_unknown")
    assert len(options(outcome)) == 8
    assert await stage_of(parts, case) == "re_review_booking"
