"""How a push is answered: at once when the turn ends in time, else by customer-service message, exactly once."""

from __future__ import annotations

import asyncio
import secrets
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import sentences
from wechat.crypto import signature
from wechat.outgoing import Outgoing, enqueue
from wechat.replies import Reply
from wechat.tables import budget, inbox, outgoing

OPENID = "oUSER0000000000000000000001"


def a_text(words: str, msg_id: int = 1) -> dict[str, Any]:
    return {"MsgType": "text", "Content": words, "MsgId": msg_id}


async def stored(engine: AsyncEngine) -> list[Any]:
    async with engine.connect() as connection:
        return list((await connection.execute(select(inbox).order_by(inbox.c.id))).all())


async def test_the_url_check_is_echoed(phone: Any) -> None:
    query = {"timestamp": "1", "nonce": "2", "signature": signature("TestToken1", "1", "2"), "echostr": "43753"}
    response = await phone.http.get("/wechat", params=query)
    assert (response.status, await response.text()) == (200, "43753")


async def test_a_url_check_with_a_wrong_signature_gets_403_and_no_echo(phone: Any) -> None:
    response = await phone.http.get(
        "/wechat", params={"timestamp": "1", "nonce": "2", "signature": "x", "echostr": "e"}
    )
    assert (response.status, await response.text()) == (403, "")


async def test_a_quick_turn_is_answered_in_the_response(phone: Any) -> None:
    assert await phone.push(OPENID, **a_text("你好")) == "收到：你好"


async def test_a_push_in_plain_mode_is_answered_in_plain(phone: Any) -> None:
    phone.is_secure = False
    assert await phone.push(OPENID, **a_text("你好")) == "收到：你好"


async def test_the_signature_of_a_sealed_push_opens_no_door_for_a_plain_one(
    start_bot: Any, engine: AsyncEngine
) -> None:
    """The address of a push carries a signature that does not cover the body: whoever sees one could send any."""
    phone = await start_bot(wechat_plain_pushes="false")
    assert await phone.push(OPENID, **a_text("你好")) == "收到：你好"
    before = await stored(engine)
    phone.is_secure = False
    response = await phone.post(phone.xml("oSomebodyElse", **a_text("取消办理")))
    assert (await response.text(), await stored(engine)) == ("success", before)


async def test_the_rest_of_a_long_answer_follows_by_customer_service_message(
    phone: Any, parts: Any, sent_later: Any
) -> None:
    parts.reply = lambda turn: [{"text": "一" * 600}, {"text": "二" * 600}]
    assert await phone.push(OPENID, **a_text("你好")) == "一" * 600
    assert await sent_later(OPENID) == ["二" * 600]


async def test_an_answer_that_starts_with_a_picture_leaves_by_customer_service_message(
    phone: Any, parts: Any, sent_later: Any
) -> None:
    parts.reply = lambda turn: [{"image": {"file_id": "f_9"}}, {"text": "这张可以吗？"}]
    assert await phone.push(OPENID, **a_text("照片")) is None
    assert await sent_later(OPENID) == ["f_9", "这张可以吗？"]


async def test_a_slow_turn_is_acknowledged_in_the_window_and_answered_later(
    start_bot: Any, parts: Any, sent_later: Any, until: Any
) -> None:
    phone = await start_bot(window_s=0.3)
    parts.delay_s = 0.6
    assert await phone.push(OPENID, **a_text("你好")) is None

    async def is_answered() -> bool:
        return bool(await sent_later(OPENID) == ["收到：你好"])

    await until(is_answered)


async def test_three_tries_of_wechat_are_one_turn_and_one_answer(
    start_bot: Any, parts: Any, sent_later: Any, until: Any
) -> None:
    phone = await start_bot(window_s=0.3)
    parts.delay_s = 0.8
    answers = [await phone.push(OPENID, **a_text("你好")) for _ in range(3)]

    async def is_answered() -> bool:
        return bool(await sent_later(OPENID))

    await until(is_answered)
    await asyncio.sleep(0.2)
    assert (answers, len(parts.turns), await sent_later(OPENID)) == ([None] * 3, 1, ["收到：你好"])


async def test_a_repeat_joins_the_first_attempt_on_another_bot(start_bot: Any, parts: Any, sent_later: Any) -> None:
    one, other = await start_bot(), await start_bot()
    parts.delay_s = 0.4
    first, second = await asyncio.gather(one.push(OPENID, **a_text("你好")), other.push(OPENID, **a_text("你好")))
    assert (first, second, len(parts.turns)) == ("收到：你好", "收到：你好", 1)
    assert await sent_later(OPENID) == []


async def test_a_repeat_after_the_answer_gets_the_same_answer(phone: Any, parts: Any) -> None:
    first = await phone.push(OPENID, **a_text("你好"))
    assert (await phone.push(OPENID, **a_text("你好")), len(parts.turns)) == (first, 1)


async def test_equal_message_ids_of_two_users_are_two_turns(phone: Any, parts: Any) -> None:
    await asyncio.gather(phone.push(OPENID, **a_text("甲")), phone.push("oOTHER", **a_text("乙")))
    assert {turn["sender"] for turn in parts.turns} == {OPENID, "oOTHER"}


async def test_two_events_in_one_second_are_two_turns(phone: Any, parts: Any) -> None:
    await phone.push(OPENID, MsgType="event", Event="subscribe", EventKey="qrscene_1")
    await phone.push(OPENID, MsgType="event", Event="SCAN", EventKey="1")
    assert [turn["event"] for turn in parts.turns] == ["subscribe", "scan"]


async def test_turns_of_one_applicant_run_in_order_and_never_at_once_on_two_bots(
    start_bot: Any, parts: Any, engine: AsyncEngine
) -> None:
    one, other = await start_bot(), await start_bot()
    parts.delay_s = 0.05
    pushes = []
    for number in range(8):
        bot = one if number % 2 else other
        pushes.append(asyncio.create_task(bot.push(OPENID, **a_text(str(number), number))))
        while len(await stored(engine)) <= number:
            await asyncio.sleep(0.005)
    await asyncio.gather(*pushes)
    assert [turn["text"] for turn in parts.turns] == [str(number) for number in range(8)]
    assert parts.overlaps == 0


async def test_turns_of_different_applicants_run_at_once(phone: Any, parts: Any) -> None:
    parts.delay_s = 0.4
    await asyncio.gather(*(phone.push(f"oUSER{number}", **a_text("你好")) for number in range(10)))
    assert parts.most_running >= 8


async def test_a_tapped_choice_reaches_the_dialogue_as_its_payload(phone: Any, parts: Any) -> None:
    await phone.push(OPENID, **a_text("上一步"), bizmsgmenuid="previous")
    assert (parts.turns[0]["payload"], parts.turns[0]["text"]) == ("previous", None)


async def test_a_typed_password_is_neither_stored_nor_sent_on(phone: Any, parts: Any, engine: AsyncEngine) -> None:
    await phone.push(OPENID, **a_text("北京通密码是 Abc12345 身份证110105199003078515"))
    (row,) = await stored(engine)
    seen = str(row) + str(parts.turns)
    assert "Abc12345" not in seen
    assert "110105199003078515" not in seen
    assert parts.turns[0]["text"] == "北京通密码是 〔密码〕 身份证〔身份证号〕"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"MsgType": "voice", "MediaId": "M"}, sentences.VOICE),
        ({"MsgType": "video", "MediaId": "M"}, sentences.VIDEO),
        ({"MsgType": "shortvideo", "MediaId": "M"}, sentences.VIDEO),
        ({"MsgType": "file", "Title": "a.pdf"}, sentences.FILE),
        ({"MsgType": "location", "Location_X": "1"}, sentences.LOCATION),
        ({"MsgType": "link", "Url": "https://e.example"}, sentences.LINK),
        ({"MsgType": "miniprogrampage"}, sentences.MINI_PROGRAM),
        ({"MsgType": "hologram"}, sentences.UNSUPPORTED),
        ({"MsgType": "text", "Content": ""}, sentences.EMPTY),
        ({"MsgType": "text", "Content": "[微笑]/:8-)"}, sentences.EMOTICON),
        ({"MsgType": "text", "Content": "【收到不支持的消息类型，暂无法显示】"}, sentences.UNSUPPORTED),
    ],
)
async def test_what_cannot_be_used_is_answered_with_what_to_send_instead(
    phone: Any, fields: dict[str, Any], sentence: str
) -> None:
    assert await phone.push(OPENID, **fields, MsgId=7) == sentence


@pytest.mark.parametrize("event", ["VIEW", "LOCATION", "subscribe_msg_popup_event", "brand_new", "unsubscribe"])
async def test_an_event_that_wants_no_answer_gets_none(phone: Any, parts: Any, event: str) -> None:
    assert await phone.push(OPENID, MsgType="event", Event=event) is None
    assert parts.turns == []


async def test_the_backend_hears_of_a_follower_and_the_scene(phone: Any, parts: Any) -> None:
    await phone.push(OPENID, MsgType="event", Event="subscribe", EventKey="qrscene_office-1")
    assert parts.contacts == [{"event": "subscribe", "scene": "office-1"}]


async def test_who_leaves_is_forgotten(phone: Any, parts: Any, engine: AsyncEngine, until: Any) -> None:
    await phone.push(OPENID, **a_text("我住在朝阳区"))
    async with engine.begin() as connection:
        await enqueue(connection, Outgoing(OPENID, "k1", (Reply(text="提醒"),)))
    await phone.push(OPENID, MsgType="event", Event="unsubscribe")

    async def is_forgotten() -> bool:
        async with engine.connect() as connection:
            rows = (await connection.execute(select(outgoing.c.state, outgoing.c.parts))).all()
        return [tuple(row) for row in rows] == [("failed", [])] and "朝阳区" not in str(await stored(engine))

    await until(is_forgotten)
    assert {"event": "unsubscribe"} in parts.contacts


@pytest.mark.parametrize(
    ("event", "contact"),
    [
        ("user_authorization_revoke", "authorisation_revoked"),
        ("user_authorization_cancellation", "authorisation_cancelled"),
    ],
)
async def test_an_authorisation_that_ends_is_told_about_the_user_it_names(
    phone: Any, parts: Any, until: Any, event: str, contact: str
) -> None:
    answer = await phone.push("gh_platform", MsgType="event", Event=event, OpenID=OPENID, RevokeInfo="205")
    assert answer in (None, "", "success")

    async def is_told() -> bool:
        return {"event": contact} in parts.contacts

    await until(is_told)


async def test_what_waited_for_budget_comes_before_the_next_answer(phone: Any, engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await enqueue(connection, Outgoing(OPENID, "k1", (Reply(text="材料已通过。"),)))
        await connection.execute(outgoing.update().values(state="held"))
    assert await phone.push(OPENID, **a_text("你好")) == "材料已通过。\n\n收到：你好"


async def test_a_template_result_is_noted(phone: Any, engine: AsyncEngine, until: Any) -> None:
    async with engine.begin() as connection:
        await enqueue(connection, Outgoing(OPENID, "k1", (Reply(text="x"),)))
        await connection.execute(outgoing.update().values(state="sent", template_msgid=3557254367693750277))
    await phone.push(
        OPENID, MsgType="event", Event="TEMPLATESENDJOBFINISH", MsgID=3557254367693750277, Status="failed:user block"
    )

    async def noted() -> tuple[str, str | None]:
        async with engine.connect() as connection:
            row = (await connection.execute(select(outgoing.c.state, outgoing.c.template_status))).one()
        return row.state, row.template_status

    async def is_noted() -> bool:
        return (await noted())[1] is not None

    await until(is_noted)
    assert await noted() == ("held", "failed:user block")


async def test_a_written_message_opens_the_message_window(phone: Any, engine: AsyncEngine, a_clock: Any) -> None:
    await phone.push(OPENID, **a_text("你好"))
    async with engine.connect() as connection:
        row = (await connection.execute(select(budget))).one()
    assert (row.message_opened_at, row.click_opened_at) == (a_clock.now(), None)


@pytest.mark.parametrize(
    "xml",
    [
        "not xml",
        "<xml/>",
        "<xml><MsgType>text</MsgType></xml>",
        "<!DOCTYPE x><xml><a>1</a></xml>",
        "<xml>" + "<a>" * 900,
    ],
)
async def test_a_genuine_but_unreadable_push_is_acknowledged_and_dropped(
    phone: Any, engine: AsyncEngine, xml: str
) -> None:
    response = await phone.post(xml)
    assert (response.status, await response.text()) == (200, "success")
    assert await stored(engine) == []


async def test_an_event_with_a_key_of_any_length_is_kept_once(phone: Any, engine: AsyncEngine) -> None:
    address = "https://gongju.example/?" + secrets.token_hex(8000)  # nothing that an index could make small
    for _ in range(2):
        await phone.push(OPENID, MsgType="event", Event="VIEW", EventKey=address)
    assert len(await stored(engine)) == 1


async def test_a_forged_push_gets_403(phone: Any, engine: AsyncEngine) -> None:
    response = await phone.http.post("/wechat", params={"signature": "x"}, data=b"<xml><a>1</a></xml>")
    assert (response.status, await stored(engine)) == (403, [])


async def test_a_body_of_two_mebibytes_is_dropped(phone: Any) -> None:
    phone.is_secure = False
    response = await phone.post("<xml>" + " " * 2 * 1024 * 1024 + "</xml>")
    assert await response.text() == "success"


async def test_special_characters_reach_the_user_as_they_are(phone: Any, parts: Any) -> None:
    parts.reply = lambda turn: [{"text": "a]]>b & <c> 😀\x0b"}]
    assert await phone.push(OPENID, **a_text("你好")) == "a]]>b & <c> 😀"


async def test_a_slow_turn_shows_that_somebody_types(start_bot: Any, parts: Any, until: Any) -> None:
    phone = await start_bot(window_s=3.0)
    parts.delay_s = 1.3
    await phone.push(OPENID, **a_text("你好"))
    assert parts.typing == [OPENID]


async def test_the_menu_is_created_once(start_bot: Any, parts: Any, until: Any) -> None:
    await start_bot(with_menu=True)

    async def is_created() -> bool:
        return len(parts.menus) == 1

    await until(is_created)
    await start_bot(with_menu=True)
    await asyncio.sleep(0.2)
    assert len(parts.menus) == 1


async def test_the_bot_is_ready_when_its_stores_are_there_and_it_takes_turns(phone: Any, until: Any) -> None:
    async def is_ready() -> bool:
        return bool((await phone.http.get("/readyz")).status == 200)

    await until(is_ready)
    assert await is_ready()


async def test_no_openid_is_in_the_metrics(phone: Any) -> None:
    await phone.push(OPENID, **a_text("你好"))
    assert OPENID not in await (await phone.http.get("/metrics")).text()


async def test_the_tables_hold_one_running_turn_per_applicant(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        found = await connection.scalar(
            text("SELECT indexdef FROM pg_indexes WHERE indexname='wechat_inbox_one_running'")
        )
    assert "UNIQUE" in str(found)
