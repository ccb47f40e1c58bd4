"""Serves the front-end files of other makers, fetched at set-up from the npm lock, from our own origin."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from aiohttp import web

MODULES: Final = Path(__file__).resolve().parent.parent / "deploy" / "web" / "node_modules"
VENDOR: Final = {
    "weui.min.css": "weui/dist/style/weui.min.css",
    "cropper.min.js": "cropperjs/dist/cropper.min.js",
    "cropper.min.css": "cropperjs/dist/cropper.min.css",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
}


def add_vendor_files(app: web.Application, *, prefix: str = "/static/vendor/") -> None:
    """Route `prefix` + each name of `VENDOR` to its file; only these files are reachable."""

    async def send(request: web.Request) -> web.StreamResponse:
        inside = VENDOR.get(request.match_info["name"])
        if inside is None or not (MODULES / inside).is_file():
            raise web.HTTPNotFound()
        return web.FileResponse(MODULES / inside, headers={"Cache-Control": "public, max-age=86400"})

    app.router.add_get(prefix + "{name}", send)
