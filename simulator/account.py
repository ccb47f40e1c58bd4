"""The account's own endpoints: tokens, followers, QR codes, tickets, quotas, diagnostics (B.1, B.8, B.10-B.12)."""

import io
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import qrcode
from aiohttp import web

from simulator.api import Body, Call, add_endpoint, ok
from simulator.errors import ApiError
from simulator.tokens import LIFETIME, TOKENS, check_account
from simulator.world import World

CLEARS_PER_MONTH: Final = 10
LONGEST_QR_S: Final = 2_592_000


@dataclass(frozen=True)
class Scene:
    """What a QR code says; `expires_at` None: for ever."""

    scene: str
    url: str
    expires_at: datetime | None


class Account:
    """Tickets, QR codes and quota clears of the played account; the ticket outlives a reset."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.scenes: dict[str, Scene] = {}
        self.clears: Counter[str] = Counter()
        self._tickets_made = 0
        self._ticket = ""
        self._ticket_ends = world.clock.now()
        world.on_reset(self.scenes.clear)
        world.on_reset(self.clears.clear)

    def ticket(self) -> tuple[str, int]:
        """The JS-SDK ticket and its remaining seconds."""
        now = self._world.clock.now()
        if not self._ticket or self._ticket_ends <= now:
            self._tickets_made += 1
            self._ticket = self._world.ids.nth("ticket", self._tickets_made)
            self._ticket_ends = now + LIFETIME
        return self._ticket, int((self._ticket_ends - now).total_seconds())

    def scene_of(self, ticket: str) -> str | None:
        """None when the ticket is unknown or has expired."""
        scene = self.scenes.get(ticket)
        if scene is None or (scene.expires_at is not None and self._world.clock.now() > scene.expires_at):
            return None
        return scene.scene


ACCOUNT: web.AppKey[Account] = web.AppKey("account", Account)


def add_routes(app: web.Application) -> None:
    add_endpoint(app, "GET", "/cgi-bin/token", token, needs_token=False)
    add_endpoint(app, "POST", "/cgi-bin/stable_token", stable_token, needs_token=False)
    add_endpoint(app, "GET", "/cgi-bin/user/info", user_info)
    add_endpoint(app, "POST", "/cgi-bin/user/info/batchget", users_info)
    add_endpoint(app, "POST", "/cgi-bin/user/info/updateremark", remark)
    add_endpoint(app, "GET", "/cgi-bin/user/get", followers)
    add_endpoint(app, "POST", "/cgi-bin/qrcode/create", create_qr)
    add_endpoint(app, "GET", "/cgi-bin/ticket/getticket", get_ticket)
    add_endpoint(app, "GET", "/cgi-bin/getcallbackip", addresses)
    add_endpoint(app, "GET", "/cgi-bin/get_api_domain_ip", addresses)
    add_endpoint(app, "POST", "/cgi-bin/callback/check", check_callback)
    add_endpoint(app, "POST", "/cgi-bin/clear_quota", clear_quota)
    add_endpoint(app, "POST", "/cgi-bin/clear_quota/v2", clear_quota, needs_token=False)
    add_endpoint(app, "POST", "/cgi-bin/openapi/quota/get", show_quota)
    app.router.add_get("/cgi-bin/showqrcode", show_qr)
    app.router.add_get("/_sim/qr", read_qr)


async def token(call: Call) -> Body:
    if call.query("grant_type") != "client_credential":
        raise ApiError(40002)
    check_account(call.world, call.query("appid"), call.query("secret"))
    issued = call.request.app[TOKENS].new_plain()
    return {"access_token": issued.value, "expires_in": int(LIFETIME.total_seconds())}


async def stable_token(call: Call) -> Body:
    if call.text("grant_type") != "client_credential":
        raise ApiError(40002)
    check_account(call.world, call.text("appid"), call.text("secret"))
    tokens = call.request.app[TOKENS]
    issued = tokens.stable(force=call.body.get("force_refresh") is True)
    return {"access_token": issued.value, "expires_in": tokens.seconds_left(issued)}


async def user_info(call: Call) -> Body:
    if not call.query("openid"):
        raise ApiError(41009)
    return _info(call.world, call.query("openid"))


async def users_info(call: Call) -> Body:
    asked = call.body.get("user_list")
    if not isinstance(asked, list) or not 1 <= len(asked) <= 100:
        raise ApiError(40035, "user_list")
    openids = [str(one.get("openid", "")) if isinstance(one, dict) else "" for one in asked]
    return {"user_info_list": [_info(call.world, openid) for openid in openids]}


def _info(world: World, openid: str) -> Body:
    """Without nickname and portrait, as since the end of 2021."""
    user = world.users.get(openid)
    if user is None:
        raise ApiError(40003)
    if not user.following or user.followed_at is None:
        return {"subscribe": 0, "openid": openid, "tagid_list": []}
    scene = "ADD_SCENE_QR_CODE" if user.scene else "ADD_SCENE_SEARCH"
    return {
        "subscribe": 1,
        "openid": openid,
        "nickname": "",
        "headimgurl": "",
        "language": "zh_CN",
        "subscribe_time": int(user.followed_at.timestamp()),
        "remark": user.remark,
        "groupid": 0,
        "tagid_list": [],
        "subscribe_scene": scene,
        "qr_scene": int(user.scene) if user.scene.isdigit() else 0,
        "qr_scene_str": "" if user.scene.isdigit() else user.scene,
    }


async def remark(call: Call) -> Body:
    user = call.world.users.get(call.text("openid"))
    if user is None:
        raise ApiError(40003)
    user.remark = call.text("remark")[:30]
    return ok()


async def followers(call: Call) -> Body:
    openids = [user.openid for user in call.world.users.values() if user.following]
    start = call.query("next_openid")
    if start and start not in openids:
        raise ApiError(40003)
    page = openids[openids.index(start) + 1 if start else 0 :][:10_000]
    shown: Body = {"total": len(openids), "count": len(page), "next_openid": page[-1] if page else ""}
    return shown | ({"data": {"openid": page}} if page else {})


async def create_qr(call: Call) -> Body:
    name, info = call.text("action_name"), call.part("action_info").get("scene")
    scene = _scene(name, info if isinstance(info, dict) else {})
    seconds = None if "LIMIT" in name else call.body.get("expire_seconds", 60)
    if seconds is not None and (not isinstance(seconds, int) or not 1 <= seconds <= LONGEST_QR_S):
        raise ApiError(40035, "expire_seconds")
    ends = None if seconds is None else call.world.clock.now() + timedelta(seconds=seconds)
    ticket, url = call.world.new_id("qr_ticket"), f"http://weixin.qq.com/q/{call.world.new_id('qr_url')}"
    call.request.app[ACCOUNT].scenes[ticket] = Scene(scene, url, ends)
    call.world.changes.publish("scene")
    return {"ticket": ticket, "url": url} | ({} if seconds is None else {"expire_seconds": seconds})


def _scene(name: str, info: Body) -> str:
    scene_id, scene_str = info.get("scene_id"), info.get("scene_str")
    highest = {"QR_SCENE": 2**32 - 1, "QR_LIMIT_SCENE": 100_000}.get(name, 0)
    if highest and isinstance(scene_id, int) and 1 <= scene_id <= highest:
        return str(scene_id)
    if name in ("QR_STR_SCENE", "QR_LIMIT_STR_SCENE") and isinstance(scene_str, str) and 1 <= len(scene_str) <= 64:
        return scene_str
    raise ApiError(40035, "action_name or scene")


async def show_qr(request: web.Request) -> web.Response:
    """The picture of a QR code; 404 for an unknown or expired ticket."""
    account, ticket = request.app[ACCOUNT], request.query.get("ticket", "")
    if account.scene_of(ticket) is None:
        raise web.HTTPNotFound
    picture = io.BytesIO()
    qrcode.make(account.scenes[ticket].url, box_size=10, border=2).save(picture)
    return web.Response(body=picture.getvalue(), content_type="image/png")


async def read_qr(request: web.Request) -> web.Response:
    """What a phone's camera makes of a QR code: the scene and ticket of the address in the picture."""
    account, url = request.app[ACCOUNT], request.query.get("url", "")
    for ticket, made in account.scenes.items():
        if made.url == url and account.scene_of(ticket) is not None:
            return web.json_response({"scene": made.scene, "ticket": ticket})
    raise web.HTTPNotFound


async def get_ticket(call: Call) -> Body:
    if call.query("type") not in ("jsapi", "wx_card"):
        raise ApiError(40035, "type")
    ticket, seconds = call.request.app[ACCOUNT].ticket()
    return ok(ticket=ticket, expires_in=seconds)


async def addresses(call: Call) -> Body:
    return {"ip_list": ["127.0.0.1", "101.226.103.0/25"]}


async def check_callback(call: Call) -> Body:
    return {
        "dns": [{"ip": "127.0.0.1", "real_operator": "UNICOM"}],
        "ping": [{"ip": "127.0.0.1", "from_operator": "UNICOM", "package_loss": "0%", "time": "1.000ms"}],
    }


async def clear_quota(call: Call) -> Body:
    if call.text("appid") != call.world.settings.app_id:
        raise ApiError(40013)
    if call.request.path.endswith("/v2"):
        check_account(call.world, call.text("appid"), call.text("appsecret"))
    clears, month = call.request.app[ACCOUNT].clears, call.world.clock.now().strftime("%Y-%m")
    if clears[month] >= CLEARS_PER_MONTH:
        raise ApiError(48006)
    clears[month] += 1
    call.world.quota.clear_calls()
    return ok()


async def show_quota(call: Call) -> Body:
    path, quota = call.text("cgi_path"), call.world.quota
    if path not in quota.daily_limits:
        raise ApiError(40035, "cgi_path")
    limit, used = quota.daily_limits[path], quota.used_today(path)
    return ok(quota={"daily_limit": limit, "used": used, "remain": max(limit - used, 0)})
