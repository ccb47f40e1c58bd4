"""The official-account API answers, limits and refuses as the real one (reference B)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import FormData

from simulator.templates import is_allowed, standard_id
from tests.simulator.conftest import Sim

SEND = "/cgi-bin/message/custom/send"


def _text(openid: str, content: str) -> dict[str, Any]:
    return {"touser": openid, "msgtype": "text", "text": {"content": content}}


async def test_the_stable_token_stays_until_five_minutes_before_its_end(sim: Sim) -> None:
    first = await sim.token()
    await sim.post("/_sim/clock", {"advance_s": 6800})
    assert await sim.token() == first
    await sim.post("/_sim/clock", {"advance_s": 200})
    assert await sim.token() != first


async def test_during_the_overlap_the_old_token_still_works(sim: Sim) -> None:
    old = await sim.token()
    await sim.post("/_sim/clock", {"advance_s": 7000})
    await sim.token()
    assert "ip_list" in await sim.get("/cgi-bin/getcallbackip", access_token=old)


async def test_an_expired_token_is_42001(sim: Sim) -> None:
    old = await sim.token()
    await sim.post("/_sim/clock", {"advance_s": 7201})
    assert (await sim.get("/cgi-bin/getcallbackip", access_token=old))["errcode"] == 42001


async def test_a_forced_refresh_kills_the_token_before_at_once(sim: Sim) -> None:
    old = await sim.token()
    settings = sim.world.settings
    body = {"grant_type": "client_credential", "appid": settings.app_id, "secret": settings.app_secret}
    await sim.post("/cgi-bin/stable_token", body | {"force_refresh": True})
    assert (await sim.get("/cgi-bin/getcallbackip", access_token=old))["errcode"] == 40001
    assert (await sim.post("/cgi-bin/stable_token", body | {"force_refresh": True}))["errcode"] == 45011


async def test_the_two_kinds_of_token_do_not_disturb_each_other(sim: Sim) -> None:
    stable = await sim.token()
    settings = sim.world.settings
    account = {"appid": settings.app_id, "secret": settings.app_secret}
    plain = await sim.get("/cgi-bin/token", grant_type="client_credential", **account)
    for token in (stable, plain["access_token"]):
        assert "ip_list" in await sim.get("/cgi-bin/getcallbackip", access_token=token)


@pytest.mark.parametrize(
    ("change", "code"), [({"secret": "no"}, 40125), ({"appid": "wx0"}, 40013), ({"grant_type": "x"}, 40002)]
)
async def test_wrong_credentials_are_named(sim: Sim, change: dict[str, str], code: int) -> None:
    settings = sim.world.settings
    body = {"grant_type": "client_credential", "appid": settings.app_id, "secret": settings.app_secret}
    assert (await sim.post("/cgi-bin/stable_token", body | change))["errcode"] == code


async def test_refusals_carry_a_request_id_and_status_200(sim: Sim) -> None:
    response = await sim.client.post(SEND, json={})
    body = await response.json()
    assert response.status == 200 and body["errcode"] == 41001 and " rid: " in body["errmsg"]


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("POST", f"{SEND}?access_token=short", 40014),
        ("POST", f"{SEND}?access_token={'x' * 136}", 40001),
        ("GET", f"{SEND}?access_token=x", 43002),
        ("POST", "/cgi-bin/user/info?access_token=x", 43001),
        ("GET", "/cgi-bin/nothing/here", 40066),
    ],
)
async def test_misdirected_calls_get_their_codes(sim: Sim, method: str, path: str, code: int) -> None:
    response = await sim.client.request(method, path, data="{}" if method == "POST" else None)
    assert (await response.json())["errcode"] == code


@pytest.mark.parametrize(("raw", "code"), [(b"{", 47001), (b"[]", 47001), (b"", 44002), (b'"\xff"', 40033)])
async def test_a_body_that_is_no_json_is_refused(sim: Sim, raw: bytes, code: int) -> None:
    response = await sim.client.post(f"{SEND}?access_token={await sim.token()}", data=raw)
    assert (await response.json())["errcode"] == code


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"touser": "o0", "msgtype": "text", "text": {"content": "好"}}, 40003),
        ({"msgtype": "hologram"}, 40008),
        ({"msgtype": "text", "text": {"content": ""}}, 44004),
        ({"msgtype": "text", "text": {"content": "好" * 683}}, 45002),
        ({"msgtype": "image", "image": {"media_id": "none"}}, 40007),
        ({"msgtype": "news", "news": {"articles": [{"title": "一"}, {"title": "二"}]}}, 45008),
        ({"msgtype": "news", "news": {"articles": [{"title": "一", "url": "https://a.example/"}]}}, 0),
    ],
)
async def test_messages_are_checked_before_they_are_shown(sim: Sim, body: dict[str, Any], code: int) -> None:
    await sim.deed("say", text="你好")
    assert (await sim.call(SEND, {"touser": sim.openid} | body))["errcode"] == code


async def test_someone_who_left_cannot_be_written_to(sim: Sim) -> None:
    await sim.deed("say", text="你好")
    await sim.deed("unfollow")
    assert await sim.send_text() == 43004


async def test_unicode_escapes_are_shown_as_they_are(sim: Sim) -> None:
    await sim.deed("say", text="你好")
    raw = f'{{"touser":"{sim.openid}","msgtype":"text","text":{{"content":"\\u4f60好\\n"}}}}'
    await sim.client.post(f"{SEND}?access_token={await sim.token()}", data=raw.encode())
    assert (await sim.bubbles())[-1]["text"] == "\\u4f60好\n"
    assert "json_unicode_escapes" in await sim.rules_broken()


async def test_typing_needs_a_recent_word_of_the_user(sim: Sim) -> None:
    path, body = "/cgi-bin/message/custom/typing", {"touser": sim.openid, "command": "Typing"}
    assert (await sim.call(path, body))["errcode"] == 45080
    await sim.deed("say", text="你好")
    assert [(await sim.call(path, body))["errcode"] for _ in range(2)] == [0, 45081]
    assert (await sim.call(path, body | {"command": "Sing"}))["errcode"] == 45072


async def _upload(sim: Sim, filename: str, *, quote: bool = False, data: bytes = b"\xff\xd8\xff\xe0picture") -> Any:
    form = FormData(quote_fields=quote)
    form.add_field("media", data, filename=filename, content_type="image/jpeg")
    return await (
        await sim.client.post(f"/cgi-bin/media/upload?type=image&access_token={await sim.token()}", data=form)
    ).json()


async def test_uploaded_media_comes_back_byte_for_byte_for_three_days(sim: Sim) -> None:
    media_id = (await _upload(sim, "photo.jpg"))["media_id"]
    query = {"media_id": media_id, "access_token": await sim.token()}
    response = await sim.client.get("/cgi-bin/media/get", params=query)
    assert await response.read() == b"\xff\xd8\xff\xe0picture" and response.content_type == "image/jpeg"
    await sim.post("/_sim/clock", {"advance_s": 3 * 86400 + 1})
    response = await sim.client.get("/cgi-bin/media/get", params=query | {"access_token": await sim.token()})
    assert (response.status, (await response.json())["errcode"]) == (200, 40007)


async def test_an_encoded_chinese_filename_is_41005(sim: Sim) -> None:
    raw = (
        b"--b\r\nContent-Disposition: form-data; name=\"media\"; filename*=utf-8''%E7%85%A7.jpg\r\n"
        b"Content-Type: image/jpeg\r\n\r\nxx\r\n--b--\r\n"
    )
    response = await sim.client.post(
        f"/cgi-bin/media/upload?type=image&access_token={await sim.token()}",
        data=raw,
        headers={"Content-Type": "multipart/form-data; boundary=b"},
    )
    assert (await response.json())["errcode"] == 41005


async def test_a_file_of_the_wrong_kind_is_refused(sim: Sim) -> None:
    assert (await _upload(sim, "photo.pdf"))["errcode"] == 40005
    assert (await _upload(sim, "photo.jpg", data=b""))["errcode"] == 44001


async def test_the_video_of_a_user_is_named_not_sent(sim: Sim) -> None:
    await sim.deed("video")
    media_id = sim.product.received[0].fields["MediaId"]
    answer = await sim.get("/cgi-bin/media/get", media_id=media_id, access_token=await sim.token())
    assert answer["video_url"].startswith("http")


async def test_a_template_message_is_shown_and_reported(sim: Sim) -> None:
    data = {"character_string1": {"value": "GJ20261121-00001"}, "phrase2": {"value": "待补材料"}}
    data |= {"thing3": {"value": "照片不清楚"}}
    body = {"touser": sim.openid, "template_id": standard_id("progress"), "url": "https://a.example/", "data": data}
    answer = await sim.call("/cgi-bin/message/template/send", body | {"client_msg_id": "m1"})
    again = await sim.call("/cgi-bin/message/template/send", body | {"client_msg_id": "m1"})
    await sim.post("/_sim/clock", {"advance_s": 2})
    (bubble,) = await sim.bubbles()
    assert bubble["card"]["fields"][2] == {"label": "备注", "value": "照片不清楚"}
    assert answer["msgid"] == again["msgid"] > 2**53
    for _ in range(50):
        if sim.product.received:
            break
        await asyncio.sleep(0.02)
    fields = sim.product.received[0].fields
    assert (fields["Event"], fields["Status"], fields["MsgID"]) == (
        "TEMPLATESENDJOBFINISH",
        "success",
        str(answer["msgid"]),
    )


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "data.character_string1.value is empty"),
        ({"character_string1": {"value": "工居"}}, "data.character_string1.value invalid"),
    ],
)
async def test_bad_template_values_are_47003_with_the_field(sim: Sim, data: dict[str, Any], said: str) -> None:
    body = {"touser": sim.openid, "template_id": standard_id("progress"), "data": data}
    answer = await sim.call("/cgi-bin/message/template/send", body)
    assert answer["errcode"] == 47003 and said in answer["errmsg"]


@pytest.mark.parametrize(
    ("key", "value", "allowed"),
    [
        ("thing1", "一" * 20, True),
        ("character_string1", "GJ20261121-00001", True),
        ("character_string1", "工居1", False),
        ("amount2", "¥199.00元", True),
        ("amount2", "12345678901", False),
        ("time3", "2026年1月1日 15:01", True),
        ("time3", "明天", False),
        ("phrase2", "审核通过", True),
        ("phrase2", "审核没有通过", False),
        ("phrase2", "OK", False),
        ("phone_number1", "+86-13800138000", True),
        ("number1", "3.5", True),
        ("name1", "张三", True),
        ("unheard1", "任何", True),
    ],
)
def test_template_values_follow_the_rule_of_their_prefix(key: str, value: str, allowed: bool) -> None:
    assert is_allowed(key, value) is allowed


async def test_an_unknown_template_is_40037(sim: Sim) -> None:
    body = {"touser": sim.openid, "template_id": "none", "data": {}}
    assert (await sim.call("/cgi-bin/message/template/send", body))["errcode"] == 40037


@pytest.mark.parametrize(
    ("buttons", "code"),
    [
        ([], 40016),
        ([{"type": "click", "name": "六个汉字长", "key": "a"}], 0),
        ([{"type": "click", "name": "六个汉字长啊", "key": "a"}], 40018),
        ([{"type": "dance", "name": "舞", "key": "a"}], 40017),
        ([{"type": "click", "name": "键", "key": "k" * 129}], 40019),
        ([{"type": "view", "name": "网", "url": "javascript:1"}], 40020),
        ([{"name": "多", "sub_button": [{"type": "click", "name": "一", "key": "a"}] * 6}], 40023),
        ([{"name": "多", "sub_button": [{"type": "click", "name": "一" * 21, "key": "a"}]}], 40025),
    ],
)
async def test_menus_are_validated(sim: Sim, buttons: list[Any], code: int) -> None:
    assert (await sim.call("/cgi-bin/menu/create", {"button": buttons}))["errcode"] == code


async def test_a_menu_can_be_read_and_deleted(sim: Sim) -> None:
    token = await sim.token()
    assert (await sim.get("/cgi-bin/menu/get", access_token=token))["errcode"] == 46003
    button = [{"type": "click", "name": "进度", "key": "ask_progress"}]
    await sim.call("/cgi-bin/menu/create", {"button": button})
    assert (await sim.get("/cgi-bin/menu/get", access_token=token))["menu"]["button"] == button
    await sim.get("/cgi-bin/menu/delete", access_token=token)
    assert (await sim.get("/_sim/menu"))["menu"] is None


async def test_a_qr_code_is_a_picture_until_it_expires(sim: Sim) -> None:
    scene = {"scene": {"scene_str": "order-1"}}
    body = {"expire_seconds": 60, "action_name": "QR_STR_SCENE", "action_info": scene}
    ticket = (await sim.call("/cgi-bin/qrcode/create", body))["ticket"]
    picture = await sim.client.get("/cgi-bin/showqrcode", params={"ticket": ticket})
    assert (await picture.read())[:8] == b"\x89PNG\r\n\x1a\n"
    await sim.post("/_sim/clock", {"advance_s": 61})
    assert (await sim.client.get("/cgi-bin/showqrcode", params={"ticket": ticket})).status == 404


async def test_a_scan_by_ticket_brings_the_scene(sim: Sim) -> None:
    body = {"action_name": "QR_LIMIT_SCENE", "action_info": {"scene": {"scene_id": 42}}}
    ticket = (await sim.call("/cgi-bin/qrcode/create", body))["ticket"]
    await sim.deed("scan", ticket=ticket)
    fields = sim.product.received[-1].fields
    assert (fields["EventKey"], fields["Ticket"]) == ("42", ticket)


async def test_user_info_says_who_follows_without_a_name(sim: Sim) -> None:
    token = await sim.token()
    info = await sim.get("/cgi-bin/user/info", access_token=token, openid=sim.openid)
    assert (info["subscribe"], info["nickname"]) == (1, "")
    assert (await sim.get("/cgi-bin/user/get", access_token=token))["data"]["openid"] == [sim.openid]
    await sim.deed("unfollow")
    assert (await sim.get("/cgi-bin/user/info", access_token=token, openid=sim.openid))["subscribe"] == 0


async def test_the_quota_of_an_endpoint_can_be_asked(sim: Sim) -> None:
    await sim.deed("say", text="你好")
    await sim.send_text()
    answer = await sim.call("/cgi-bin/openapi/quota/get", {"cgi_path": SEND})
    assert answer["quota"] == {"daily_limit": 500_000, "used": 1, "remain": 499_999}


async def test_clearing_the_quota_works_ten_times_a_month(sim: Sim) -> None:
    body = {"appid": sim.world.settings.app_id}
    codes = [(await sim.call("/cgi-bin/clear_quota", body))["errcode"] for _ in range(11)]
    assert codes == [0] * 10 + [48006]


async def test_someone_who_refuses_templates_gets_none_and_the_report_says_so(sim: Sim) -> None:
    await sim.client.patch(f"/_sim/users/{sim.openid}", json={"refuses_templates": True})
    data = {key: {"value": value} for key, value in (("thing1", "面谈"), ("time2", "2026-12-01"), ("thing3", "西城"))}
    body = {"touser": sim.openid, "template_id": standard_id("appointment"), "data": data}
    assert (await sim.call("/cgi-bin/message/template/send", body))["errcode"] == 0
    await sim.post("/_sim/clock", {"advance_s": 2})
    for _ in range(50):
        if sim.product.received:
            break
        await asyncio.sleep(0.02)
    assert sim.product.received[0].fields["Status"] == "failed:user block" and await sim.bubbles() == []


async def test_an_owner_may_install_a_template_of_her_own(sim: Sim) -> None:
    own = {"title": "自定义", "content": "说明:{{thing1.DATA}}", "template_id": "own"}
    await sim.post("/_sim/templates", own)
    body = {"touser": sim.openid, "template_id": "own", "data": {"thing1": {"value": "一行\n第二行不显示"}}}
    assert (await sim.call("/cgi-bin/message/template/send", body))["errcode"] == 0
    assert (await sim.bubbles())[0]["card"]["fields"] == [{"label": "说明", "value": "一行"}]
