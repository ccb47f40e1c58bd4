"""The pages of applicants and colleagues in a real browser; with SCREENSHOTS set they are kept there."""

from __future__ import annotations

import io
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import qrcode
from aiohttp import web
from playwright.async_api import Page, expect

from backend.services.staff.office import Office
from launcher.browser import Browser
from tests.browsing import DESK, browsing
from tests.console.console_world import PASSWORD, World

SHOTS = os.environ.get("SCREENSHOTS")


class DrawnQrCodes:
    """WeChat's side: a picture that really holds the scene."""

    async def make(self, scene: str, *, life_s: int) -> tuple[str, bytes]:
        out = io.BytesIO()
        qrcode.make(f"http://weixin.qq.com/q/{scene}").save(out)
        return "image/png", out.getvalue()


@pytest.fixture
def office(office: Office) -> Office:
    return replace(office, qr=DrawnQrCodes())


@pytest.fixture
async def page(app: web.Application, chromium: Browser) -> AsyncIterator[Page]:
    async with browsing(app, chromium, DESK, tolerated="status of 4") as page:
        yield page


async def _sign_in(page: Page, world: World) -> None:
    await world.a_member_of_staff("wang", role="manager")
    await page.goto("/console/")
    await page.get_by_label("用户名").fill("wang")
    await page.get_by_label("密码").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="申请", exact=True)).to_be_visible()


async def _keep(page: Page, name: str) -> None:
    if SHOTS:
        await page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


async def test_staff_find_an_applicant_and_show_the_qr(page: Page, world: World) -> None:
    case = await world.a_case()
    await _sign_in(page, world)
    await page.get_by_role("link", name="申请人", exact=True).click()
    await page.get_by_label("查找", exact=True).fill(case.case_no)
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="生成绑定二维码").click()
    picture = page.get_by_alt_text("绑定二维码")
    await expect(picture).to_be_visible()
    assert await picture.evaluate("one => one.naturalWidth") > 100
    await _keep(page, "console-person")
    await page.get_by_role("button", name="生成重设密码的验证码").click()
    await expect(page.get_by_text("只显示这一次")).to_be_visible()
    await _keep(page, "console-reset-code")


async def test_a_manager_invites_a_colleague(page: Page, world: World) -> None:
    await _sign_in(page, world)
    await page.get_by_role("link", name="同事").click()
    form = page.get_by_role("form", name="添加同事")
    await form.get_by_label("姓名").fill("李审核")
    await form.get_by_label("用户名").fill("xiaoli")
    await form.get_by_role("button", name="添加").click()
    await expect(page.get_by_text("/console/invitation/")).to_be_visible()
    await _keep(page, "console-team")
    link = (await page.locator(".secret").inner_text()).partition("/console/")
    await page.get_by_role("button", name="退出", exact=True).click()
    await page.goto(f"/console/{link[2]}")
    await page.get_by_label("新密码").fill("another-long-2026")
    await _keep(page, "console-invitation")
    await page.get_by_role("button", name="设好，去登录").click()
    await expect(page.get_by_role("button", name="登录")).to_be_visible()
