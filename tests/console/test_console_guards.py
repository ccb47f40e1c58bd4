"""Promises about every page of the console at once: sessions, CSRF, headers, words for every refusal."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

import backend
from backend.console import words
from backend.domain.case import Event, Stage
from backend.domain.transitions import staff_events
from backend.services.staff.refusals import StaffRefusal, all_refusals
from tests.console.console_world import PASSWORD, Browser, World, hidden

OPEN = ("/console/sign-in", "/console/static", "/console/invitation")
CONSOLE = Path(backend.__file__).parent / "console"


def _routes(app: web.Application, method: str) -> list[str]:
    found = []
    for route in app.router.routes():
        path = route.resource.canonical if route.resource else ""
        if route.method == method and path.startswith("/console") and not path.startswith(OPEN):
            found.append(re.sub(r"\{\w+\}", "x", path))
    return found


async def test_no_page_opens_without_a_session(app: web.Application, browser: Browser) -> None:
    pages = _routes(app, "GET")
    assert len(pages) >= 6
    for path in pages:
        assert (await browser.get(path))[0] == 302, path


async def test_no_step_is_taken_without_a_session(app: web.Application, browser: Browser) -> None:
    steps = _routes(app, "POST")
    assert len(steps) >= 9
    for path in steps:
        assert (await browser.post(path, {}))[0] == 401, path


async def test_no_step_is_taken_without_the_sessions_csrf_token(
    app: web.Application, browser: Browser, world: World
) -> None:
    await world.a_member_of_staff()
    await browser.sign_in()
    for path in _routes(app, "POST"):
        assert (await browser.post(path, {}))[0] == 403, path
        assert (await browser.post(path, {"csrf": "x" * 43}))[0] == 403, path


async def test_signing_in_needs_the_token_of_its_own_page(browser: Browser, world: World) -> None:
    await world.a_member_of_staff()
    status, _ = await browser.post("/console/sign-in", {"username": "wang", "password": PASSWORD})
    assert status == 403


async def test_a_token_that_is_no_text_is_refused_like_a_wrong_one(browser: Browser, world: World) -> None:
    await world.a_member_of_staff()
    await browser.sign_in()
    status, _ = await browser.post("/console/sign-out", {}, headers={"X-CSRF-Token": "\udcff" * 43})
    assert status == 403


async def test_a_form_that_is_too_big_as_a_whole_is_refused_before_anybody_signed_in(browser: Browser) -> None:
    """Each of its parts is within bounds; together they would fill the memory."""
    form = aiohttp.FormData()
    for number in range(24):
        form.add_field(f"f{number}", io.BytesIO(bytes(1024 * 1024)), filename="a", content_type="application/pdf")
    assert (await browser.post("/console/sign-in", form))[0] == 413


async def test_a_form_of_a_thousand_fields_is_refused(browser: Browser) -> None:
    with aiohttp.MultipartWriter("form-data") as form:
        for number in range(1000):
            form.append("x").set_content_disposition("form-data", name=f"f{number}")
        status, _ = await browser.post("/console/sign-in", form)
    assert status == 413


@pytest.mark.parametrize(
    "path", ["/console/static/../queue", "/console/static/%2e%2e/queue", "/console/sign-in/../queue", "/console//queue"]
)
async def test_no_spelling_of_a_page_opens_it_without_a_session(browser: Browser, path: str) -> None:
    async with browser.client.get(URL(path, encoded=True), allow_redirects=False) as response:
        assert response.status in (302, 403, 404)
        assert "退出" not in await response.text()


async def test_a_post_from_another_site_is_refused_whatever_it_carries(browser: Browser, world: World) -> None:
    await world.a_member_of_staff()
    await browser.sign_in()
    _, page = await browser.get("/console/tasks")
    token = re.findall(r'name="csrf" value="([^"]+)"', page)[0]
    status, _ = await browser.post("/console/sign-out", {"csrf": token}, headers={"Sec-Fetch-Site": "cross-site"})
    assert status == 403


async def test_every_answer_forbids_caching_and_foreign_scripts(app: web.Application, browser: Browser) -> None:
    for path in ("/console/sign-in", "/console/queue", "/console/nowhere"):
        async with browser.client.get(path, allow_redirects=False) as response:
            assert response.headers["Cache-Control"] == "no-store", path
            assert "script-src 'self'" in response.headers["Content-Security-Policy"], path
            assert response.headers["X-Content-Type-Options"] == "nosniff", path


async def test_the_session_cookie_is_for_the_browser_alone(browser: Browser, world: World) -> None:
    await world.a_member_of_staff()
    await browser.sign_in()
    cookie = next(one for one in browser.client.session.cookie_jar if one.key == "gongju_console")
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/console"


async def test_a_session_that_was_left_alone_ends(browser: Browser, world: World) -> None:
    await world.a_member_of_staff()
    await browser.sign_in()
    assert (await browser.get("/console/queue"))[0] == 200
    world.clock.at += timedelta(hours=2)
    assert (await browser.get("/console/queue"))[0] == 302


async def test_signing_out_ends_the_session_on_the_server_too(browser: Browser, world: World) -> None:
    await world.a_member_of_staff()
    await browser.sign_in()
    _, page = await browser.get("/console/queue")
    await browser.press(page, "/console/sign-out")
    assert await world.rows("staff_sessions") == []


async def test_an_htmx_request_without_a_session_leaves_the_page_and_its_words_standing(browser: Browser) -> None:
    async with browser.client.post("/console/cases/x/take", headers={"HX-Request": "true"}) as response:
        assert (response.status, "HX-Redirect" in response.headers) == (401, False)
        assert 'href="/console/sign-in"' in await response.text()


async def test_a_form_after_the_session_has_ended_is_shown_to_be_copied_but_no_secret(
    browser: Browser, world: World
) -> None:
    await world.a_member_of_staff()
    await browser.sign_in()
    _, page = await browser.get("/console/password")
    world.clock.at += timedelta(hours=2)
    told = {"reason": "<b>写了很久</b>", "old": "old-secret", "new": "new-secret", "csrf": hidden(page, "csrf")}
    status, shown = await browser.post("/console/password", told)
    assert status == 401
    assert "&lt;b&gt;写了很久&lt;/b&gt;" in shown
    assert not [secret for secret in ("old-secret", "new-secret", told["csrf"]) if secret in shown]


def test_templates_hold_no_inline_script_or_style() -> None:
    for template in (CONSOLE / "templates").glob("*.html"):
        text = template.read_text(encoding="utf-8")
        assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=\W|javascript:", text), template.name


@pytest.mark.parametrize("refusal", sorted(all_refusals(), key=lambda one: one.__name__), ids=lambda one: one.__name__)
def test_every_refusal_of_the_staff_has_a_sentence(refusal: type[StaffRefusal]) -> None:
    assert refusal in words.SENTENCES or refusal.__name__ == "PdfRefused"


def test_every_kind_of_task_that_the_services_open_has_a_name() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (CONSOLE.parent / "services").rglob("*.py"))
    opened = set(re.findall(r'ids\.new\("t"\),\s*"(\w+)"', source))
    assert opened
    assert opened <= set(words.TASK_KINDS)


def test_every_event_of_the_staff_has_a_button() -> None:
    shown = "".join(path.read_text(encoding="utf-8") for path in (CONSOLE / "templates").glob("_*.html"))
    shown += "E.ITEM_REJECT E.FINISH_REVIEW_REJECTED E.FINISH_REVIEW_PASSED"  # decided together with E.ITEM_PASS
    offered = {event for stage in Stage for event in staff_events(stage)}
    assert {event for event in offered if f"E.{Event(event).name}" not in shown} == set()
