"""WeChat's API as a small server, and a courier on real PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
import redis as sync_redis
from aiohttp import web
from aiohttp.test_utils import TestServer
from redis.asyncio import Redis
from sqlalchemy import create_engine, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from wechat.client import WeChatClient
from wechat.tables import metadata
from wechat.token import TokenOwner


@dataclass
class FakeWeChat:
    """Counts what it is asked; `errors` are given before success, `bad_tokens` are refused."""

    sent: list[dict[str, Any]] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    templates: list[dict[str, Any]] = field(default_factory=list)
    uploads: list[tuple[str, bytes]] = field(default_factory=list)
    media: dict[str, bytes] = field(default_factory=dict)
    errors: list[int] = field(default_factory=list)
    always: int = 0
    bad_tokens: set[str] = field(default_factory=set)
    tokens: int = 0
    token_calls: int = 0
    is_token_stuck: bool = False
    url: str = ""

    def app(self) -> web.Application:
        app = web.Application(client_max_size=30 * 1024 * 1024)
        app.router.add_post("/cgi-bin/stable_token", self._token)
        app.router.add_post("/cgi-bin/message/custom/send", self._send)
        app.router.add_post("/cgi-bin/message/template/send", self._template)
        app.router.add_post("/cgi-bin/media/upload", self._upload)
        app.router.add_get("/cgi-bin/media/get", self._get)
        app.router.add_get("/cgi-bin/ticket/getticket", self._ticket)
        app.router.add_get("/sns/oauth2/access_token", self._oauth)
        return app

    async def _token(self, _request: web.Request) -> web.Response:
        self.token_calls += 1
        if f"T{self.tokens}" in self.bad_tokens | {"T0"} and not (self.is_token_stuck and self.tokens):
            self.tokens += 1
        return web.json_response({"access_token": f"T{self.tokens}", "expires_in": 7200})

    def _refusal(self, request: web.Request) -> web.Response | None:
        if request.query.get("access_token") in self.bad_tokens:
            return web.json_response({"errcode": 40001, "errmsg": "invalid credential"})
        code = self.errors.pop(0) if self.errors else self.always
        return web.json_response({"errcode": code, "errmsg": "no"}) if code else None

    async def _send(self, request: web.Request) -> web.Response:
        body = await request.read()
        if refusal := self._refusal(request):
            return refusal
        self.raw.append(body)
        self.sent.append(json.loads(body))
        return web.json_response({"errcode": 0, "errmsg": "ok"})

    async def _template(self, request: web.Request) -> web.Response:
        body = json.loads(await request.read())
        if refusal := self._refusal(request):
            return refusal
        self.templates.append(body)
        return web.json_response({"errcode": 0, "errmsg": "ok", "msgid": 3557254367693750277})

    async def _upload(self, request: web.Request) -> web.Response:
        form = await request.post()
        file = form["media"]
        assert isinstance(file, web.FileField)
        content = file.file.read()
        if refusal := self._refusal(request):
            return refusal
        self.uploads.append((file.filename, content))
        return web.json_response({"type": "image", "media_id": f"M{len(self.uploads)}", "created_at": 1})

    async def _get(self, request: web.Request) -> web.Response:
        if refusal := self._refusal(request):
            return refusal
        content = self.media.get(request.query["media_id"])
        if content is None:  # errors come with any content type (B.6)
            return web.Response(text='{"errcode":40007,"errmsg":"invalid media_id"}', content_type="text/plain")
        return web.Response(body=content, content_type="image/jpeg")

    async def _ticket(self, request: web.Request) -> web.Response:
        return self._refusal(request) or web.json_response({"errcode": 0, "ticket": "TICKET", "expires_in": 7200})

    async def _oauth(self, request: web.Request) -> web.Response:
        if request.query["code"] == "used":
            return web.json_response({"errcode": 40163, "errmsg": "code been used"})
        return web.json_response({"access_token": "x", "openid": "oUser", "scope": "snsapi_base"})


@pytest.fixture
async def platform() -> AsyncIterator[FakeWeChat]:
    fake = FakeWeChat()
    async with TestServer(fake.app()) as server:
        fake.url = f"http://127.0.0.1:{server.port}"
        yield fake


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    with sync_redis.Redis.from_url(redis_url) as store:
        store.flushall()
    async with Redis.from_url(redis_url, decode_responses=True) as store_async:
        yield store_async


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def make_tokens(platform: FakeWeChat, redis: Redis, http: aiohttp.ClientSession, a_clock: Any) -> Any:
    """Each call is another process's token owner."""
    return lambda: TokenOwner(redis=redis, http=http, clock=a_clock, api_url=platform.url, app_id="wx1", secret="s")


@pytest.fixture
def make_client(platform: FakeWeChat, http: aiohttp.ClientSession, make_tokens: Any) -> Any:
    return lambda: WeChatClient(http=http, tokens=make_tokens(), api_url=platform.url, app_id="wx1")


@pytest.fixture
def client(make_client: Any) -> Any:
    return make_client()


@pytest.fixture(scope="module")
def tables(database_url: str) -> str:
    engine = create_engine(database_url)
    metadata.create_all(engine)
    engine.dispose()
    return database_url


@pytest.fixture
async def engine(tables: str) -> AsyncIterator[AsyncEngine]:
    engine = create_async_engine(tables)
    async with engine.begin() as connection:
        await connection.execute(text("TRUNCATE wechat_inbox, wechat_outgoing, wechat_budget"))
    yield engine
    await engine.dispose()
