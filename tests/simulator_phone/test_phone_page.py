"""The phone page in a browser: what a user can see and do."""

from typing import Any

import pytest
from playwright.async_api import expect

from simulator import samples
from simulator.oauth import OAUTH

Shown = Any
pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_following_shows_the_welcome(shown: Shown) -> None:
    await shown.open()
    assert [h["Event"] for h in shown.account.heard] == ["subscribe"]


async def test_enter_sends_what_was_typed(shown: Shown) -> None:
    await shown.open()
    await shown.type("你好")
    await shown.said("收到：你好")
    assert await shown.page.locator(".said.user .bubble").last.inner_text() == "你好"
    assert await shown.page.get_by_label("输入消息").input_value() == ""


async def test_a_tap_on_a_menu_link_says_its_words_with_its_id(shown: Shown) -> None:
    await shown.open()
    await shown.type("链接")
    await shown.page.get_by_role("button", name="已婚").click()
    await shown.said("收到：已婚")
    assert shown.account.heard[-1]["bizmsgmenuid"] == "choose:field=marital,option=married"


async def test_the_menu_opens_its_sub_menu_and_clicks(shown: Shown) -> None:
    await shown.open()
    await shown.page.get_by_role("button", name="办理").click()
    await shown.page.get_by_role("menuitem", name="续签").click()
    await shown.said("收到：start_application:business_type=RENEW")
    assert shown.account.heard[-1]["Event"] == "CLICK"


async def test_the_menu_and_the_line_can_be_used_by_keyboard_alone(shown: Shown) -> None:
    await shown.open()
    await shown.page.get_by_role("button", name="办理").focus()
    await shown.page.keyboard.press("Enter")
    await shown.page.keyboard.press("Escape")
    assert await shown.page.get_by_role("menu").count() == 0
    await shown.page.keyboard.press("Enter")
    await shown.page.keyboard.press("ArrowDown")
    await shown.page.keyboard.press("Enter")
    await shown.said("收到：start_application:business_type=RENEW")


async def test_sample_photos_are_picked_in_order_and_sent(shown: Shown) -> None:
    await shown.open()
    await shown.page.get_by_role("button", name="切换到键盘").click()
    await shown.page.get_by_role("button", name="更多：图片、语音、位置").click()
    await shown.page.get_by_role("button", name="相册").click()
    await shown.page.get_by_role("button", name="身份证人像面").click()
    await shown.page.get_by_role("button", name="身份证国徽面").click()
    await shown.page.get_by_role("button", name="发送（2）").click()
    await shown.page.locator(".said.user img").nth(1).wait_for()
    await shown.said("收到：image")
    assert [h["MsgType"] for h in shown.account.heard[1:]] == ["image", "image"]


async def test_a_file_of_ones_own_can_be_sent(shown: Shown) -> None:
    await shown.open()
    await shown.page.get_by_role("button", name="切换到键盘").click()
    await shown.page.get_by_role("button", name="更多：图片、语音、位置").click()
    await shown.page.get_by_role("button", name="相册").click()
    file = {"name": "身份证.jpg", "mimeType": "image/jpeg", "buffer": samples.make("id_front")}
    await shown.page.get_by_label("从本机选择文件").set_input_files([file])
    await shown.said("收到：image")
    media = shown.world.media.get(shown.account.heard[-1]["MediaId"])
    assert media.data == samples.make("id_front")


async def test_a_malformed_reply_shows_the_fault_banner(shown: Shown) -> None:
    await shown.open()
    await shown.type("坏的")
    await expect(shown.page.get_by_role("alert")).to_contain_text("该公众号提供的服务出现故障")


async def test_a_page_of_the_account_is_told_who_holds_the_phone(shown: Shown) -> None:
    await shown.open()
    await shown.type("授权")
    await shown.page.get_by_role("link", name="登录").click()
    frame = shown.page.frame_locator("iframe")
    await frame.get_by_text("ready").wait_for()
    code = await frame.locator("#who").inner_text()
    [openid] = shown.world.users
    assert shown.account.app[OAUTH].codes[code].openid == openid


async def test_a_page_can_choose_and_upload_pictures_and_close_itself(shown: Shown) -> None:
    await shown.open()
    await shown.page.get_by_role("button", name="帮助").click()
    frame = shown.page.frame_locator("iframe")
    await frame.get_by_text("ready").wait_for()
    await frame.get_by_role("button", name="选图").click()
    await shown.page.get_by_role("button", name="租房合同").click()
    await shown.page.get_by_role("button", name="完成（1）").click()
    await frame.get_by_text("media ").wait_for()
    media_id = (await frame.locator("#out").inner_text()).removeprefix("media ")
    assert shown.world.media.get(media_id).content_type == "image/jpeg"
    await frame.get_by_role("button", name="关闭").click()
    await shown.page.locator("iframe").wait_for(state="detached")


async def test_a_wrong_config_signature_is_told_to_the_page_and_counted(shown: Shown) -> None:
    shown.account.wrong_config = True
    await shown.open()
    await shown.page.get_by_role("button", name="帮助").click()
    await shown.page.frame_locator("iframe").get_by_text("config:invalid signature").wait_for()
    assert await shown.page.locator("#violation-count").text_content() == "1"


async def pay_page(shown: Shown) -> Any:
    await shown.open()
    [openid] = shown.world.users
    await shown.order(openid)
    await shown.page.get_by_role("button", name="帮助").click()
    frame = shown.page.frame_locator("iframe")
    await frame.get_by_role("button", name="去支付").click()
    await shown.page.get_by_role("dialog", name="支付").wait_for()
    return frame


async def test_the_sheet_shows_the_amount_and_pays(shown: Shown) -> None:
    frame = await pay_page(shown)
    assert await shown.page.locator(".amount").inner_text() == "¥680.00"
    await shown.page.get_by_role("button", name="支付", exact=True).click()
    await shown.page.get_by_role("button", name="完成").click()
    await frame.get_by_text("get_brand_wcpay_request:ok").wait_for()


async def test_escape_on_the_sheet_is_a_cancelled_payment(shown: Shown) -> None:
    frame = await pay_page(shown)
    await shown.page.keyboard.press("Escape")
    await expect(frame.get_by_text("get_brand_wcpay_request:cancel")).to_be_visible()


async def test_a_callback_can_be_lost_from_the_sheet(shown: Shown) -> None:
    await pay_page(shown)
    await shown.page.get_by_role("button", name="已付但通知丢失").click()
    await shown.page.get_by_role("button", name="完成").click()
    await shown.world.advance(86400)
    orders = await (await shown.page.request.get(f"{shown.url}/_sim/pay/orders")).json()
    assert [(o["state"], o["callbacks"]) for o in orders["orders"]] == [("SUCCESS", [])]


async def test_two_users_stand_side_by_side_and_hear_their_own_answers(shown: Shown) -> None:
    await shown.open(width=1280, height=800)
    await shown.page.get_by_label("新用户的昵称").fill("小吴")
    await shown.page.get_by_role("button", name="新用户").click()
    await shown.page.get_by_role("button", name="把小周的手机放在旁边").click()
    wu = shown.page.get_by_role("region", name="小吴的手机")
    zhou = shown.page.get_by_role("region", name="小周的手机")
    await wu.get_by_role("button", name="关注公众号").click()
    await wu.locator(".said.account").first.wait_for()
    assert await zhou.locator(".said.account").count() == 1
    assert await wu.locator(".said.account").count() == 1


async def test_the_clock_can_be_moved_a_day(shown: Shown) -> None:
    await shown.open(width=1280, height=800)
    await shown.page.get_by_role("button", name="+24 小时").click()
    await shown.page.get_by_text("比真实时间快 1 天").wait_for()
    assert shown.world.clock.offset_s == 86400


async def test_nothing_is_wider_than_a_narrow_phone(shown: Shown) -> None:
    await shown.open(width=390, height=844)
    await shown.type("链接")
    await shown.said("婚姻状况")
    assert await shown.page.evaluate("document.documentElement.scrollWidth") <= 390
    box = await shown.page.get_by_role("region", name="小周的手机").bounding_box()
    assert (box["x"], box["width"], box["height"]) == (0, 390, 844)
    link = await shown.page.get_by_role("link", name="打开网页").bounding_box()
    assert link["x"] + link["width"] < 390


async def test_a_reload_shows_the_same_chat(shown: Shown) -> None:
    await shown.open()
    await shown.type("你好")
    await shown.said("收到：你好")
    before = await shown.page.locator(".said").count()
    await shown.page.reload()
    await shown.said("收到：你好")
    assert await shown.page.locator(".said").count() == before


async def test_what_was_said_last_stays_in_sight_when_the_drawer_opens(shown: Shown) -> None:
    await shown.open()
    for number in range(12):
        await shown.type(f"第{number}句")
        await shown.said(f"收到：第{number}句")
    await shown.page.get_by_role("button", name="更多：图片、语音、位置").click()
    await expect(shown.page.get_by_role("button", name="相册")).to_be_visible()
    await expect(shown.page.locator(".said.account").last).to_be_in_viewport(ratio=0.9)
    hidden_px = "chat => chat.scrollHeight - chat.scrollTop - chat.clientHeight"
    await shown.page.wait_for_function(f"({hidden_px})(document.querySelector('.chat')) < 2")


async def test_the_control_address_of_the_phone_leads_to_it(shown: Shown) -> None:
    await shown.page.goto(f"{shown.url}/_sim/phone")
    await expect(shown.page.get_by_role("button", name="关注公众号")).to_be_visible()
