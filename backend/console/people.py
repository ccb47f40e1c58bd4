"""An applicant's page: the QR to bind by, a code for a new password, signing out of a lost phone."""

from __future__ import annotations

import base64

from aiohttp import web

from backend.console import words
from backend.console.web import office, render, signed_in, text_of
from backend.services.staff import people
from backend.services.staff.refusals import PersonUnknown, StaffRefusal


def add_people_routes(routes: web.UrlDispatcher) -> None:
    routes.add_get("/people", find)
    routes.add_post("/people", look_up)
    routes.add_get("/people/{applicant_id}", show)
    routes.add_post("/people/{applicant_id}/qr", show_qr)
    routes.add_post("/people/{applicant_id}/reset-code", tell_code)
    routes.add_post("/people/{applicant_id}/unbind", unbind)


async def find(request: web.Request) -> web.StreamResponse:
    """Only what is typed in a form of the page leads to a person; an ID number never stands in an address."""
    case_no = request.query.get("case", "")[:40]
    if not case_no:
        return render(request, "people.html", sentence="")
    try:
        applicant_id = await people.find_person(office(request), case_no)
    except PersonUnknown as refusal:
        return render(request, "people.html", sentence=words.for_refusal(refusal), status=404)
    raise web.HTTPSeeOther(f"/console/people/{applicant_id}")


async def look_up(request: web.Request) -> web.StreamResponse:
    try:
        applicant_id = await people.find_person(office(request), text_of(request, "q")[:40])
    except PersonUnknown as refusal:
        return render(request, "people.html", sentence=words.for_refusal(refusal), status=404)
    raise web.HTTPSeeOther(f"/console/people/{applicant_id}")


async def show(request: web.Request) -> web.StreamResponse:
    return await _page(request)


async def show_qr(request: web.Request) -> web.StreamResponse:
    try:
        qr = await people.issue_qr(office(request), signed_in(request), request.match_info["applicant_id"])
    except PersonUnknown:
        raise
    except StaffRefusal as refusal:
        return await _page(request, sentence=words.for_refusal(refusal))
    picture = f"data:{qr.media_type};base64,{base64.b64encode(qr.picture).decode()}"
    return await _page(request, qr=picture, qr_until=qr.until)


async def tell_code(request: web.Request) -> web.StreamResponse:
    who, applicant_id = signed_in(request), request.match_info["applicant_id"]
    code, until = await people.issue_reset_code(office(request), who, applicant_id)
    return await _page(request, code=f"{code[:4]}-{code[4:]}", code_until=until)


async def unbind(request: web.Request) -> web.StreamResponse:
    who, applicant_id = signed_in(request), request.match_info["applicant_id"]
    try:
        await people.unbind_person(office(request), who, applicant_id, reason=text_of(request, "reason"))
    except PersonUnknown:
        raise
    except StaffRefusal as refusal:
        return await _page(request, sentence=words.for_refusal(refusal))
    raise web.HTTPSeeOther(f"/console/people/{applicant_id}")


async def _page(request: web.Request, *, sentence: str = "", **shown: object) -> web.Response:
    person = await people.person_page(office(request), request.match_info["applicant_id"])
    once = {"qr": "", "qr_until": None, "code": "", "code_until": None, **shown}
    return render(request, "person.html", person=person, sentence=sentence, status=409 if sentence else 200, **once)
