"""Booking, moving and giving up a visit, the waitlist, reminders: on the real database, through the internal API."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from backend.domain.case import Stage
from backend.services.appointment_round import appointment_round, remind_of_visits
from backend.services.parts import Parts
from backend.services.payment_window import close_overdue
from backend.services.slot_opening import install_calendars, open_slots
from backend.services.waiting_line import end_offers, pass_on_free_seats
from tests.backend.backend_world import FakePay, Person, pushed, said, stage_of, the_order
from tests.backend.visit_world import (
    a_document,
    a_visitor,
    check_seats,
    line_of,
    live_of,
    options,
    slot_now,
    slots_of,
    visits_of,
    with_calendars,
)
from tests.conftest import MovableClock


def another(client: TestClient[Any, Any], number: int) -> Person:
    return Person(client, f"o_person_{number}")


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


# Giving up and moving


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


# The waitlist


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


# The flow of 2019 for renewals: book, pay, the seat is confirmed


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


# Reminders and the calendar file


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
