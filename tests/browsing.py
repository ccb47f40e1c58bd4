"""A real browser at a test's own app; it fails the test when a page breaks its own rules."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict

from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Page, ViewportSize, async_playwright, expect

from launcher.browser import Browser

DESK = ViewportSize(width=1280, height=860)
PHONE = ViewportSize(width=390, height=844)
# How long a busy machine may take; nothing waits longer than it has to.
PATIENCE_MS = 20_000

expect.set_options(timeout=PATIENCE_MS)


@asynccontextmanager
async def browsing(
    app: web.Application, chromium: Browser, size: ViewportSize, *, tolerated: str | None = None
) -> AsyncIterator[Page]:
    """A page at `app`; `tolerated` is what a line of the console may contain without being a fault."""
    faults: list[str] = []
    async with TestServer(app) as server, async_playwright() as playwright:
        launched = await playwright.chromium.launch(**asdict(chromium))
        origin = f"http://{server.host}:{server.port}"
        context = await launched.new_context(base_url=origin, viewport=size, locale="zh-CN")
        page = await context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        # WeChat's own script, where a page names one.
        await page.route("http://res.example/**", lambda route: route.fulfill(body="", content_type="text/javascript"))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
        yield page
        await launched.close()
    assert [fault for fault in faults if tolerated is None or tolerated not in fault] == []
