"""What every console page goes through: headers, session, CSRF, errors, rendering."""

from __future__ import annotations

import hmac
import traceback
import uuid
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import aiohttp_jinja2
import jinja2
import structlog
from aiohttp import BodyPartReader, web

from backend.console import words
from backend.domain.errors import DomainError
from backend.services.staff.office import Office
from backend.services.staff.refusals import (
    CaseUnknown,
    ContentUnknown,
    EmployerUnknown,
    FileUnknown,
    PersonUnknown,
    StaffRefusal,
)
from backend.services.staff.sign_in import SignedIn, session_of

OFFICE: Final = web.AppKey("office", Office)
COOKIES_ARE_SECURE: Final = web.AppKey("cookies_are_secure", bool)

SIGNED_IN: Final = web.RequestKey("signed_in", SignedIn)
FORM: Final = web.RequestKey("form", Mapping[str, "str | Upload"])

SESSION_COOKIE: Final = "gongju_console"
BEFORE_SIGN_IN_COOKIE: Final = "gongju_console_form"
CSRF_FIELD: Final = "csrf"
CSRF_HEADER: Final = "X-CSRF-Token"
PUBLIC_PATHS: Final = ("/console/sign-in", "/console/static/", "/console/invitation/")
SEVERAL: Final = ","
MAX_ECHOED_BYTES: Final = 64 * 1024
NOT_ECHOED: Final = frozenset({CSRF_FIELD, "token", "version", "seen", "number", "step", "password", "old", "new"})
NOTHING: Final = "\x00"
MAX_FIELD_BYTES: Final = 64 * 1024
MAX_UPLOAD_BYTES: Final = 20 * 1024 * 1024 + 1
MAX_FORM_BYTES: Final = MAX_UPLOAD_BYTES + 4 * MAX_FIELD_BYTES
MAX_FIELDS: Final = 200
CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
log = structlog.get_logger()


@dataclass(frozen=True)
class Upload:
    filename: str
    content: bytes


Fields = Mapping[str, str | Upload]


class FormTooBig(Exception):
    """A form with more bytes than any of ours can have."""


def office(request: web.Request) -> Office:
    return request.config_dict[OFFICE]


def signed_in(request: web.Request) -> SignedIn:
    """Who is at the console; the session middleware has put it there for every page but the public ones."""
    return request[SIGNED_IN]


def text_of(request: web.Request, name: str) -> str:
    """A field of the form that the middleware has read; empty when it was not sent, ticked boxes with `SEVERAL`."""
    value = form(request).get(name, "")
    return value if isinstance(value, str) else ""


def form(request: web.Request) -> Fields:
    return request[FORM]


def set_up_templates(app: web.Application) -> None:
    environment = aiohttp_jinja2.setup(
        app,
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(words.FILTERS)


def render(request: web.Request, template: str, *, status: int = 200, **context: Any) -> web.Response:
    """A page, or the part of it that htmx asked for; `token()` gives each of its forms a one-time token, and
    `filled(action, name, stored)` what a field shows: after a refusal, what was typed into that form."""
    who = request.get(SIGNED_IN)
    shared = {
        "me": who,
        "csrf": who.csrf_token if who else "",
        "token": _one_time_token,
        "path": request.path,
        "filled": partial(_filled, request),
        "again": partial(_is_sent, request),
    }
    return aiohttp_jinja2.render_template(template, request, {**shared, **context}, status=status)


def _filled(request: web.Request, action: str, name: str, stored: object = "") -> object:
    return text_of(request, name) if _is_sent(request, action) else stored


def _is_sent(request: web.Request, action: str) -> bool:
    return request.method == "POST" and request.path == action


def _one_time_token() -> str:
    return uuid.uuid4().hex


def is_htmx(request: web.Request) -> bool:
    return request.headers.get("HX-Request") == "true"


@web.middleware
async def safe_headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Nothing of the console is kept by a cache, framed by others, or sniffed; redirects are no exception."""
    try:
        response = await handler(request)
    except web.HTTPException as redirect:
        _protect(request, redirect.headers)
        raise
    _protect(request, response.headers)
    return response


def _protect(request: web.Request, headers: MutableMapping[str, str]) -> None:
    is_static = request.path.startswith("/console/static/")
    headers.setdefault("Content-Security-Policy", CSP)
    headers.setdefault("Cache-Control", "no-cache" if is_static else "no-store")
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["X-Frame-Options"] = "SAMEORIGIN"


@web.middleware
async def kind_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every refusal becomes a sentence; nothing that a person wrote reaches the log."""
    try:
        if NOTHING in request.path or any(NOTHING in name + value for name, value in request.query.items()):
            raise web.HTTPNotFound
        return await handler(request)
    except web.HTTPException as answer:
        if answer.status < 400:
            raise
        return error_page(request, answer.status, words.for_status(answer.status))
    except FormTooBig:
        return error_page(request, 413, words.for_status(413))
    except (CaseUnknown, ContentUnknown, EmployerUnknown, FileUnknown, PersonUnknown) as refusal:
        return error_page(request, 404, words.for_refusal(refusal))
    except (StaffRefusal, DomainError) as refusal:
        return error_page(request, 409, words.for_refusal(refusal))
    except Exception as error:
        # The texts of a database's errors hold values; where it happened is enough to find it.
        where = [f"{Path(one.filename).name}:{one.lineno}" for one in traceback.extract_tb(error.__traceback__)]
        log.error("console_failed", error=type(error).__name__, where=where[-6:])
        return error_page(request, 500, words.for_status(500))


@web.middleware
async def sessions(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Without a session every page but the public ones leads to the sign-in; what was typed is shown to be copied."""
    if request.path.startswith(PUBLIC_PATHS):
        return await handler(request)
    token = request.cookies.get(SESSION_COOKIE, "")
    who = await session_of(office(request), token) if token else None
    if who is None:
        return await _to_sign_in(request)
    request[SIGNED_IN] = who
    return await handler(request)


@web.middleware
async def csrf(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A POST needs the session's token (before signing in: the form cookie's), as a header or as a field."""
    if request.method in ("GET", "HEAD"):
        return await handler(request)
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise web.HTTPForbidden
    request[FORM] = await _read_form(request)
    who = request.get(SIGNED_IN)
    expected = who.csrf_token if who else request.cookies.get(BEFORE_SIGN_IN_COOKIE, "")
    offered = request.headers.get(CSRF_HEADER) or text_of(request, CSRF_FIELD)
    if not expected or not hmac.compare_digest(expected.encode(errors="replace"), offered.encode(errors="replace")):
        raise web.HTTPForbidden
    return await handler(request)


def error_page(request: web.Request, status: int, sentence: str) -> web.Response:
    if is_htmx(request):
        return render(request, "_notice.html", status=status, sentence=sentence)
    title = words.TITLES.get(status, HTTPStatus(status).phrase)
    return render(request, "error.html", status=status, title=title, sentence=sentence)


async def _to_sign_in(request: web.Request) -> web.StreamResponse:
    if request.method in ("GET", "HEAD") and not is_htmx(request):
        raise web.HTTPFound("/console/sign-in")
    typed = [] if is_htmx(request) else await _typed(request)
    template = "_signed_out.html" if is_htmx(request) else "signed_out.html"
    return render(request, template, status=401, typed=typed, sentence=words.for_status(401))


async def _typed(request: web.Request) -> list[str]:
    """The words of a form that came too late: nothing hidden, no password, no file."""
    if (request.content_length or MAX_ECHOED_BYTES + 1) > MAX_ECHOED_BYTES:
        return []
    fields = await _read_form(request)
    shown = {name: value for name, value in fields.items() if isinstance(value, str) and name not in NOT_ECHOED}
    return [value for value in shown.values() if value.strip()]


async def _read_form(request: web.Request) -> Fields:
    """The form, bounded as a whole: nobody has to be signed in to send one."""
    if request.content_type != "multipart/form-data":
        if (request.content_length or 0) > MAX_FIELD_BYTES:
            raise FormTooBig
        sent = await request.post()
        return {
            name: _storable(SEVERAL.join(value for value in sent.getall(name) if isinstance(value, str)))
            for name in sent
        }
    fields: dict[str, str | Upload] = {}
    left = MAX_FORM_BYTES
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or not part.name:
            raise web.HTTPBadRequest
        if len(fields) >= MAX_FIELDS:
            raise FormTooBig
        content = await _read_part(part, min(left, MAX_UPLOAD_BYTES if part.filename else MAX_FIELD_BYTES))
        left -= len(content)
        fields[part.name] = (
            Upload(part.filename, content) if part.filename else _storable(content.decode("utf-8", errors="replace"))
        )
    return fields


def _storable(text: str) -> str:
    """Without what no database keeps: a reason of nothing else is an empty one."""
    return text.replace(NOTHING, "")


async def _read_part(part: BodyPartReader, limit: int) -> bytes:
    content = bytearray()
    while chunk := await part.read_chunk():
        content += chunk
        if len(content) > limit:
            raise FormTooBig
    return bytes(content)
