"""The bot behind the played platform: real pushes, encryption, tries, quotas and media; no rule of it may be broken."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import sentences
from simulator.app import build_app
from simulator.push import PUSHES
from simulator.settings import SimSettings
from simulator.world import WORLD
from wechat.client import WeChatClient
from wechat.delivery import Courier
from wechat.token import TokenOwner

APP_ID, TOKEN, AES_KEY = "wxgongjutest00001", "TestToken1", "A" * 43


class SimClock:
    def __init__(self, world: Any) -> None:
        self._world = world

    def now(self) -> Any:
        return self._world.clock.now()


@dataclass
class Street:
    """One user with a phone in front of a simulator, a bot and a courier."""

    http: TestClient[Any, Any]
    app: Any
    openid: str

    async def deed(self, name: str, **body: Any) -> list[str]:
        answer = await self.http.post(
            f"/_sim/users/{self.openid}/{name}?wait=1", data=json.dumps(body, ensure_ascii=False).encode()
        )
        return [one["result"] for one in (await answer.json())["outcomes"]]

    async def shown(self, count: int = 0) -> list[tuple[str, str]]:
        """The account's bubbles, once there are `count` of them: how they came, and their text."""
        async with asyncio.timeout(10):
            while True:
                answer = await self.http.get(f"/_sim/users/{self.openid}/chat", params={"after": "0", "wait_s": "0"})
                bubbles = [b for b in (await answer.json())["bubbles"] if b["side"] == "account"]
                if len(bubbles) >= count:
                    return [(bubble["via"], bubble["text"]) for bubble in bubbles]
                await asyncio.sleep(0.05)

    async def broken_rules(self) -> list[Any]:
        return list((await (await self.http.get("/_sim/violations")).json())["violations"])


@pytest.fixture
async def street(start_bot: Any, engine: AsyncEngine, tables: str, redis_url: str, parts: Any) -> AsyncIterator[Street]:
    settings = SimSettings(app_id=APP_ID, app_secret="secret", token=TOKEN, aes_key=AES_KEY, original_id="gh_test")
    app = build_app(settings)
    async with TestClient(TestServer(app)) as http, aiohttp.ClientSession() as session:
        url = str(http.make_url("")).rstrip("/")
        clock = SimClock(app[WORLD])
        phone = await start_bot(wechat_api_url=url, window_s=1.0, clock=clock)
        callback = str(phone.http.make_url("/wechat"))
        app[WORLD].settings = replace(app[WORLD].settings, callback_url=callback)
        assert app[PUSHES]
        async with Redis.from_url(redis_url, decode_responses=True) as redis:
            tokens = TokenOwner(redis=redis, http=session, clock=clock, api_url=url, app_id=APP_ID, secret="secret")
            client = WeChatClient(http=session, tokens=tokens, api_url=url, app_id=APP_ID)

            async def no_files(_openid: str, _file_id: str) -> bytes:
                raise AssertionError

            courier = Courier(engine=engine, database_url=tables, client=client, clock=clock, file_bytes=no_files)
            task = asyncio.create_task(courier.run())
            yield Street(http, app, app[WORLD].add_user("小周").openid)
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


@pytest.mark.parametrize("mode", ["plain", "compat", "secure"])
async def test_a_message_is_answered_in_every_mode(street: Street, mode: str) -> None:
    await street.http.post("/_sim/account", json={"mode": mode})
    assert await street.deed("say", text="你好") == ["answered"]
    assert await street.shown(1) == [("passive", "收到：你好")]
    assert await street.broken_rules() == []


async def test_the_platforms_server_check_passes(street: Street) -> None:
    answer = await (await street.http.post("/_sim/verify", json={})).json()
    assert answer == {"accepted": True, "reason": "ok"}


async def test_a_slow_answer_comes_by_customer_service_message_once(street: Street, parts: Any) -> None:
    parts.delay_s = 1.6
    await street.deed("say", text="你好")
    assert await street.shown(1) == [("custom", "收到：你好")]
    assert await street.broken_rules() == []


async def test_a_long_answer_is_split_and_keeps_its_order(street: Street, parts: Any) -> None:
    parts.reply = lambda turn: [{"text": "一" * 683}, {"text": "]]>😀&"}]
    await street.deed("say", text="你好")
    assert await street.shown(2) == [("passive", "一" * 682), ("custom", "一\n\n]]>😀&")]
    assert await street.broken_rules() == []


async def test_a_tapped_line_comes_back_as_its_payload(street: Street, parts: Any) -> None:
    parts.reply = lambda turn: [{"text": "婚姻？", "choices": [{"title": "已婚 & 有娃", "payload": "choose:option=1"}]}]
    await street.deed("say", text="你好")
    await street.shown(1)
    await street.deed("tap", payload="choose:option=1")
    assert parts.turns[-1]["payload"] == "choose:option=1"


@pytest.mark.parametrize("deed", ["voice", "video", "location", "link", "file", "unknown"])
async def test_what_cannot_be_used_is_answered(street: Street, deed: str) -> None:
    assert await street.deed(deed) == ["answered"]
    assert len(await street.shown(1)) == 1
    assert await street.broken_rules() == []


async def test_a_picture_goes_to_the_backend_and_then_to_the_dialogue(street: Street, parts: Any) -> None:
    parts.delay_s = 0
    await street.deed("send_image", sample="id_front")
    await street.shown(1)
    assert parts.turns[-1]["files"] == [{"file_id": "f_1", "kind": "image"}]
    assert parts.uploads[0][1].startswith(b"\xff\xd8\xff")
    assert await street.broken_rules() == []


async def test_a_follow_and_a_scan_are_answered(street: Street, parts: Any) -> None:
    await street.deed("unfollow")
    await street.deed("follow", scene="office-1")
    await street.deed("scan", scene="office-2")
    assert [turn["event"] for turn in parts.turns] == ["subscribe", "scan"]
    assert {"event": "subscribe", "scene": "office-1"} in parts.contacts


async def test_a_duplicate_push_is_one_turn(street: Street, parts: Any) -> None:
    await street.deed("say", text="你好", copies=3)
    assert len(parts.turns) == 1


async def test_in_an_outage_the_user_sees_the_sentence_and_then_the_answer(street: Street, parts: Any) -> None:
    parts.statuses = [503, 503]
    await street.deed("say", text="你好")
    assert await street.shown(2) == [("passive", sentences.OUTAGE), ("custom", "收到：你好")]
