"""The payment client against the played WeChat Pay, over HTTP."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from multidict import CIMultiDict

from simulator import pay as played_pay
from simulator.pay.settings import PaySettings
from simulator.settings import SimSettings
from simulator.world import World
from wechat.errors import BadNotification, PayRefused, PayUnavailable
from wechat.pay import Merchant, WeChatPay

OURS = rsa.generate_private_key(public_exponent=65537, key_size=2048)
THEIRS = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PUBLIC_KEY_ID = "PUB_KEY_ID_0119000001092026112100000000"


class RealTime:
    """The machine's time, which the simulator goes by; a test may move ours away from it."""

    offset = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset


@dataclass
class Shop:
    pay: WeChatPay
    clock: RealTime
    phone: TestClient[Any, Any]
    world: World
    merchant: Merchant
    openid: str
    heard: list[tuple[CIMultiDict[str], bytes]] = field(default_factory=list)

    async def order(self, number: str = "GJ0000001", fen: int = 12_800) -> str:
        return await self.pay.create_jsapi_order(
            out_trade_no=number, amount_fen=fen, description="工作居住证代办服务费", openid=self.openid
        )

    async def paid(self, number: str = "GJ0000001") -> dict[str, Any]:
        prepay_id = await self.order(number)
        body = self.pay.jsapi_params(prepay_id) | {"outcome": "paid"}
        answer = dict(await (await self.phone.post(f"/_sim/users/{self.openid}/pay", json=body)).json())
        await self.world.timers.run_due()
        return answer


def _private(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def _public(key: rsa.RSAPrivateKey) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    world, theirs, ours = World(SimSettings()), web.Application(), web.Application()
    settings = PaySettings(
        mch_id="1900000109",
        serial_no="5A1D00",
        apiv3_key="0123456789abcdefghijklmnopqrstuv",
        public_key_id=PUBLIC_KEY_ID,
        private_key=THEIRS,
        merchant_public_key=OURS.public_key(),
    )
    played_pay.add_routes(theirs, world, settings)
    heard: list[tuple[CIMultiDict[str], bytes]] = []

    async def notify(request: web.Request) -> web.Response:
        heard.append((CIMultiDict(request.headers), await request.read()))
        return web.Response(status=204)

    ours.router.add_post("/pay/notify", notify)
    async with TestServer(ours) as our_server, TestClient(TestServer(theirs)) as phone:
        merchant = Merchant(
            mch_id="1900000109",
            app_id=world.settings.app_id,
            serial_no="5A1D00",
            private_key=_private(OURS),
            apiv3_key=settings.apiv3_key,
            public_key=_public(THEIRS),
            public_key_id=PUBLIC_KEY_ID,
            notify_url=str(our_server.make_url("/pay/notify")),
            api_url=str(phone.make_url("")),
        )
        clock = RealTime()
        async with WeChatPay(merchant, clock).running() as pay:
            yield Shop(pay, clock, phone, world, merchant, world.add_user("小周").openid, heard)
        await world.close()


async def test_the_sheet_takes_our_parameters(shop: Shop) -> None:
    assert (await shop.paid())["err_msg"] == "get_brand_wcpay_request:ok"
    assert shop.world.violations.all() == []


async def test_a_paid_order_says_so(shop: Shop) -> None:
    await shop.paid()
    answer = await shop.pay.query("GJ0000001")
    assert (answer["trade_state"], answer["amount"]["total"]) == ("SUCCESS", 12_800)


async def test_a_genuine_callback_is_read(shop: Shop) -> None:
    await shop.paid()
    notification = shop.pay.read_notification(*shop.heard[0])
    assert notification.event_type == "TRANSACTION.SUCCESS"
    assert notification.resource["out_trade_no"] == "GJ0000001"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"Wechatpay-Signature": "WECHATPAY/SIGNTEST/AAAA"}, "unreadable|not_genuine"),
        ({"Wechatpay-Signature": "AAAA"}, "unreadable|not_genuine"),
        ({"Wechatpay-Serial": "PUB_KEY_ID_other"}, "unknown_serial"),
        ({"Wechatpay-Timestamp": "soon"}, "stale"),
        ({"Wechatpay-Timestamp": str(int(time.time()) - 86_400)}, "stale"),
        ({"Wechatpay-Signature-Type": ""}, "unreadable"),
    ],
)
async def test_a_callback_that_is_not_right_is_refused(shop: Shop, change: dict[str, str], reason: str) -> None:
    await shop.paid()
    headers, body = shop.heard[0]
    headers.update(change)
    with pytest.raises(BadNotification, match=reason):
        shop.pay.read_notification(headers, body)


async def test_a_tampered_callback_is_refused(shop: Shop) -> None:
    await shop.paid()
    headers, body = shop.heard[0]
    with pytest.raises(BadNotification):
        shop.pay.read_notification(headers, body.replace(b"SUCCESS", b"SUCCES5"))


async def test_a_callback_five_minutes_old_is_refused(shop: Shop) -> None:
    await shop.paid()
    shop.clock.offset = timedelta(seconds=302)
    with pytest.raises(BadNotification, match="stale"):
        shop.pay.read_notification(*shop.heard[0])


async def test_the_same_order_again_is_safe(shop: Shop) -> None:
    assert await shop.order()
    assert await shop.order()


async def test_the_same_number_with_another_amount_is_refused(shop: Shop) -> None:
    await shop.order(fen=100)
    with pytest.raises(PayRefused):
        await shop.order(fen=200)


async def test_an_unpaid_order_can_be_closed_twice(shop: Shop) -> None:
    await shop.order()
    await shop.pay.close("GJ0000001")
    await shop.pay.close("GJ0000001")
    assert (await shop.pay.query("GJ0000001"))["trade_state"] == "CLOSED"


async def test_an_unknown_order_is_refused_with_its_code(shop: Shop) -> None:
    with pytest.raises(PayRefused) as refusal:
        await shop.pay.query("GJ0000009")
    assert (refusal.value.status, refusal.value.code) == (404, "ORDER_NOT_EXIST")


async def test_a_refund_asked_twice_is_one_refund(shop: Shop) -> None:
    await shop.paid()
    paid = str((await shop.pay.query("GJ0000001"))["transaction_id"])
    refunds = [
        await shop.pay.refund(transaction_id=paid, out_refund_no="R1", refund_fen=12_800, total_fen=12_800)
        for _ in range(2)
    ]
    assert refunds[0]["refund_id"] == refunds[1]["refund_id"]
    assert (await shop.pay.query_refund("R1"))["amount"]["refund"] == 12_800


async def test_an_answer_that_is_signed_by_somebody_else_is_not_trusted(shop: Shop) -> None:
    stranger = replace(shop.merchant, public_key=_public(OURS))
    async with WeChatPay(stranger, shop.clock).running() as pay:
        with pytest.raises(PayUnavailable):
            await pay.create_jsapi_order(out_trade_no="GJ0000002", amount_fen=1, description="x", openid=shop.openid)


async def test_wechat_pay_being_away_is_said_so(shop: Shop) -> None:
    async with WeChatPay(replace(shop.merchant, api_url="http://127.0.0.1:9"), shop.clock).running() as pay:
        with pytest.raises(PayUnavailable):
            await pay.query("GJ0000001")


async def test_the_days_bill_is_what_its_hash_promises(shop: Shop) -> None:
    await shop.paid()
    shop.world.clock.offset_s = 2 * 86_400
    shop.clock.offset = timedelta(days=2)
    day = (datetime.now(UTC) + timedelta(hours=8)).date()
    assert b"GJ0000001" in await shop.pay.trade_bill(day)
