"""The pages on a small server, with a backend that answers what a test tells it to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from playwright.async_api import Page
from redis.exceptions import ConnectionError as RedisConnectionError

from bot.app import UPLOAD_CODES
from bot.h5 import Ports, add_routes
from bot.h5.backend import Backend
from bot.h5.routes import InboxAway, UploadRefused
from bot.photos.guard import CleanPhoto, PhotoRefused, clean_document
from wechat.errors import WeChatRefused

OPENID = "oAPPLICANT0000000000000000001"

PURPOSES = {
    "purposes": [
        {
            "name": "service_terms", "version": "2026.11", "label": "服务条款", "text": "我已阅读并同意《服务条款》",
            "needed_for": "接受委托", "without": "就不能再替您办理", "needed": True,
        },
        {
            "name": "sensitive_id", "version": "2026.11", "label": "使用身份证信息和证件材料",
            "text": "我单独同意使用身份证号和证件", "needed_for": "核对身份", "without": "办不了", "needed": True,
        },
    ]
}  # fmt: skip


PASS = {
    "purposes": [
        {
            "name": "beijing_pass", "version": "2026.11", "label": "使用北京通账号",
            "text": "我单独同意将北京通账号用于本次代办", "needed_for": "替您填报", "without": "不能填报",
            "needed": False,
        },
    ]
}  # fmt: skip


class Memory:
    """Redis' two calls, in a dictionary."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.is_away = False

    async def set(self, name: str, value: str, *, ex: int) -> None:
        self._reach()
        self.kept[name] = value

    async def get(self, name: str) -> str | None:
        self._reach()
        return self.kept.get(name)

    def _reach(self) -> None:
        if self.is_away:
            raise RedisConnectionError


class Codes:
    """WeChat's exchange of codes: a code is an openid; with `!` behind it, it works once, as real ones do."""

    def __init__(self) -> None:
        self.used: set[str] = set()
        self.takes_s = 0.0

    async def openid_of(self, code: str) -> str:
        if code in self.used:
            raise WeChatRefused(40163)
        if "!" in code:
            self.used.add(code)
        await asyncio.sleep(self.takes_s)
        return code.partition("!")[0]


@dataclass
class FakeBackend:
    """Speaks section 4 of docs/contracts.md; answers what a test tells it to."""

    answers: dict[str, tuple[int, Any]] = field(
        default_factory=lambda: {"consents/bind": (200, PURPOSES), "consents/credentials": (200, PASS)}
    )
    went_on: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    inbox_is_away: bool = False
    uploads: set[tuple[str, str]] = field(default_factory=set)
    most_uploads: int = 100
    calls: list[tuple[str, Any]] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        path = request.path.removeprefix("/internal/v1/").removeprefix(f"applicants/{OPENID}/")
        is_json = request.can_read_body and request.content_type == "application/json"
        self.calls.append((path, await request.json() if is_json else await request.read() or None))
        if path == "files":
            return web.json_response({"file_id": f"f_{len(self.calls)}"}, status=201)
        status, body = self.answers.get(path, (404, {"error": {"code": "unknown"}}))
        if status < 400 and (wish := request.headers.get("X-Go-On")):
            told = json.loads(wish)
            self.went_on.append((OPENID, told.pop("key"), told))
        if isinstance(body, bytes):
            return web.Response(body=body, content_type="image/jpeg", status=status)
        return web.json_response(body, status=status)


@pytest.fixture
def backend() -> FakeBackend:
    return FakeBackend()


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
def codes() -> Codes:
    return Codes()


@pytest.fixture
async def h5(backend: FakeBackend, memory: Memory, codes: Codes, a_clock: Any) -> AsyncIterator[web.Application]:
    """The pages, with the backend's and WeChat's sides played."""
    inner = web.Application()
    inner.router.add_route("*", "/{path:.*}", backend.answer)
    async with TestServer(inner) as server, aiohttp.ClientSession() as http:

        async def clean_upload(content: bytes) -> list[CleanPhoto]:
            try:
                return clean_document(content)
            except PhotoRefused as refused:
                raise UploadRefused(UPLOAD_CODES[refused.code]) from None

        async def may_upload(openid: str, key: str) -> bool:
            backend.uploads.add((openid, key))
            return len(backend.uploads) <= backend.most_uploads

        async def go_on(openid: str, key: str, facts: Mapping[str, Any]) -> None:
            if backend.inbox_is_away:
                raise InboxAway
            backend.went_on.append((openid, key, dict(facts)))

        app = web.Application()
        ports = Ports(
            backend=Backend(http, url=str(server.make_url("")), service_token="s" * 20),
            clock=a_clock, memory=memory, openid_of_code=codes.openid_of, clean_upload=clean_upload,
            may_upload=may_upload, go_on=go_on,
            app_id="wx1", public_url="http://gongju.example", open_url="http://open.example",
            res_url="http://res.example", service_token="s" * 20, frame_ancestors=None,
        )  # fmt: skip
        add_routes(app, ports)
        yield app


@pytest.fixture
async def phone(h5: web.Application) -> AsyncIterator[TestClient[Any, Any]]:
    async with TestClient(TestServer(h5), cookie_jar=aiohttp.CookieJar(unsafe=True)) as client:
        yield client


@pytest.fixture
def opens(page: Page, backend: Any) -> Callable[[str], Awaitable[None]]:
    """Tap a link from the chat for the purpose: to OAuth and back; `page` is the test module's own browser."""

    async def go(purpose: str) -> None:
        link = {"link_id": "l1", "purpose": purpose, "openid": OPENID, "case_no": "GJ20260316-00001"}
        backend.answers["links/redeem"] = (200, link)
        to_oauth = await page.request.get(f"/h5/l/{'t' * 32}", max_redirects=0)
        state = to_oauth.headers["location"].partition("state=")[2].partition("#")[0]
        await page.goto(f"/h5/oauth?code={OPENID}&state={state}")

    return go
