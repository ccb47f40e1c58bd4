"""The tracker store on a real Valkey, and how response names become words."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import aiohttp
import pytest
import redis
from aiohttp import web
from aiohttp.test_utils import TestServer
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from nlu.published import PublishedTexts, laid_over
from nlu.tracker_store import PREFIX, CompactTrackerStore
from nlu.turn import Turn, current_turn
from nlu.wording import OperatorTexts

DOMAIN = Domain.from_path("data/domain")


def a_talk(sender: str = "o_1") -> DialogueStateTracker:
    happened = [UserUttered("好", {"name": "affirm"}), SlotSet("stumbles", 2), ActionExecuted("action_listen")]
    return DialogueStateTracker.from_events(sender, happened, DOMAIN.slots)


async def test_a_talk_is_one_key_with_a_time_to_live(redis_url: str) -> None:
    store = CompactTrackerStore(DOMAIN, host=redis_url)
    await store.save(a_talk("o_ttl"))
    plain = redis.Redis.from_url(redis_url)
    assert plain.ttl(PREFIX + "o_ttl") > 100 * 24 * 3600
    assert (await store.retrieve("o_ttl")).get_slot("stumbles") == 2


async def test_a_turn_with_a_fault_is_not_saved(redis_url: str) -> None:
    store = CompactTrackerStore(DOMAIN, host=redis_url)
    turn = Turn("o_fault", "k", replies=[{"text": "好"}], faults=["backend"])
    token = current_turn.set(turn)
    await store.save(a_talk("o_fault"))
    current_turn.reset(token)
    assert await store.retrieve("o_fault") is None


async def test_a_turn_is_kept_with_its_replies(redis_url: str) -> None:
    store = CompactTrackerStore(DOMAIN, host=redis_url)
    token = current_turn.set(Turn("o_kept", "k7", replies=[{"text": "好"}]))
    await store.save(a_talk("o_kept"))
    current_turn.reset(token)
    record = await store.load(Turn("o_kept", "k8"))
    assert record["turn"] == {"key": "k7", "replies": [{"text": "好"}], "intent": {}}


async def test_a_redis_that_is_away_is_a_redis_that_forgot() -> None:
    store = CompactTrackerStore(DOMAIN, host="redis://127.0.0.1:1/0")
    await asyncio.wait_for(store.save(a_talk()), 5)
    assert await store.retrieve("o_1") is None
    assert not await store.is_up()


@pytest.mark.parametrize("stored", ["{", "[]", "7", "{}", '{"state": null}', '{"state": {"slots": {}}}'])
async def test_a_talk_that_nobody_can_read_is_a_talk_that_was_forgotten(redis_url: str, stored: str) -> None:
    redis.Redis.from_url(redis_url).set(PREFIX + "o_older", stored)
    assert await CompactTrackerStore(DOMAIN, host=redis_url).retrieve("o_older") is None


def texts(**responses: list) -> OperatorTexts:
    spoken = OperatorTexts(None, Domain.empty())
    spoken.responses = {name: [{"text": text} for text in ones] for name, ones in responses.items()}
    return spoken


async def words(spoken: OperatorTexts, name: str, tracker: DialogueStateTracker, **facts: object) -> str:
    draft = await spoken.generate(name, tracker, "gongju", **facts)
    return draft["text"] if draft else ""


async def test_a_name_without_words_falls_back_to_what_stands_in() -> None:
    spoken = texts(utter_ask_phone=["电话？"], utter_said=["好。"])
    assert await words(spoken, "utter_ask_x", a_talk(), otherwise=["utter_ask_phone"]) == "电话？"
    assert await words(spoken, "utter_new_code", a_talk()) == "好。"


async def test_each_round_has_other_words_and_the_last_ones_take_turns() -> None:
    spoken = texts(utter_ask_x=["一"], utter_again=["二", "三"], utter_said=["好。"])
    heard = [await words(spoken, "utter_ask_x", a_talk(), otherwise=["utter_again"], round=at) for at in range(6)]
    assert heard[:3] == ["一", "二", "三"]
    assert all(one != other for one, other in pairwise(heard))


async def test_a_topic_has_words_of_its_own() -> None:
    about = UserUttered("落户", {"name": "out_of_scope"}, [{"entity": "topic", "value": "settlement"}])
    tracker = DialogueStateTracker.from_events("o_1", [about], DOMAIN.slots)
    spoken = OperatorTexts(None, DOMAIN)
    assert "立户" in await words(spoken, "utter_out_of_scope", tracker)


async def test_braces_in_a_fact_stay_what_they_are() -> None:
    assert await words(texts(utter_a=["值：{shown}"]), "utter_a", a_talk(), shown="{label}{0}") == "值：{label}{0}"


async def test_published_words_take_the_place_of_the_files_and_keep_their_buttons() -> None:
    spoken = texts(utter_a=["旧一", "旧二"], utter_said=["好。"])
    spoken.responses["utter_a"][0]["buttons"] = [{"title": "去", "payload": "go"}]
    spoken.published = laid_over(spoken.responses, {"utter_a": ["新一", "新二"], "utter_gone": ["没有了"]})
    draft = await spoken.generate("utter_a", a_talk(), "gongju")
    assert draft is not None
    assert (draft["text"], draft["buttons"][0]["payload"]) == ("新一", "go")
    assert await words(spoken, "utter_a", a_talk(), round=1) == "新二"
    assert await words(spoken, "utter_gone", a_talk()) == "好。"
    spoken.published = laid_over(spoken.responses, {})
    assert await words(spoken, "utter_a", a_talk()) == "旧一"


async def test_publications_are_followed_and_a_backend_that_is_away_changes_nothing() -> None:
    answers = [
        {"number": 1, "texts": {"utter_a": 5}}, {"number": 1, "texts": {"utter_a": ["新"]}}, None,
        {"number": 1, "texts": None},
    ]  # fmt: skip
    files = {"utter_a": [{"text": "旧"}]}
    asked: list[str] = []

    async def tell(request: web.Request) -> web.Response:
        asked.append(request.query["after"])
        answer = answers[len(asked) - 1]
        return web.Response(status=503) if answer is None else web.json_response(answer)

    app = web.Application()
    app.router.add_get("/internal/v1/texts", tell)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        followed = PublishedTexts(str(server.make_url("/")), "token")
        with pytest.raises(TypeError):  # what cannot be used is asked for again
            await followed.news(session, files)
        assert await followed.news(session, files) == {"utter_a": [{"text": "新"}]}
        with pytest.raises(aiohttp.ClientResponseError):
            await followed.news(session, files)
        assert await followed.news(session, files) is None
    assert asked == ["-1", "-1", "1", "1"]
