"""The pages of employer accounts (立户): the list, and each with its applicants; managers change them."""

from __future__ import annotations

import base64

from aiohttp import web

from backend.console import words
from backend.console.web import office, render, signed_in, text_of
from backend.services.staff import employer_people
from backend.services.staff.employers import MANUALS, UNIT_KINDS, EmployerForm, employers_page, save_employer
from backend.services.staff.refusals import EmployerUnknown, NotAllowed, StaffRefusal

KINDS = {"kinds": UNIT_KINDS, "manuals": MANUALS}


def add_employer_routes(routes: web.UrlDispatcher) -> None:
    routes.add_get("/employers", show)
    routes.add_post("/employers", save)
    routes.add_get("/employers/{employer_id}", show_one)
    routes.add_post("/employers/{employer_id}", save)
    routes.add_post("/employers/{employer_id}/people", add_people)
    routes.add_post("/employers/{employer_id}/people/{applicant_id}/remove", remove_person)
    routes.add_post("/employers/{employer_id}/qrs", show_qrs)


async def show(request: web.Request) -> web.StreamResponse:
    return await _list(request)


async def show_one(request: web.Request) -> web.StreamResponse:
    return await _one(request)


async def save(request: web.Request) -> web.StreamResponse:
    """Add an account, or change the one that the address names."""
    employer_id = request.match_info.get("employer_id", "")
    token = text_of(request, "token")
    try:
        saved = await save_employer(
            office(request), signed_in(request), _form(request), token=token, employer_id=employer_id
        )
    except (EmployerUnknown, NotAllowed):
        raise
    except StaffRefusal as refusal:
        sentence = words.for_refusal(refusal)
        return await (_one(request, sentence=sentence) if employer_id else _list(request, sentence=sentence))
    raise web.HTTPSeeOther(f"/console/employers/{saved}")


async def add_people(request: web.Request) -> web.StreamResponse:
    """The lines that could not be taken stay in the field, each with its reason."""
    try:
        added = await employer_people.add_people(
            office(request), signed_in(request), request.match_info["employer_id"], text_of(request, "people"),
            token=text_of(request, "token"),
        )  # fmt: skip
    except (EmployerUnknown, NotAllowed):
        raise
    except StaffRefusal as refusal:
        return await _one(request, sentence=words.for_refusal(refusal), left=text_of(request, "people"))
    return await _one(request, added=added, left="\n".join(one.line for one in added.wrong))


async def remove_person(request: web.Request) -> web.StreamResponse:
    employer_id, applicant_id = request.match_info["employer_id"], request.match_info["applicant_id"]
    try:
        await employer_people.remove_person(
            office(request), signed_in(request), employer_id, applicant_id, token=text_of(request, "token")
        )
    except NotAllowed:
        raise
    except StaffRefusal as refusal:
        return await _one(request, sentence=words.for_refusal(refusal))
    raise web.HTTPSeeOther(f"/console/employers/{employer_id}")


async def show_qrs(request: web.Request) -> web.StreamResponse:
    """A sheet to print or to send, shown once."""
    told = text_of(request, "sheet") or "1"
    sheet = int(told) if told.isascii() and told.isdecimal() and 0 < len(told) <= 4 else 1
    try:
        employer, qrs = await employer_people.qr_sheet(
            office(request), signed_in(request), request.match_info["employer_id"], sheet=max(sheet, 1)
        )
    except EmployerUnknown:
        raise
    except StaffRefusal as refusal:
        return await _one(request, sentence=words.for_refusal(refusal))
    pictures = [f"data:{one.media_type};base64,{base64.b64encode(one.picture).decode()}" for one in qrs]
    return render(request, "employer_qrs.html", employer=employer, qrs=list(zip(qrs, pictures, strict=True)))


def _form(request: web.Request) -> EmployerForm:
    return EmployerForm(
        name=text_of(request, "name"),
        uscc=text_of(request, "uscc"),
        district=text_of(request, "district"),
        unit_kind=text_of(request, "unit_kind"),
        quota=text_of(request, "quota"),
        active=text_of(request, "active") == "yes",
        manual=text_of(request, "manual") or "2023",
        fee=text_of(request, "fee"),
        link_code=text_of(request, "link_code"),
        client_no=text_of(request, "client_no"),
        contact_name=text_of(request, "contact_name"),
        contact_phone=text_of(request, "contact_phone"),
    )


async def _list(request: web.Request, *, sentence: str = "") -> web.StreamResponse:
    page = await employers_page(office(request))
    return render(request, "employers.html", page=page, sentence=sentence, status=409 if sentence else 200, **KINDS)


async def _one(
    request: web.Request, *, sentence: str = "", added: employer_people.Added | None = None, left: str = ""
) -> web.StreamResponse:
    told = request.query.get("page", "1")
    number = int(told) if told.isascii() and told.isdecimal() and len(told) <= 6 else 1
    page = await employer_people.employer_page(office(request), request.match_info["employer_id"], page=number)
    districts = [one.name for one in office(request).parts.catalogues.current().districts.values()]
    return render(
        request, "employer.html", page=page, districts=districts, sentence=sentence, added=added, left=left,
        most=employer_people.QRS_A_SHEET, status=409 if sentence else 200, **KINDS,
    )  # fmt: skip
