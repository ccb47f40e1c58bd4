import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wechat.crypto import Envelopes, signature
from wechat.errors import BadPush, BadSignature
from wechat.xml import cdata, parse_xml

OFFICIAL = json.loads((Path(__file__).parent / "official_vectors.json").read_text())
APP_ID, TOKEN, KEY = OFFICIAL["appid"], OFFICIAL["token"], OFFICIAL["encoding_aes_key"]
OTHER_KEY = "B" * 43
TEXT_PUSH = "<xml><FromUserName>o1</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType></xml>"


def envelopes(*keys: str, plain_allowed: bool = True) -> Envelopes:
    return Envelopes(app_id=APP_ID, token=TOKEN, aes_keys=keys or (KEY,), plain_allowed=plain_allowed)


def sealed(xml: str, key: str = KEY) -> tuple[dict[str, str], bytes]:
    """A push in secure mode, made with our own sealing (which the official vector checks)."""
    other = envelopes(key)
    opened = other.open(*plain("<xml><a>1</a></xml>"))
    body = other.seal(type(opened)(opened.fields, other._keys[0]), xml, timestamp=1714112445)
    fields = parse_xml(body.encode())
    query = {
        "encrypt_type": "aes",
        "timestamp": str(fields["TimeStamp"]),
        "nonce": str(fields["Nonce"]),
        "msg_signature": str(fields["MsgSignature"]),
    }
    return query, body.encode()


def plain(xml: str) -> tuple[dict[str, str], bytes]:
    query = {"timestamp": "1714037059", "nonce": "486452656"}
    return {**query, "signature": signature(TOKEN, *query.values())}, xml.encode()


def test_the_official_url_check_is_echoed() -> None:
    assert envelopes().echo({**OFFICIAL["get_signature"], "echostr": "4375120948345356249"}) == "4375120948345356249"


def test_a_url_check_with_a_wrong_signature_is_refused() -> None:
    with pytest.raises(BadSignature):
        envelopes().echo({**OFFICIAL["get_signature"], "nonce": "1", "echostr": "x"})


def test_the_official_plain_signature_is_right() -> None:
    given_ = OFFICIAL["plain_post_signature"]
    assert signature(TOKEN, given_["timestamp"], given_["nonce"]) == given_["signature"]


def test_the_official_secure_push_decrypts() -> None:
    secure = OFFICIAL["secure_post"]
    xml, _key = envelopes()._decrypt(secure["Encrypt"])
    assert xml == secure["plaintext"]


def test_the_official_secure_push_has_the_right_signature() -> None:
    secure = OFFICIAL["secure_post"]
    body = f"<xml><ToUserName>gh</ToUserName><Encrypt><![CDATA[{secure['Encrypt']}]]></Encrypt></xml>".encode()
    query = {key: secure[key] for key in ("timestamp", "nonce", "msg_signature")}
    with pytest.raises(BadPush, match="not_xml"):  # the official example's inner message is JSON
        envelopes().open({**query, "encrypt_type": "aes"}, body)


def test_the_official_reply_decrypts_to_its_text() -> None:
    xml, _key = envelopes()._decrypt(OFFICIAL["reply"]["Encrypt"])
    assert xml == OFFICIAL["reply"]["plaintext"]


def test_the_plain_signature_does_not_open_a_secure_push() -> None:
    query, body = sealed(TEXT_PUSH)
    forged = {**query, "msg_signature": signature(TOKEN, query["timestamp"], query["nonce"])}
    with pytest.raises(BadSignature):
        envelopes().open(forged, body)


def test_a_push_under_the_previous_key_is_opened_and_answered_with_that_key() -> None:
    both = envelopes(KEY, OTHER_KEY)
    opened = both.open(*sealed(TEXT_PUSH, OTHER_KEY))
    reply = parse_xml(both.seal(opened, "<xml><b>2</b></xml>", timestamp=5).encode())
    assert envelopes(OTHER_KEY)._decrypt(str(reply["Encrypt"]))[0] == "<xml><b>2</b></xml>"


def test_a_push_for_another_account_is_not_opened() -> None:
    query, body = sealed(TEXT_PUSH)
    other = Envelopes(app_id="wx_other", token=TOKEN, aes_keys=[KEY])
    with pytest.raises(BadPush, match="cannot_decrypt"):
        other.open(query, body)


def test_plain_pushes_can_be_switched_off() -> None:
    with pytest.raises(BadPush, match="plain_not_allowed"):
        envelopes(plain_allowed=False).open(*plain(TEXT_PUSH))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not_xml"),
        (b'{"a": 1}', "not_xml"),
        (b"<xml><a></xml>", "not_xml"),
        ("<xml><a>你</a></xml>".encode("gbk"), "not_utf8"),
        (b"<xml/>", "not_a_push"),
        (b"<other><a>1</a></other>", "not_a_push"),
        (b'<!DOCTYPE xml [<!ENTITY a "b">]><xml><a>&a;</a></xml>', "doctype"),
        (b"<xml>" + b"<a>" * 20_000 + b"</a>" * 20_000 + b"</xml>", "too_deep"),
        (b"<xml>" + b"<a>1</a>" * 20_000 + b"</xml>", "too_deep"),
        (b"<xml>" + b" " * 2 * 1024 * 1024 + b"</xml>", "too_big"),
    ],
)
def test_a_signed_push_that_cannot_be_read_is_refused_at_once(body: bytes, reason: str) -> None:
    query, _ = plain("")
    started = time.perf_counter()
    with pytest.raises(BadPush, match=reason):
        envelopes().open(query, body)
    assert time.perf_counter() - started < 0.5


@given(st.text(alphabet="ABCDEFabcdef0123456789+/=", max_size=400))
def test_junk_in_place_of_the_ciphertext_is_refused(junk: str) -> None:
    query = {"encrypt_type": "aes", "timestamp": "1", "nonce": "2", "msg_signature": signature(TOKEN, "1", "2", junk)}
    with pytest.raises((BadPush, BadSignature)):
        envelopes().open(query, f"<xml><Encrypt>{junk}</Encrypt></xml>".encode())


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_whatever_is_written_as_cdata_is_read_back_but_for_invisible_characters(text: str) -> None:
    fields = parse_xml(f"<xml><a>x{cdata(text)}x</a></xml>".encode())
    shown = "".join(c for c in text if c in "\t\n\r" or (ord(c) >= 32 and ord(c) not in (0xFFFE, 0xFFFF)))
    assert fields["a"] == f"x{shown}x".replace("\r\n", "\n").replace("\r", "\n")


def test_a_control_character_does_not_lose_the_push() -> None:
    assert envelopes().open(*plain("<xml><a>\x01你好</a></xml>")).fields["a"] == "你好"
