"""The page 我的数据: what is held and until when, who opened it, consents, and the copy to download."""

from __future__ import annotations

from aiohttp import web

from bot.h5.routes import PORTS, page, session_of

PURPOSE = "data"


def add_data_pages(h5: web.Application) -> None:
    h5.router.add_get("/data", show_data)
    h5.router.add_get(r"/data/copy/{number:[A-Za-z0-9]{1,8}}", download_copy)


async def show_data(request: web.Request) -> web.Response:
    session = session_of(request, PURPOSE)
    told = await request.app[PORTS].backend.get(session, "data")
    files = [{**one, "size": _size(int(one["size_bytes"]))} for one in (told.get("export") or {}).get("files") or ()]
    return page(request, "data.html", data=told, files=files)


async def download_copy(request: web.Request) -> web.Response:
    """A ZIP of the copy; who has no session for this purpose gets nothing, whatever the number."""
    session = session_of(request, PURPOSE)
    number = request.match_info["number"]
    content = await request.app[PORTS].backend.copy(session, number)
    headers = {"Content-Disposition": f'attachment; filename="my-data-{number}.zip"'}
    return web.Response(body=content, content_type="application/zip", headers=headers)


def _size(count: int) -> str:
    return f"{count / 1_048_576:.1f} MB" if count >= 1_048_576 else f"{max(1, count // 1024)} KB"
