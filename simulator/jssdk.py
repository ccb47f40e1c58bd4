"""Checks what a page gives to wx.config, as the client does (reference B.10)."""

from hmac import compare_digest
from urllib.parse import urlsplit

from aiohttp import web

from simulator.account import ACCOUNT
from simulator.control import answer, body_of
from simulator.crypto import jssdk_signature
from simulator.world import WORLD


def add_routes(app: web.Application) -> None:
    app.router.add_post("/_sim/jssdk/check", check)


async def check(request: web.Request) -> web.Response:
    """`{url, timestamp, nonceStr, signature, appId?, openid?}` → `{"ok", "errMsg"}`; a wrong one is a violation."""
    world, body = request.app[WORLD], await body_of(request)
    given = {name: str(body.get(name, "")) for name in ("url", "timestamp", "nonceStr", "signature")}
    ticket, _ = request.app[ACCOUNT].ticket()
    expected = jssdk_signature(ticket=ticket, nonce=given["nonceStr"], timestamp=given["timestamp"], url=given["url"])
    message = "config:ok"
    if str(body.get("appId", world.settings.app_id)) != world.settings.app_id:
        message = "config:invalid appid"
    elif urlsplit(given["url"]).netloc != urlsplit(world.settings.product_origin).netloc:
        message = "config:invalid url domain"
    elif not compare_digest(expected.encode(), given["signature"].encode()):
        message = "config:invalid signature"
    if message != "config:ok":
        world.violation("jssdk_config", f"{message} for {urlsplit(given['url']).path}")
    return answer({"ok": message == "config:ok", "errMsg": message})
