"""How the console looks: readable and usable at a desk, on a narrow window, on paper; nothing leaves twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from aiohttp import web
from playwright.async_api import Page, ViewportSize, expect

from backend.domain.case import Stage
from backend.services.pushes import open_task
from backend.services.slot_opening import install_calendars, open_slots
from tests.console.console_world import World
from tests.console.content_world import parts
from tests.console.test_console_browser import _shot, _sign_in, page
from tests.console.test_console_calendar import CALENDAR, a_visit
from tests.looking import faults_of

__all__ = ["page", "parts"]
LONG = "北京示例数字科技与人力资源服务发展集团（通州区）有限责任公司第二分公司"
CASE = "/console/cases/GJ20260316-00001"


async def a_full_office(world: World) -> None:
    await world.a_member_of_staff(role="manager")
    await install_calendars(world.office.parts, {"calendars": [CALENDAR]})
    await open_slots(world.office.parts)
    await a_visit(world, number=9)
    for number in range(1, 4):
        case = await world.a_case(number=number, company=LONG, stage_since=world.clock.now() - timedelta(days=3))
    async with world.office.parts.begin() as uow:
        await world.an_item(uow, case, "ED01", state="rejected", reject_reason=LONG)
        await open_task(uow, "t_1", "human", LONG, once="1", now=world.clock.now(), case=case)
        await uow.commit()


# Pages of one thing; those of everything are found in the router.
OF_ONE = (
    "/console/queue?lane=closed",
    CASE,
    CASE[:-1] + "3",
    f"{CASE}/looks",
    "/console/tasks?done=1",
    "/console/people?case=GJ20260316-00001",
    "/console/employers/e_1",
    "/console/ledger/days/2026-03-15",
    "/console/content/fees",
    "/console/content/text/utter_phone_wrong",
    "/console/content/material/HO04",
    "/console/content/fees/standard",
    "/console/nothing",
)
NO_PAGES = ("/console", "/console/", "/console/find")


def _pages_of_everything(app: web.Application) -> list[str]:
    paths = {route.resource.canonical for route in app.router.routes() if route.method == "GET" and route.resource}
    return sorted(path for path in paths if "{" not in path and path not in NO_PAGES and "/static" not in path)


async def test_every_page_can_be_read_and_used_at_any_width(page: Page, world: World, app: web.Application) -> None:
    await a_full_office(world)
    await page.goto("/console/sign-in")
    assert await faults_of(page, target_px=24) == []
    await _sign_in(page)
    found = []
    for path in (*_pages_of_everything(app), *OF_ONE):
        answer = await page.goto(path)
        assert answer is not None and (answer.ok or path == "/console/nothing"), path
        await page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
        for width in (1280, 768, 400):
            await page.set_viewport_size(ViewportSize(width=width, height=860))
            await _shot(page, f"eye{path.partition('?')[0].replace('/', '-')}-{width}")
            found += [f"{path} at {width}: {fault}" for fault in await faults_of(page, target_px=24)]
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("width", [1280, 400])
async def test_every_link_of_the_bar_can_be_reached(page: Page, world: World, width: int) -> None:
    await world.a_member_of_staff(role="manager")
    await _sign_in(page)
    await page.set_viewport_size(ViewportSize(width=width, height=860))
    for name in ("申请", "待办", "预约", "申请人", "立户", "账目"):
        await page.get_by_role("link", name=name, exact=True).click()
        await expect(page.get_by_role("link", name=name, exact=True)).to_have_attribute("aria-current", "page")


async def test_on_paper_stands_the_case_and_nothing_to_press(page: Page, world: World) -> None:
    await a_full_office(world)
    await _sign_in(page)
    await page.goto(CASE)
    await page.emulate_media(media="print")
    await expect(page.get_by_role("heading", name="GJ20260316-00001")).to_be_visible()
    await expect(page.get_by_text("长春市第十一高中")).to_be_visible()
    assert await page.get_by_role("button").count() == 0
    assert await page.get_by_role("navigation").count() == 0


async def test_a_plain_form_leaves_once_however_often_it_is_pressed(page: Page, world: World) -> None:
    case = await world.a_case(Stage.COMPLETED, closed_at=world.clock.now())
    await world.a_member_of_staff()
    await _sign_in(page)
    await page.goto(f"/console/people?case={case.case_no}")
    await page.evaluate("""() => { window.left = 0; window.addEventListener('submit', (event) => {
        if (!event.defaultPrevented) { window.left += 1; event.preventDefault(); } }); }""")
    button = page.get_by_role("button", name="生成绑定二维码")
    await button.click()
    await button.dispatch_event("click")
    assert await page.evaluate("window.left") == 1


async def test_before_somebody_is_signed_out_of_wechat_there_is_a_question(page: Page, world: World) -> None:
    case = await world.a_case()
    await world.a_member_of_staff()
    await _sign_in(page)
    await page.goto(f"/console/people?case={case.case_no}")
    await page.get_by_label("退出绑定的原因").fill("手机丢失")
    page.once("dialog", lambda dialog: dialog.dismiss())
    await page.get_by_role("button", name="退出绑定").click()
    assert await world.rows("identities", applicant_id=case.applicant_id) != []


async def test_after_a_decision_the_keyboard_goes_on_at_the_same_paper(page: Page, world: World) -> None:
    await world.a_case()
    await world.a_member_of_staff()
    await _sign_in(page)
    await page.goto(CASE)
    button = page.locator("#item-BA01").get_by_role("button", name="通过", exact=True)
    await button.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#decision-BA01 .pill")).to_have_text("通过", timeout=15_000)
    await expect(page.locator("#item-BA01")).to_be_focused()
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.closest('#item-BA01') !== null")
