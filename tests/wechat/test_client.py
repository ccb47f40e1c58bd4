"""The client and the one owner of the token."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from wechat import media
from wechat.client import Upload
from wechat.errors import TokenRefused, WeChatRefused, WeChatUnavailable
from wechat.web import authorize_url, openid_of_code


async def test_fifty_calls_at_once_fetch_one_token(client: Any, platform: Any) -> None:
    await asyncio.gather(*(client.send_text("oUser", "你好") for _ in range(50)))
    assert (len(platform.sent), platform.token_calls) == (50, 1)


async def test_a_revoked_token_is_replaced_once_for_fifty_calls_of_four_processes(
    make_client: Any, platform: Any
) -> None:
    clients = [make_client() for _ in range(4)]
    for one in clients:
        await one.send_text("oUser", "warm")
    platform.bad_tokens.add("T1")
    calls_before = platform.token_calls
    await asyncio.gather(*(clients[n % 4].send_text("oUser", "x") for n in range(50)))
    assert (len(platform.sent), platform.token_calls - calls_before) == (54, 1)


async def test_when_every_token_is_refused_it_gives_up_after_two_token_calls(client: Any, platform: Any) -> None:
    platform.is_token_stuck = True
    platform.bad_tokens.add("T1")
    for _ in range(5):
        with pytest.raises(TokenRefused):
            await client.send_text("oUser", "x")
    assert platform.token_calls == 2


async def test_a_token_is_renewed_two_minutes_before_its_end(client: Any, platform: Any, a_clock: Any) -> None:
    await client.send_text("oUser", "x")
    a_clock.advance(seconds=7200 - 119)
    await client.send_text("oUser", "x")
    assert platform.token_calls == 2


async def test_without_redis_messages_still_leave(
    client: Any, platform: Any, redis: Any, http: Any, a_clock: Any
) -> None:
    from redis.asyncio import Redis

    from wechat.client import WeChatClient
    from wechat.token import TokenOwner

    async with Redis.from_url("redis://127.0.0.1:9/0") as nowhere:
        tokens = TokenOwner(redis=nowhere, http=http, clock=a_clock, api_url=platform.url, app_id="wx1", secret="s")
        await WeChatClient(http=http, tokens=tokens, api_url=platform.url, app_id="wx1").send_text("oUser", "x")
    assert len(platform.sent) == 1


async def test_chinese_leaves_as_utf8_not_as_escapes(client: Any, platform: Any) -> None:
    await client.send_text("oUser", "你好😀")
    assert "你好😀".encode() in platform.raw[0]


async def test_an_upload_after_a_refused_token_carries_the_file(client: Any, platform: Any) -> None:
    await client.send_text("oUser", "warm")
    platform.bad_tokens.add("T1")
    await media.upload_image(client, b"\xff\xd8\xffpicture")
    assert platform.uploads == [("picture.jpg", b"\xff\xd8\xffpicture")]


@pytest.mark.parametrize("name", ["身份证.jpg", "noextension"])
def test_a_file_name_that_wechat_would_refuse_is_refused_here(name: str) -> None:
    with pytest.raises(ValueError, match="ASCII"):
        Upload(name, b"x", "image/jpeg")


async def test_a_json_error_is_not_taken_for_a_picture(client: Any) -> None:
    with pytest.raises(WeChatRefused) as refusal:
        await media.download(client, "unknown")
    assert refusal.value.errcode == 40007


async def test_a_picture_is_downloaded(client: Any, platform: Any) -> None:
    platform.media["M"] = b"\xff\xd8\xff1"
    assert await media.download(client, "M") == b"\xff\xd8\xff1"


async def test_no_error_tells_the_token(client: Any, platform: Any) -> None:
    platform.always = -1
    with pytest.raises(WeChatRefused) as refusal:
        await client.send_text("oUser", "x")
    assert "T1" not in str(refusal.value)


async def test_an_address_that_nobody_answers_is_unavailable_and_its_url_stays_secret(
    make_tokens: Any, http: Any
) -> None:
    from wechat.client import WeChatClient

    client = WeChatClient(http=http, tokens=make_tokens(), api_url="http://127.0.0.1:9", app_id="wx1")
    with pytest.raises(WeChatUnavailable) as error:
        await client.send_text("oUser", "x")
    assert "access_token" not in str(error.value)


async def test_wechatpys_absolute_addresses_are_sent_to_our_host(client: Any, platform: Any) -> None:
    assert client._url("https://api.weixin.qq.com/customservice/x", None) == f"{platform.url}/customservice/x"


async def test_oauth_tells_who_opened_the_page(client: Any) -> None:
    assert await openid_of_code(client, app_id="wx1", secret="s", code="fresh") == "oUser"


async def test_a_used_oauth_code_is_refused(client: Any) -> None:
    with pytest.raises(WeChatRefused) as refusal:
        await openid_of_code(client, app_id="wx1", secret="s", code="used")
    assert refusal.value.errcode == 40163


def test_the_authorise_address_names_our_page() -> None:
    url = authorize_url("https://open.example", app_id="wx1", redirect_uri="https://e.example/h5/oauth?a=1", state="s")
    assert url.endswith("response_type=code&scope=snsapi_base&state=s#wechat_redirect")
    assert "redirect_uri=https%3A%2F%2Fe.example%2Fh5%2Foauth%3Fa%3D1" in url
