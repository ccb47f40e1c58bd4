"""Web authorisation and the JS-SDK check (reference B.9, B.10)."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from simulator.crypto import jssdk_signature
from tests.simulator.conftest import Sim

REDIRECT = "https://gongju.example/h5/back?next=1"


async def _authorize(sim: Sim, **changes: str) -> Any:
    query = {"appid": sim.world.settings.app_id, "redirect_uri": REDIRECT, "response_type": "code"}
    query |= {"scope": "snsapi_base", "state": "s1", "sim_user": sim.openid} | changes
    return await sim.client.get("/connect/oauth2/authorize", params=query, allow_redirects=False)


async def _code(sim: Sim, **changes: str) -> str:
    response = await _authorize(sim, **changes)
    return str(parse_qs(urlsplit(response.headers["Location"]).query)["code"][0])


async def _exchange(sim: Sim, code: str) -> Any:
    settings = sim.world.settings
    account = {"appid": settings.app_id, "secret": settings.app_secret}
    return await sim.get("/sns/oauth2/access_token", code=code, grant_type="authorization_code", **account)


async def test_the_user_comes_back_with_code_and_state(sim: Sim) -> None:
    response = await _authorize(sim)
    parts = urlsplit(response.headers["Location"])
    assert response.status == 302 and parts.netloc == "gongju.example"
    assert parse_qs(parts.query).keys() == {"next", "code", "state"}


async def test_the_cookie_of_the_phone_names_the_user_too(sim: Sim) -> None:
    sim.client.session.cookie_jar.update_cookies({"sim_user": sim.openid})
    assert (await _exchange(sim, await _code(sim, sim_user="")))["openid"] == sim.openid


async def test_nobody_known_means_a_page_that_asks_who_is_there(sim: Sim) -> None:
    response = await _authorize(sim, sim_user="")
    assert response.status == 200 and "小工" in await response.text()


async def test_a_code_is_exchanged_once(sim: Sim) -> None:
    code = await _code(sim)
    assert (await _exchange(sim, code))["openid"] == sim.openid
    assert (await _exchange(sim, code))["errcode"] == 40163
    assert await sim.rules_broken() == ["oauth_code_reused"]


async def test_a_code_dies_after_five_minutes(sim: Sim) -> None:
    code = await _code(sim)
    await sim.post("/_sim/clock", {"advance_s": 301})
    assert (await _exchange(sim, code))["errcode"] == 42003


async def test_an_invented_code_is_40029(sim: Sim) -> None:
    assert (await _exchange(sim, "invented"))["errcode"] == 40029


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"redirect_uri": "https://www.gongju.example/h5"}, "10003"),
        ({"redirect_uri": "https://gongju.example:8443/h5"}, "10003"),
        ({"scope": "snsapi_login"}, "10005"),
        ({"appid": "wx0"}, "10013"),
    ],
)
async def test_a_wrong_request_ends_on_an_error_page(sim: Sim, change: dict[str, str], code: str) -> None:
    response = await _authorize(sim, **change)
    assert response.status == 200 and code in await response.text()
    assert await sim.rules_broken() == ["oauth_request"]


async def test_userinfo_needs_the_larger_scope(sim: Sim) -> None:
    small = await _exchange(sim, await _code(sim))
    large = await _exchange(sim, await _code(sim, scope="snsapi_userinfo"))
    refused = await sim.get("/sns/userinfo", access_token=small["access_token"], openid=sim.openid)
    given = await sim.get("/sns/userinfo", access_token=large["access_token"], openid=sim.openid)
    assert (refused["errcode"], given["nickname"]) == (48001, "小工")


async def test_a_refreshed_token_works_and_an_old_one_does_not(sim: Sim) -> None:
    granted = await _exchange(sim, await _code(sim))
    await sim.post("/_sim/clock", {"advance_s": 7201})
    query = {"openid": sim.openid}
    assert (await sim.get("/sns/auth", access_token=granted["access_token"], **query))["errcode"] == 42001
    again = await sim.get(
        "/sns/oauth2/refresh_token",
        appid=sim.world.settings.app_id,
        grant_type="refresh_token",
        refresh_token=granted["refresh_token"],
    )
    assert (await sim.get("/sns/auth", access_token=again["access_token"], **query))["errcode"] == 0


async def _config(sim: Sim, **changes: str) -> dict[str, str]:
    token = await sim.token()
    ticket = (await sim.get("/cgi-bin/ticket/getticket", type="jsapi", access_token=token))["ticket"]
    url = "https://gongju.example/h5/pay?a=1"
    signature = jssdk_signature(ticket=ticket, nonce="n", timestamp="1", url=url)
    return {"url": f"{url}#top", "nonceStr": "n", "timestamp": "1", "signature": signature} | changes


async def test_a_right_config_is_ok(sim: Sim) -> None:
    assert (await sim.post("/_sim/jssdk/check", await _config(sim)))["ok"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"signature": "0" * 40}, "config:invalid signature"),
        ({"url": "https://gongju.example/h5/other"}, "config:invalid signature"),
        ({"url": "https://elsewhere.example/"}, "config:invalid url domain"),
        ({"appId": "wx0"}, "config:invalid appid"),
    ],
)
async def test_a_wrong_config_is_refused_and_recorded(sim: Sim, change: dict[str, str], said: str) -> None:
    answer = await sim.post("/_sim/jssdk/check", await _config(sim, **change))
    assert answer == {"ok": False, "errMsg": said}
    assert await sim.rules_broken() == ["jssdk_config"]
