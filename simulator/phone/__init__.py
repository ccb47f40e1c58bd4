"""The phone page: a chat with the official account in the browser, and the `wx` bridge for the account's web pages."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from simulator import samples
from simulator.world import World

FOLDER: Final = Path(__file__).parent
MAX_MEDIA_BYTES: Final = 20 * 1024 * 1024
CONTENT_TYPES: Final = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
HEADERS: Final = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}


def add_routes(app: web.Application, world: World) -> None:
    """`/phone` with its files, `/open/js/jweixin-1.6.0.js`, and where the bridge puts a page's pictures."""
    samples.add_routes(app)
    pages = _Pages(world)
    app.router.add_get("/", pages.to_phone)
    app.router.add_get("/_sim/phone", pages.to_phone)
    app.router.add_get("/phone", pages.phone)
    app.router.add_get("/phone/{name}", pages.file)
    app.router.add_get("/open/js/jweixin-1.6.0.js", pages.bridge)
    app.router.add_post("/_sim/phone/media", pages.keep_media)


class _Pages:
    def __init__(self, world: World) -> None:
        self._world = world

    async def to_phone(self, request: web.Request) -> web.Response:
        raise web.HTTPFound("/phone")

    async def phone(self, request: web.Request) -> web.Response:
        """Under the host name of the settings: the account's pages share cookies with it, not with `localhost`."""
        base = urlsplit(self._world.settings.base_url)
        if request.url.host == "localhost" and base.hostname == "127.0.0.1":
            raise web.HTTPFound(str(request.url.with_host("127.0.0.1")))
        return _sent(FOLDER / "static" / "index.html")

    async def file(self, request: web.Request) -> web.Response:
        path = FOLDER / "static" / Path(request.match_info["name"]).name
        if not path.is_file() or path.suffix not in CONTENT_TYPES:
            raise web.HTTPNotFound(text="no such file")
        return _sent(path)

    async def bridge(self, request: web.Request) -> web.Response:
        return _sent(FOLDER / "jweixin.js")

    async def keep_media(self, request: web.Request) -> web.Response:
        """What `wx.uploadImage` sends: raw bytes in, `{"media_id"}` out."""
        data = await request.content.read(MAX_MEDIA_BYTES + 1)
        while len(data) <= MAX_MEDIA_BYTES and not request.content.at_eof():
            data += await request.content.read(MAX_MEDIA_BYTES + 1 - len(data))
        if not data or len(data) > MAX_MEDIA_BYTES:
            raise web.HTTPBadRequest(text="send 1 byte to 20 MiB")
        return web.json_response({"media_id": self._world.media.put(data, request.content_type, kind="image")})


def _sent(path: Path) -> web.Response:
    return web.Response(
        body=path.read_bytes(), content_type=CONTENT_TYPES[path.suffix], charset="utf-8", headers=HEADERS
    )
