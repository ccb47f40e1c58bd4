"""The week of a calendar is changed in the console: free windows follow, booked ones stay and are listed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from backend.services.slot_opening import open_slots
from tests.console.console_world import Browser, World
from tests.console.test_console_calendar import TUESDAY, a_visit, desk

__all__ = ["desk"]
URL = "/console/calendar/weeks/hall"
THURSDAY = TUESDAY + timedelta(days=2)
FRIDAY = TUESDAY + timedelta(days=3)


async def changes(desk: Browser, *, ahead_days: str = "10", cut_off: str = "", **days: str) -> tuple[int, str]:
    _, page = await desk.get("/console/calendar")
    return await desk.press(page, URL, ahead_days=ahead_days, cut_off=cut_off, **days)


async def windows_of(world: World, day: date) -> list[tuple[int, bool]]:
    slots = sorted(await world.rows("slots", day=day), key=lambda slot: slot.starts_at)
    return [(slot.starts_at.hour + 8, slot.withdrawn) for slot in slots]


async def test_free_windows_follow_the_new_week_and_new_ones_open(desk: Browser, world: World) -> None:
    assert (await changes(desk, day1="09:00-11:30", day4="10:00-12:00"))[0] == 303
    assert await windows_of(world, TUESDAY) == [(9, False), (13, True)]
    assert await windows_of(world, THURSDAY) == [(9, True), (13, True)]
    assert await windows_of(world, FRIDAY) == [(10, False)]
    assert await open_slots(world.office.parts) == 0
    _, page = await desk.get("/console/calendar")
    assert 'value="10:00-12:00"' in page


async def test_a_booked_window_stays_and_is_listed_with_its_case(desk: Browser, world: World) -> None:
    case, visit_id = await a_visit(world)
    assert (await changes(desk, day4="10:00-12:00"))[0] == 303
    (visit,) = await world.rows("appointments", id=visit_id)
    assert visit.state == "confirmed"
    _, page = await desk.get("/console/calendar")
    left = page.partition("已经约好的")[2]
    assert "3月17日（周二）上午 9:00–11:30" in left
    assert case.case_no in left
    assert await world.pushes() == []


async def test_going_back_to_the_old_week_opens_its_windows_again(desk: Browser, world: World) -> None:
    before = await windows_of(world, TUESDAY)
    await changes(desk, day4="10:00-12:00")
    week = dict.fromkeys(("day0", "day1", "day2", "day3"), "09:00-11:30，13:00-16:00")
    assert (await changes(desk, **week))[0] == 303
    assert await windows_of(world, TUESDAY) == before


@pytest.mark.parametrize(
    "wrong",
    [{"day1": "9-11"}, {"day1": "11:00-10:00"}, {}, {"day1": "09:00-10:00", "ahead_days": "0"},
     {"day1": "09:00-10:00", "ahead_days": "9999"}, {"day1": "09:00-10:00", "cut_off": "25:00"},
     {"day1": "09:00-10:00" * 40}],
)  # fmt: skip
async def test_a_week_that_cannot_be_changes_nothing(desk: Browser, world: World, wrong: dict[str, str]) -> None:
    status, page = await changes(desk, **wrong)
    assert (status, "没有保存" in page) == (409, True)
    assert await windows_of(world, TUESDAY) == [(9, False), (13, False)]


async def test_the_cut_off_and_the_days_ahead_are_kept(desk: Browser, world: World) -> None:
    await changes(desk, day1="09:00-11:30", ahead_days="3", cut_off="17:00")
    (calendar,) = await world.rows("calendars", id="hall")
    assert (calendar.ahead_days, calendar.cut_off) == (3, "17:00")
