"""The page of employer accounts (立户): everybody sees it, managers change it."""

from __future__ import annotations

from aiohttp import web

from backend.console import words
from backend.console.web import office, render, signed_in, text_of
from backend.services.staff.employers import UNIT_KINDS, EmployerForm, employers_page, save_employer
from backend.services.staff.refusals import StaffRefusal


def add_employer_routes(routes: web.UrlDispatcher) -> None:
    routes.add_get("/employers", show)
    routes.add_post("/employers", save)
    routes.add_post("/employers/{employer_id}", save)


async def show(request: web.Request) -> web.StreamResponse:
    return await _page(request)


async def save(request: web.Request) -> web.StreamResponse:
    """Add an account, or change the one that the address names."""
    form = EmployerForm(
        name=text_of(request, "name"),
        uscc=text_of(request, "uscc"),
        district=text_of(request, "district"),
        unit_kind=text_of(request, "unit_kind"),
        quota=text_of(request, "quota"),
        active=text_of(request, "active") == "yes",
    )
    employer_id = request.match_info.get("employer_id", "")
    try:
        await save_employer(
            office(request), signed_in(request), form, token=text_of(request, "token"), employer_id=employer_id
        )
    except StaffRefusal as refusal:
        return await _page(request, sentence=words.for_refusal(refusal))
    raise web.HTTPSeeOther("/console/employers")


async def _page(request: web.Request, *, sentence: str = "") -> web.StreamResponse:
    page = await employers_page(office(request))
    status = 409 if sentence else 200
    return render(request, "employers.html", page=page, kinds=UNIT_KINDS, sentence=sentence, status=status)
