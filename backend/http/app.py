"""The backend's web application, without the console, which main.py adds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from aiohttp import web
from aiohttp.typedefs import Middleware

from backend.http.api import PARTS, routes
from backend.http.errors import errors_as_json
from backend.http.openapi import openapi
from backend.http.pay_notify import notified
from backend.services.files import MAX_FILE_BYTES
from backend.services.parts import Parts
from runtime.web import Check, add_health, bearer, request_ids


def build_app(parts: Parts, *, service_token: str, checks: Mapping[str, Check]) -> web.Application:
    """Everything under /internal needs the service token; /pay/notify is proved by its signature."""
    app = web.Application(
        middlewares=[request_ids, cast(Middleware, bearer(service_token, prefix="/internal/")), errors_as_json],
        client_max_size=MAX_FILE_BYTES + 1024 * 1024,
    )
    app[PARTS] = parts
    app.add_routes(routes)
    app.router.add_get("/internal/openapi.json", _show_openapi)
    app.router.add_post("/pay/notify", notified)
    add_health(app, checks)
    return app


async def _show_openapi(_request: web.Request) -> web.Response:
    return web.json_response(openapi())
