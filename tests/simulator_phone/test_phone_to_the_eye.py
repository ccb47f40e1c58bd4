"""How the phone page looks: by day and by night, at a desk and on a phone; the end of the chat stays in sight."""

from typing import Any

import pytest

from tests.looking import LIGHT_AND_DARK, faults_of

Shown = Any
pytestmark = pytest.mark.asyncio(loop_scope="module")
# WeChat's own green with white letters, the letters that stand for a face, the names on pictures.
WECHATS_OWN = (".wide", ".small", ".send", ".face", ".grid span", ".grid i", ".picker-foot label")


async def _looks_right(shown: Shown, where: str) -> None:
    for scheme in LIGHT_AND_DARK:
        await shown.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert await faults_of(shown.page, target_px=24, spared=WECHATS_OWN) == [], (where, scheme)


@pytest.mark.parametrize("width", [390, 1280])
async def test_the_chat_can_be_read_by_day_and_by_night(shown: Shown, width: int) -> None:
    await shown.open(width=width)
    await shown.type("链接")
    await shown.said("请问您的婚姻状况")
    await shown.type("坏的")
    await shown.page.get_by_role("alert").wait_for()
    await _looks_right(shown, "chat")
    await shown.page.get_by_role("button", name="更多：图片、语音、位置").click()
    await _looks_right(shown, "drawer")
    await shown.page.get_by_role("button", name="扫码").click()
    await _looks_right(shown, "scan")
    await shown.page.keyboard.press("Escape")
    await shown.page.get_by_role("button", name="账号资料").click()
    await _looks_right(shown, "profile")


async def test_the_payment_sheet_can_be_read_by_day_and_by_night(shown: Shown) -> None:
    await shown.open()
    await shown.order(next(iter(shown.world.users)))
    await shown.page.get_by_role("button", name="帮助").click()
    await shown.page.frame_locator("iframe").get_by_role("button", name="去支付").click()
    await shown.page.get_by_role("heading", name="确认支付").wait_for()
    await _looks_right(shown, "sheet")


async def test_pictures_that_come_late_do_not_push_the_end_of_the_chat_out_of_sight(shown: Shown) -> None:
    await shown.open()
    for sample in ("hukou", "contract", "lease"):
        await shown.page.request.post(
            f"{shown.url}/_sim/users/{next(iter(shown.world.users))}/send_image", data={"sample": sample}
        )
    await shown.said("收到：image")
    held: list[Any] = []
    await shown.page.route("**/_sim/media/**", lambda route: held.append(route))
    await shown.page.reload()
    await shown.said("收到：image")
    for route in held:
        await route.continue_()
    await shown.page.unroute("**/_sim/media/**")
    await shown.page.wait_for_function(
        "[...document.querySelectorAll('.bubble img')].every((one) => one.complete && one.naturalWidth)"
    )
    await shown.page.wait_for_function(
        "[...document.querySelectorAll('.chat')].every((c) => c.scrollHeight - c.scrollTop - c.clientHeight < 8)"
    )
