"""The waitlist: a freed seat is kept for the first in line and then passes on."""

from __future__ import annotations

from typing import Any

from aiohttp.test_utils import TestClient

from backend.services.parts import Parts
from backend.services.waiting_line import end_offers, pass_on_free_seats
from tests.backend.backend_world import Person, pushed, said
from tests.backend.visit_world import (
    a_visitor,
    another,
    check_seats,
    line_of,
    live_of,
    slots_of,
    with_calendars,
)
from tests.conftest import MovableClock


async def _all_full(parts: Parts, client: TestClient[Any, Any]) -> tuple[Person, str]:
    """One slot in all, taken by person 9."""
    await with_calendars(parts, weekly=[{"days": [3], "windows": ["09:00-11:30"]}], ahead_days=4)
    await a_visitor(parts, "o_person_9", number=9)
    holder = another(client, 9)
    await holder.says("book", number=1)
    return holder, (await slots_of(parts))[0].id


async def test_a_freed_seat_is_kept_for_the_first_in_line_and_then_passes_on(
    parts: Parts, client: TestClient[Any, Any], a_clock: MovableClock
) -> None:
    holder, slot_id = await _all_full(parts, client)
    people = [another(client, number) for number in (1, 2, 3)]
    for number, one in enumerate(people, start=1):
        await a_visitor(parts, one.openid, number=number)
        assert said(await one.says("slots")) == ["no_slots"]
    for number, one in enumerate(people[:2], start=1):
        joined = await one.says("waitlist")
        assert (said(joined), joined["say"][0]["facts"]["position"]) == (["waitlist_joined"], number)
    await holder.says("cancel_appointment", confirmed=True)
    # Nobody can step in between, whether the worker has looked yet or not.
    assert said(await people[2].says("book", slot_id=slot_id))[0] == "slot_full"
    assert [one.state for one in await line_of(parts)] == ["offered", "waiting"]
    a_clock.advance(hours=2)
    assert said(await people[2].says("book", slot_id=slot_id))[0] == "slot_full"
    await end_offers(parts)
    assert [one.state for one in await line_of(parts)] == ["passed", "offered"]
    assert said(await people[1].says("book", slot_id=slot_id)) == ["appointment_booked"]
    assert [one.state for one in await line_of(parts)] == ["passed", "taken"]
    assert (await pushed(parts)).count("waitlist_offer") == 2
    await check_seats(parts)


async def test_the_worker_passes_a_freed_seat_on_and_ends_offers(
    parts: Parts, client: TestClient[Any, Any], a_clock: MovableClock
) -> None:
    holder, _ = await _all_full(parts, client)
    one = another(client, 1)
    await a_visitor(parts, one.openid)
    await one.says("waitlist", date="2026-03-18", half="AM")
    await pass_on_free_seats(parts)
    await holder.says("cancel_appointment", confirmed=True)
    assert await pass_on_free_seats(parts) == 1
    assert [entry.state for entry in await line_of(parts)] == ["offered"]
    assert said(await one.says("waitlist")) == ["waitlist_offered"]
    a_clock.advance(hours=2, seconds=1)
    assert await end_offers(parts) == 1
    assert [entry.state for entry in await line_of(parts)] == ["passed"]
    assert await pushed(parts) == ["waitlist_offer", "waitlist_passed"]
    await check_seats(parts)


async def test_somebody_with_a_later_visit_waits_for_an_earlier_one_and_moves_to_it(
    person: Person, parts: Parts, client: TestClient[Any, Any]
) -> None:
    await with_calendars(parts, weekly=[{"days": [3, 4], "windows": ["09:00-11:30"]}], ahead_days=4)
    case = await a_visitor(parts, person.openid)
    await a_visitor(parts, "o_person_2", number=2)
    holder = another(client, 2)
    await holder.says("book", number=1)
    await person.says("book", number=1)
    assert said(await person.says("waitlist")) == ["waitlist_joined"]
    await holder.says("reschedule", number=1)
    await holder.says("cancel_appointment", confirmed=True)
    await pass_on_free_seats(parts)
    (entry,) = await line_of(parts)
    assert entry.slot_id is not None
    assert said(await person.says("reschedule", slot_id=entry.slot_id)) == ["appointment_moved"]
    assert await live_of(parts, case) == [entry.slot_id]
    await check_seats(parts)


async def test_nobody_waits_where_seats_are_free(person: Person, parts: Parts) -> None:
    await with_calendars(parts)
    await a_visitor(parts, person.openid)
    outcome = await person.says("waitlist")
    assert said(outcome) == ["waitlist_not_needed"]
    assert outcome["ask"]["form"] == "appointment_form"


async def test_leaving_the_line_gives_the_kept_seat_to_the_next(parts: Parts, client: TestClient[Any, Any]) -> None:
    holder, _ = await _all_full(parts, client)
    first, second = another(client, 1), another(client, 2)
    for number, one in enumerate((first, second), start=1):
        await a_visitor(parts, one.openid, number=number)
        await one.says("waitlist")
    assert said(await first.says("waitlist")) == ["waitlist_joined_already"]
    await holder.says("cancel_appointment", confirmed=True)
    await pass_on_free_seats(parts)
    assert said(await first.says("waitlist", leave=True)) == ["waitlist_left"]
    await pass_on_free_seats(parts)
    assert [one.state for one in await line_of(parts)] == ["left", "offered"]
    assert said(await first.says("waitlist", leave=True))[0] == "not_waiting"
