"""Another implementation of the protocol, wechatpy, understands the simulator and is understood by it."""

from __future__ import annotations

import pytest
from wechatpy import create_reply, parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import check_signature

from tests.simulator.conftest import SETTINGS, Sim


def _crypto() -> WeChatCrypto:
    return WeChatCrypto(SETTINGS.token, SETTINGS.aes_key, SETTINGS.app_id)


async def test_wechatpy_opens_and_parses_every_push(sim: Sim) -> None:
    await sim.deed("say", text="你好 ]]> & <b>😀")
    push = sim.product.received[0]
    check_signature(SETTINGS.token, push.query["signature"], push.query["timestamp"], push.query["nonce"])
    plain = _crypto().decrypt_message(
        push.body, push.query["msg_signature"], push.query["timestamp"], push.query["nonce"]
    )
    message = parse_message(plain)
    assert (message.type, message.content, message.source) == ("text", "你好 ]]> & <b>😀", sim.openid)


async def test_a_reply_made_by_wechatpy_is_shown(sim: Sim) -> None:
    def reply(fields: dict[str, str]) -> str:
        xml = create_reply("来自别家的回复").render()
        xml = xml.replace("<ToUserName><![CDATA[]]>", f"<ToUserName><![CDATA[{fields['FromUserName']}]]>")
        xml = xml.replace("<FromUserName><![CDATA[]]>", f"<FromUserName><![CDATA[{fields['ToUserName']}]]>")
        return str(_crypto().encrypt_message(xml, "415670741", "1713424427"))

    sim.product.reply = reply
    await sim.deed("say", text="你好")
    assert (await sim.bubbles())[-1]["text"] == "来自别家的回复"


@pytest.mark.parametrize(
    ("deed", "expected"),
    [
        ("follow", "subscribe"),
        ("unfollow", "unsubscribe"),
        ("scan", "scan"),
        ("voice", "voice"),
        ("unknown", "unknown"),
    ],
)
async def test_wechatpy_knows_the_kinds_of_pushes(sim: Sim, deed: str, expected: str) -> None:
    await sim.deed(deed, scene="")
    push = sim.product.received[0]
    plain = _crypto().decrypt_message(
        push.body, push.query["msg_signature"], push.query["timestamp"], push.query["nonce"]
    )
    message = parse_message(plain)
    assert expected in (message.type, getattr(message, "event", ""))
