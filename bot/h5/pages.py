"""The pages themselves: bind, 北京通 credentials, crop, pay, upload, overview."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from aiohttp import web

from bot.h5 import sentences
from bot.h5.agreeing import BIND, CREDENTIALS, agreed_in, asked_for
from bot.h5.backend import Refused
from bot.h5.done import BOUND, SAVED, add_done_page, go_to_done, show_done
from bot.h5.my_data import add_data_pages
from bot.h5.overview import (
    TURNS,
    beijing_time,
    shown_counts,
    shown_downloads,
    shown_file_name,
    shown_item,
    shown_sections,
    shown_way,
)
from bot.h5.routes import (
    PORTS,
    SESSIONS,
    CleanPage,
    InboxAway,
    UploadRefused,
    check_csrf,
    form_of,
    going_on,
    page,
    session_of,
)
from bot.h5.sentences import sentence_for
from bot.h5.session import PageSession
from bot.h5.who import add_who_pages

MOST_PIXELS: Final = 100_000
EXTENSIONS: Final = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "text/calendar": "ics",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
}


def add_pages(h5: web.Application) -> None:
    router = h5.router
    router.add_get("/bind", show_bind)
    router.add_post("/bind", bind)
    add_who_pages(router)
    add_done_page(router)
    router.add_get("/terms", show_terms)
    router.add_get("/help", show_help)
    router.add_get("/credentials", show_credentials)
    router.add_post("/credentials", save_credentials)
    router.add_get("/crop", show_crop)
    router.add_get("/crop/photo", crop_photo)
    router.add_post("/crop", crop)
    router.add_get("/pay", show_pay)
    router.add_post("/pay/check", check_paid)
    router.add_get("/upload", show_upload)
    router.add_post("/upload-done", finish_upload)
    router.add_post(r"/upload/{item:[A-Za-z0-9_-]{1,64}}", upload)
    router.add_get("/overview", show_overview)
    add_data_pages(h5)
    router.add_get(r"/file/{file_id:[A-Za-z0-9_-]{1,64}}", download)


async def show_bind(request: web.Request) -> web.Response:
    session = session_of(request, "bind")
    if session.done == BOUND:
        return await show_done(request)
    purposes = await asked_for(request, BIND)
    return page(request, "bind.html", csrf=request.app[SESSIONS].csrf(session), purposes=purposes)


async def bind(request: web.Request) -> web.StreamResponse:
    """F5–F9: user name, password, captcha after failures, ticks; what was typed stays, except the password."""
    session = session_of(request, "bind")
    ports = request.app[PORTS]
    form = await form_of(request, session)
    purposes = await asked_for(request, BIND, form)
    kept: dict[str, Any] = {"username": form.get("username", "").strip(), "purposes": purposes}
    csrf = request.app[SESSIONS].csrf(session)
    if form.get("refresh"):
        return page(request, "bind.html", csrf=csrf, captcha=await ports.backend.captcha(), **kept)
    if not kept["username"] or not form.get("password"):
        captcha = await ports.backend.captcha() if form.get("captcha_id") else None
        return page(
            request, "bind.html", csrf=csrf, captcha=captcha, error=sentence_for("missing", {}), status=422, **kept
        )
    try:
        await ports.backend.post(
            session,
            "bind",
            {
                "username": kept["username"],
                "password": form["password"],
                "captcha_id": form.get("captcha_id") or None,
                "captcha": form.get("captcha") or None,
                "agreed": agreed_in(form, purposes),
            },
            go_on=going_on(session),
        )
    except Refused as refused:
        needs_captcha = form.get("captcha_id") or refused.code in ("captcha_needed", "captcha_wrong")
        needs_captcha = needs_captcha or bool(refused.facts.get("captcha_next"))
        return page(
            request, "bind.html", csrf=csrf, captcha=await ports.backend.captcha() if needs_captcha else None,
            error=sentence_for(refused.code, _readable(refused.facts)), status=422, **kept,
        )  # fmt: skip
    return go_to_done(request, session, BOUND)


async def show_terms(request: web.Request) -> web.Response:
    terms = [one for one in await asked_for(request, BIND) if one["name"] == "service_terms"]
    return page(request, "terms.html", version=terms[0]["version"] if terms else "")


async def show_help(request: web.Request) -> web.Response:
    return page(request, "help.html")


async def show_credentials(request: web.Request) -> web.Response:
    session = session_of(request, "credentials")
    purposes = await _needed_for_credentials(request)
    return page(request, "credentials.html", csrf=request.app[SESSIONS].csrf(session), purposes=purposes)


async def save_credentials(request: web.Request) -> web.StreamResponse:
    """F21, F22: the 北京通 account, with a consent of its own; never echoed."""
    session = session_of(request, "credentials")
    form = await form_of(request, session)
    csrf = request.app[SESSIONS].csrf(session)
    purposes = await _needed_for_credentials(request, form)
    told = {"username": form.get("username", "").strip(), "password": form.get("password", "")}
    try:
        if not all(told.values()):
            raise Refused(422, "missing")
        await request.app[PORTS].backend.post(
            session, "credentials", {**told, "agreed": agreed_in(form, purposes)}, go_on=going_on(session)
        )
    except Refused as refused:
        if refused.code not in ("missing", "consent_needed"):
            raise
        error = sentence_for(refused.code, {})
        return page(request, "credentials.html", csrf=csrf, purposes=purposes, error=error, status=422)
    return go_to_done(request, session, SAVED)


async def _needed_for_credentials(request: web.Request, form: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """Nothing is kept on this page without its ticks, whatever else works without them."""
    return [{**one, "needed": True} for one in await asked_for(request, CREDENTIALS, form)]


async def show_crop(request: web.Request) -> web.Response:
    session = session_of(request, "crop")
    photo = await request.app[PORTS].backend.get(session, "photo")
    return page(
        request, "crop.html", csrf=request.app[SESSIONS].csrf(session), box=photo.get("box"), width=photo["width"],
        height=photo["height"],
    )  # fmt: skip


async def crop_photo(request: web.Request) -> web.Response:
    session = session_of(request, "crop")
    backend = request.app[PORTS].backend
    photo = await backend.get(session, "photo")
    content, content_type = await backend.file(session.openid, photo["file_id"])
    return web.Response(body=content, content_type=content_type)


async def crop(request: web.Request) -> web.Response:
    """F28: the dragged frame, in the photo's own pixels; 用这张 on the page is 用这张 in the chat."""
    session = session_of(request, "crop")
    check_csrf(request, session, request.headers.get("X-CSRF", ""))
    body = await _json_of(request)
    box = {name: round(body[name]) for name in ("x", "y", "w", "h") if _is_number(body.get(name))}
    go_on = going_on(session, "-".join(map(str, box.values())), payload="photo_accept")
    photo = await request.app[PORTS].backend.post(session, "photo/crop", box, go_on=go_on)
    return web.json_response({**photo, "message": sentences.CHAT_GOES_ON})


async def show_pay(request: web.Request) -> web.Response:
    """F45–F48: what it is, how much, until when; the amount comes from the order only."""
    session = session_of(request, "pay")
    order = await request.app[PORTS].backend.post(session, "pay/prepare", {})
    case_no = session.case_no or order.get("case_no", "")
    return page(
        request, "pay.html", csrf=request.app[SESSIONS].csrf(session), amount=_yuan(int(order["amount_fen"])),
        description=order["description"].replace(case_no, "").strip(), case_no=case_no,
        deadline=beijing_time(order["deadline"]), jsapi=order["jsapi"],
    )  # fmt: skip


async def check_paid(request: web.Request) -> web.Response:
    session = session_of(request, "pay")
    check_csrf(request, session, request.headers.get("X-CSRF", ""))
    answer = await request.app[PORTS].backend.post(session, "pay/check", {})
    return web.json_response(answer)


async def show_upload(request: web.Request) -> web.Response:
    session = session_of(request, "upload")
    listed = await request.app[PORTS].backend.get(session, "materials")
    items = [shown_item(item) for item in listed["items"]]
    return page(request, "upload.html", csrf=request.app[SESSIONS].csrf(session), items=items)


async def upload(request: web.Request) -> web.Response:
    """F41: one file of a material item; a PDF becomes one picture per page."""
    session = session_of(request, "upload")
    check_csrf(request, session, request.headers.get("X-CSRF", ""))
    ports = request.app[PORTS]
    try:
        field = (await request.post()).get("file")
    except web.HTTPRequestEntityTooLarge as error:
        raise UploadRefused("photo_too_large") from error
    if not isinstance(field, web.FileField):
        raise UploadRefused("photo_unreadable")
    item, key = request.match_info["item"], f"h5:{session.link_id}:{_upload_id(request)}"
    if not await ports.may_upload(session.openid, key):
        raise UploadRefused("too_many_uploads")
    pages = await ports.clean_upload(field.file.read())
    ids = [
        await ports.backend.store_file(session, one.content, _meta(one), key=f"{key}:{number}")
        for number, one in enumerate(pages)
    ]
    path = f"materials/{quote(item, safe='')}/files"
    return web.json_response(await ports.backend.post(session, path, {"file_ids": ids}, key=key))


def _upload_id(request: web.Request) -> str:
    """The page names each chosen file once, so that trying it again cannot store it twice."""
    given = request.headers.get("X-Upload", "")
    return given if given.isalnum() and given.isascii() and 8 <= len(given) <= 40 else secrets.token_hex(12)


def _meta(one: CleanPage) -> dict[str, Any]:
    return {"kind": "image", "sha256": one.sha256, "width": one.width, "height": one.height, "source": "h5"}


async def finish_upload(request: web.Request) -> web.Response:
    """传好了: the chat goes on, once for what is uploaded now: one taken back and another one sent is something new."""
    session = session_of(request, "upload")
    check_csrf(request, session, request.headers.get("X-CSRF", ""))
    listed = await request.app[PORTS].backend.get(session, "materials")
    files = sorted(str(file_id) for item in listed["items"] for file_id in item.get("files") or ())
    occasion = hashlib.sha256(" ".join(files).encode()).hexdigest()[:16]
    return web.json_response({"message": await _go_on(request, session, occasion)})


async def show_overview(request: web.Request) -> web.Response:
    """F49: the data (masked), the materials, the progress, the downloads."""
    session = session_of(request, "overview")
    seen = await request.app[PORTS].backend.get(session, "overview")
    materials = [shown_item(item) for item in seen.get("materials") or ()]
    progress = seen.get("progress") or {}
    return page(
        request,
        "overview.html",
        case=seen.get("case"),
        way=shown_way(seen.get("timeline") or ()),
        order=seen.get("order"),
        sections=shown_sections(seen.get("data") or {}),
        steps=progress.get("steps") or (),
        turn=TURNS.get(progress.get("who_acts", "")),
        materials=materials,
        counts=shown_counts(materials),
        downloads=shown_downloads(seen.get("downloads") or ()),
    )


async def download(request: web.Request) -> web.Response:
    session = session_of(request, "overview")
    content, content_type = await request.app[PORTS].backend.file(session.openid, request.match_info["file_id"])
    seen = await request.app[PORTS].backend.get(session, "overview")
    extension = EXTENSIONS.get(content_type, "bin")
    name = f"{shown_file_name(seen.get('downloads') or (), request.match_info['file_id'])}.{extension}"
    disposition = f"attachment; filename=\"gongju.{extension}\"; filename*=UTF-8''{quote(name, safe='')}"
    return web.Response(body=content, content_type=content_type, headers={"Content-Disposition": disposition})


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def _readable(facts: Any) -> dict[str, Any]:
    readable = dict(facts)
    if "until" in readable:
        readable["until"] = beijing_time(str(readable["until"]))
    return readable


async def _go_on(request: web.Request, session: PageSession, occasion: str) -> str:
    """The same where the page's work is stored already; what the applicant reads about it."""
    try:
        await request.app[PORTS].go_on(session.openid, going_on(session, occasion)["key"], {})
    except InboxAway:
        return sentences.GO_ON_YOURSELF
    return sentences.CHAT_GOES_ON


def _is_number(value: object) -> bool:
    """A place in a picture: no text, no NaN, nothing that has more digits than any picture has pixels."""
    return isinstance(value, int | float) and abs(value) <= MOST_PIXELS


async def _json_of(request: web.Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="a JSON object is needed")
    return body
