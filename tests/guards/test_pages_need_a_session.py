"""Every phone page but the few public ones needs a redeemed link; what is odd in a request is refused, not a fault."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from yarl import URL

from bot.h5 import Ports, add_routes
from bot.h5.session import COOKIE, PageSession, Sessions
from tests.conftest import MovableClock

Client = TestClient[Any, Any]
KEY = "s" * 32
PURPOSES = ("bind", "credentials", "crop", "pay", "upload", "overview", "confirm", "data")
# Read by anybody: they know nobody.
PUBLIC = {"/h5/terms", "/h5/help", "/h5/oauth", "/h5/l/{token}", "/h5/static", "/h5/vendor/{name}"}


class Untouched:
    """Stands for everything a page may use; a test fails when a page without a session reaches for it."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"a page without a session used {name}")


@pytest.fixture
async def phone(a_clock: MovableClock) -> AsyncIterator[Client]:
    app = web.Application()
    nothing: Any = Untouched()
    texts = {"app_id": "wx1", "public_url": "http://gongju.example", "open_url": "http://o", "res_url": "http://r"}
    known = {"clock": a_clock, "service_token": KEY, "frame_ancestors": None, **texts}
    names = Ports.__dataclass_fields__
    add_routes(app, Ports(**{name: known.get(name, nothing) for name in names}))
    async with TestClient(TestServer(app)) as client:
        yield client


def _cookie(purpose: str, clock: MovableClock, *, key: str = KEY) -> dict[str, str]:
    response = web.Response()
    Sessions(key, is_https=False).put(response, PageSession("o1", purpose, "l_1", None), now=clock.now())
    return {COOKIE: response.cookies[COOKIE].value}


def _routes(client: Client) -> list[tuple[str, str]]:
    assert client.app is not None
    found = []
    for route in client.app.router.routes():
        path = route.resource.canonical if route.resource else ""
        if path not in PUBLIC and route.method != "HEAD":
            found.append((route.method, re.sub(r"\{\w+\}", "x", path)))
    assert len(found) >= 14
    return found


async def test_no_page_opens_without_a_link(phone: Client) -> None:
    for method, path in _routes(phone):
        async with phone.request(method, path, allow_redirects=False) as answer:
            assert answer.status in (403, 410), (method, path)


async def test_no_page_opens_with_a_cookie_that_was_made_elsewhere(phone: Client, a_clock: MovableClock) -> None:
    for purpose in PURPOSES:
        cookies = _cookie(purpose, a_clock, key="another key of somebody's own")
        for method, path in _routes(phone):
            async with phone.request(method, path, cookies=cookies, allow_redirects=False) as answer:
                assert answer.status in (403, 410), (method, path)


async def test_no_page_does_anything_without_its_own_token(phone: Client, a_clock: MovableClock) -> None:
    """The session is good, the purpose fits; the request comes from somewhere else."""
    for purpose in PURPOSES:
        for method, path in _routes(phone):
            if method != "POST":
                continue
            for offered in ("", "x" * 64):
                sent = {"cookies": _cookie(purpose, a_clock), "headers": {"X-CSRF": offered}}
                async with phone.post(path, data={"csrf": offered}, **sent) as answer:
                    assert answer.status in (403, 410), (path, purpose)


@pytest.mark.parametrize("purpose", PURPOSES)
async def test_a_session_for_one_purpose_opens_no_page_of_another(
    phone: Client, a_clock: MovableClock, purpose: str
) -> None:
    mine = {"overview": ("/h5/overview", "/h5/file")}.get(purpose, (f"/h5/{purpose}",))
    for method, path in _routes(phone):
        if not path.startswith(mine):
            async with phone.request(method, path, cookies=_cookie(purpose, a_clock)) as answer:
                assert answer.status in (403, 410), (method, path)


@pytest.mark.parametrize(
    "path", ["/h5/static/../pages.py", "/h5/static/%2e%2e/pages.py", "/h5/static/..%2fpages.py", "/h5/vendor/..%2fx"]
)
async def test_no_file_beside_the_static_ones_is_served(phone: Client, path: str) -> None:
    async with phone.get(URL(path, encoded=True)) as answer:
        assert answer.status in (403, 404)
        assert "import" not in await answer.text()


@pytest.mark.parametrize("token", ["x", "a" * 129, "..%2F..%2Fetc", "a b c d e f g h i j k"])
async def test_a_malformed_link_is_an_expired_one(phone: Client, token: str) -> None:
    async with phone.get(f"/h5/l/{token}", allow_redirects=False) as answer:
        assert answer.status in (404, 410)


async def test_two_openings_of_one_link_get_two_states(phone: Client) -> None:
    locations = []
    for _ in range(2):
        async with phone.get("/h5/l/" + "t" * 32, allow_redirects=False) as answer:
            locations.append(answer.headers["Location"])
            cookie = answer.headers["Set-Cookie"]
            assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "t" * 32 not in answer.headers["Location"]
    assert locations[0] != locations[1]
