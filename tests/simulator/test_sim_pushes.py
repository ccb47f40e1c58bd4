"""Pushes leave, repeat and end as the platform's do (reference A.2-A.7)."""

from __future__ import annotations

import asyncio

import pytest

from simulator import crypto
from tests.simulator.conftest import SETTINGS, Sim, sealed, text_reply

BANNER = "该公众号提供的服务出现故障，请稍后再试"


async def test_a_text_carries_the_fields_of_the_platform(sim: Sim) -> None:
    answer = await sim.deed("say", text="你好😀")
    fields = sim.product.received[0].fields
    assert list(fields) == ["ToUserName", "FromUserName", "CreateTime", "MsgType", "Content", "MsgId"]
    assert (fields["FromUserName"], fields["MsgType"], fields["Content"]) == (sim.openid, "text", "你好😀")
    assert fields["MsgId"] == answer["msg_id"] and int(fields["MsgId"]) < 2**63


async def test_the_headers_are_those_seen_from_the_real_platform(sim: Sim) -> None:
    await sim.deed("say", text="你好")
    headers = sim.product.received[0].headers
    assert headers["User-Agent"] == "Mozilla/4.0" and headers["Accept"] == "*/*"
    assert headers["Pragma"] == "no-cache" and headers["Content-Type"] == "text/xml"
    assert "Accept-Encoding" not in headers


async def test_secure_mode_shows_nothing_but_the_encrypted_text(sim: Sim) -> None:
    await sim.deed("say", text="秘密")
    push = sim.product.received[0]
    assert "FromUserName" not in push.body
    encrypted = push.body.split("<Encrypt><![CDATA[")[1].split("]]>")[0]
    query = push.query
    assert query["encrypt_type"] == "aes" and query["openid"] == sim.openid
    assert query["msg_signature"] == crypto.signature("AAAAA", query["timestamp"], query["nonce"], encrypted)


@pytest.mark.parametrize("mode", ["plain"])
async def test_plain_mode_sends_plain_text_and_a_signature(sim: Sim) -> None:
    await sim.deed("say", text="明文")
    push = sim.product.received[0]
    assert "明文" in push.body and "encrypt_type" not in push.query and "msg_signature" not in push.query
    assert push.query["signature"] == crypto.signature("AAAAA", push.query["timestamp"], push.query["nonce"])


@pytest.mark.parametrize("mode", ["compat"])
async def test_compatible_mode_sends_both_and_takes_either_reply(sim: Sim) -> None:
    sim.product.reply = lambda fields: text_reply(fields, "明文回复")
    await sim.deed("say", text="两种")
    sim.product.reply = lambda fields: sealed(text_reply(fields, "密文回复"))
    await sim.deed("say", text="两种")
    assert "两种" in sim.product.received[0].body and "<Encrypt>" in sim.product.received[0].body
    assert [b["text"] for b in await sim.bubbles() if b["side"] == "account"] == ["明文回复", "密文回复"]


async def test_a_slow_product_is_asked_three_times_with_the_same_push(sim: Sim) -> None:
    sim.product.delays_s = [1, 1, 1]
    answer = await sim.deed("say", text="慢")
    assert answer["outcomes"][0]["result"] == "unanswered"
    first, *others = sim.product.received
    assert len(others) == 2
    assert all((other.query, other.body) == (first.query, first.body) for other in others)


async def test_after_three_tries_the_user_sees_the_fault_banner(sim: Sim) -> None:
    sim.product.delays_s = [1, 1, 1]
    await sim.deed("say", text="慢")
    assert (await sim.bubbles())[-1]["text"] == BANNER
    assert await sim.rules_broken() == ["late_answer"]


async def test_an_answer_to_the_third_try_still_reaches_the_user(sim: Sim) -> None:
    sim.product.delays_s = [1, 1]
    sim.product.reply = lambda fields: sealed(text_reply(fields, "来了"))
    answer = await sim.deed("say", text="慢")
    assert answer["outcomes"][0]["tries"] == 3
    assert (await sim.bubbles())[-1]["text"] == "来了"
    assert await sim.rules_broken() == []


async def test_a_server_error_is_tried_again(sim: Sim) -> None:
    sim.product.status = 502
    answer = await sim.deed("say", text="坏")
    assert answer["outcomes"][0]["reasons"] == ["HTTP status 502"] * 3
    assert await sim.rules_broken() == ["no_answer"]


def _reply_with(**changes: str) -> str:
    fields = {"FromUserName": "USER", "ToUserName": SETTINGS.original_id}
    plain = text_reply(fields, "好")
    for old, new in changes.items():
        plain = plain.replace(old, new)
    return plain


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ('{"errcode": 0}', "JSON"),
        ("ok", "not well-formed"),
        ("<xml><ToUserName>", "not well-formed"),
        (_reply_with(), "not encrypted"),
        (sealed(_reply_with()).replace("415670741", "415670742"), "MsgSignature is wrong"),
        (sealed(_reply_with(USER="someone")), "ToUserName is not"),
        (sealed(_reply_with(**{SETTINGS.original_id: "gh_other"})), "FromUserName is not"),
        (sealed(_reply_with(text="hologram")), "MsgType hologram is not known"),
        (sealed(_reply_with(text="")), "MsgType (empty)"),
        (sealed(_reply_with(好="")), "Content is empty"),
        (sealed(_reply_with(好="好" * 683)), "2049 bytes"),
        (sealed(_reply_with(好="]]>")), "not well-formed"),
        (sealed(_reply_with(好="\x01")), "not well-formed"),
        (sealed('{"a":1}'), "JSON"),
    ],
)
async def test_a_malformed_reply_shows_the_banner_and_the_precise_reason(sim: Sim, reply: str, reason: str) -> None:
    def answered(fields: dict[str, str]) -> str:
        if "<Encrypt>" in reply and "415670742" not in reply:
            encrypted = reply.split("<Encrypt><![CDATA[")[1].split("]]>")[0]
            plain = crypto.decrypt(encrypted, aes_key=SETTINGS.aes_key, app_id=SETTINGS.app_id)
            return sealed(plain.replace("USER", fields["FromUserName"]))
        return reply.replace("USER", fields["FromUserName"])

    sim.product.reply = answered
    await sim.deed("say", text="你好")
    assert (await sim.bubbles())[-1]["kind"] == "banner"
    violation = (await sim.get("/_sim/violations"))["violations"][0]
    assert violation["rule"] == "malformed_reply" and reason in violation["detail"]


async def test_2048_bytes_are_the_longest_text(sim: Sim) -> None:
    sim.product.reply = lambda fields: sealed(text_reply(fields, "好" * 682 + "ab"))
    await sim.deed("say", text="长")
    assert (await sim.bubbles())[-1]["text"].endswith("ab") and await sim.rules_broken() == []


async def test_copies_of_a_push_arrive_with_one_message_id(sim: Sim) -> None:
    await sim.deed("say", text="重复", copies=3)
    assert len({received.fields["MsgId"] for received in sim.product.received}) == 1
    assert len(sim.product.received) == 3


async def test_two_users_may_get_the_same_message_id(sim: Sim) -> None:
    first = sim.openid
    await sim.deed("say", text="甲", msg_id="7")
    second = await sim.user()
    await sim.deed("say", text="乙", msg_id="7")
    assert [(r.fields["FromUserName"], r.fields["MsgId"]) for r in sim.product.received] == [
        (first, "7"),
        (second, "7"),
    ]


@pytest.mark.parametrize(
    ("deed", "body", "expected"),
    [
        ("voice", {}, {"MsgType": "voice", "Format": "amr"}),
        ("video", {}, {"MsgType": "video"}),
        ("location", {"label": "中关村"}, {"MsgType": "location", "Label": "中关村", "Scale": "16"}),
        ("link", {"url": "https://a.example/"}, {"MsgType": "link", "Url": "https://a.example/"}),
        ("file", {"name": "合同.pdf"}, {"MsgType": "file", "Title": "合同.pdf"}),
        ("unknown", {}, {"MsgType": "hologram"}),
        ("follow", {}, {"Event": "subscribe", "EventKey": ""}),
        ("follow", {"scene": "poster"}, {"Event": "subscribe", "EventKey": "qrscene_poster"}),
        ("scan", {"scene": "poster"}, {"Event": "SCAN", "EventKey": "poster"}),
        ("unfollow", {}, {"Event": "unsubscribe", "EventKey": ""}),
        ("event", {"event": "LOCATION", "fields": {"Precision": "1"}}, {"Event": "LOCATION", "Precision": "1"}),
    ],
)
async def test_every_deed_arrives_as_its_own_push(
    sim: Sim, deed: str, body: dict[str, object], expected: dict[str, str]
) -> None:
    await sim.deed(deed, **body)
    assert sim.product.received[0].fields.items() >= expected.items()


async def test_scanning_follows_when_the_user_does_not_follow_yet(sim: Sim) -> None:
    await sim.user(following=False)
    await sim.deed("scan", scene="poster")
    fields = sim.product.received[0].fields
    assert (fields["Event"], fields["EventKey"]) == ("subscribe", "qrscene_poster") and fields["Ticket"]


async def test_raw_xml_is_pushed_as_it_is(sim: Sim) -> None:
    await sim.deed("raw", xml="<xml><MsgType>strange</MsgType></xml>")
    assert sim.product.received[0].fields == {"MsgType": "strange"}


async def test_the_reply_to_an_unsubscribe_is_not_shown(sim: Sim) -> None:
    sim.product.reply = lambda fields: sealed(text_reply(fields, "再见"))
    await sim.deed("unfollow")
    assert await sim.bubbles() == []


async def test_the_server_is_verified_by_its_echo(sim: Sim) -> None:
    sim.product.reply = lambda query: query["echostr"]
    assert (await sim.post("/_sim/verify"))["accepted"]


async def test_an_echo_in_quotes_is_refused(sim: Sim) -> None:
    sim.product.reply = lambda query: f'"{query["echostr"]}"'
    assert not (await sim.post("/_sim/verify"))["accepted"]
    assert await sim.rules_broken() == ["server_verification"]


async def test_a_push_may_be_dropped_on_purpose_and_comes_again(sim: Sim) -> None:
    sim.product.delays_s = [0.2]
    await sim.post("/_sim/faults", {"endpoint": "push", "kind": "drop", "value": 0.05})
    answer = await sim.deed("say", text="断")
    assert answer["outcomes"][0] | {"ack_ms": 0} == {
        "result": "answered",
        "tries": 2,
        "ack_ms": 0,
        "reasons": ["connection dropped on purpose"],
    }


async def test_a_late_answer_under_an_injected_fault_is_tagged(sim: Sim) -> None:
    sim.product.delays_s = [1, 1, 1]
    await sim.post("/_sim/faults", {"endpoint": "push", "kind": "latency", "value": 0})
    await sim.deed("say", text="慢")
    assert (await sim.get("/_sim/violations"))["violations"][0]["fault"] == "push latency"
    assert (await sim.get("/_sim/violations", untagged="1"))["violations"] == []


async def test_an_endless_reply_is_cut_off(sim: Sim) -> None:
    sim.product.reply = lambda fields: b"<xml>" + b" " * 3_000_000
    await sim.deed("say", text="你好")
    assert await sim.rules_broken() == ["malformed_reply"]


async def test_a_line_that_the_product_closed_between_two_pushes_costs_no_try(sim: Sim) -> None:
    async def closes_at_the_second_request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"</xml>")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nsuccess")
        await reader.read(1)
        writer.close()

    server = await asyncio.start_server(closes_at_the_second_request, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    await sim.post("/_sim/account", {"callback_url": f"http://127.0.0.1:{port}/wechat"})
    answers = [await sim.deed("say", text="你好") for _ in range(5)]
    server.close()
    assert [answer["outcomes"][0]["reasons"] for answer in answers] == [[]] * 5
    assert [answer["outcomes"][0]["tries"] for answer in answers] == [1] * 5
