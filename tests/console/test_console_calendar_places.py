"""Staff add a calendar, say whom it serves, take it out of use and back; the line is told and keeps its place."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from backend.domain.calendars import AppointmentKind
from backend.domain.case import Stage
from backend.services.seats import calendars_for
from backend.services.visit_records import SlotRecord, WaitlistEntry
from tests.console.console_world import Browser, World
from tests.console.test_console_calendar import TUESDAY, a_visit, desk, slot_on

__all__ = ["desk"]
NEW = "/console/calendar/new"
FIELDS = {
    "kind": "re_review",
    "place": "示例三厅",
    "bring": "身份证原件",
    "seats": "4",
    "offer_hours": "3",
    "day1": "09:00-11:00",
    "ahead_days": "14",
    "cut_off": "17:00",
}


async def adds(desk: Browser, **changes: Any) -> tuple[int, str]:
    _, page = await desk.get(NEW)
    return await desk.press(page, NEW, **{**FIELDS, **changes})


async def the_new_one(world: World) -> Any:
    (found,) = [one for one in await world.rows("calendars") if one.id != "hall"]
    return found


async def test_a_calendar_that_staff_add_has_its_windows_open_at_once(desk: Browser, world: World) -> None:
    assert (await adds(desk, districts="延庆区"))[0] == 303
    calendar = await the_new_one(world)
    assert (calendar.kind, calendar.place, calendar.seats, calendar.offer_hours) == ("re_review", "示例三厅", 4, 3)
    slots = await world.rows("slots", calendar_id=calendar.id)
    assert {(one.day.isoweekday(), one.seats) for one in slots} == {(2, 4)}
    assert len(slots) == 2
    _, page = await desk.get(f"/console/calendar?calendar={calendar.id}")
    assert "0 / 4　可预约" in page
    assert [one.action for one in await world.rows("audit")][-1] == "calendar_added"


async def test_a_calendar_serves_the_districts_it_names(desk: Browser, world: World) -> None:
    await adds(desk, districts="延庆区")
    new = await the_new_one(world)
    async with world.office.parts.begin() as uow:
        assert new.id in await calendars_for(uow, AppointmentKind.RE_REVIEW, "延庆区")
        assert new.id not in await calendars_for(uow, AppointmentKind.RE_REVIEW, "朝阳区")


async def test_adding_twice_with_one_form_adds_one(desk: Browser, world: World) -> None:
    _, page = await desk.get(NEW)
    for _ in range(2):
        assert (await desk.press(page, NEW, **FIELDS))[0] == 303
    assert len(await world.rows("calendars")) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "party"},
        {"place": " "},
        {"place": "示例大厅"},
        {"place": "长" * 81},
        {"bring": ""},
        {"seats": "0"},
        {"seats": "many"},
        {"offer_hours": "0"},
        {"offer_hours": "49"},
        {"districts": "火星区"},
        {"day1": ""},
        {"day1": "9-11"},
        {"ahead_days": "0"},
        {"cut_off": "25:00"},
    ],
)
async def test_a_calendar_that_cannot_be_is_refused_and_nothing_typed_is_lost(
    desk: Browser, world: World, wrong: dict[str, str]
) -> None:
    status, page = await adds(desk, **wrong)
    assert (status, 'role="alert"' in page) == (409, True)
    assert 'value="17:00"' in page or "cut_off" in wrong
    assert 'value="14"' in page or "ahead_days" in wrong
    assert [one.id for one in await world.rows("calendars")] == ["hall"]


async def test_out_of_use_a_calendar_takes_nobody_new_and_keeps_who_has_booked(desk: Browser, world: World) -> None:
    _, visit_id = await a_visit(world)
    await uses(desk, "no")
    assert {one.withdrawn for one in await world.rows("slots")} == {True}
    (visit,) = await world.rows("appointments", id=visit_id)
    assert visit.state == "confirmed"
    _, page = await desk.get("/console/calendar?calendar=hall")
    assert "已经停用" in page
    _, day = await desk.get("/console/calendar/day?calendar=hall&day=2026-03-17")
    assert "已预约" in day
    await uses(desk, "yes")
    assert {one.withdrawn for one in await world.rows("slots")} == {False}


async def uses(desk: Browser, active: str) -> None:
    url = "/console/calendar/places/hall/use"
    _, page = await desk.get("/console/calendar?calendar=hall")
    assert (await desk.press(page, url, active=active))[0] == 303


async def a_kept_seat(world: World) -> tuple[WaitlistEntry, SlotRecord]:
    """Somebody of the line for whom the morning of Tuesday is kept just now."""
    case = await world.a_case(Stage.RE_REVIEW_BOOKING, items=(), profile="2019_new")
    slot = await slot_on(world, TUESDAY)
    until = world.clock.now() + timedelta(hours=2)
    entry = WaitlistEntry(case.id, "re_review", "延庆区", world.clock.now(), None, None, "offered", slot.id, until)
    async with world.office.parts.begin() as uow:
        added = await uow.waitlist.add(entry)
        await uow.slots.save(SlotRecord(**{**vars(slot), "taken": 1}))
        await uow.commit()
    return added, slot


async def _withdraw_the_day(desk: Browser) -> None:
    _, page = await desk.get("/console/calendar")
    await desk.press(page, "/console/calendar/weeks/hall", day4="10:00-12:00", ahead_days="10", cut_off="")


async def _close_the_day(desk: Browser) -> None:
    _, page = await desk.get("/console/calendar")
    fields = {"first": "2026-03-17", "reason": "设备检修", "where": "hall"}
    await desk.press(page, "/console/calendar/closures", **fields)


async def _retire(desk: Browser) -> None:
    await uses(desk, "no")


async def _serve_others(desk: Browser) -> None:
    _, page = await desk.get("/console/calendar")
    fields = {"place": "示例大厅", "bring": "证件", "seats": "3", "offer_hours": "2", "districts": "朝阳区"}
    assert (await desk.press(page, "/console/calendar/places/hall", **fields))[0] == 303


@pytest.mark.parametrize("takes_away", [_withdraw_the_day, _close_the_day, _retire, _serve_others])
async def test_whose_kept_seat_is_taken_away_is_told_and_keeps_the_place_in_line(
    desk: Browser, world: World, takes_away: Any
) -> None:
    entry, slot = await a_kept_seat(world)
    await takes_away(desk)
    (now,) = await world.rows("waitlist")
    assert (now.id, now.state, now.slot_id) == (entry.id, "waiting", None)
    (told,) = await world.pushes()
    assert "还排在原来的位置" in told["parts"][0]["text"]
    assert "3月17日（周二）上午 9:00–11:30" in told["parts"][0]["text"]
    (slot_now,) = await world.rows("slots", id=slot.id)
    assert slot_now.taken == 0


async def test_a_week_that_cannot_be_keeps_what_was_typed(desk: Browser) -> None:
    _, page = await desk.get("/console/calendar")
    _, refused = await desk.press(
        page, "/console/calendar/weeks/hall", day0="08:00-09:00", day1="9-11", ahead_days="10", cut_off=""
    )
    assert 'value="08:00-09:00"' in refused
    assert 'value="9-11"' in refused


async def test_a_calendar_needs_somebody_signed_in(browser: Browser) -> None:
    assert (await browser.get(NEW))[0] == 302
