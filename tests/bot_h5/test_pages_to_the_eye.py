"""How the pages look and behave: every width of phone, light and dark, readable, tappable, once."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from playwright.async_api import Page, ViewportSize, expect

from launcher.browser import Browser
from tests.browsing import PHONE, browsing
from tests.looking import LIGHT_AND_DARK, faults_of

SHOTS = os.environ.get("SCREENSHOTS")
OPENID = "oAPPLICANT0000000000000000001"
# WeChat's own green with white letters is what its users know as “the button”.
WECHATS_OWN = (".weui-btn_primary", ".cropper-container")
LONG = "北京示例数字科技与人力资源服务发展集团（通州区）有限责任公司第二分公司"
ITEMS = [
    {"item": f"X{n}", "name": f"材料{n} {LONG}", "hint": LONG, "required": bool(n % 2),
     "reason": LONG if n == 3 else "",
     "state": ("not_uploaded", "uploaded", "passed", "rejected")[n % 4], "files": ["f"] * (n % 4) * 20}
    for n in range(24)
]  # fmt: skip
STEPS = [{"label": "支付", "state": s} for s in ("done", "now", "ahead", "stopped")]
OVERVIEW = {
    "applicant": {"name": "样**", "id_no": "1101*****0000"},
    "case": {"case_no": "GJ20260316-00001", "stage": "agency_review", "stage_label": "中智审核中"},
    "progress": {"who_acts": "staff", "steps": STEPS},
    "data": {"answers": {"contact": {"phone": "138****8000"}, "personal": {"address": LONG * 2}},
             "entries": {"work": [{"employer": LONG, "start": "2010-07", "end": "OPEN", "job": LONG}]}},
    "materials": ITEMS,
    "timeline": [{"at": "2026-03-16T02:00:00+00:00", "stage": "draft", "label": "填写中"}],
    "order": {"amount": "980.00", "state": "paid", "deadline": "2026-03-17T02:00:00+00:00"},
    "downloads": [{"file_id": "f_1", "title": "确认单"},
                  {"file_id": "tpl_1_pdf", "title": "授权委托书（PDF）", "paper": "授权委托书", "format": "PDF"},
                  {"file_id": "tpl_1_docx", "title": "授权委托书（Word）", "paper": "授权委托书", "format": "Word"}],
}  # fmt: skip
DATA = {
    "name": "样**", "id_no": "1101*****0000", "kept": "付款记录", "looks": [], "erasure": None,
    "classes": [{"label": "材料", "count": 60, "holds": LONG, "since": "2026年3月", "until": "办结后", "basis": LONG}],
    "consents": [{"label": "服务条款", "given": "2026年3月", "version": "1", "withdrawn": None}],
    "export": {"files": [{"size_bytes": 3_000_000}]},
}  # fmt: skip
ORDER = {"amount_fen": 98000, "description": "工作居住证预审服务费 GJ20260316-00001",
         "deadline": "2026-03-17T02:00:00Z", "jsapi": {"appId": "wx1"}}  # fmt: skip
Open = Callable[[str], Awaitable[None]]


@pytest.fixture
async def page(h5: web.Application, chromium: Browser) -> AsyncIterator[Page]:
    async with browsing(h5, chromium, PHONE, tolerated="the server responded with a status of") as page:
        yield page


PAGES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "bind": ("bind", "", {}),
    "help": ("bind", "/h5/help", {}),
    "terms": ("bind", "/h5/terms", {}),
    "forgotten password": ("bind", "/h5/bind/forgot", {}),
    "code": ("bind", "/h5/bind/reset", {}),
    "confirm": ("confirm", "", {"binding-offer": (200, {"name": "样**", "moves": True})}),
    "credentials": ("credentials", "", {}),
    "pay": ("pay", "", {"pay/prepare": (200, ORDER)}),
    "upload": ("upload", "", {"materials": (200, {"items": ITEMS})}),
    "nothing to upload": ("upload", "", {"materials": (200, {"items": []})}),
    "overview": ("overview", "", {"overview": (200, OVERVIEW)}),
    "overview without a case": ("overview", "", {"overview": (200, {"case": None})}),
    "my data": ("data", "", {"data": (200, DATA)}),
    "link gone": ("bind", "/h5/overview", {}),
    "no such page": ("bind", "/h5/nothing", {}),
    "away": ("overview", "", {"overview": (503, {})}),
}


@pytest.mark.parametrize("name", PAGES)
async def test_every_page_can_be_read_and_tapped_on_every_phone_by_day_and_by_night(
    name: str, page: Page, backend: Any, opens: Open
) -> None:
    purpose, path, answers = PAGES[name]
    backend.answers |= answers
    await opens(purpose)
    if path:
        await page.goto(path)
    for closed in await page.locator("summary").all():
        await closed.click()
    for width in (360, 390, 430):
        await page.set_viewport_size(ViewportSize(width=width, height=800))
        for scheme in LIGHT_AND_DARK:
            await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            if SHOTS and width == 390:
                await page.screenshot(path=Path(SHOTS) / f"h5-{name.replace(' ', '-')}-{scheme}.png", full_page=True)
            assert await faults_of(page, target_px=44, spared=WECHATS_OWN) == [], (width, scheme)
    # WeChat's largest letters leave a phone of 360 px as much room as this.
    await page.set_viewport_size(ViewportSize(width=260, height=800))
    assert [one for one in await faults_of(page, target_px=1, spared=WECHATS_OWN) if "too wide" in one] == []


async def test_the_eye_finds_what_is_wrong(page: Page) -> None:
    await page.set_content(
        '<p style="color:#999;background:#fff">faint</p><input><button style="height:20px">Go</button><img src="x">'
        '<p id="a"></p><p id="a"></p><div style="width:3000px">wide</div><label for="b">b</label>'
    )
    found = " ".join(await faults_of(page, target_px=44))
    for fault in (
        "contrast 2.85",
        "no name",
        "small",
        "no alt",
        "id twice",
        "label for nothing",
        "too wide",
        "language",
    ):
        assert fault in found, fault


async def test_the_pages_turn_dark_with_the_phone(page: Page, opens: Open) -> None:
    await opens("bind")
    grounds = []
    for scheme in LIGHT_AND_DARK:
        await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        grounds.append(await page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert grounds == ["rgb(237, 237, 237)", "rgb(17, 17, 17)"]


async def test_reloading_what_was_saved_sends_nothing_again(page: Page, backend: Any, opens: Open) -> None:
    backend.answers["credentials"] = (200, {})
    await opens("credentials")
    await page.fill("input[name=username]", "someone")
    await page.fill("input[name=password]", "geheim")
    await page.get_by_label("我单独同意").check(force=True)
    await page.click("button[type=submit]")
    await expect(page.get_by_role("heading", name="已保存")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("heading", name="已保存")).to_be_visible()
    assert [path for path, _ in backend.calls].count("credentials") == 1


async def test_going_back_after_binding_shows_that_it_is_done(page: Page, backend: Any, opens: Open) -> None:
    backend.answers["bind"] = (200, {"name": "样**"})
    await opens("bind")
    await page.fill("input[name=username]", "demo1")
    await page.fill("input[name=password]", "geheim")
    for tick in await page.get_by_role("checkbox").all():
        await tick.check(force=True)
    await page.click("button[type=submit]")
    await expect(page.get_by_role("heading", name="绑定好了")).to_be_visible()
    await page.goto("/h5/bind")
    await expect(page.get_by_role("heading", name="绑定好了")).to_be_visible()


async def test_nobody_is_told_of_something_that_was_not_done(page: Page, opens: Open) -> None:
    await opens("bind")
    await page.goto("/h5/done")
    await expect(page.get_by_role("heading", name="链接已失效")).to_be_visible()


async def test_a_second_tap_while_the_first_is_on_its_way_does_nothing(page: Page, opens: Open) -> None:
    await opens("credentials")
    # A network so slow that the page stays: what would leave is counted and held.
    await page.evaluate("""() => { window.left = 0; window.addEventListener('submit', (event) => {
        if (!event.defaultPrevented) { window.left += 1; event.preventDefault(); } }); }""")
    await page.fill("input[name=username]", "someone")
    await page.fill("input[name=password]", "geheim")
    await page.get_by_label("我单独同意").check(force=True)
    button = page.locator("button[type=submit]")
    await button.click()
    await expect(button).to_have_attribute("aria-busy", "true")
    await expect(button.locator(".weui-mask-loading")).to_have_count(1)
    await button.click()
    assert await page.evaluate("window.left") == 1


async def test_a_page_that_only_takes_posts_leads_back_to_the_chat(page: Page, opens: Open) -> None:
    await opens("bind")
    answer = await page.goto("/h5/upload-done")
    assert answer is not None and answer.status == 405
    await expect(page.get_by_role("heading", name="没有找到这个页面")).to_be_visible()


async def test_when_the_backend_is_away_the_page_can_be_tried_again(page: Page, backend: Any, opens: Open) -> None:
    backend.answers["overview"] = (503, {})
    await opens("overview")
    backend.answers["overview"] = (200, OVERVIEW)
    await page.get_by_role("link", name="再试一次").click()
    await expect(page.get_by_role("heading", name="申请总览")).to_be_visible()


async def test_the_overview_says_whose_turn_it_is_and_what_comes(page: Page, backend: Any, opens: Open) -> None:
    backend.answers["overview"] = (200, OVERVIEW)
    await opens("overview")
    await expect(page.get_by_text("您不用做什么，有结果马上告诉您。")).to_be_visible()
    await expect(page.locator("[aria-current=step]")).to_have_text("支付")
    await expect(page.get_by_role("heading", name="材料").locator("small")).to_contain_text("未通过 6")


async def test_a_file_that_is_too_large_is_said_to_be_before_it_is_sent(
    page: Page, backend: Any, opens: Open, tmp_path: Path
) -> None:
    backend.answers["materials"] = (200, {"items": ITEMS[:1]})
    await opens("upload")
    (tmp_path / "合同.pdf").write_bytes(bytes(21 * 1024 * 1024))
    await page.set_input_files("input[type=file]", tmp_path / "合同.pdf")
    await expect(page.locator(".uploads .bad")).to_have_text(
        "合同.pdf · 文件太大了，请传 15 MB 以内的照片或 20 MB 以内的 PDF。"
    )
    await expect(page.get_by_role("button", name="重试")).to_have_count(0)
    assert [path for path, _ in backend.calls if path == "files"] == []


async def test_nobody_leaves_while_a_file_is_on_its_way(page: Page, backend: Any, opens: Open, tmp_path: Path) -> None:
    backend.answers["materials"] = (200, {"items": ITEMS[:1]})
    await opens("upload")
    (tmp_path / "a.jpg").write_bytes(b"x")
    held: list[Any] = []
    await page.route("**/h5/upload/X0", lambda route: held.append(route))
    await page.set_input_files("input[type=file]", [tmp_path / "a.jpg"] * 2)
    await expect(page.locator("#done")).to_have_text("正在上传，还剩 2 个")
    await expect(page.locator("#done")).to_be_disabled()
    await page.unroute("**/h5/upload/X0")
    await held[0].continue_()
    await expect(page.locator("#done")).to_have_text("传好了，回到聊天")
    await expect(page.locator("#done")).to_be_enabled()


async def test_a_downloaded_paper_has_its_own_name(page: Page, backend: Any, opens: Open) -> None:
    backend.answers |= {"overview": (200, OVERVIEW), "files/tpl_1_pdf": (200, b"%PDF-1.7")}
    await opens("overview")
    async with page.expect_download() as download:
        await page.get_by_role("link", name="下载授权委托书（PDF）").click()
    assert (await download.value).suggested_filename.startswith("授权委托书.")


async def test_a_paper_that_may_be_left_out_is_not_said_to_be_missing(page: Page, backend: Any, opens: Open) -> None:
    backend.answers["overview"] = (200, {**OVERVIEW, "materials": [{**ITEMS[0], "required": False}]})
    await opens("overview")
    await expect(page.locator(".materials .state")).to_have_text("选传")


async def test_what_wechats_script_does_not_bring_does_not_hold_the_page_up(
    page: Page, backend: Any, opens: Open
) -> None:
    """Our scripts come first: with WeChat's server slow, the forms and buttons work all the same."""
    backend.answers["materials"] = (200, {"items": ITEMS[:1]})
    await page.route("http://res.example/**", lambda route: None)
    link = {"link_id": "l1", "purpose": "bind", "openid": OPENID, "case_no": None}
    backend.answers["links/redeem"] = (200, link)
    to_oauth = await page.request.get(f"/h5/l/{'t' * 32}", max_redirects=0)
    state = to_oauth.headers["location"].partition("state=")[2].partition("#")[0]
    await page.goto(f"/h5/oauth?code={OPENID}&state={state}", wait_until="commit")
    await page.locator(".eye").click()
    await expect(page.locator("input[name=password]")).to_have_attribute("type", "text")
