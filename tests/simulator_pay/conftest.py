"""A played WeChat Pay on a test server, the real client library pointed at it, and a merchant that hears callbacks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from wechatpayv3.async_ import AsyncWeChatPay, WeChatPayType

from simulator import pay
from simulator.pay.settings import PaySettings
from simulator.settings import SimSettings
from simulator.world import World

APIV3_KEY = "0123456789abcdefghijklmnopqrstuv"
PUBLIC_KEY_ID = "PUB_KEY_ID_0119000001092026112100000000"


def _pem(key: rsa.RSAPrivateKey) -> tuple[str, str]:
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


MERCHANT = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PLATFORM = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Merchant:
    """Our side of the callbacks: answers `status`, remembers what it verified."""

    client: AsyncWeChatPay | None = None
    url: str = ""
    status: int = 204
    heard: list[dict[str, Any] | None] = field(default_factory=list)
    headers: list[Any] = field(default_factory=list)

    async def notify(self, request: web.Request) -> web.Response:
        assert self.client is not None
        body = await request.read()
        self.headers.append(request.headers)
        try:
            result = self.client.callback(request.headers, body)
        except Exception:
            result = None
        self.heard.append(result)
        return web.Response(status=self.status if result else 401)


@dataclass
class Played:
    world: World
    http: TestClient[Any, Any]
    pay: AsyncWeChatPay
    merchant: Merchant
    openid: str

    async def place(self, out_trade_no: str = "GJ000001", *, total: int = 100, **more: Any) -> tuple[int, str]:
        return await self.pay.pay(
            description="工作居住证代办服务费",
            out_trade_no=out_trade_no,
            amount={"total": total, "currency": "CNY"},
            payer={"openid": self.openid},
            **more,
        )

    async def prepay_id(self, out_trade_no: str = "GJ000001", **more: Any) -> str:
        import json

        code, text = await self.place(out_trade_no, **more)
        assert code == 200, text
        return str(json.loads(text)["prepay_id"])

    async def sheet(self, prepay_id: str, outcome: str = "paid") -> dict[str, Any]:
        answer = await self.http.post(
            f"/_sim/users/{self.openid}/pay", json={"prepay_id": prepay_id, "outcome": outcome}
        )
        return dict(await answer.json())

    async def order(self, out_trade_no: str = "GJ000001") -> dict[str, Any]:
        orders = (await (await self.http.get("/_sim/pay/orders")).json())["orders"]
        return next(dict(o) for o in orders if o["out_trade_no"] == out_trade_no)

    def rules_broken(self) -> list[str]:
        return [violation.rule for violation in self.world.violations.all()]


@pytest.fixture
async def played() -> AsyncIterator[Played]:
    settings = SimSettings()
    world = World(settings)
    app = web.Application()
    pay.add_routes(
        app,
        world,
        PaySettings(
            mch_id="1900000109",
            serial_no="5A1D00",
            apiv3_key=APIV3_KEY,
            public_key_id=PUBLIC_KEY_ID,
            private_key=PLATFORM,
            merchant_public_key=MERCHANT.public_key(),
        ),
    )
    merchant = Merchant()
    ours = web.Application()
    ours.router.add_post("/pay/notify", merchant.notify)
    async with TestServer(ours) as our_server, TestClient(TestServer(app)) as http:
        client = AsyncWeChatPay(
            WeChatPayType.JSAPI,
            mchid="1900000109",
            private_key=_pem(MERCHANT)[0],
            cert_serial_no="5A1D00",
            appid=settings.app_id,
            apiv3_key=APIV3_KEY,
            notify_url=str(our_server.make_url("/pay/notify")),
            public_key=_pem(PLATFORM)[1],
            public_key_id=PUBLIC_KEY_ID,
            timeout=(3, 8),
        )
        client._core._gate_way = str(http.make_url("")).rstrip("/")
        merchant.client = client
        async with client:
            yield Played(world, http, client, merchant, world.add_user("小周").openid)
        await world.close()
