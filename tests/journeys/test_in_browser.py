"""The phone page as a person uses it: tapping and typing, with the account's own pages in the frame."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import AsyncIterator

import pytest
from conftest import RunningStack
from people import Simulator
from playwright.async_api import FrameLocator, Locator, Page, async_playwright, expect

from launcher.browser import Browser

pytestmark = pytest.mark.journey
PATIENCE_MS = 20_000


class Phone:
    """What a person does with the phone page."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.seen = page.locator(".said.account").last

    @property
    def frame(self) -> FrameLocator:
        return self._page.frame_locator("iframe")

    def button(self, name: str | re.Pattern[str]) -> Locator:
        return self._page.get_by_role("button", name=name)

    async def says(self, text: str) -> None:
        if await (keyboard := self.button("切换到键盘")).count():
            await keyboard.click()
        await self._page.get_by_label("输入消息").fill(text)
        await self._page.keyboard.press("Enter")
        await expect(self._page.locator(".said.user").last).to_contain_text(text)

    async def sees(self, *texts: str) -> None:
        """The account says all `texts` in one bubble; what it says of itself meanwhile may stand above or below."""
        self.seen = self._page.locator(".said.account")
        for text in texts:
            self.seen = self.seen.filter(has_text=text)
        self.seen = self.seen.last
        await expect(self.seen).to_be_visible(timeout=PATIENCE_MS)

    async def taps(self, label: str) -> None:
        """Tap what is written in the bubble that was seen last."""
        await self.seen.get_by_text(label, exact=True).first.click()

    async def picks_from_menu(self, top: str, item: str) -> None:
        if await (menu := self.button("切换到菜单")).count():
            await menu.click()
        await self.button(top).click()
        await self._page.get_by_role("menuitem", name=item).click()

    async def sends_sample(self, name: str) -> None:
        if await (keyboard := self.button("切换到键盘")).count():
            await keyboard.click()
        await self.button("更多：图片、语音、位置").click()
        await self.button("相册").click()
        await self._page.locator(f"[data-sample={name}]").click()
        await self.button("发送（1）").click()

    async def fills_in(self, button: str, **fields: str) -> None:
        """Fill in the form in the frame, agree to everything it asks, and send it."""
        for name, value in fields.items():
            await self.frame.locator(f"[name={name}]").fill(value)
        for box in await self.frame.locator("[type=checkbox]").all():
            await box.check(force=True)
        await self.frame.get_by_role("button", name=button).click()

    async def leaves_page(self) -> None:
        await self.frame.get_by_text("回到聊天", exact=True).click()
        await expect(self._page.locator("iframe")).to_have_count(0)


@pytest.fixture
async def phone(running: RunningStack, simulator: Simulator, chromium: Browser) -> AsyncIterator[Phone]:
    """The page of a user of its own, who does not follow the account yet."""
    user = await simulator.call("POST", "/_sim/users", json={"nickname": "小林", "following": False})
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**dataclasses.asdict(chromium))
        context = await browser.new_context(locale="zh-CN", viewport={"width": 390, "height": 844})
        context.set_default_timeout(PATIENCE_MS)
        page = await context.new_page()
        await page.goto(f"{simulator.url}/phone?u={user['openid']}")
        yield Phone(page)
        await browser.close()


async def test_a_person_follows_binds_answers_and_sends_a_photo_on_the_phone_page(phone: Phone, account: str) -> None:
    await phone.button("关注公众号").click()
    await phone.sees("登录绑定")
    await phone.taps("登录绑定")
    await phone.fills_in("登录", username=account, password="Gongju-2026")
    await expect(phone.frame.get_by_text("绑定好了")).to_be_visible(timeout=PATIENCE_MS)
    await phone.leaves_page()

    await phone.picks_from_menu("办理业务", "新申请")
    await phone.sees("新申请须知", "符合条件")
    await phone.taps("符合条件")
    await phone.sees("手机号和邮箱")
    await phone.says("13800138000，zhang@example.com")
    await phone.sees("138****8000", "北京通")
    await phone.taps("跳过")
    await phone.sees("婚姻状况")
    await phone.says("汉族，群众，未婚，没有职称")
    await phone.sees("未婚", "户口所在地")
    await phone.says("吉林省长春市，家庭户，城镇")
    await phone.sees("现居住地址")
    await phone.says("朝阳区建国路1号院2号楼301，租房，100020")
    await phone.sees("白底免冠照片")
    await phone.sends_sample("portrait")
    await phone.sees("用这张")
    preview = phone.seen.locator("xpath=preceding-sibling::li[@data-kind='image'][1]").locator("img")
    await expect(preview).to_be_visible()
    await phone.taps("用这张")
    await phone.sees("学习经历")
