"""The simulator's pay settings: all or nothing, and clear about what is wrong."""

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from simulator import pay
from simulator.pay.settings import BadPaySettings, PaySettings
from simulator.settings import SimSettings
from simulator.world import World


def test_nothing_set_means_no_merchant() -> None:
    assert PaySettings.from_env({}) is None


def test_half_a_merchant_names_everything_that_is_missing() -> None:
    with pytest.raises(BadPaySettings) as raised:
        PaySettings.from_env({"WECHATPAY_MCH_ID": "1900000109"})
    assert "SIM_PAY_PRIVATE_KEY_FILE is missing" in str(raised.value)
    assert "WECHATPAY_APIV3_KEY must be 32 bytes" in str(raised.value)


async def test_without_a_merchant_pay_calls_say_so_and_there_are_no_orders(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SIM_PAY_PRIVATE_KEY_FILE", "WECHATPAY_MCH_ID"):
        monkeypatch.delenv(name, raising=False)
    app = web.Application()
    pay.add_routes(app, World(SimSettings()))
    async with TestClient(TestServer(app)) as client:
        answer = await client.post("/v3/pay/transactions/jsapi")
        assert (answer.status, (await answer.json())["code"]) == (400, "MCH_NOT_EXISTS")
        assert await (await client.get("/_sim/pay/orders")).json() == {"orders": []}
