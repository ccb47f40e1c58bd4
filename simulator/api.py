"""How every call of the official-account API is received: method, token, limits, JSON, faults, record (reference B)."""

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from simulator.errors import BREACHES, MESSAGES, ApiError
from simulator.faults import Fault
from simulator.tokens import TOKENS
from simulator.world import CHECKS, FAULT, WORLD, World

PLATFORM_PATHS: Final = ("/cgi-bin/", "/sns/", "/connect/", "/v3/", "/customservice/")
_NON_ASCII_ESCAPE: Final = re.compile(r"(?<!\\)((?:\\\\)*)\\u(?!00[0-7])")
Body = dict[str, object]
Handling = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Call:
    """One accepted call; `body` is the JSON object that came with it, empty for GET and uploads."""

    request: web.Request
    world: World
    body: Body

    def query(self, name: str) -> str:
        return self.request.query.get(name, "")

    def text(self, name: str) -> str:
        """A field of the body as text, empty when it is missing or no text."""
        value = self.body.get(name)
        return value if isinstance(value, str) else ""

    def part(self, name: str) -> Body:
        """An object inside the body, empty when missing."""
        value = self.body.get(name)
        return value if isinstance(value, dict) else {}


Handler = Callable[[Call], Awaitable[Body | web.StreamResponse]]


def add_endpoint(app: web.Application, method: str, path: str, handler: Handler, *, needs_token: bool = True) -> None:
    async def receive(request: web.Request) -> web.StreamResponse:
        world = request.app[WORLD]
        try:
            _check_method(request, method)
            if needs_token:
                request.app[TOKENS].require(request.query.get("access_token", ""))
            if not world.quota.count_call(path):
                raise ApiError(45009)
            result = await handler(Call(request, world, await _body(request, world)))
        except ApiError as error:
            return _refused(request, world, error)
        return json_answer(result) if isinstance(result, dict) else result

    app.router.add_route("*", path, receive)


def json_answer(body: Body) -> web.Response:
    return web.json_response(body, dumps=lambda value: json.dumps(value, ensure_ascii=False))


def ok(**facts: object) -> Body:
    return {"errcode": 0, "errmsg": "ok", **facts}


def add_unknown_paths(app: web.Application) -> None:
    """What no other endpoint takes: 40066. Added last."""

    async def unknown(request: web.Request) -> web.StreamResponse:
        return _refused(request, request.app[WORLD], ApiError(40066, request.path))

    app.router.add_route("*", "/cgi-bin/{tail:.*}", unknown)


def _check_method(request: web.Request, method: str) -> None:
    if method == "GET" and request.method != "GET":
        raise ApiError(43001)
    if method == "POST" and request.method != "POST":
        raise ApiError(43002)


async def _body(request: web.Request, world: World) -> Body:
    if request.method != "POST" or request.content_type.startswith("multipart/"):
        return {}
    raw = await request.read()
    if not raw.strip():
        raise ApiError(44002)
    return parse_json(raw, world)


def parse_json(raw: bytes, world: World) -> Body:
    r"""The JSON object of a call whatever its Content-Type. With the strict switch `\u4f60` stays as it is (B.3)."""
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise ApiError(40033, "the body is not UTF-8") from error
    if world.settings.strict_escapes and _NON_ASCII_ESCAPE.search(text):
        world.violation("json_unicode_escapes", "the body carries \\u escapes, which the chat shows as they are")
        text = _NON_ASCII_ESCAPE.sub(r"\1\\\\u", text)
    try:
        body = json.loads(text)
    except ValueError as error:
        raise ApiError(47001) from error
    if not isinstance(body, dict):
        raise ApiError(47001, "not an object")
    return body


def _refused(request: web.Request, world: World, error: ApiError) -> web.Response:
    request[CHECKS].append(f"{error.code} {error.message}")
    if rule := BREACHES.get(error.code):
        world.violation(rule, f"{request.method} {request.path}: {error.code} {error.message}")
    return _error(world, error.code, error.message)


def _error(world: World, code: int, message: str) -> web.Response:
    return json_answer({"errcode": code, "errmsg": f"{message} rid: {world.new_id('rid')}"})


@web.middleware
async def record_and_fail(request: web.Request, handler: Handling) -> web.StreamResponse:
    """Every call of the product: written to the transcript, and gone wrong when a fault says so."""
    if not request.path.startswith(PLATFORM_PATHS):
        return await handler(request)
    world, started = request.app[WORLD], time.monotonic()
    checks: list[str] = []
    request[CHECKS] = checks
    is_upload = request.content_type.startswith("multipart/")
    sent = "<multipart>" if is_upload else (await request.read())[:4000].decode(errors="replace")
    fault = world.faults.check(request.path)
    try:
        response = await (_failed(request, handler, fault) if fault else handler(request))
    except web.HTTPException as error:
        response = error
    world.transcript.add(
        "from_product",
        f"{request.method} {request.path_qs}",
        request=sent,
        response=_shown(response),
        status=response.status,
        checks=checks,
        duration_ms=(time.monotonic() - started) * 1000,
    )
    if isinstance(response, web.HTTPException):
        raise response
    return response


async def _failed(request: web.Request, handler: Handling, fault: Fault) -> web.StreamResponse:
    request[CHECKS].append(f"fault injected: {fault.kind}")
    match fault.kind:
        case "latency":
            await asyncio.sleep(float(fault.value or 0))
        case "revoke_token":
            request.app[TOKENS].revoke_all()
        case "drop":
            return _dropped(request)
        case "garbage":
            return web.Response(body=b'{"errcode":0,"errm', content_type="application/json")
        case "http500":
            return web.Response(status=int(fault.value or 500), text="Internal Server Error")
        case "html":
            return web.Response(text="<html><body><h1>502 Bad Gateway</h1></body></html>", content_type="text/html")
        case _ if request.path.startswith("/v3/"):
            request[FAULT] = fault
        case _:
            code = int(fault.value or -1)
            return _error(request.app[WORLD], code, MESSAGES.get(code, "error"))
    return await handler(request)


def _dropped(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


def _shown(response: web.StreamResponse) -> str:
    if not isinstance(response, web.Response) or not isinstance(response.body, bytes):
        return "<stream>"
    if response.content_type in ("application/json", "text/html", "text/plain"):
        return response.body[:4000].decode(errors="replace")
    return f"<{len(response.body)} bytes of {response.content_type}>"
