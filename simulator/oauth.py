"""Web authorisation: the authorise page with its exact-domain check, and the code exchange (reference B.9)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from typing import Final
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from simulator.api import Body, Call, add_endpoint, ok
from simulator.errors import ApiError
from simulator.tokens import check_account
from simulator.users import SimUser
from simulator.world import WORLD, World

CODE_LIFETIME: Final = timedelta(minutes=5)
TOKEN_LIFETIME: Final = timedelta(hours=2)
REFRESH_LIFETIME: Final = timedelta(days=30)
USER_COOKIE: Final = "sim_user"


@dataclass
class Code:
    openid: str
    scope: str
    expires_at: datetime
    used: bool = False


@dataclass(frozen=True)
class Grant:
    openid: str
    scope: str
    expires_at: datetime


class OAuth:
    """Codes and the tokens exchanged for them."""

    def __init__(self, world: World) -> None:
        self.codes: dict[str, Code] = {}
        self.access: dict[str, Grant] = {}
        self.refresh: dict[str, Grant] = {}
        for kept in (self.codes, self.access, self.refresh):
            world.on_reset(kept.clear)


OAUTH: web.AppKey[OAuth] = web.AppKey("oauth", OAuth)


def add_routes(app: web.Application) -> None:
    app.router.add_get("/connect/oauth2/authorize", authorize)
    add_endpoint(app, "GET", "/sns/oauth2/access_token", exchange, needs_token=False)
    add_endpoint(app, "GET", "/sns/oauth2/refresh_token", refresh, needs_token=False)
    add_endpoint(app, "GET", "/sns/userinfo", userinfo, needs_token=False)
    add_endpoint(app, "GET", "/sns/auth", check, needs_token=False)


async def authorize(request: web.Request) -> web.Response:
    """Redirects with a code for the user in `sim_user` (query, else cookie), or asks who is holding the phone."""
    world, query = request.app[WORLD], request.query
    if fault := _fault(world, request):
        code, reason = fault
        world.violation("oauth_request", f"{code}: {reason}")
        return _page(f"<h1>Oops! Something went wrong:(</h1><p>{escape(reason)}，错误码 {code}</p>", status=200)
    openid = query.get(USER_COOKIE) or request.cookies.get(USER_COOKIE, "")
    user = world.users.get(openid)
    if user is None:
        return _page(_picker(request, list(world.users.values())))
    issued = world.new_id("code")
    request.app[OAUTH].codes[issued] = Code(user.openid, query["scope"], world.clock.now() + CODE_LIFETIME)
    target, joint = query["redirect_uri"], "&" if "?" in query["redirect_uri"] else "?"
    state = {"state": query["state"]} if "state" in query else {}
    return web.Response(status=302, headers={"Location": f"{target}{joint}{urlencode({'code': issued} | state)}"})


def _fault(world: World, request: web.Request) -> tuple[int, str] | None:
    query = request.query
    if query.get("appid") != world.settings.app_id:
        return 10013, "appid 错误"
    if query.get("response_type") != "code":
        return 10004, "response_type 参数错误"
    if query.get("scope") not in ("snsapi_base", "snsapi_userinfo"):
        return 10005, "scope 参数错误或没有 scope 权限"
    if urlsplit(query.get("redirect_uri", "")).netloc != urlsplit(world.settings.product_origin).netloc:
        return 10003, "redirect_uri 域名与后台配置不一致"
    return None


def _picker(request: web.Request, users: list[SimUser]) -> str:
    links = "".join(
        f'<li><a href="{escape(str(request.rel_url.update_query({USER_COOKIE: user.openid})))}">'
        f"{escape(user.nickname)}</a></li>"
        for user in users
    )
    return f"<h1>现在是谁在用手机？</h1><ul>{links}</ul>" if users else "<h1>还没有用户，请先在手机页新建一位</h1>"


def _page(content: str, status: int = 200) -> web.Response:
    head = '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>微信</title>'
    head += '<meta name="viewport" content="width=device-width,initial-scale=1">'
    return web.Response(text=f"{head}<body>{content}</body></html>", content_type="text/html", status=status)


async def exchange(call: Call) -> Body:
    check_account(call.world, call.query("appid"), call.query("secret"))
    if call.query("grant_type") != "authorization_code":
        raise ApiError(40002)
    if not call.query("code"):
        raise ApiError(41008)
    code = call.request.app[OAUTH].codes.get(call.query("code"))
    if code is None:
        raise ApiError(40029)
    if code.used:
        raise ApiError(40163)
    if call.world.clock.now() > code.expires_at:
        raise ApiError(42003)
    code.used = True
    return _granted(call, code.openid, code.scope)


async def refresh(call: Call) -> Body:
    if call.query("appid") != call.world.settings.app_id:
        raise ApiError(40013)
    if not call.query("refresh_token"):
        raise ApiError(41003)
    grant = call.request.app[OAUTH].refresh.get(call.query("refresh_token"))
    if grant is None:
        raise ApiError(40030)
    if call.world.clock.now() > grant.expires_at:
        raise ApiError(42002)
    return _granted(call, grant.openid, grant.scope)


async def userinfo(call: Call) -> Body:
    grant = _grant(call)
    if grant.scope != "snsapi_userinfo":
        raise ApiError(48001)
    nickname = call.world.users[grant.openid].nickname
    return {"openid": grant.openid, "nickname": nickname, "sex": 0, "headimgurl": "", "privilege": []}


async def check(call: Call) -> Body:
    _grant(call)
    return ok()


def _grant(call: Call) -> Grant:
    if not call.query("access_token"):
        raise ApiError(41001)
    grant = call.request.app[OAUTH].access.get(call.query("access_token"))
    if grant is None:
        raise ApiError(40001)
    if call.world.clock.now() > grant.expires_at:
        raise ApiError(42001)
    if call.query("openid") != grant.openid or grant.openid not in call.world.users:
        raise ApiError(40003)
    return grant


def _granted(call: Call, openid: str, scope: str) -> Body:
    oauth, world, now = call.request.app[OAUTH], call.world, call.world.clock.now()
    access, again = world.new_id("oauth_token"), world.new_id("refresh_token")
    oauth.access[access] = Grant(openid, scope, now + TOKEN_LIFETIME)
    oauth.refresh[again] = Grant(openid, scope, now + REFRESH_LIFETIME)
    seconds = int(TOKEN_LIFETIME.total_seconds())
    return {"access_token": access, "expires_in": seconds, "refresh_token": again, "openid": openid, "scope": scope}
