"""What stands on the phone, and what a tap on it sends (reference A.8, B.3)."""

from __future__ import annotations

import asyncio
from urllib.parse import urlencode

from hypothesis import given
from hypothesis import strategies as st

from simulator.chat import plain_text, text_links
from tests.simulator.conftest import Sim, sealed, text_reply

MENU_LINK = (
    '<a href="weixin://bizmsgmenu?msgmenucontent=%E6%96%B0%E7%94%B3+%E8%AF%B7&msgmenuid=start:type=NEW">新申请</a>'
)
MENU = {
    "button": [
        {"type": "click", "name": "进度", "key": "ask_progress"},
        {"name": "更多", "sub_button": [{"type": "view", "name": "官网", "url": "https://gongju.example/about"}]},
    ]
}


def test_a_menu_link_is_decoded_as_the_client_does() -> None:
    (link,) = text_links(f"请选：{MENU_LINK}")
    assert (link.kind, link.label, link.content, link.id) == ("menu", "新申请", "新申 请", "start:type=NEW")


@given(content=st.text(min_size=1, max_size=40), payload=st.from_regex(r"[a-zA-Z0-9_.:=,-]{1,128}", fullmatch=True))
def test_what_a_menu_link_carries_comes_back_whole(content: str, payload: str) -> None:
    href = f"weixin://bizmsgmenu?{urlencode({'msgmenucontent': content, 'msgmenuid': payload})}"
    (link,) = text_links(f'请选<a href="{href}">好</a>。')
    assert (link.content, link.id) == (content, payload)


def test_on_the_screen_a_link_is_its_label() -> None:
    assert plain_text(f'{MENU_LINK}，<a href="https://a.example/">看</a>') == "新申请，看"


async def test_tapping_a_payload_says_its_content_with_the_menu_id(sim: Sim) -> None:
    await sim.deed("say", text="你好")
    await sim.send_text(MENU_LINK)
    await sim.deed("tap", payload="start:type=NEW")
    fields = sim.product.received[-1].fields
    assert (fields["Content"], fields["bizmsgmenuid"]) == ("新申 请", "start:type=NEW")


async def test_tapping_a_label_does_the_same(sim: Sim) -> None:
    sim.product.reply = lambda fields: sealed(text_reply(fields, MENU_LINK))
    await sim.deed("say", text="你好")
    await sim.deed("tap", label="新申请")
    assert sim.product.received[-1].fields["bizmsgmenuid"] == "start:type=NEW"


async def test_tapping_a_web_link_opens_its_page(sim: Sim) -> None:
    await sim.deed("say", text="你好")
    await sim.send_text('<a href="https://gongju.example/h5/l/1">去填写</a>')
    assert (await sim.deed("tap", label="去填写"))["url"] == "https://gongju.example/h5/l/1"


async def test_tapping_what_is_not_there_names_what_is(sim: Sim) -> None:
    await sim.deed("say", text="你好")
    await sim.send_text(MENU_LINK)
    answer = await sim.deed("tap", label="不存在")
    assert answer["error"]["code"] == "nothing_to_tap" and "新申请" in answer["error"]["message"]


async def test_a_menu_item_of_a_msgmenu_can_be_tapped(sim: Sim) -> None:
    await sim.deed("say", text="你好")
    items = [{"id": "101", "content": "满意"}, {"id": "102", "content": "不满意"}]
    body = {"head_content": "满意吗？", "list": items, "tail_content": "谢谢"}
    await sim.call("/cgi-bin/message/custom/send", {"touser": sim.openid, "msgtype": "msgmenu", "msgmenu": body})
    await sim.deed("tap", label="不满意")
    assert sim.product.received[-1].fields["bizmsgmenuid"] == "102"


async def test_a_click_button_sends_its_key(sim: Sim) -> None:
    await sim.call("/cgi-bin/menu/create", MENU)
    await sim.deed("tap", menu_key="ask_progress")
    fields = sim.product.received[-1].fields
    assert (fields["Event"], fields["EventKey"]) == ("CLICK", "ask_progress")


async def test_a_view_button_opens_its_page_and_reports_it(sim: Sim) -> None:
    await sim.call("/cgi-bin/menu/create", MENU)
    answer = await sim.deed("tap", label="官网")
    assert answer["url"] == "https://gongju.example/about"
    fields = sim.product.received[-1].fields
    assert (fields["Event"], fields["EventKey"]) == ("VIEW", "https://gongju.example/about") and fields["MenuId"]


async def test_a_dead_menu_link_is_a_violation(sim: Sim) -> None:
    await sim.deed("say", text="你好")
    await sim.send_text('<a href="weixin://bizmsgmenu?msgmenucontent=&msgmenuid=1">空</a>')
    assert await sim.rules_broken() == ["dead_menu_link"]


async def test_html_that_the_chat_shows_as_text_is_a_violation(sim: Sim) -> None:
    await sim.deed("say", text="你好")
    await sim.send_text("第一行<br>第二行")
    assert await sim.rules_broken() == ["html_shown_as_text"]


async def test_angle_brackets_of_ordinary_speech_are_fine(sim: Sim) -> None:
    await sim.deed("say", text="你好")
    await sim.send_text("3 < 5，<身份证> & “]]>”")
    assert await sim.rules_broken() == []


async def test_a_long_poll_ends_with_the_first_new_bubble(sim: Sim) -> None:
    waiting = asyncio.create_task(sim.bubbles(after=0, wait_s=5))
    await asyncio.sleep(0.05)
    await sim.deed("say", text="你好")
    assert [bubble["text"] for bubble in await asyncio.wait_for(waiting, 1)] == ["你好"]


async def test_a_sample_document_can_be_sent(sim: Sim) -> None:
    await sim.deed("send_image", sample="id_front")
    fields = sim.product.received[0].fields
    picture = await sim.client.get(f"/cgi-bin/media/get?access_token={await sim.token()}&media_id={fields['MediaId']}")
    assert fields["PicUrl"].endswith("/0") and (await picture.read())[:3] == b"\xff\xd8\xff"


async def test_an_hour_later_a_bubble_carries_the_time(sim: Sim) -> None:
    await sim.deed("say", text="早")
    await sim.deed("say", text="早")
    await sim.post("/_sim/clock", {"advance_s": 3600})
    await sim.deed("say", text="还在吗")
    assert [bubble["divider"] for bubble in await sim.bubbles()] == [True, False, True]
