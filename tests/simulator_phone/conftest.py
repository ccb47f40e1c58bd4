"""The phone page in a real browser, on a simulator whose official account is a small talkative stand-in."""

from __future__ import annotations

import json
import os
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from playwright.async_api import Page, async_playwright
from wechatpayv3.async_ import AsyncWeChatPay, WeChatPayType

from launcher.browser import Browser
from launcher.process import free_port
from simulator.account import ACCOUNT
from simulator.app import build_app
from simulator.crypto import jssdk_signature
from simulator.inbound import INBOUND
from simulator.settings import SimSettings
from simulator.world import WORLD, World

MENU = {
    "button": [
        {"name": "办理", "sub_button": [
            {"type": "click", "name": "新申请", "key": "start_application:business_type=NEW"},
            {"type": "click", "name": "续签", "key": "start_application:business_type=RENEW"},
        ]},
        {"type": "click", "name": "进度", "key": "ask_progress"},
        {"type": "view", "name": "帮助", "url": ""},
    ],
    "menuid": 1,
}  # fmt: skip
LINKS = (
    "请问您的婚姻状况？\n"
    '<a href="weixin://bizmsgmenu?msgmenucontent=未婚&msgmenuid=choose:field=marital,option=single">未婚</a>\n'
    '<a href="weixin://bizmsgmenu?msgmenucontent=已婚&msgmenuid=choose:field=marital,option=married">已婚</a>\n'
    '或者<a href="{page}">打开网页</a>填写'
)
PAGE = """<!doctype html><meta charset="utf-8"><title>核对并支付</title><h1>网页</h1><p id="who"></p>
<button id="pay">去支付</button><button id="photo">选图</button><button id="leave">关闭</button>
<output id="out"></output>
<script src="{sim}/open/js/jweixin-1.6.0.js"></script><script>
const out = document.getElementById('out'); const say = (text) => {{ out.textContent = text; }};
document.getElementById('who').textContent = new URLSearchParams(location.search).get('code') || '';
wx.config({{debug: false, ...{config}, jsApiList: ['chooseImage', 'uploadImage', 'closeWindow']}});
wx.ready(() => say('ready')); wx.error((error) => say(error.errMsg));
document.getElementById('pay').onclick = () => WeixinJSBridge.invoke(
  'getBrandWCPayRequest', {jsapi}, (r) => say(r.err_msg));
document.getElementById('photo').onclick = () => wx.chooseImage({{count: 2, success: (r) => wx.uploadImage({{
  localId: r.localIds[0], success: (u) => say('media ' + u.serverId)}}), cancel: () => say('cancelled')}});
document.getElementById('leave').onclick = () => wx.closeWindow();
</script>"""


@dataclass
class Account:
    """Answers every push with what it heard; text 链接 brings links, 支付 a payment page."""

    simulator_url: str = ""
    url: str = ""
    world: World | None = None
    app: web.Application | None = None
    jsapi: dict[str, str] = field(default_factory=dict)
    heard: list[dict[str, str]] = field(default_factory=list)
    wrong_config: bool = False

    async def push(self, request: web.Request) -> web.Response:
        root = ElementTree.fromstring(await request.read())
        heard = {child.tag: child.text or "" for child in root}
        self.heard.append(heard)
        text = heard.get("Content") or heard.get("EventKey") or heard.get("Event") or heard["MsgType"]
        if heard["MsgType"] == "text" and text == "链接":
            text = LINKS.format(page=f"{self.url}/h5/page")
        elif heard["MsgType"] == "text" and text == "坏的":
            return web.Response(text="{}")
        elif heard["MsgType"] == "text" and text == "授权":
            target = f"{self.url}/h5/page".replace(":", "%3A").replace("/", "%2F")
            assert self.world is not None
            app_id = self.world.settings.app_id
            query = f"appid={app_id}&redirect_uri={target}&response_type=code&scope=snsapi_base&state=s"
            text = f'<a href="{self.simulator_url}/connect/oauth2/authorize?{query}#wechat_redirect">登录</a>'
        else:
            text = f"收到：{text}"
        return web.Response(
            text=f"<xml><ToUserName><![CDATA[{heard['FromUserName']}]]></ToUserName>"
            f"<FromUserName><![CDATA[{heard['ToUserName']}]]></FromUserName><CreateTime>{int(time.time())}</CreateTime>"
            f"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{text}]]></Content></xml>",
            content_type="text/xml",
        )

    async def page(self, request: web.Request) -> web.Response:
        assert self.world is not None and self.app is not None
        ticket, _ = self.app[ACCOUNT].ticket()
        stamp, nonce = str(int(time.time())), "abc"
        signature = jssdk_signature(ticket=ticket, nonce=nonce, timestamp=stamp, url=f"{self.url}{request.path_qs}")
        config = {
            "appId": self.world.settings.app_id,
            "timestamp": stamp,
            "nonceStr": nonce,
            "signature": "0" * 40 if self.wrong_config else signature,
        }
        text = PAGE.format(sim=self.simulator_url, config=json.dumps(config), jsapi=json.dumps(self.jsapi))
        return web.Response(text=text, content_type="text/html")


@dataclass
class Shown:
    """A page that shows the phone, the account behind it and the world."""

    page: Page
    account: Account
    world: World
    url: str
    pay: AsyncWeChatPay

    async def open(self, *, width: int = 390, height: int = 844, follow: bool = True) -> None:
        await self.page.set_viewport_size({"width": width, "height": height})
        await self.page.goto(f"{self.url}/phone")
        if follow:
            await self.page.get_by_role("button", name="关注公众号").click()
            await self.said("收到：subscribe")

    async def said(self, text: str) -> None:
        await self.page.locator(".said.account", has_text=text).last.wait_for(timeout=5000)

    async def type(self, text: str) -> None:
        keyboard = self.page.get_by_role("button", name="切换到键盘")
        if await keyboard.count():
            await keyboard.click()
        await self.page.get_by_label("输入消息").fill(text)
        await self.page.keyboard.press("Enter")

    async def order(self, openid: str) -> None:
        """Place an order and give the page its JSAPI parameters, signed by the merchant."""
        code, text = await self.pay.pay(
            description="工作居住证代办服务费",
            out_trade_no="GJ000001",
            amount={"total": 68000},
            payer={"openid": openid},
        )
        assert code == 200, text
        package, stamp = f"prepay_id={json.loads(text)['prepay_id']}", str(int(time.time()))
        app_id = self.world.settings.app_id
        self.account.jsapi = {
            "appId": app_id,
            "timeStamp": stamp,
            "nonceStr": "n",
            "package": package,
            "signType": "RSA",
            "paySign": self.pay.sign([app_id, stamp, "n", package]),
        }


def _pair(folder: Any, name: str) -> tuple[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    public = (
        key.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )
    (folder / f"{name}.pem").write_text(private)
    (folder / f"{name}.pub").write_text(public)
    return private, public


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(chromium: Browser) -> AsyncIterator[Any]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium.executable_path, env=dict(chromium.env), args=list(chromium.args)
        )
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def shown(browser: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Shown]:
    merchant, platform = _pair(tmp_path, "merchant"), _pair(tmp_path, "platform")
    for name, value in {
        "SIM_PAY_PRIVATE_KEY_FILE": str(tmp_path / "platform.pem"),
        "SIM_PAY_MCH_PUBLIC_KEY_FILE": str(tmp_path / "merchant.pub"),
        "WECHATPAY_MCH_ID": "1900000109",
        "WECHATPAY_SERIAL_NO": "5A1D00",
        "WECHATPAY_APIV3_KEY": "0123456789abcdefghijklmnopqrstuv",
        "WECHATPAY_PUBLIC_KEY_ID": "PUB_KEY_ID_0119",
    }.items():
        monkeypatch.setenv(name, value)
    account = Account()
    product = web.Application()
    product.router.add_post("/wechat", account.push)
    product.router.add_get("/h5/page", account.page)
    port = free_port()
    async with TestServer(product) as product_server:
        account.url = f"http://127.0.0.1:{product_server.port}"
        settings = SimSettings(
            mode="plain", callback_url=f"{account.url}/wechat", product_origin=account.url, host="127.0.0.1", port=port
        )
        app = build_app(settings)
        account.simulator_url, account.world = settings.base_url, app[WORLD]
        MENU["button"][2]["url"] = f"{account.url}/h5/page"  # type: ignore[index]
        app[INBOUND].menu = MENU
        account.app = app
        pay = AsyncWeChatPay(
            WeChatPayType.JSAPI, mchid="1900000109", private_key=merchant[0], cert_serial_no="5A1D00",
            appid=settings.app_id, apiv3_key="0123456789abcdefghijklmnopqrstuv", notify_url=f"{account.url}/pay/notify",
            public_key=platform[1], public_key_id="PUB_KEY_ID_0119", timeout=(3, 8),
        )  # fmt: skip
        pay._core._gate_way = settings.base_url
        async with TestServer(app, port=port), pay:
            context = await browser.new_context(locale="zh-CN")
            page = await context.new_page()
            errors: list[str] = []
            page.on("pageerror", lambda error: errors.append(str(error)))
            yield Shown(page, account, app[WORLD], settings.base_url, pay)
            if folder := os.environ.get("PHONE_SCREENSHOTS"):
                await page.screenshot(
                    path=f"{folder}/{os.environ['PYTEST_CURRENT_TEST'].split('::')[1].split(' ')[0]}.png"
                )
            await context.close()
            assert errors == []
