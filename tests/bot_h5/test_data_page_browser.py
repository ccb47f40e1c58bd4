"""我的数据 in a phone-sized browser: what is held, who looked, the copy to download; SCREENSHOTS keeps the page."""

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
TOLD = {
    "name": "王**", "id_no": "1101**********123X", "kept": "付款记录、操作记录", "erasure": None,
    "classes": [
        {
            "name": "files", "label": "材料和照片", "holds": "您拍的证件和材料", "count": 18, "since": "2026年3月16日",
            "until": "办结或取消后180天", "basis": "为办理业务所必需",
        }
    ],
    "looks": [{"who": "审核员", "what": "打开材料", "count": 3, "last": "2026年3月17日"}],
    "consents": [
        {"label": "服务条款", "version": "2026.11", "given": "2026年3月16日", "withdrawn": None},
        {"label": "主动提醒", "version": "2026.11", "given": "2026年3月16日", "withdrawn": "2026年3月18日"},
    ],
    "export": {"state": "ready", "files": [{"number": 1, "size_bytes": 2_200_000}]},
}  # fmt: skip


@pytest.fixture
async def page(h5: web.Application, chromium: Browser) -> AsyncIterator[Page]:
    async with browsing(h5, chromium, PHONE) as page:
        yield page


async def test_the_page_shows_what_is_held_and_gives_the_copy(page: Page, backend: Any) -> None:
    backend.answers["links/redeem"] = (200, {"link_id": "l1", "purpose": "data", "openid": OPENID, "case_no": None})
    backend.answers["data"] = (200, TOLD)
    backend.answers["data/copy/1"] = (200, b"PK the copy")
    to_oauth = await page.request.get(f"/h5/l/{'t' * 32}", max_redirects=0)
    state = to_oauth.headers["location"].partition("state=")[2].partition("#")[0]
    await page.goto(f"/h5/oauth?code={OPENID}&state={state}")
    await expect(page.get_by_role("heading", name="我的数据")).to_be_visible()
    for text in ("材料和照片", "18 条", "保存到办结或取消后180天", "审核员", "已撤回"):
        await expect(page.get_by_text(text).first).to_be_visible()
    wide = await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not wide, "the page can be pushed sideways"
    if SHOTS:
        await page.screenshot(path=Path(SHOTS) / "h5-data.png", full_page=True)
    async with page.expect_download() as waiting:
        await page.get_by_role("link", name="下载副本").click()
    download = await waiting.value
    assert download.suggested_filename == "my-data-1.zip"
    assert Path(await download.path()).read_bytes() == b"PK the copy"
