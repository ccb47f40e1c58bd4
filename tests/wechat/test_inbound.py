from collections.abc import Mapping

import pytest

from wechat.errors import BadPush
from wechat.inbound import Push, read_push

COMMON = {"ToUserName": "gh_1", "FromUserName": "oUser", "CreateTime": "1348831860"}


def push(**fields: object) -> Push:
    return read_push("wx1", {**COMMON, **fields})


def test_a_text_keeps_its_words() -> None:
    assert push(MsgType="text", Content="你好😀", MsgId="24086087575195331").text == "你好😀"


def test_a_blank_text_is_an_empty_text() -> None:
    assert push(MsgType="text", Content=None, MsgId="1").text == ""


def test_a_tapped_choice_carries_its_payload() -> None:
    assert push(MsgType="text", Content="上一步", bizmsgmenuid="previous", MsgId="1").menu_payload == "previous"


def test_a_tapped_choice_opens_the_click_window() -> None:
    assert push(MsgType="text", Content="上一步", bizmsgmenuid="previous", MsgId="1").trigger == "click"


def test_a_written_message_opens_the_message_window() -> None:
    assert push(MsgType="text", Content="你好", MsgId="1").trigger == "message"


def test_a_menu_click_is_a_payload() -> None:
    clicked = push(MsgType="event", Event="CLICK", EventKey="ask_progress")
    assert (clicked.event, clicked.menu_payload) == ("click", "ask_progress")


@pytest.mark.parametrize(
    ("event", "key", "scene"),
    [("subscribe", "qrscene_office-1", "office-1"), ("SCAN", "office-1", "office-1"), ("subscribe", None, None)],
)
def test_a_scanned_code_tells_its_scene(event: str, key: str | None, scene: str | None) -> None:
    assert push(MsgType="event", Event=event, EventKey=key).scene == scene


def test_a_template_result_tells_its_message_and_status() -> None:
    result = push(MsgType="event", Event="TEMPLATESENDJOBFINISH", MsgID="3557254367693750277", Status="success")
    assert (result.template_msgid, result.status) == (3557254367693750277, "success")


def test_a_revoked_authorisation_names_the_user_not_the_platform() -> None:
    assert push(MsgType="event", Event="user_authorization_revoke", OpenID="oOther").openid == "oOther"


@pytest.mark.parametrize("kind", ["image", "voice", "video", "shortvideo", "location", "link", "file", "sticker9000"])
def test_every_message_type_is_read_known_or_not(kind: str) -> None:
    assert push(MsgType=kind, MsgId="1", MediaId="M1").kind == kind


def test_an_unknown_event_is_read() -> None:
    assert push(MsgType="event", Event="Brand_New", Anything={"List": []}).event == "brand_new"


def test_equal_message_ids_of_two_users_are_two_pushes() -> None:
    one = push(MsgType="text", Content="a", MsgId="1")
    other = push(MsgType="text", Content="a", MsgId="1", FromUserName="oOther")
    assert one.dedupe_key != other.dedupe_key


def test_two_events_in_one_second_are_two_pushes() -> None:
    one = push(MsgType="event", Event="subscribe", EventKey="qrscene_1")
    other = push(MsgType="event", Event="SCAN", EventKey="1")
    assert one.turn_key != other.turn_key


def test_a_repeat_is_the_same_push() -> None:
    fields = {"MsgType": "text", "Content": "a", "MsgId": "1"}
    assert push(**fields).turn_key == push(**fields).turn_key


@pytest.mark.parametrize(
    "broken",
    [
        {"MsgType": None},
        {"MsgType": "text"},
        {"MsgType": "text", "MsgId": "x"},
        {"MsgType": ["text", "text"], "MsgId": "1"},
        {"MsgType": "event"},
        {"MsgType": "event", "Event": "TEMPLATESENDJOBFINISH", "MsgID": str(2**63)},
        {"MsgType": "text", "MsgId": "1", "CreateTime": "soon"},
        {"MsgType": "text", "MsgId": "1", "FromUserName": "../../etc"},
        {"MsgType": "text", "MsgId": "1", "FromUserName": None},
        {"MsgType": "text", "MsgId": "1", "Content": {"a": "b"}},
    ],
)
def test_a_malformed_push_is_refused(broken: Mapping[str, object]) -> None:
    with pytest.raises(BadPush):
        push(**broken)
