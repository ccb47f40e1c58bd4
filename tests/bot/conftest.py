"""A bot on real PostgreSQL and Valkey, with small servers in place of WeChat, the dialogue and the backend."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, cast
from xml.etree import ElementTree

import aiohttp
import pytest
import redis as sync_redis
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import create_engine, select, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.app import create_app
from runtime.settings import Settings
from wechat.crypto import Envelopes, signature
from wechat.tables import metadata, outgoing

APP_ID, TOKEN, AES_KEY = "wxgongjutest00001", "TestToken1", "A" * 43
Replies = list[dict[str, Any]]


@dataclass
class FakeParts:
    """WeChat's API, the dialogue and the backend on one small server; a test says how they behave."""

    turns: list[dict[str, Any]] = field(default_factory=list)
    contacts: list[dict[str, Any]] = field(default_factory=list)
    uploads: list[tuple[str, bytes]] = field(default_factory=list)
    media: dict[str, bytes] = field(default_factory=dict)
    menus: list[Any] = field(default_factory=list)
    typing: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    status: int = 200
    upload_status: int = 201
    delay_s: float = 0.0
    delays: dict[str, float] = field(default_factory=dict)
    running: int = 0
    most_running: int = 0
    running_of: dict[str, int] = field(default_factory=dict)
    overlaps: int = 0
    reply: Callable[[dict[str, Any]], Replies] = lambda turn: [
        {"text": f"收到：{turn['text'] or turn['payload'] or '图'}"}
    ]
    url: str = ""

    def app(self) -> web.Application:
        app = web.Application(client_max_size=30 * 1024 * 1024)
        app.router.add_post("/webhooks/gongju/turn", self._turn)
        app.router.add_post("/internal/v1/applicants/{openid}/contacted", self._contacted)
        app.router.add_post("/internal/v1/applicants/{openid}/files", self._upload)
        app.router.add_post("/cgi-bin/stable_token", self._token)
        app.router.add_get("/cgi-bin/media/get", self._media)
        app.router.add_get("/cgi-bin/menu/get", self._get_menu)
        app.router.add_post("/cgi-bin/menu/create", self._create_menu)
        app.router.add_post("/cgi-bin/message/custom/typing", self._typing)
        return app

    async def _turn(self, request: web.Request) -> web.Response:
        turn = await request.json()
        assert request.headers["Authorization"] == "Bearer a-service-token-for-tests"
        sender = turn["sender"]
        self.turns.append(turn)
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        self.running_of[sender] = self.running_of.get(sender, 0) + 1
        self.overlaps += self.running_of[sender] > 1
        try:
            await asyncio.sleep(self.delays.get(turn["text"] or "", self.delay_s))
        finally:
            self.running -= 1
            self.running_of[sender] -= 1
        status = self.statuses.pop(0) if self.statuses else self.status
        return web.json_response({"replies": self.reply(turn), "intent": {"name": "x", "confidence": 1}}, status=status)

    async def _contacted(self, request: web.Request) -> web.Response:
        self.contacts.append(await request.json())
        return web.json_response({})

    async def _upload(self, request: web.Request) -> web.Response:
        form = await request.post()
        assert isinstance(form["file"], web.FileField)
        self.uploads.append((request.headers["Idempotency-Key"], form["file"].file.read()))
        stored = {"file_id": f"f_{len(self.uploads)}", "duplicate_of": None}
        return web.json_response(stored, status=self.upload_status)

    async def _token(self, _request: web.Request) -> web.Response:
        return web.json_response({"access_token": "T", "expires_in": 7200})

    async def _media(self, request: web.Request) -> web.Response:
        content = self.media.get(request.query["media_id"])
        if content is None:
            return web.json_response({"errcode": 40007, "errmsg": "invalid media_id"})
        return web.Response(body=content, content_type="image/jpeg")

    async def _get_menu(self, _request: web.Request) -> web.Response:
        return web.json_response({"menu": self.menus[-1]} if self.menus else {"errcode": 46003, "errmsg": "no menu"})

    async def _create_menu(self, request: web.Request) -> web.Response:
        self.menus.append(json.loads(await request.read()))
        return web.json_response({"errcode": 0, "errmsg": "ok"})

    async def _typing(self, request: web.Request) -> web.Response:
        self.typing.append(json.loads(await request.read())["touser"])
        return web.json_response({"errcode": 0, "errmsg": "ok"})


@dataclass
class Phone:
    """WeChat's side of one bot: sends signed pushes and reads the answers."""

    http: TestClient[Any, Any]
    is_secure: bool = True
    envelopes: Envelopes = field(default_factory=lambda: Envelopes(app_id=APP_ID, token=TOKEN, aes_keys=[AES_KEY]))

    async def push(self, openid: str, **fields: Any) -> str | None:
        """The text that the user sees as the direct answer; None for `success`."""
        response = await self.post(self.xml(openid, **fields))
        assert response.status == 200
        body = await response.text()
        return None if body == "success" else self.read(body, openid)

    def xml(self, openid: str, **fields: Any) -> str:
        fields = {"ToUserName": "gh_test", "FromUserName": openid, "CreateTime": 1771200000, **fields}
        return "<xml>" + "".join(f"<{k}><![CDATA[{v}]]></{k}>" for k, v in fields.items()) + "</xml>"

    async def post(self, xml: str) -> aiohttp.ClientResponse:
        query = {"timestamp": "1771200000", "nonce": "42"}
        query["signature"] = signature(TOKEN, "1771200000", "42")
        if self.is_secure:
            encrypted = self._encrypt(xml)
            query |= {"encrypt_type": "aes", "msg_signature": signature(TOKEN, "1771200000", "42", encrypted)}
            xml = f"<xml><ToUserName>gh_test</ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
        return await self.http.post("/wechat", params=query, data=io.BytesIO(xml.encode()))

    def read(self, body: str, openid: str) -> str:
        fields = {child.tag: child.text or "" for child in ElementTree.fromstring(body)}
        if self.is_secure:
            encrypted = fields["Encrypt"]
            signed = signature(TOKEN, fields["TimeStamp"], fields["Nonce"], encrypted)
            assert fields["MsgSignature"] == signed
            inner, _key = self.envelopes._decrypt(encrypted)
            fields = {child.tag: child.text or "" for child in ElementTree.fromstring(inner)}
        assert (fields["ToUserName"], fields["FromUserName"], fields["MsgType"]) == (openid, "gh_test", "text")
        return fields["Content"]

    def _encrypt(self, xml: str) -> str:
        sealed = self.envelopes._keys[0].encrypt(xml, timestamp="1", nonce="1")
        found = ElementTree.fromstring(sealed).findtext("Encrypt")
        assert found
        return found


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


@pytest.fixture
async def parts(redis_url: str) -> AsyncIterator[FakeParts]:
    with sync_redis.Redis.from_url(redis_url) as redis:
        redis.flushall()
    fake = FakeParts()
    async with TestServer(fake.app()) as server:
        fake.url = f"http://127.0.0.1:{server.port}"
        yield fake


MakeBot = Callable[..., Awaitable[Phone]]


@pytest.fixture
async def start_bot(
    tables: str, engine: AsyncEngine, redis_url: str, parts: FakeParts, a_clock: Any
) -> AsyncIterator[MakeBot]:
    """Start one more bot; `rasa_url` and `window_s` can be given."""
    async with AsyncExitStack() as stack:

        async def start(*, window_s: float = 2.0, with_menu: bool = False, clock: Any = None, **changes: str) -> Phone:
            settings = a_settings(**{"database_url": tables, "redis_url": redis_url, "parts_url": parts.url, **changes})
            app = await create_app(settings, clock or a_clock, window_s=window_s, with_menu=with_menu)
            return Phone(await stack.enter_async_context(TestClient(TestServer(app))))

        yield start


@pytest.fixture
async def phone(start_bot: MakeBot) -> Phone:
    return await start_bot()


@pytest.fixture
def environment(tables: str, redis_url: str, parts: FakeParts) -> dict[str, str]:
    """The environment variables of a bot process of its own."""
    return an_environment(database_url=tables, redis_url=redis_url, parts_url=parts.url)


@pytest.fixture
def call_at() -> Callable[..., Awaitable[str | None]]:
    """Push to the bot on a port."""

    async def push(port: int, openid: str, **fields: Any) -> str | None:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http:
            return await Phone(cast(TestClient[Any, Any], http)).push(openid, **fields)

    return push


def a_settings(**values: str) -> Settings:
    return Settings.from_env(an_environment(**values))


def an_environment(*, database_url: str, redis_url: str, parts_url: str, **changes: str) -> dict[str, str]:
    values = {
        "database_url": database_url,
        "redis_url": redis_url,
        "object_store_url": "file:///nowhere",
        "smtp_url": "smtp://127.0.0.1:1",
        "wechat_plain_pushes": "true",
        "mail_from": "a@example.com",
        "public_url": "http://127.0.0.1:1",
        "backend_url": parts_url,
        "rasa_url": parts_url,
        "actions_url": parts_url,
        "service_token": "a-service-token-for-tests",
        "data_keys": "k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "wechat_app_id": APP_ID,
        "wechat_app_secret": "secret",
        "wechat_token": TOKEN,
        "wechat_aes_key": AES_KEY,
        "wechat_original_id": "gh_test",
        "wechat_api_url": parts_url,
        "wechatpay_mch_id": "1",
        "wechatpay_serial_no": "1",
        "wechatpay_private_key_file": "x",
        "wechatpay_apiv3_key": "k" * 32,
        "wechatpay_public_key_file": "x",
        "wechatpay_public_key_id": "PUB_KEY_ID_1",
        **changes,
    }
    return {key.upper(): value for key, value in values.items()}


@pytest.fixture
def sent_later(engine: AsyncEngine) -> Callable[[str], Awaitable[list[str]]]:
    """The texts that stand in line for an openid, in order."""

    async def read(openid: str) -> list[str]:
        async with engine.connect() as connection:
            rows = await connection.execute(
                select(outgoing.c.parts).where(outgoing.c.openid == openid).order_by(outgoing.c.id)
            )
            return [part.get("text") or str(part["image"]["file_id"]) for parts in rows.scalars() for part in parts]

    return read


@pytest.fixture
def until() -> Callable[..., Awaitable[None]]:
    """Wait for something that happens in the background."""

    async def wait(condition: Callable[[], Awaitable[bool]], *, seconds: float = 8.0) -> None:
        try:
            async with asyncio.timeout(seconds):
                while not await condition():
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(f"{condition.__name__}: not within {seconds} s") from None

    return wait
