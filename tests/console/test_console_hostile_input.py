"""Hostile input to every page and step of the console: a page with a sentence, never a fault, no markup of theirs."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest
import structlog
from aiohttp import web
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from yarl import URL

from backend.domain.case import Event, Stage
from tests.backend.hostile import TEXTS
from tests.console.console_world import Browser, World, hidden

# Everything that a form or an address of the console names.
FIELDS = (
    "reason", "text", "due_on", "items", "amount", "title", "result", "note", "seats", "from", "to", "until", "day",
    "place", "bring", "name", "username", "display_name", "phone", "role", "employer", "id_no", "password", "number",
    "file", "code", "files", "codes", "opened", "cut_off", "windows", "fapiao_no", "invoice_no", "version",
)  # fmt: skip
NUMBERS = ("-1", "0", "1e5", "99999999999999999999", "９９", "²", "1" * 5000, "0.001", "-0.01", "NaN", "1,000")
DAYS = ("2026-02-30", "0001-01-01", "9999-12-31", "2026-3-1", "２０２６-03-20", "20260320")
ODD = st.one_of(st.sampled_from(TEXTS), st.sampled_from(NUMBERS), st.sampled_from(DAYS), st.text(max_size=30))
FORMS = st.dictionaries(st.sampled_from(FIELDS), ODD, max_size=6)
LEAVES = ("/console/sign-out", "/console/sign-in")


def _paths(app: web.Application, method: str) -> list[str]:
    found = {route.resource.canonical for route in app.router.routes() if route.resource and route.method == method}
    return sorted(path for path in found if path.startswith("/console/") and path not in LEAVES)


def _filled(path: str, draw: Any, known: dict[str, str]) -> str:
    """The address with each of its parts known or hostile."""

    def part(match: re.Match[str]) -> str:
        odd = draw(ODD) or "x"
        told = draw(st.sampled_from([known.get(match[1], "x"), known.get(match[1], "x"), odd]))
        return quote(told.encode("utf-8", "surrogatepass"), safe="")

    return re.sub(r"\{(\w+)(?::[^}]*)?\}", part, path)


PLAIN = ("\x00", "<script>alert(1)</script>", "1" * 5000, "長" * 3000, "2026-02-30", "-1", "２")
QUERIES = ("page", "q", "month", "day", "stage", "lane", "weeks", "number", "from", "calendar")


async def test_every_step_takes_a_form_of_hostile_fields(browser: Browser, world: World, app: web.Application) -> None:
    known = await _stands(browser, world)
    for path in _paths(app, "POST"):
        address = re.sub(r"\{(\w+)(?::[^}]*)?\}", lambda part: known.get(part[1], "x"), path)
        for text in PLAIN:
            status, page = await browser.post(address, {**dict.fromkeys(FIELDS, text), **await _signed(world)})
            assert status < 500, (path, text[:10])
            assert "<script>alert(1)" not in page, path


async def test_every_page_takes_a_hostile_query(browser: Browser, world: World, app: web.Application) -> None:
    known = await _stands(browser, world)
    for path in _paths(app, "GET"):
        address = re.sub(r"\{(\w+)(?::[^}]*)?\}", lambda part: known.get(part[1], "x"), path)
        for text in (*PLAIN[:4], "9" * 30):
            status, page = await browser.get(address, params=dict.fromkeys(QUERIES, text))
            assert status < 500, (path, text[:10])
            assert "<script>alert(1)" not in page, path


@pytest.mark.parametrize("version", ["1" * 5000, "²", "-1", ""])
async def test_a_version_that_is_none_is_refused(browser: Browser, world: World, version: str) -> None:
    known = await _stands(browser, world)
    status, _ = await browser.post(
        f"/console/cases/{known['case_no']}/take", {**await _signed(world), "version": version}
    )
    assert status == 400


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(data=st.data())
async def test_no_hostile_form_brings_a_fault(browser: Browser, world: World, app: web.Application, data: Any) -> None:
    known = await _stands(browser, world)
    path = _filled(data.draw(st.sampled_from(_paths(app, "POST"))), data.draw, known)
    fields = {name: value.encode("utf-8", "replace").decode() for name, value in data.draw(FORMS).items()}
    whole = {**await _signed(world), **fields}
    with structlog.testing.capture_logs() as logs:
        async with browser.client.post(
            URL(path, encoded=True), data={**whole, "csrf": (await _signed(world))["csrf"]}, allow_redirects=False
        ) as response:
            page = await response.text()
    assert response.status < 500, (path, whole, logs)
    assert not [one for one in logs if one["log_level"] == "error"]
    assert "<script>alert(1)" not in page


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(data=st.data())
async def test_no_hostile_address_brings_a_fault(
    browser: Browser, world: World, app: web.Application, data: Any
) -> None:
    known = await _stands(browser, world)
    path = _filled(data.draw(st.sampled_from([*_paths(app, "GET"), "/console/find"])), data.draw, known)
    query = {
        name: value.encode("utf-8", "replace").decode()
        for name, value in data.draw(
            st.dictionaries(st.sampled_from(["q", "stage", "month", "day", "done", "page", "calendar", "from"]), ODD)
        ).items()
    }
    async with browser.client.get(URL(path, encoded=True).update_query(query), allow_redirects=False) as response:
        page = await response.text(errors="replace")
    assert response.status < 500, (path, query)
    assert "<script>alert(1)" not in page


async def _signed(world: World) -> dict[str, str]:
    """What a form of the case carries: its present version, a fresh token, the session's own."""
    case = await world.case(world.known["case"])  # type: ignore[attr-defined]
    csrf = world.known["csrf"]  # type: ignore[attr-defined]
    return {"version": str(case.version), "token": world.office.parts.ids.token()[:40], "csrf": csrf}


async def _stands(browser: Browser, world: World) -> dict[str, str]:
    """A reviewer is signed in and a case waits; once per test, whatever the number of examples."""
    if hasattr(world, "known"):
        return world.known  # type: ignore[no-any-return]
    await world.a_member_of_staff()
    case = await world.a_case(Stage.AGENCY_REVIEW)
    await browser.sign_in()
    _, page = await browser.get("/console/tasks")
    world.known = {  # type: ignore[attr-defined]
        "case": case, "case_no": case.case_no, "csrf": hidden(page, "csrf"), "code": "BA01", "event": "finish_review",
        "what": "id_no", "month": "2026-03", "day": "2026-03-16", "task_id": "t_1",
    }  # fmt: skip
    return world.known  # type: ignore[no-any-return,attr-defined]


@pytest.mark.parametrize("reason", ["\x00", "看不清\x00", "<script>alert(1)</script>", "\u202e倒", "长" * 501])
async def test_a_hostile_reason_is_refused_or_shown_as_text(browser: Browser, world: World, reason: str) -> None:
    await world.a_member_of_staff()
    case = await world.a_case(Stage.HR_FIRST_REVIEW)
    await browser.sign_in()
    _, page = await browser.get(f"/console/cases/{case.case_no}")
    status, shown = await browser.press(page, f"/console/cases/{case.case_no}/events/{Event.REFUSE}", reason=reason)
    assert status in (200, 303, 400, 409)
    assert "<script>alert(1)" not in shown
