"""Customer-service messages: every type, the typing sign, and the counts that bound them (reference B.3)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from aiohttp import web

from simulator.api import Body, Call, add_endpoint, ok
from simulator.chat import Bubble, Link, text_links
from simulator.errors import ApiError
from simulator.replies import TEXT_LIMIT_BYTES, text_findings
from simulator.world import World

TYPING_LASTS: Final = timedelta(seconds=15)
TYPING_AFTER_CONTACT: Final = timedelta(seconds=30)


def add_routes(app: web.Application) -> None:
    add_endpoint(app, "POST", "/cgi-bin/message/custom/send", send)
    add_endpoint(app, "POST", "/cgi-bin/message/custom/typing", type_)


async def send(call: Call) -> Body:
    openid, kind = _reachable(call), call.text("msgtype")
    reader = _READERS.get(kind)
    if reader is None:
        raise ApiError(40008, kind)
    bubble = reader(call.world, call.part(kind))
    if code := call.world.quota.spend(openid):
        raise ApiError(code)
    call.world.chat(openid).add(bubble)
    return ok()


async def type_(call: Call) -> Body:
    openid, command = _reachable(call), call.text("command")
    chat, now = call.world.chat(openid), call.world.clock.now()
    if command not in ("Typing", "CancelTyping"):
        raise ApiError(45072)
    if command == "CancelTyping":
        chat.typing_until = None
    else:
        last = call.world.users[openid].last_active_at
        if last is None or now - last > TYPING_AFTER_CONTACT:
            raise ApiError(45080)
        if chat.typing_until is not None and chat.typing_until > now:
            raise ApiError(45081)
        chat.typing_until = now + TYPING_LASTS
    call.world.changes.publish("typing", openid=openid, typing=command == "Typing")
    return ok()


def _reachable(call: Call) -> str:
    """The openid in `touser`, known and following."""
    user = call.world.users.get(call.text("touser"))
    if user is None:
        raise ApiError(40003)
    if not user.following:
        raise ApiError(43004)
    return user.openid


def _text(world: World, part: Body) -> Bubble:
    content = part.get("content")
    if not isinstance(content, str) or not content.strip():
        raise ApiError(44004)
    if (size := len(content.encode())) > TEXT_LIMIT_BYTES:
        raise ApiError(45002, f"{size} bytes")
    for rule, detail in text_findings(content):
        world.violation(rule, f"custom/send: {detail}")
    return Bubble("account", "text", text=content, links=text_links(content), via="custom")


def _media(kind: str) -> Callable[[World, Body], Bubble]:
    def read(world: World, part: Body) -> Bubble:
        media_id = _known_media(world, part, "media_id")
        if kind == "video":
            _known_media(world, part, "thumb_media_id")
        return Bubble("account", kind, media_id=media_id, card=_texts(part, "title", "description"), via="custom")

    return read


def _known_media(world: World, part: Body, name: str) -> str:
    media_id = part.get(name)
    if not isinstance(media_id, str) or world.media.get(media_id) is None:
        raise ApiError(40007)
    return media_id


def _music(world: World, part: Body) -> Bubble:
    card = _texts(part, "title", "description") | {"url": part.get("musicurl", "")}
    return Bubble("account", "music", card=card, via="custom")


def _news(world: World, part: Body) -> Bubble:
    articles = part.get("articles")
    if not isinstance(articles, list) or not articles or not isinstance(articles[0], dict):
        raise ApiError(44003)
    if len(articles) > 1:
        raise ApiError(45008)
    card = _texts(articles[0], "title", "description", "url") | {"image_url": articles[0].get("picurl", "")}
    return Bubble("account", "news", card=card, via="custom")


def _msgmenu(world: World, part: Body) -> Bubble:
    items = part.get("list")
    if not isinstance(items, list) or not items:
        raise ApiError(40035, "msgmenu.list")
    links = []
    for item in items:
        menu_id, content = (item.get("id"), item.get("content")) if isinstance(item, dict) else (None, None)
        if not menu_id or not isinstance(content, str) or not content:
            raise ApiError(40035, "msgmenu.list needs id and content")
        links.append(Link("menu", content, "", content=content, id=str(menu_id)))
    card = _texts(part, "head_content", "tail_content")
    return Bubble("account", "msgmenu", text=str(card["head_content"]), links=tuple(links), card=card, via="custom")


def _mini_program(world: World, part: Body) -> Bubble:
    return Bubble("account", "miniprogram", card=_texts(part, "title", "appid", "pagepath"), via="custom")


def _other(kind: str) -> Callable[[World, Body], Bubble]:
    return lambda world, part: Bubble("account", kind, card=dict(part), via="custom")


def _texts(part: Body, *names: str) -> Body:
    return {name: str(part.get(name) or "") for name in names}


_READERS: Final[dict[str, Callable[[World, Body], Bubble]]] = {
    "text": _text,
    "image": _media("image"),
    "voice": _media("voice"),
    "video": _media("video"),
    "music": _music,
    "news": _news,
    "mpnews": _other("mpnews"),
    "mpnewsarticle": _other("mpnewsarticle"),
    "msgmenu": _msgmenu,
    "wxcard": _other("wxcard"),
    "miniprogrampage": _mini_program,
}
