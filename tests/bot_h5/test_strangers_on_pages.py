"""Whatever a request to a page carries, the backend is asked about nobody but the openid of the session."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.h5 import Ports, add_routes
from bot.h5.backend import Backend
from bot.h5.session import COOKIE, PageSession, Sessions
from tests.conftest import MovableClock

MINE, OWNER, KEY = "oMINE", "oOWNER", "s" * 32
PURPOSES = ("bind", "credentials", "crop", "pay", "upload", "overview", "confirm")
KNOW_NOBODY = {"/h5/l/{token}", "/h5/oauth", "/h5/static", "/h5/vendor/{name}", "/h5/terms", "/h5/help"}


@pytest.fixture
def asked() -> list[tuple[str, str | None]]:
    """The paths that the backend was asked, and the case that each was said to be about."""
    return []


@pytest.fixture
async def visitor(asked: list[Any], a_clock: MovableClock) -> AsyncIterator[TestClient[Any, Any]]:
    async def note(request: web.Request) -> web.Response:
        if "/consents/" in request.path:
            return web.json_response({"purposes": []})
        asked.append((request.path, request.headers.get("X-Case-No")))
        return web.json_response({"error": {"code": "not_bound"}}, status=409)

    async def may_upload(_openid: str, _key: str) -> bool:
        return True

    async def clean_upload(content: bytes) -> list[Any]:
        return []

    async def go_on(openid: str, key: str, facts: Any) -> None:
        asked.append((f"/internal/v1/applicants/{openid}/", None))

    inner, app = web.Application(), web.Application()
    inner.router.add_route("*", "/{path:.*}", note)
    async with TestServer(inner) as server, aiohttp.ClientSession() as http:
        nothing: Any = None
        known = {
            "backend": Backend(http, url=str(server.make_url("")), service_token=KEY), "clock": a_clock,
            "clean_upload": clean_upload, "may_upload": may_upload, "go_on": go_on, "service_token": KEY,
            "app_id": "wx1", "public_url": "http://g.example", "open_url": "http://o", "res_url": "http://r",
        }  # fmt: skip
        add_routes(app, Ports(**{name: known.get(name, nothing) for name in Ports.__dataclass_fields__}))
        async with TestClient(TestServer(app), cookie_jar=aiohttp.DummyCookieJar()) as client:
            yield client


@pytest.mark.parametrize("purpose", PURPOSES)
async def test_no_page_asks_about_anybody_but_its_session(
    visitor: TestClient[Any, Any], asked: list[tuple[str, str | None]], a_clock: MovableClock, purpose: str
) -> None:
    """Every route of the pages, with a good session and somebody else's openid wherever a request has room for one."""
    sessions, session = Sessions(KEY, is_https=False), PageSession(MINE, purpose, "l_1", "GJ1")
    response = web.Response()
    sessions.put(response, session, now=a_clock.now())
    csrf = sessions.csrf(session)
    sent: dict[str, Any] = {
        "cookies": {COOKIE: response.cookies[COOKIE].value, "openid": OWNER},
        "headers": {"X-CSRF": csrf, "X-Openid": OWNER, "X-Case-No": "GJ-OWNER"},
        "params": {"openid": OWNER, "case_no": "GJ-OWNER"},
    }
    told = {"csrf": csrf, "openid": OWNER, "case_no": "GJ-OWNER", "username": "u", "password": "p", "consent": "yes"}
    told |= {"id_tail": "1234", "phone": "13800138000", "code": "1"}
    assert visitor.app is not None
    tried = 0
    for route in visitor.app.router.routes():
        path = route.resource.canonical if route.resource else ""
        if path in KNOW_NOBODY or route.method == "HEAD":
            continue
        tried += 1
        for body in ({"data": told}, {"json": told}) if route.method == "POST" else ({},):
            async with visitor.request(route.method, re.sub(r"\{\w+\}", "x", path), **sent, **body) as answer:
                assert answer.status in (200, 400, 403, 409, 410, 422), (path, answer.status)
    assert tried >= 19
    assert asked, purpose
    of_people = [path for path, _ in asked if "/applicants/" in path]
    assert [path for path in of_people if f"/applicants/{MINE}/" not in path] == []
    assert {case_no for path, case_no in asked if "/applicants/" in path} <= {"GJ1", None}
