"""Publishing and an employer page in a real browser, double taps included; SCREENSHOTS keeps pictures there."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from playwright.async_api import Page, expect

from backend.domain.profile import BusinessType
from launcher.browser import Browser
from tests.browsing import DESK, browsing
from tests.console.console_world import PASSWORD, World
from tests.console.content_world import parts

__all__ = ["parts"]
SHOTS = os.environ.get("SCREENSHOTS")


@pytest.fixture
async def page(app: web.Application, chromium: Browser, world: World) -> AsyncIterator[Page]:
    await world.a_member_of_staff("wang", role="manager")
    async with browsing(app, chromium, DESK, tolerated="status of 4") as page:
        await page.goto("/console/")
        await page.get_by_label("用户名").fill("wang")
        await page.get_by_label("密码").fill(PASSWORD)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="申请", exact=True)).to_be_visible()
        yield page


async def _keep(page: Page, name: str) -> None:
    if SHOTS:
        await page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


async def test_a_price_is_previewed_published_with_a_double_tap_and_taken_back(page: Page, world: World) -> None:
    await page.get_by_role("link", name="内容").click()
    await page.get_by_role("link", name="收费标准 各业务").click()
    await page.get_by_role("link", name="收费标准", exact=True).click()
    await page.get_by_label("新申请（元）").fill("1280")
    await page.get_by_role("button", name="预览").click()
    await expect(page.get_by_role("cell", name="1280")).to_be_visible()
    await _keep(page, "console-content-preview")
    await page.get_by_label("为什么改").fill("按新价目")
    await page.get_by_role("button", name="发布，马上生效").dblclick()
    await expect(page.get_by_text("正在用")).to_be_visible()
    await expect(page.get_by_label("新申请（元）")).to_have_value("1280")
    assert len(await world.rows("publications")) == 1
    await page.get_by_role("button", name="恢复成随程序交付的内容").click()
    await expect(page.get_by_label("新申请（元）")).to_have_value("980")
    assert world.office.parts.catalogues.current().fee.fen_for(BusinessType.NEW) == 98000


async def test_a_list_of_people_is_pasted_and_its_wrong_line_comes_back(page: Page, world: World) -> None:
    await world.a_case(items=())
    await page.goto("/console/employers/e_1")
    await page.get_by_label("每行一位").fill("张三 110105199001011234")
    await page.get_by_role("button", name="添加", exact=True).click()
    await expect(page.get_by_text("身份证号不对，请核对")).to_be_visible()
    await expect(page.get_by_label("每行一位")).to_have_value("张三 110105199001011234")
    await _keep(page, "console-employer")
