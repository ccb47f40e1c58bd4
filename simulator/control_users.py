"""The control API `/_sim/users/…`: what users do and see (contract section 7)."""

import asyncio
from collections.abc import Callable
from typing import Final

from aiohttp import web
from aiohttp.multipart import BodyPartReader

from simulator import samples
from simulator.account import ACCOUNT
from simulator.control import answer, body_of, refuse
from simulator.inbound import INBOUND, Deed, Delivery, Inbound, NothingToTap
from simulator.world import WORLD

Body = dict[str, object]
MAX_WAIT_S: Final = 60.0


def add_routes(app: web.Application) -> None:
    app.router.add_get("/_sim/users", list_users)
    app.router.add_post("/_sim/users", add_user)
    app.router.add_get("/_sim/users/{openid}", show_user)
    app.router.add_patch("/_sim/users/{openid}", change_user)
    app.router.add_get("/_sim/users/{openid}/chat", show_chat)
    app.router.add_post("/_sim/users/{openid}/send_image", send_image)
    for name in DEEDS:
        app.router.add_post(f"/_sim/users/{{openid}}/{{deed:{name}}}", do)
    app.router.add_get("/_sim/media/{media_id}", show_media)
    app.router.add_get("/mmbiz_jpg/{media_id}/0", show_media)


async def list_users(request: web.Request) -> web.Response:
    return answer({"users": [user.as_json() for user in request.app[WORLD].users.values()]})


async def add_user(request: web.Request) -> web.Response:
    """`{"nickname", "following": true}`: follows without a push unless told otherwise."""
    body = await body_of(request)
    user = request.app[WORLD].add_user(str(body.get("nickname", "")), following=bool(body.get("following", True)))
    return answer(user.as_json(), 201)


async def show_user(request: web.Request) -> web.Response:
    world, openid = request.app[WORLD], request.match_info["openid"]
    if openid not in world.users:
        return _no_user()
    return answer(world.users[openid].as_json() | {"windows": world.quota.as_json(openid)})


async def change_user(request: web.Request) -> web.Response:
    """`refuses_templates`, `nickname`."""
    world, openid = request.app[WORLD], request.match_info["openid"]
    if openid not in world.users:
        return _no_user()
    body, user = await body_of(request), world.users[openid]
    user.nickname = str(body.get("nickname", user.nickname))
    user.refuses_templates = bool(body.get("refuses_templates", user.refuses_templates))
    return answer(user.as_json())


async def show_chat(request: web.Request) -> web.Response:
    """`?after=N&wait_s=10`: waits for the first bubble after N."""
    world, openid = request.app[WORLD], request.match_info["openid"]
    if openid not in world.users:
        return _no_user()
    try:
        after, wait_s = int(request.query.get("after", "0")), float(request.query.get("wait_s", "0"))
    except ValueError:
        return refuse(400, "bad_query", "after and wait_s are numbers")
    chat = world.chat(openid)
    bubbles = await chat.wait_after(after, min(wait_s, MAX_WAIT_S)) if wait_s > 0 else chat.after(after)
    typing = chat.typing_until is not None and chat.typing_until > world.clock.now()
    shown = [bubble.as_json() for bubble in bubbles]
    return answer({"bubbles": shown, "next": len(chat.bubbles), "typing": typing})


async def do(request: web.Request) -> web.Response:
    """A deed of DEEDS; `?wait=1` answers when its pushes have ended, with how they ended."""
    world, openid = request.app[WORLD], request.match_info["openid"]
    deed = DEEDS[request.match_info["deed"]]
    if openid not in world.users:
        return _no_user()
    body = await body_of(request)
    if body.get("ticket") and not body.get("scene"):
        scene = request.app[ACCOUNT].scene_of(str(body["ticket"]))
        if scene is None:
            return refuse(404, "no_qr_code", "the QR code is unknown or expired")
        body["scene"] = scene
    try:
        return await _done(request, deed(request.app[INBOUND], openid, body))
    except NothingToTap as error:
        return refuse(404, "nothing_to_tap", str(error))


async def send_image(request: web.Request) -> web.Response:
    """Multipart `file`, or JSON `{"sample": "id_front"}`."""
    world, openid = request.app[WORLD], request.match_info["openid"]
    if openid not in world.users:
        return _no_user()
    if request.content_type.startswith("multipart/"):
        return await _send_uploaded(request, openid)
    body = await body_of(request)
    try:
        data, content_type = await _sample(str(body.get("sample", "")))
    except LookupError as error:
        return refuse(404, "no_sample", str(error))
    return await _done(request, request.app[INBOUND].send_image(openid, data, content_type, _delivery(body)))


async def _send_uploaded(request: web.Request, openid: str) -> web.Response:
    async for part in await request.multipart():
        if isinstance(part, BodyPartReader) and part.name == "file":
            data, content_type = bytes(await part.read()), part.headers.get("Content-Type", "image/jpeg")
            return await _done(request, request.app[INBOUND].send_image(openid, data, content_type))
    return refuse(400, "no_file", "send a multipart field named file")


async def show_media(request: web.Request) -> web.Response:
    """Bytes for the chat page, and what PicUrl names."""
    media = request.app[WORLD].media.shown(request.match_info["media_id"])
    if media is None:
        return refuse(404, "no_media", "unknown media id")
    headers = {"Access-Control-Allow-Origin": "*", "X-Content-Type-Options": "nosniff"}
    return web.Response(body=media.data, content_type=media.content_type.partition(";")[0], headers=headers)


async def _done(request: web.Request, deed: Deed) -> web.Response:
    result: dict[str, object] = {"msg_id": deed.msg_id, "url": deed.url}
    if request.query.get("wait"):
        outcomes = [await task for task in deed.pushes]
        result["outcomes"] = [
            {"result": o.result, "tries": o.tries, "ack_ms": o.ack_ms, "reasons": o.reasons} for o in outcomes
        ]
    return answer(result)


async def _sample(name: str) -> tuple[bytes, str]:
    """Bytes and content type of a sample document, drawn off the event loop. Raises LookupError."""
    if name not in samples.names():
        raise LookupError(f"no sample {name or '(empty)'}; there are: {', '.join(samples.names())}")
    return await asyncio.to_thread(samples.make, name), samples.content_type(name)


def _delivery(body: Body) -> Delivery:
    copies, delay_s, created = body.get("copies", 1), body.get("delay_s", 0), body.get("create_time", 0)
    return Delivery(
        copies=min(copies, 20) if isinstance(copies, int) else 1,
        delay_s=float(delay_s) if isinstance(delay_s, (int, float)) else 0.0,
        msg_id=digits if (digits := str(body.get("msg_id", ""))).isdigit() else "",
        create_time=created if isinstance(created, int) else 0,
    )


def _text(body: Body, name: str, default: str = "") -> str:
    return str(body.get(name) or default)


def _texts(body: Body) -> dict[str, str]:
    return {name: str(value) for name, value in body.items()}


def _tap(inbound: Inbound, openid: str, body: Body) -> Deed:
    if key := _text(body, "menu_key"):
        return inbound.click_menu(openid, key, _delivery(body))
    return inbound.tap(openid, payload=_text(body, "payload"), label=_text(body, "label"), delivery=_delivery(body))


def _event(inbound: Inbound, openid: str, body: Body) -> Deed:
    fields = body.get("fields")
    named = {str(k): v if isinstance(v, int) else str(v) for k, v in fields.items()} if isinstance(fields, dict) else {}
    return inbound.event(openid, _text(body, "event", "unknown_event"), named, _delivery(body))


DEEDS: Final[dict[str, Callable[[Inbound, str, Body], Deed]]] = {
    "say": lambda i, o, b: i.say(o, _text(b, "text"), _delivery(b), menu_id=_text(b, "menu_id")),
    "tap": _tap,
    "follow": lambda i, o, b: i.follow(o, _text(b, "scene"), _text(b, "ticket"), _delivery(b)),
    "unfollow": lambda i, o, b: i.unfollow(o, _delivery(b)),
    "scan": lambda i, o, b: i.scan(o, _text(b, "scene"), _text(b, "ticket"), _delivery(b)),
    "voice": lambda i, o, b: i.send_voice(o, _delivery(b)),
    "video": lambda i, o, b: i.send_video(o, _delivery(b)),
    "location": lambda i, o, b: i.send_location(o, _texts(b), _delivery(b)),
    "link": lambda i, o, b: i.send_link(o, _texts(b), _delivery(b)),
    "file": lambda i, o, b: i.send_file(o, _text(b, "name", "材料.pdf"), 12345, _delivery(b)),
    "unknown": lambda i, o, b: i.send_unknown(o, _text(b, "kind", "hologram"), _delivery(b)),
    "event": _event,
    "raw": lambda i, o, b: i.raw(o, _text(b, "xml"), _delivery(b)),
}


def _no_user() -> web.Response:
    return refuse(404, "no_user", "no such openid")
