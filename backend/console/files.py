"""The bytes of a case's files, and what is masked until somebody asks; both are written down."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from backend.console.web import office, render, signed_in
from backend.services.staff.looking import Secret, look_at_file, reveal

# A picture or a PDF from outside: it may show itself, and nothing else.
FILE_CSP: Final = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"


async def show(request: web.Request) -> web.StreamResponse:
    seen = await look_at_file(
        office(request),
        signed_in(request),
        case_no=request.match_info["case_no"],
        file_id=request.match_info["file_id"],
    )
    ending = {"application/pdf": "pdf", "image/png": "png"}.get(seen.media_type, "jpg")
    return web.Response(
        body=seen.content,
        content_type=seen.media_type,
        headers={
            "Content-Security-Policy": FILE_CSP,
            "Content-Disposition": f'inline; filename="{request.match_info["case_no"]}.{ending}"',
        },
    )


async def reveal_secret(request: web.Request) -> web.StreamResponse:
    try:
        what = Secret(request.match_info["what"])
    except ValueError:
        raise web.HTTPNotFound from None
    shown = await reveal(office(request), signed_in(request), case_no=request.match_info["case_no"], what=what)
    return render(request, "_revealed.html", shown=shown)
