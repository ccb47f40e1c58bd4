"""Routes, headers and the way in of the pages: one-time link, OAuth, session."""

from __future__ import annotations

import asyncio
import secrets
import traceback
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import aiohttp_jinja2
import jinja2
import structlog
from aiohttp import web
from redis.exceptions import RedisError

from bot.h5 import sentences
from bot.h5.backend import Backend, BackendAway, Refused
from bot.h5.session import NoSession, PageSession, Sessions
from runtime.assets import add_vendor_files
from runtime.clock import Clock
from wechat.errors import WeChatRefused, WeChatUnavailable
from wechat.web import authorize_url

HERE: Final = Path(__file__).parent
STATE_COOKIE: Final = "gongju_h5_state"
STATE_LIFE_S: Final = 300
OPENID_OF_STATE_S: Final = 60
CODE_USED: Final = 40163
OTHER_CALL_S: Final = 3.0
OTHER_CALL_TRIES: Final = 30
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
log = structlog.get_logger()


class UploadRefused(Exception):
    """An uploaded file cannot be taken; `code` names the sentence."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class InboxAway(Exception):
    """The chat cannot be told to go on right now; the applicant can say 继续."""


class CleanPage(Protocol):
    """One cleaned picture: a photo, or a page of a PDF."""

    @property
    def content(self) -> bytes: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def sha256(self) -> str: ...


class ShortMemory(Protocol):
    """Remembers a text for some seconds (Redis); forgetting it costs the applicant one more tap."""

    async def set(self, name: str, value: str, *, ex: int) -> Any: ...
    async def get(self, name: str) -> Any: ...


@dataclass(frozen=True)
class Ports:
    """What the pages need from the process that serves them."""

    backend: Backend
    clock: Clock
    memory: ShortMemory
    openid_of_code: Callable[[str], Awaitable[str]]
    clean_upload: Callable[[bytes], Awaitable[Sequence[CleanPage]]]
    may_upload: Callable[[str, str], Awaitable[bool]]
    go_on: Callable[[str, str, Mapping[str, Any]], Awaitable[None]]
    app_id: str
    public_url: str
    open_url: str
    res_url: str
    service_token: str
    frame_ancestors: str | None


PORTS: Final = web.AppKey("h5_ports", Ports)
SESSIONS: Final = web.AppKey("h5_sessions", Sessions)


def add_routes(app: web.Application, ports: Ports) -> None:
    """Serve the pages under `/h5/` of `app`."""
    from bot.h5 import pages

    h5 = web.Application(middlewares=[_headers, _refusals], client_max_size=24 * 1024 * 1024)
    h5[PORTS] = ports
    h5[SESSIONS] = Sessions(ports.service_token, is_https=ports.public_url.startswith("https:"))
    aiohttp_jinja2.setup(h5, loader=jinja2.FileSystemLoader(HERE / "templates"), autoescape=True)
    h5.router.add_get("/l/{token}", open_link)
    h5.router.add_get("/oauth", come_back)
    h5.router.add_static("/static/", HERE / "static")
    add_vendor_files(h5, prefix="/vendor/")
    pages.add_pages(h5)
    app.add_subapp("/h5/", h5)


def jweixin_url(ports: Ports) -> str:
    return f"{ports.res_url.rstrip('/')}/open/js/jweixin-1.6.0.js"


async def open_link(request: web.Request) -> web.StreamResponse:
    """A link from the chat: learn by OAuth who opened it before anything is shown."""
    ports = request.app[PORTS]
    token = request.match_info["token"]
    if not (16 <= len(token) <= 128 and token.replace("-", "").replace("_", "").isalnum()):
        return message_page(request, sentences.EXPIRED_TITLE, sentences.EXPIRED_LINES, status=410)
    state = secrets.token_urlsafe(16)
    url = authorize_url(ports.open_url, app_id=ports.app_id, redirect_uri=f"{ports.public_url}/h5/oauth", state=state)
    response = found(url)
    response.set_cookie(
        STATE_COOKIE, f"{state}.{token}", max_age=STATE_LIFE_S, httponly=True, samesite="Lax", path="/h5",
        secure=ports.public_url.startswith("https:"),
    )  # fmt: skip
    return response


def found(location: str) -> web.Response:
    """A redirect that can carry a cookie."""
    return web.Response(status=302, headers={"Location": location})


async def come_back(request: web.Request) -> web.StreamResponse:
    """OAuth's way back: redeem the link for this openid and open the page it is for.

    WeChat's page preload can come here twice with one code; the openid of a state is remembered for a minute.
    """
    ports, sessions = request.app[PORTS], request.app[SESSIONS]
    state, _, token = request.cookies.get(STATE_COOKIE, "").partition(".")
    code = request.query.get("code", "")
    if not state or not code or not secrets.compare_digest(state.encode(), request.query.get("state", "").encode()):
        return message_page(request, sentences.EXPIRED_TITLE, sentences.EXPIRED_LINES, status=410)
    openid = await _openid_of(ports, state, code)
    if openid is None:
        return message_page(request, sentences.EXPIRED_TITLE, sentences.EXPIRED_LINES, status=410)
    link = await ports.backend.redeem(token, openid)
    session = PageSession(openid, str(link["purpose"]), str(link["link_id"]), link.get("case_no"))
    response = found(f"/h5/{session.purpose}")
    sessions.put(response, session, now=ports.clock.now())
    return response


async def _openid_of(ports: Ports, state: str, code: str) -> str | None:
    """Whose code this is; the second of two calls with one code waits for what the first one learns."""
    name = f"h5:oauth:{state}"
    if known := await _remembered(ports, name):
        return known
    try:
        openid = await ports.openid_of_code(code)
    except WeChatRefused as refused:
        return await _soon_remembered(ports, name) if refused.errcode == CODE_USED else None
    except WeChatUnavailable:
        return None
    with suppress(RedisError):
        await ports.memory.set(name, openid, ex=OPENID_OF_STATE_S)
    return openid


async def _soon_remembered(ports: Ports, name: str) -> str | None:
    for _ in range(OTHER_CALL_TRIES):
        if known := await _remembered(ports, name):
            return known
        await asyncio.sleep(OTHER_CALL_S / OTHER_CALL_TRIES)
    return None


async def _remembered(ports: Ports, name: str) -> str | None:
    try:
        known = await ports.memory.get(name)
    except RedisError:  # without its memory only WeChat's second visit with the same code fails
        return None
    return known.decode() if isinstance(known, bytes) else known


def session_of(request: web.Request, purpose: str) -> PageSession:
    """The request's session for `purpose`.

    Raises:
        NoSession: none, or one that a link for something else gave.
    """
    session = request.app[SESSIONS].read(request, now=request.app[PORTS].clock.now())
    if session.purpose != purpose:
        raise NoSession
    return session


async def form_of(request: web.Request, session: PageSession) -> dict[str, str]:
    """The posted form.

    Raises:
        HTTPForbidden: the form's token is not this session's.
    """
    form = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    check_csrf(request, session, form.get("csrf", ""))
    return form


def check_csrf(request: web.Request, session: PageSession, offered: str) -> None:
    if not request.app[SESSIONS].is_csrf_right(session, offered):
        raise web.HTTPForbidden(text="csrf")


def going_on(session: PageSession, occasion: str = "", **facts: Any) -> dict[str, Any]:
    """Let the chat go on by itself once this is stored, once per link and occasion."""
    key = ":".join(part for part in ("page", session.link_id, session.purpose, occasion) if part)
    return {"key": key, **facts}


def page(request: web.Request, template: str, *, status: int = 200, **facts: Any) -> web.Response:
    facts.setdefault("jweixin", jweixin_url(request.app[PORTS]))
    return aiohttp_jinja2.render_template(template, request, facts, status=status)


def message_page(
    request: web.Request,
    title: str,
    lines: Sequence[str],
    *,
    good: bool = False,
    status: int = 200,
    again: str | None = None,
) -> web.Response:
    icon = "success" if good else "waiting" if status >= 500 else "warn" if status in (403, 422) else "info"
    return page(request, "message.html", title=title, lines=lines, icon=icon, status=status, again=again)


@web.middleware
async def _refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn what went wrong into a page, or for a script into JSON, that says what to do."""
    try:
        return await handler(request)
    except NoSession:
        return _told(request, sentences.EXPIRED_TITLE, sentences.EXPIRED_LINES, status=410)
    except Refused as refused:
        if refused.code in ("link_expired", "link_used", "link_unknown"):
            return _told(request, sentences.EXPIRED_TITLE, sentences.EXPIRED_LINES, status=410)
        if refused.code == "link_of_another":
            return _told(request, sentences.OTHERS_TITLE, sentences.OTHERS_LINES, status=403)
        return _told(request, "没有办成", (sentences.sentence_for(refused.code, refused.facts),), status=refused.status)
    except UploadRefused as refused:
        return _told(request, "没有收下", (sentences.sentence_for(refused.code, {}),), status=422)
    except BackendAway:
        return _told(request, "请稍等", (sentences.AWAY,), status=503)
    except web.HTTPNotFound:
        return _told(request, sentences.NOT_HERE_TITLE, sentences.NOT_HERE_LINES, status=404)
    except web.HTTPForbidden:
        return _told(request, sentences.EXPIRED_TITLE, sentences.EXPIRED_LINES, status=403)
    except web.HTTPException as answer:
        if answer.status < 400:
            raise
        return _told(request, sentences.NOT_HERE_TITLE, sentences.NOT_HERE_LINES, status=answer.status)
    except asyncio.CancelledError:
        raise
    except Exception as error:
        # No traceback: its lines may hold an address with an openid.
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(place.filename).name}:{place.lineno}"
        log.error("page_failed", error=type(error).__name__, where=where)
        return _told(request, "请稍等", (sentences.AWAY,), status=500)


def _told(request: web.Request, title: str, lines: Sequence[str], *, status: int) -> web.Response:
    if request.headers.get("X-CSRF") is not None:
        return web.json_response({"message": lines[0]}, status=status)
    again = request.path_qs if status >= 500 and request.method == "GET" else None
    return message_page(request, title, lines, status=status, again=again)


@web.middleware
async def _headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """No scripts but ours and WeChat's, no framing but by whom settings name, nothing kept in caches."""
    ports = request.app[PORTS]
    try:
        response = await handler(request)
    except web.HTTPException as error:
        _secure(error, ports, request.path)
        raise
    _secure(response, ports, request.path)
    return response


def _secure(response: web.StreamResponse, ports: Ports, path: str) -> None:
    ancestors = ports.frame_ancestors or "'none'"
    response.headers["Content-Security-Policy"] = (
        f"default-src 'self'; script-src 'self' {ports.res_url}; img-src 'self' data: blob:; style-src 'self'; "
        f"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    if "/static/" not in path and "/vendor/" not in path:
        response.headers["Cache-Control"] = "no-store"
