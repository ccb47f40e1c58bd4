"""A choice id comes back from the user's own client: whatever it says, the talk goes on and nobody else waits."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest
import yaml
from conftest import RunningStack
from people import Applicant
from standard import binds

from wechat.crypto import Envelopes

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.journey

FORGED = (
    "restart",
    "back",
    "out_of_scope",
    "nothing_of_ours",
    "action_listen",
    "cancel_case:confirmed=yes",
    "choose:field=__class__,option=x",
    "choose:field=phone,index=99999,option=yes",
    "choose:field=phone,number=99999999999999999999",
    "choose:page=bind",
    "inform:phone=1",
    "upload_item:item=BA01",
    "start_application:business_type=ADMIN",
    "photo_nudge:direction=sideways",
    "remove_entry:ordinal=-5",
    "edit_field:field=__init__",
    "redo:section=credentials",
    "=",
    ":",
    "choose:",
    "a=b",
    "session_start",
    "session_start:x=y",
    "nlu_fallback",
)
_NUMBERS = itertools.count(7_000_000_000_000_000)


class ForgingClient:
    """Somebody's own WeChat client that sends any choice id; the platform signs what it passes on."""

    def __init__(self, running: RunningStack, openid: str) -> None:
        told = running.environment.variables
        self._envelopes = Envelopes(
            app_id=told["WECHAT_APP_ID"], token=told["WECHAT_TOKEN"], aes_keys=[told["WECHAT_AES_KEY"]]
        )
        self._url, self._openid = f"{told['PUBLIC_URL']}/wechat", openid

    async def taps(self, payload: str) -> str:
        """What is answered within WeChat's five seconds; `success` when that is nothing."""
        xml = (
            f"<xml><ToUserName>gh_x</ToUserName><FromUserName>{self._openid}</FromUserName>"
            f"<CreateTime>{int(time.time())}</CreateTime><MsgType>text</MsgType><Content>x</Content>"
            f"<MsgId>{next(_NUMBERS)}</MsgId><bizmsgmenuid>{payload}</bizmsgmenuid></xml>"
        )
        key, stamp = self._envelopes._keys[0], str(int(time.time()))
        sealed = key.encrypt(xml, timestamp=stamp, nonce="7")
        signed = re.search(r"<MsgSignature><!\[CDATA\[(\w+)", sealed)
        assert signed
        query = {"timestamp": stamp, "nonce": "7", "encrypt_type": "aes", "msg_signature": signed[1]}
        async with aiohttp.ClientSession() as http, http.post(self._url, params=query, data=sealed) as answer:
            assert answer.status == 200
            text = await answer.text()
        found = re.search(r"<Encrypt><!\[CDATA\[([^]]+)", text)
        return key.decrypt(found[1]) if found else text


@pytest.mark.parametrize("payload", FORGED)
async def test_a_forged_choice_gets_an_answer_like_any_other(
    running: RunningStack, joins: Callable[[str], Awaitable[Applicant]], payload: str
) -> None:
    applicant = await joins("小伪")
    answer = await ForgingClient(running, applicant.openid).taps(payload)
    assert answer != "success", "nothing was answered: the turn is being repeated, and others may wait for it"
    assert "系统这会儿有点忙" not in answer


def _intents() -> list[str]:
    told = yaml.safe_load((ROOT / "data" / "domain" / "intents.yml").read_text(encoding="utf-8"))
    return [one if isinstance(one, str) else next(iter(one)) for one in told["intents"]]


async def test_no_intent_with_odd_entities_leaves_an_applicant_without_an_answer(
    running: RunningStack, joins: Callable[[str], Awaitable[Applicant]]
) -> None:
    """In the middle of a form, where a choice is an answer to the open question."""
    applicant = await joins("小伪")
    await binds(applicant, "demo59")
    await applicant.says("新申请")
    client = ForgingClient(running, applicant.openid)
    silent = []
    for intent in _intents():
        for entities in ("field=__x,option=__y,number=0,index=-1", "item=ZZ,section=zz,page=zz,ordinal=0,direction=x"):
            answer = await client.taps(f"{intent}:{entities}")
            if answer == "success" or "系统这会儿有点忙" in answer:
                silent.append(f"{intent}:{entities}")
    assert silent == []
