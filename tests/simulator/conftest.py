"""A simulator in this process and a small product behind it that answers as each test says."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from typing import Any
from xml.etree import ElementTree

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from simulator import crypto
from simulator.app import build_app
from simulator.push import PUSHES, PushRules
from simulator.settings import SimSettings
from simulator.world import WORLD, World

SETTINGS = SimSettings(
    app_id="wxba5fad812f8e6fb9", token="AAAAA", product_origin="https://gongju.example", strict_escapes=True
)


@dataclass(frozen=True)
class Received:
    """One try of a push, opened."""

    query: dict[str, str]
    headers: dict[str, str]
    body: str
    fields: dict[str, str]


@dataclass
class Product:
    """Answers pushes; `reply` makes the answer's body from the push's fields."""

    reply: Callable[[dict[str, str]], str | bytes] = lambda fields: "success"
    status: int = 200
    delays_s: list[float] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    settings: SimSettings = SETTINGS

    async def receive(self, request: web.Request) -> web.Response:
        body = await request.text()
        if request.method == "GET":
            return web.Response(text=str(self.reply(dict(request.query))))
        fields = self._opened(body)
        self.received.append(Received(dict(request.query), dict(request.headers), body, fields))
        if self.delays_s:
            await asyncio.sleep(self.delays_s.pop(0))
        answer = self.reply(fields)
        return web.Response(status=self.status, body=answer.encode() if isinstance(answer, str) else answer)

    def _opened(self, body: str) -> dict[str, str]:
        fields = {element.tag: element.text or "" for element in ElementTree.fromstring(body)}
        if "Encrypt" not in fields or "FromUserName" in fields:
            return fields
        plain = crypto.decrypt(fields["Encrypt"], aes_key=self.settings.aes_key, app_id=self.settings.app_id)
        return {element.tag: element.text or "" for element in ElementTree.fromstring(plain)}


class Sim:
    """The simulator as a test talks to it."""

    def __init__(self, client: TestClient[Any, Any], world: World, product: Product) -> None:
        self.client = client
        self.world = world
        self.product = product
        self.openid = ""

    async def get(self, path: str, **query: str) -> Any:
        return await (await self.client.get(path, params=query)).json()

    async def post(self, path: str, body: object = None) -> Any:
        data = json.dumps({} if body is None else body, ensure_ascii=False).encode()
        return await (await self.client.post(path, data=data)).json()

    async def user(self, **body: object) -> str:
        self.openid = (await self.post("/_sim/users", body))["openid"]
        return self.openid

    async def deed(self, name: str, /, **body: object) -> Any:
        """What the current user does; returns when its pushes have ended."""
        return await self.post(f"/_sim/users/{self.openid}/{name}?wait=1", body)

    async def bubbles(self, after: int = 0, wait_s: float = 0) -> list[dict[str, Any]]:
        answer = await self.get(f"/_sim/users/{self.openid}/chat", after=str(after), wait_s=str(wait_s))
        return list(answer["bubbles"])

    async def rules_broken(self) -> list[str]:
        return [violation["rule"] for violation in (await self.get("/_sim/violations"))["violations"]]

    async def token(self) -> str:
        account = {"appid": self.world.settings.app_id, "secret": self.world.settings.app_secret}
        answer = await self.post("/cgi-bin/stable_token", {"grant_type": "client_credential"} | account)
        return str(answer["access_token"])

    async def call(self, path: str, body: object) -> Any:
        return await self.post(f"{path}?access_token={await self.token()}", body)

    async def send_text(self, text: str = "好的") -> int:
        answer = await self.call(
            "/cgi-bin/message/custom/send", {"touser": self.openid, "msgtype": "text", "text": {"content": text}}
        )
        return int(answer["errcode"])


def text_reply(fields: dict[str, str], content: str) -> str:
    """A plaintext passive reply, as the product would write it before encrypting."""
    return (
        f"<xml><ToUserName><![CDATA[{fields['FromUserName']}]]></ToUserName>"
        f"<FromUserName><![CDATA[{fields['ToUserName']}]]></FromUserName><CreateTime>1</CreateTime>"
        f"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{content}]]></Content></xml>"
    )


def sealed(plain: str, settings: SimSettings = SETTINGS) -> str:
    """An encrypted reply."""
    encrypted = crypto.encrypt(plain, aes_key=settings.aes_key, app_id=settings.app_id, random16="a" * 16)
    given = crypto.signature(settings.token, "1713424427", "415670741", encrypted)
    return (
        f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt><MsgSignature><![CDATA[{given}]]></MsgSignature>"
        "<TimeStamp>1713424427</TimeStamp><Nonce><![CDATA[415670741]]></Nonce></xml>"
    )


@pytest.fixture
def mode() -> str:
    return "secure"


@pytest.fixture
async def product() -> Product:
    return Product()


@pytest.fixture
async def sim(product: Product, mode: str) -> AsyncIterator[Sim]:
    """A fast simulator: 0.3 s instead of 5, no pause after errors; one user already follows."""
    behind = web.Application()
    behind.router.add_route("*", "/wechat", product.receive)
    async with TestServer(behind) as server:
        app = build_app(replace(SETTINGS, mode=mode, callback_url=str(server.make_url("/wechat"))))
        app[PUSHES].rules = PushRules(timeout_s=0.3, retry_after_error_s=0.0)
        async with TestClient(TestServer(app)) as client:
            made = Sim(client, app[WORLD], product)
            await made.user(nickname="小工")
            yield made
