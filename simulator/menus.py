"""The custom menu: what the platform accepts, and keeping it (reference B.7)."""

from typing import Final

from aiohttp import web

from simulator.api import Body, Call, add_endpoint, ok
from simulator.errors import ApiError
from simulator.inbound import INBOUND

NEEDS: Final[dict[str, str]] = {
    "click": "key",
    "view": "url",
    "scancode_push": "key",
    "scancode_waitmsg": "key",
    "pic_sysphoto": "key",
    "pic_photo_or_album": "key",
    "pic_weixin": "key",
    "location_select": "key",
    "media_id": "media_id",
    "view_limited": "media_id",
    "article_id": "article_id",
    "article_view_limited": "article_id",
    "miniprogram": "url",
}


def add_routes(app: web.Application) -> None:
    add_endpoint(app, "POST", "/cgi-bin/menu/create", create)
    add_endpoint(app, "GET", "/cgi-bin/menu/get", get)
    add_endpoint(app, "GET", "/cgi-bin/menu/delete", delete)
    add_endpoint(app, "GET", "/cgi-bin/get_current_selfmenu_info", current)


async def create(call: Call) -> Body:
    buttons = call.body.get("button")
    check_menu(buttons)
    menu: Body = {"button": buttons, "menuid": 400_000_000 + call.world.ids.next_number("menu")}
    call.request.app[INBOUND].menu = menu
    call.world.changes.publish("menu", menu=menu)
    return ok()


async def get(call: Call) -> Body:
    menu = call.request.app[INBOUND].menu
    if menu is None:
        raise ApiError(46003)
    return {"menu": menu}


async def delete(call: Call) -> Body:
    call.request.app[INBOUND].menu = None
    call.world.changes.publish("menu", menu=None)
    return ok()


async def current(call: Call) -> Body:
    menu = call.request.app[INBOUND].menu
    return {"is_menu_open": int(menu is not None), "selfmenu_info": {"button": menu["button"] if menu else []}}


def check_menu(buttons: object) -> None:
    """Raises ApiError with the code of the first rule that is broken."""
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
        raise ApiError(40016)
    for button in buttons:
        if not isinstance(button, dict):
            raise ApiError(40016)
        subs = button.get("sub_button")
        _check_name(button, largest=16, code=40018)
        if not subs:
            _check_action(button, key_code=40019)
        elif not isinstance(subs, list) or len(subs) > 5:
            raise ApiError(40023)
        else:
            for sub in subs:
                _check_name(sub, largest=60, code=40025)
                _check_action(sub, key_code=40026)


def _check_name(button: Body, *, largest: int, code: int) -> None:
    name = button.get("name")
    if not isinstance(name, str) or not 1 <= len(name.encode()) <= largest:
        raise ApiError(code)


def _check_action(button: Body, *, key_code: int) -> None:
    kind = button.get("type")
    if not isinstance(kind, str) or kind not in NEEDS:
        raise ApiError(40017)
    value = button.get(NEEDS[kind])
    size = len(value.encode()) if isinstance(value, str) else 0
    if NEEDS[kind] == "key" and not 1 <= size <= 128:
        raise ApiError(key_code)
    if NEEDS[kind] == "url" and not (1 <= size <= 1024 and str(value).startswith(("http://", "https://"))):
        raise ApiError(40020)
    if not size:
        raise ApiError(40007)
