"""The one public origin of a local installation: hands each path to its part, as nginx does in production."""

from __future__ import annotations

import asyncio
import itertools
import os
from typing import Final

import aiohttp
from aiohttp import web

HOP_BY_HOP: Final = {
    "connection",
    "keep-alive",
    "transfer-encoding",
    "te",
    "trailer",
    "upgrade",
    "content-length",
    "host",
}
BACKEND_PATHS: Final = ("/pay/", "/console")
MAX_BODY_BYTES: Final = 64 * 1024 * 1024


class Front:
    """Forwards requests to the bots in turn, or to the backend; skips a bot that does not listen."""

    def __init__(self, *, bots: list[str], backend: str) -> None:
        self._bots = bots
        self._turn = itertools.count()
        self._backend = backend
        self._session: aiohttp.ClientSession | None = None

    async def session(self, _app: web.Application) -> object:
        connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=30)
        self._session = aiohttp.ClientSession(
            connector=connector, timeout=aiohttp.ClientTimeout(total=120), auto_decompress=False
        )
        yield
        await self._session.close()

    async def forward(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        for origin in self._origins(request.path):
            try:
                return await self._forward_to(origin, request, body)
            except aiohttp.ClientConnectorError:
                continue
            except aiohttp.ClientError:
                break
        return web.Response(status=502, text="这一部分没有在运行，请看它的日志，或稍后再刷新。")

    def _origins(self, path: str) -> list[str]:
        if path.startswith(BACKEND_PATHS):
            return [self._backend]
        first = next(self._turn) % len(self._bots)
        return self._bots[first:] + self._bots[:first]

    async def _forward_to(self, origin: str, request: web.Request, body: bytes) -> web.Response:
        assert self._session is not None
        headers = [(k, v) for k, v in request.headers.items() if k.lower() not in HOP_BY_HOP]
        headers += [("X-Forwarded-Host", request.host), ("X-Forwarded-For", request.remote or "")]
        async with self._session.request(
            request.method, origin + request.raw_path, headers=headers, data=body, allow_redirects=False
        ) as answer:
            kept = [(k, v) for k, v in answer.headers.items() if k.lower() not in HOP_BY_HOP]
            response = web.Response(status=answer.status, body=await answer.read())
            response.headers.clear()
            for name, value in kept:
                response.headers.add(name, value)
            return response


def main() -> None:
    front = Front(bots=os.environ["BOT_URLS"].split(","), backend=os.environ["BACKEND_URL"])
    app = web.Application(client_max_size=MAX_BODY_BYTES)
    app.cleanup_ctx.append(front.session)  # type: ignore[arg-type]
    app.router.add_get("/front/healthz", _healthz)
    app.router.add_route("*", "/{path:.*}", front.forward)
    web.run_app(
        app, host=os.environ.get("BIND_HOST", "127.0.0.1"), port=int(os.environ["FRONT_PORT"]), access_log=None,
        print=None, loop=asyncio.new_event_loop(),
    )  # fmt: skip


async def _healthz(_request: web.Request) -> web.Response:
    return web.json_response({"ok": True})


if __name__ == "__main__":
    main()
