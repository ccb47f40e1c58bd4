"""The manager's pages of content: look, edit, preview, publish, history, go back."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from backend.console import words
from backend.console.web import form, office, render, signed_in, text_of
from backend.domain.errors import DomainError
from backend.services.staff.content import publish
from backend.services.staff.refusals import ContentUnknown, NotAllowed, StaffRefusal

_PIECE = "/content/{kind:[a-z]{1,16}}/{key:[A-Za-z0-9_.-]{1,80}}"


def add_content_routes(routes: web.UrlDispatcher) -> None:
    routes.add_get("/content", show_all)
    routes.add_get("/content/{kind:[a-z]{1,16}}", show_list)
    routes.add_get(_PIECE, show)
    routes.add_post(_PIECE, change)
    routes.add_post(_PIECE + "/back", go_back)


async def show_all(request: web.Request) -> web.StreamResponse:
    page = await publish.content_page(office(request), signed_in(request))
    return render(request, "content.html", page=page)


async def show_list(request: web.Request) -> web.StreamResponse:
    query = request.query.get("q", "")[:40]
    page = await publish.list_page(office(request), signed_in(request), request.match_info["kind"], query)
    return render(request, "content_list.html", page=page)


async def show(request: web.Request) -> web.StreamResponse:
    return await _page(request)


async def change(request: web.Request) -> web.StreamResponse:
    """预览, or 发布 what has been previewed; what was typed stays on the page either way."""
    kind, key, told = request.match_info["kind"], request.match_info["key"], _told(request)
    try:
        shown = await publish.preview(office(request), signed_in(request), kind, key, told)
        if text_of(request, "step") != "publish":
            return await _page(request, preview=shown)
        await publish.publish(
            office(request), signed_in(request), kind, key, told, seen=_number(request, "seen"),
            note=text_of(request, "note"), token=_token(request),
        )  # fmt: skip
    except (ContentUnknown, NotAllowed):
        raise
    except (StaffRefusal, DomainError) as refusal:
        return await _page(request, sentence=words.for_refusal(refusal))
    raise web.HTTPSeeOther(f"/console/content/{kind}/{key}")


async def go_back(request: web.Request) -> web.StreamResponse:
    kind, key = request.match_info["kind"], request.match_info["key"]
    try:
        await publish.go_back(
            office(request), signed_in(request), kind, key, number=_number(request, "number"),
            seen=_number(request, "seen"), token=_token(request),
        )  # fmt: skip
    except (ContentUnknown, NotAllowed):
        raise
    except StaffRefusal as refusal:
        return await _page(request, sentence=words.for_refusal(refusal))
    raise web.HTTPSeeOther(f"/console/content/{kind}/{key}")


async def _page(
    request: web.Request, *, sentence: str = "", preview: publish.Preview | None = None
) -> web.StreamResponse:
    kind, key = request.match_info["kind"], request.match_info["key"]
    page = await publish.edit_page(office(request), signed_in(request), kind, key)
    return render(
        request, "content_edit.html", page=page, action=f"/console/content/{kind}/{key}", sentence=sentence,
        preview=preview, status=409 if sentence else 200,
    )  # fmt: skip


def _told(request: web.Request) -> Mapping[str, str]:
    return {name: value for name, value in form(request).items() if isinstance(value, str)}


def _number(request: web.Request, name: str) -> int:
    told = text_of(request, name)
    if not (told.isascii() and told.isdecimal() and len(told) <= 15):
        raise web.HTTPBadRequest
    return int(told)


def _token(request: web.Request) -> str:
    token = text_of(request, "token")
    if not 16 <= len(token) <= 64:
        raise web.HTTPBadRequest
    return token
