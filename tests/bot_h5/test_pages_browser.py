"""The pages in a browser: what their scripts do, and that no page breaks its own content policy."""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from PIL import Image
from playwright.async_api import Page, expect

from launcher.browser import Browser
from tests.browsing import PHONE, browsing

SHOTS = os.environ.get("SCREENSHOTS")
OPENID = "oAPPLICANT0000000000000000001"
BRIDGE = """
window.asked = [];
window.WeixinJSBridge = {
  invoke(name, facts, then) { window.asked.push([name, facts]); then({ err_msg: `${name}:ok`.toLowerCase()
    .replace('getbrandwcpayrequest', 'get_brand_wcpay_request') }); },
  call(name) { window.asked.push([name]); },
};
"""
ITEM = {"item": "WK01", "name": "劳动合同", "hint": "每一页", "required": True, "state": "not_uploaded", "files": []}
Open = Callable[[str], Awaitable[None]]


@pytest.fixture
async def page(h5: web.Application, chromium: Browser) -> AsyncIterator[Page]:
    """A phone-sized browser inside WeChat; a broken script or content policy fails the test."""
    async with browsing(h5, chromium, PHONE, tolerated="the server responded with a status of") as page:
        await page.add_init_script(BRIDGE)
        yield page


async def was_closed(page: Page) -> None:
    """Asked from outside: a wait inside the page would need eval, which its content policy forbids."""
    async with asyncio.timeout(8):
        while not await page.evaluate("window.asked.some(([name]) => name === 'closeWindow')"):
            await asyncio.sleep(0.05)


def a_photo(width: int = 600, height: int = 800) -> bytes:
    content = io.BytesIO()
    Image.effect_noise((width, height), 40).convert("RGB").save(content, "JPEG")
    return content.getvalue()


async def test_the_crop_frame_is_sent_in_the_photos_own_pixels(page: Page, backend: Any, opens: Open) -> None:
    """The photo is shown smaller than it is; the frame that the backend proposed comes back as it was."""
    box = {"x": 300, "y": 200, "w": 750, "h": 1050}
    photo = {"file_id": "f_1", "width": 1500, "height": 2000, "box": box}
    backend.answers["photo"] = backend.answers["photo/crop"] = (200, photo)
    backend.answers["files/f_1"] = (200, a_photo(1500, 2000))
    await opens("crop")
    await expect(page.locator(".cropper-crop-box")).to_be_visible()
    await page.click("#use")
    await was_closed(page)
    sent = next(body for path, body in backend.calls if path == "photo/crop")
    assert {name: abs(sent[name] - box[name]) <= 2 for name in box} == dict.fromkeys(box, True)


async def test_a_nudged_frame_moves(page: Page, backend: Any, opens: Open) -> None:
    box = {"x": 300, "y": 200, "w": 750, "h": 1050}
    photo = {"file_id": "f_1", "width": 1500, "height": 2000, "box": box}
    backend.answers["photo"] = backend.answers["photo/crop"] = (200, photo)
    backend.answers["files/f_1"] = (200, a_photo(1500, 2000))
    await opens("crop")
    await expect(page.locator(".cropper-crop-box")).to_be_visible()
    await page.click("[data-move='0,-1']")
    await page.click("#use")
    await was_closed(page)
    sent = next(body for path, body in backend.calls if path == "photo/crop")
    assert sent["y"] < box["y"] - 5 and abs(sent["x"] - box["x"]) <= 2


async def test_the_password_can_be_shown_and_hidden(page: Page, opens: Open) -> None:
    await opens("bind")
    password, eye = page.locator("input[name=password]"), page.locator(".eye")
    await eye.click()
    await expect(password).to_have_attribute("type", "text")
    await expect(eye).to_have_attribute("aria-label", "隐藏密码")
    await eye.click()
    await expect(password).to_have_attribute("type", "password")


async def test_a_forgotten_tick_is_said_before_anything_typed_is_lost(page: Page, backend: Any, opens: Open) -> None:
    await opens("bind")
    await page.fill("input[name=username]", "demo1")
    await page.fill("input[name=password]", "geheim")
    await page.click("button[type=submit]")
    await expect(page.get_by_role("alert")).to_have_text("请先阅读并勾选：服务条款。")
    await page.get_by_label("《服务条款》").check(force=True)
    await page.click("button[type=submit]")
    await expect(page.get_by_role("alert")).to_have_text("请先阅读并勾选：使用身份证信息和证件材料。")
    await expect(page.locator("input[name=password]")).to_have_value("geheim")
    assert "bind" not in [path for path, _ in backend.calls]


async def test_what_is_agreed_to_can_be_read_where_the_tick_is(page: Page, backend: Any, opens: Open) -> None:
    """Each purpose of its own, with what it is for and what follows without it (PIPL art. 29, 30)."""
    await opens("bind")
    await page.get_by_text("看《服务条款》").click()
    await expect(page.get_by_role("heading", name="我们怎么用您的信息")).to_be_visible()
    await page.get_by_text("用来做什么，不同意会怎样").click()
    await expect(page.get_by_text("不同意的话")).to_be_visible()
    if SHOTS:
        await page.screenshot(path=Path(SHOTS) / "h5-bind-agree.png", full_page=True)


async def test_paying_opens_wechats_sheet_with_the_orders_parameters(page: Page, backend: Any, opens: Open) -> None:
    jsapi = {"appId": "wx1", "timeStamp": "1", "nonceStr": "n", "package": "prepay_id=1", "paySign": "s"}
    order = {"amount_fen": 98000, "description": "预审服务费", "deadline": "2026-03-17T02:00:00Z", "jsapi": jsapi}
    backend.answers["pay/prepare"] = (200, order)
    backend.answers["pay/check"] = (200, {"paid": True})
    await opens("pay")
    await expect(page.locator("#done")).to_be_hidden()
    await page.click("#pay")
    await expect(page.get_by_role("status")).to_have_text("支付成功，我们开始审核材料了。")
    await expect(page.locator("#pay")).to_be_hidden()
    await expect(page.locator("#done")).to_be_visible()
    assert (await page.evaluate("window.asked"))[0] == ["getBrandWCPayRequest", jsapi]


async def test_an_upload_is_counted_and_a_failed_one_can_be_tried_again(
    page: Page, backend: Any, opens: Open, tmp_path: Path
) -> None:
    backend.answers["materials"] = (200, {"items": [ITEM]})
    backend.answers["materials/WK01/files"] = (503, {})
    (tmp_path / "第1页.jpg").write_bytes(a_photo())
    await opens("upload")
    await page.set_input_files("input[type=file]", tmp_path / "第1页.jpg")
    await expect(page.locator(".uploads .bad")).to_contain_text("第1页.jpg")
    backend.answers["materials/WK01/files"] = (200, {"items": [{**ITEM, "state": "uploaded", "files": ["f_1"]}]})
    await page.get_by_role("button", name="重试").click()
    await expect(page.locator(".uploads .good")).to_have_text("第1页.jpg · 已收到")
    await expect(page.locator("[data-state]")).to_have_text("待审 · 1 张")
    keys = {body["file_ids"][0] for path, body in backend.calls if path == "materials/WK01/files"}
    assert len(keys) == 2


async def test_a_file_that_cannot_be_read_says_what_to_send(
    page: Page, backend: Any, opens: Open, tmp_path: Path
) -> None:
    backend.answers["materials"] = (200, {"items": [ITEM]})
    (tmp_path / "a.jpg").write_bytes(b"not a picture")
    await opens("upload")
    await page.set_input_files("input[type=file]", tmp_path / "a.jpg")
    await expect(page.locator(".uploads .bad")).to_contain_text("只收 JPG、PNG、WEBP、HEIC 照片和 PDF。")


async def test_a_slow_upload_shows_its_progress(page: Page, backend: Any, opens: Open, tmp_path: Path) -> None:
    backend.answers["materials"] = (200, {"items": [ITEM]})
    backend.answers["materials/WK01/files"] = (200, {"items": [{**ITEM, "files": ["f_1"]}]})
    (tmp_path / "a.jpg").write_bytes(a_photo())
    await opens("upload")
    held: list[Any] = []
    await page.route("**/h5/upload/WK01", lambda route: held.append(route))
    await page.set_input_files("input[type=file]", tmp_path / "a.jpg")
    await expect(page.get_by_role("progressbar")).to_be_visible()
    await held[0].continue_()
    await expect(page.get_by_role("progressbar")).to_be_hidden()


async def test_done_uploading_lets_the_chat_go_on_and_closes_the_page(page: Page, backend: Any, opens: Open) -> None:
    backend.answers["materials"] = (200, {"items": [{**ITEM, "files": ["f_1", "f_2"]}]})
    await opens("upload")
    await page.click("#done")
    await was_closed(page)
    assert [key.rpartition(":")[0] for _, key, _ in backend.went_on] == ["page:l1:upload"]


async def test_keyboard_focus_is_visible(page: Page, opens: Open) -> None:
    await opens("bind")
    seen = set()
    for _ in range(7):
        await page.keyboard.press("Tab")
        seen.add(await page.evaluate("getComputedStyle(document.activeElement).outlineStyle"))
    assert seen == {"solid"}
