"""The calendar pages: seats and closures that staff change, and who came."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from backend.domain.case import Stage
from backend.services.appointment_round import appointment_round
from backend.services.records import CaseRecord
from backend.services.slot_opening import install_calendars, open_slots
from backend.services.visit_records import AppointmentRecord, SlotRecord
from tests.console.console_world import Browser, World, hidden

TUESDAY = date(2026, 3, 17)
CALENDAR = {
    "id": "hall",
    "kind": "re_review",
    "place": "示例大厅",
    "bring": "身份证原件",
    "weekly": [{"days": [1, 2, 3, 4], "windows": ["09:00-11:30", "13:00-16:00"]}],
    "seats": 3,
    "ahead_days": 10,
}


@pytest.fixture
async def desk(browser: Browser, world: World) -> Browser:
    """A signed-in member of staff before a calendar with open slots."""
    await world.a_member_of_staff()
    await install_calendars(world.office.parts, {"calendars": [CALENDAR]})
    await open_slots(world.office.parts)
    await browser.sign_in()
    return browser


async def slot_on(world: World, day: date, *, at: int = 0) -> SlotRecord:
    found: list[SlotRecord] = sorted(await world.rows("slots", day=day), key=lambda slot: slot.starts_at)
    return found[at]


async def a_visit(world: World, day: date = TUESDAY, *, number: int = 1, **changes: Any) -> tuple[CaseRecord, str]:
    """A case that comes on the morning of `day`."""
    case = await world.a_case(Stage.RE_REVIEW_BOOKED, number=number, items=(), profile="2019_new")
    slot = await slot_on(world, day)
    visit = AppointmentRecord(f"ap_{number}", case.id, slot.id, "re_review", "confirmed", world.clock.now())
    async with world.office.parts.begin() as uow:
        await uow.appointments.add(visit)
        await uow.slots.save(SlotRecord(**{**vars(slot), "taken": slot.taken + 1}))
        await uow.commit()
    return case, visit.id


async def test_the_weeks_show_seats_bookings_and_what_each_window_is(desk: Browser, world: World) -> None:
    await a_visit(world)
    _, page = await desk.get("/console/calendar")
    assert "1 / 3　可预约" in page
    assert "9:00–11:30" in page
    assert "示例大厅" in page


async def test_seats_are_changed_but_never_below_what_is_booked(desk: Browser, world: World) -> None:
    await a_visit(world)
    slot = await slot_on(world, TUESDAY)
    url = f"/console/calendar/slots/{slot.id}"
    _, page = await desk.get("/console/calendar")
    assert (await desk.press(page, url, seats="1"))[0] == 303
    assert (await slot_on(world, TUESDAY)).seats == 1
    _, page = await desk.get("/console/calendar")
    status, refused = await desk.press(page, url, seats="0")
    assert (status, "已经约出 1 个" in refused) == (409, True)
    assert (await slot_on(world, TUESDAY)).seats == 1


@pytest.mark.parametrize("seats", ["", "-1", "many", "99999", "１"])
async def test_a_number_of_seats_that_cannot_be_is_refused(desk: Browser, world: World, seats: str) -> None:
    slot = await slot_on(world, TUESDAY)
    _, page = await desk.get("/console/calendar")
    assert (await desk.press(page, f"/console/calendar/slots/{slot.id}", seats=seats))[0] == 409
    assert (await slot_on(world, TUESDAY)).seats == 3


async def test_a_form_that_is_sent_twice_counts_once(desk: Browser, world: World) -> None:
    _, page = await desk.get("/console/calendar")
    fields = {"first": "2026-03-18", "reason": "设备检修", "where": "hall"}
    for _ in range(2):
        assert (await desk.press(page, "/console/calendar/closures", **fields))[0] == 303
    assert len(await world.rows("closures")) == 1


async def test_a_closure_shuts_its_days_and_asks_those_who_booked_to_choose_again(desk: Browser, world: World) -> None:
    await a_visit(world)
    _, page = await desk.get("/console/calendar")
    fields = {"first": "2026-03-17", "last": "2026-03-18", "reason": "设备检修", "where": "hall"}
    await desk.press(page, "/console/calendar/closures", **fields)
    assert {one.day for one in await world.rows("slots", closed=True)} == {TUESDAY, TUESDAY + timedelta(days=1)}
    (told,) = await world.pushes()
    assert "设备检修" in told["parts"][0]["text"]
    _, page = await desk.get("/console/calendar")
    assert "停办" in page
    (closure,) = await world.rows("closures")
    await desk.press(page, f"/console/calendar/closures/{closure.id}/open")
    assert await world.rows("slots", closed=True) == []
    assert [one.action for one in await world.rows("audit")][-2:] == ["closure_added", "closure_removed"]


async def test_a_holiday_shuts_windows_that_are_opened_later_too(desk: Browser, world: World) -> None:
    _, page = await desk.get("/console/calendar")
    fields = {"first": "2026-03-30", "reason": "示例假日", "where": ""}
    assert (await desk.press(page, "/console/calendar/closures", **fields))[0] == 303
    world.clock.advance(days=5)
    await appointment_round(world.office.parts)
    assert {one.closed for one in await world.rows("slots", day=date(2026, 3, 30))} == {True}


@pytest.mark.parametrize(
    "fields",
    [
        {"first": "2026-03-15", "reason": "昨天"},
        {"first": "2026-03-18", "last": "2026-03-17", "reason": "倒着"},
        {"first": "2026-03-18", "last": "2027-03-18", "reason": "一整年"},
        {"first": "soon", "reason": "不是日期"},
        {"first": "9999-12-31", "reason": "太远"},
        {"first": "2026-03-18", "reason": " "},
        {"first": "2026-03-18", "reason": "长" * 41},
        {"first": "2026-03-18", "reason": "哪里", "where": "nowhere"},
    ],
)
async def test_a_closure_that_cannot_be_is_refused_with_a_sentence(
    desk: Browser, world: World, fields: dict[str, str]
) -> None:
    _, page = await desk.get("/console/calendar")
    status, refused = await desk.press(page, "/console/calendar/closures", **fields)
    assert (status, 'role="alert"' in refused) == (409, True)
    assert await world.rows("closures") == []


async def test_place_papers_and_later_seats_are_changed(desk: Browser, world: World) -> None:
    _, page = await desk.get("/console/calendar")
    fields = {"place": "示例二厅", "bring": "身份证和材料原件", "seats": "5", "offer_hours": "2"}
    assert (await desk.press(page, "/console/calendar/places/hall", **fields))[0] == 303
    world.clock.advance(days=4)
    await appointment_round(world.office.parts)
    assert {one.seats for one in await world.rows("slots", day=date(2026, 3, 30))} == {5}
    assert (await slot_on(world, TUESDAY)).seats == 3


async def test_the_list_of_the_day_names_people_by_masked_name_and_marks_who_came(desk: Browser, world: World) -> None:
    case, visit_id = await a_visit(world)
    url = f"/console/calendar/visits/{visit_id}"
    _, page = await desk.get("/console/calendar/day?day=2026-03-17")
    assert case.case_no in page
    assert "样张三" not in page
    assert url not in page
    world.clock.advance(days=1)
    await desk.sign_in()
    _, page = await desk.get("/console/calendar/day?day=2026-03-17")
    assert (await desk.press(page, url, came="yes"))[0] == 303
    assert (await world.case(case)).stage == Stage.HR_FIRST_REVIEW
    _, page = await desk.get("/console/calendar/day?day=2026-03-17")
    assert "已到场" in page


async def test_not_having_come_is_written_down_after_the_window_and_told_kindly(desk: Browser, world: World) -> None:
    case, visit_id = await a_visit(world)
    url = f"/console/calendar/visits/{visit_id}"
    world.clock.advance(days=1)
    await desk.sign_in()
    _, page = await desk.get("/console/calendar/day?day=2026-03-17")
    status, refused = await desk.press(page, url, came="no")
    assert (status, "还没到预约的时间" in refused) == (409, True)
    world.clock.advance(hours=2)
    await desk.sign_in()
    _, page = await desk.get("/console/calendar/day?day=2026-03-17")
    assert (await desk.press(page, url, came="no"))[0] == 303
    assert (await world.case(case)).stage == Stage.RE_REVIEW_MISSED
    assert (await world.pushes())[0]["dedupe_key"].startswith("appointment_missed:")


async def test_the_case_page_marks_the_visit_too(desk: Browser, world: World) -> None:
    case, _ = await a_visit(world)
    url = f"/console/cases/{case.case_no}"
    world.clock.advance(days=1)
    await desk.sign_in()
    _, page = await desk.get(url)
    assert (await desk.press(page, f"{url}/events/mark_attended"))[0] == 303
    assert (await world.case(case)).stage == Stage.HR_FIRST_REVIEW
    assert [one.state for one in await world.rows("appointments")] == ["attended"]


async def test_strange_addresses_still_show_a_page(desk: Browser) -> None:
    for query in ("week=soon", "week=9999-12-31", "calendar=hall&week=0001-01-01", "day=x"):
        assert (await desk.get(f"/console/calendar?{query}"))[0] == 200
        assert (await desk.get(f"/console/calendar/day?{query}"))[0] == 200
    assert (await desk.get("/console/calendar?calendar=nowhere"))[0] == 404


async def test_without_a_calendar_the_page_says_so(browser: Browser, world: World) -> None:
    await world.a_member_of_staff()
    await browser.sign_in()
    status, page = await browser.get("/console/calendar")
    assert (status, hidden(page, "csrf") != "") == (404, True)
