"""What every web process of ours offers besides its own routes: health, metrics, request ids, the service token."""

from __future__ import annotations

import asyncio
import hmac
import signal
import uuid
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Final

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from runtime.logs import REQUEST_ID

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Check = Callable[[], Awaitable[bool]]

REQUEST_ID_HEADER: Final = "X-Request-Id"
log = structlog.get_logger()


@web.middleware
async def request_ids(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give each request an id (the caller's, if it sent a sane one) that its log lines and its answer carry."""
    offered = request.headers.get(REQUEST_ID_HEADER, "")
    request_id = (
        offered if 8 <= len(offered) <= 64 and offered.isascii() and offered.isprintable() else uuid.uuid4().hex
    )
    token = REQUEST_ID.set(request_id)
    try:
        response = await handler(request)
        response.headers.setdefault(REQUEST_ID_HEADER, request_id)
        return response
    finally:
        REQUEST_ID.reset(token)


def bearer(service_token: str, *, prefix: str) -> Callable[[web.Request, Handler], Awaitable[web.StreamResponse]]:
    """A middleware that answers 401 to requests under `prefix` without `Authorization: Bearer <service token>`."""
    expected = f"Bearer {service_token}".encode()

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith(prefix):
            offered = request.headers.get("Authorization", "").encode(errors="replace")
            if not hmac.compare_digest(offered, expected):
                return error_response(401, "unauthorized", "the service token is missing or wrong")
        return await handler(request)

    return check


def error_response(status: int, code: str, message: str, facts: Mapping[str, object] | None = None) -> web.Response:
    """The one shape of an error of our HTTP APIs."""
    return web.json_response(
        {"error": {"code": code, "message": message, "facts": dict(facts or {})}},
        status=status,
    )


def add_health(app: web.Application, checks: Mapping[str, Check]) -> None:
    """Add `/healthz` (the process lives), `/readyz` (its checks pass, else 503 naming those that fail), `/metrics`."""

    async def healthz(_request: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    async def readyz(_request: web.Request) -> web.Response:
        results = await asyncio.gather(*(_passes(check) for check in checks.values()))
        state = dict(zip(checks, results, strict=True))
        return web.json_response({"ready": all(results), "checks": state}, status=200 if all(results) else 503)

    async def metrics(_request: web.Request) -> web.Response:
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", metrics)


async def _passes(check: Check) -> bool:
    try:
        async with asyncio.timeout(2):
            return await check()
    except Exception:
        return False


async def serve(app: web.Application, *, host: str, port: int) -> None:
    """Run `app` until SIGTERM or SIGINT, then finish the requests that are under way and clean up."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):
            loop.add_signal_handler(signum, stopped.set)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=10)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, backlog=1024).start()
        log.info("listening", host=host, port=port)
        await stopped.wait()
    finally:
        await runner.cleanup()
