"""Confirming a scanned QR and setting a forgotten password, in a phone-sized browser; SCREENSHOTS keeps the pages."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from playwright.async_api import Page, expect

from launcher.browser import Browser
from tests.browsing import PHONE, browsing

SHOTS = os.environ.get("SCREENSHOTS")
OPENID = "oAPPLICANT0000000000000000001"


@pytest.fixture
async def page(h5: web.Application, chromium: Browser) -> AsyncIterator[Page]:
    async with browsing(h5, chromium, PHONE, tolerated="the server responded with a status of") as page:
        yield page


async def _open(page: Page, backend: Any, purpose: str) -> None:
    link = {"link_id": "l1", "purpose": purpose, "openid": OPENID, "case_no": None}
    backend.answers["links/redeem"] = (200, link)
    to_oauth = await page.request.get(f"/h5/l/{'t' * 32}", max_redirects=0)
    state = to_oauth.headers["location"].partition("state=")[2].partition("#")[0]
    await page.goto(f"/h5/oauth?code={OPENID}&state={state}")


async def _keep(page: Page, name: str) -> None:
    if SHOTS:
        await page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


async def test_who_scanned_confirms_with_the_end_of_the_number(page: Page, backend: Any) -> None:
    backend.answers["binding-offer"] = (200, {"name": "王**", "moves": True})
    await _open(page, backend, "confirm")
    await expect(page.get_by_role("heading", name="您是王**吗？")).to_be_visible()
    await page.get_by_role("button", name="是我，绑定").click()
    await expect(page.get_by_role("alert")).to_contain_text("请输入身份证号最后四位")
    await page.get_by_label("后四位").fill("123x")
    await page.get_by_role("button", name="是我，绑定").click()
    await expect(page.get_by_role("alert")).to_contain_text("另一个微信")
    await _keep(page, "h5-confirm")
    for box in await page.get_by_role("checkbox").all():
        await box.check(force=True)
    await page.get_by_role("button", name="是我，绑定").click()
    await expect(page.get_by_role("heading", name="绑定好了")).to_be_visible()
    told = [body for path, body in backend.calls if path == "binding-offer" and isinstance(body, dict)][-1]
    assert (told["id_tail"], told["change_account"], set(told["agreed"])) == (
        "123x",
        True,
        {"service_terms", "sensitive_id"},
    )
    assert [key for _, key, _ in backend.went_on] == ["page:l1:confirm"]


async def test_a_forgotten_password_is_set_anew_with_the_mailed_code(page: Page, backend: Any) -> None:
    backend.answers["password/code"] = (200, {"sent": True})
    backend.answers["password"] = (422, {"error": {"code": "code_wrong"}})
    await _open(page, backend, "bind")
    await page.get_by_role("link", name="遇见问题").click()
    await page.get_by_role("link", name="重设密码").click()
    await page.get_by_label("用户名").fill("demo1")
    await page.get_by_label("手机号").fill("13800138000")
    await _keep(page, "h5-forgot")
    await page.get_by_role("button", name="发送验证码").click()
    await expect(page.get_by_role("status")).to_contain_text("10 分钟内有效")
    await expect(page.get_by_label("用户名")).to_have_value("demo1")
    await page.get_by_label("验证码", exact=True).fill("111111")
    await page.get_by_role("textbox", name="新密码").fill("geheim-2026")
    await page.get_by_role("button", name="设好新密码").click()
    await expect(page.get_by_role("alert")).to_contain_text("验证码不对")
    await expect(page.get_by_label("验证码", exact=True)).to_have_value("111111")
    await _keep(page, "h5-reset")
    backend.answers["password"] = (200, {"set": True})
    await page.get_by_role("textbox", name="新密码").fill("geheim-2026")
    await page.get_by_role("button", name="显示密码").click()
    await page.get_by_role("button", name="设好新密码").click()
    await expect(page.get_by_role("heading", name="新密码设好了")).to_be_visible()
    await page.get_by_role("link", name="去登录").click()
    await expect(page.get_by_role("heading", name="绑定账号")).to_be_visible()
