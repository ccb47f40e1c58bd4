"""The routes of the internal API (contracts.md 3 and 4): read the request, call the use case, write the answer."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Final, TypeVar

from aiohttp import BodyPartReader, web

from backend.domain.photo_crop import Box
from backend.http import models as m
from backend.http.errors import Malformed
from backend.services import (
    bind_offers,
    binding,
    consents,
    credentials,
    exporting,
    files,
    followers,
    forgotten_password,
    links,
    my_data,
    one_inch,
    orders,
    reading,
    uploads,
    who_is,
)
from backend.services.answered_once import Answer, answered_once
from backend.services.commands import run_command
from backend.services.errors import PhotoMissing
from backend.services.going_on import GoOn, let_go_on
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.publishing import texts_after
from backend.services.standing import load_standing

PARTS: Final = web.AppKey("parts", Parts)
OPENID: Final = "{openid:[A-Za-z0-9_-]{1,64}}"
MAX_JSON_BYTES: Final = 256 * 1024
M = TypeVar("M", bound=m.Request)

routes = web.RouteTableDef()
APPLICANT: Final = f"/internal/v1/applicants/{OPENID}"


async def body_of(request: web.Request, model: type[M]) -> M:
    """The JSON body; an absent one counts as `{}`.

    Raises:
        Malformed, ValidationError: answered 422.
    """
    raw = await request.read()
    if len(raw) > MAX_JSON_BYTES:
        raise Malformed("the body is too large", status=413)
    # Read first, so that only JSON's own types reach the model.
    try:
        told = json.loads(raw) if raw.strip() else {}
    except (ValueError, RecursionError) as error:
        raise Malformed("the body is not JSON") from error
    return model.model_validate(told)


def key_of(request: web.Request) -> str:
    """The Idempotency-Key that every command carries."""
    key = request.headers.get("Idempotency-Key", "")
    if not (1 <= len(key) <= 300 and key.isascii() and key.isprintable()):
        raise Malformed("Idempotency-Key is missing or malformed", code="idempotency_key_needed", status=422)
    return key


def as_json(answer: Answer) -> web.Response:
    status, body = answer
    return web.json_response(body, status=status)


@routes.post(APPLICANT + "/commands/{name}")
async def command(request: web.Request) -> web.Response:
    name = request.match_info["name"]
    model = m.COMMAND_BODIES.get(name)
    if model is None:
        raise Malformed("no such command", code="unknown_command", status=404)
    key = key_of(request)
    body = await body_of(request, model)
    parts, openid, case_no = request.app[PARTS], _openid(request), _case_no(request)
    return as_json(await run_command(parts, openid, name, body.model_dump(), key=key, case_no=case_no))


@routes.post(APPLICANT + "/files")
async def receive_file(request: web.Request) -> web.Response:
    key, parts, openid = key_of(request), request.app[PARTS], _openid(request)
    meta, content = await _upload_of(request)
    if hashlib.sha256(content).hexdigest() != meta.sha256:
        raise Malformed("sha256 does not belong to the file")
    new = files.NewFile(meta.kind, meta.source, content, meta.width, meta.height)

    async def act(uow: UnitOfWork) -> Answer:
        await _same_person(uow, request)
        file_id, duplicate_of = await files.receive_file(uow, parts, openid, new)
        return 201, {"file_id": file_id, "duplicate_of": duplicate_of}

    return as_json(await answered_once(parts, openid, key, "file", act))


async def _upload_of(request: web.Request) -> tuple[m.FileMeta, bytes]:
    if not request.content_type.startswith("multipart/"):
        raise Malformed("multipart/form-data is needed")
    meta: m.FileMeta | None = None
    content: bytes | None = None
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader):
                raise Malformed("nested parts are not needed")
            raw = await _read_part(part)
            if part.name == "meta":
                meta = m.FileMeta.model_validate_json(raw)
            elif part.name == "file":
                content = raw
    except (ValueError, AssertionError, RuntimeError) as error:
        raise Malformed("the multipart body cannot be read") from error
    if meta is None or content is None:
        raise Malformed("the parts meta and file are needed")
    return meta, content


async def _read_part(part: BodyPartReader) -> bytes:
    content = bytearray()
    while chunk := await part.read_chunk(64 * 1024):
        content += chunk
        if len(content) > files.MAX_FILE_BYTES:
            raise Malformed("the file is too large", status=413)
    return bytes(content)


@routes.get(APPLICANT + "/files/{file_id}")
async def show_file(request: web.Request) -> web.Response:
    media_type, content = await files.show_file(request.app[PARTS], _openid(request), _word(request, "file_id"))
    return web.Response(body=content, content_type=media_type, headers={"Cache-Control": "no-store"})


@routes.post("/internal/v1/links/redeem")
async def redeem_link(request: web.Request) -> web.Response:
    body = await body_of(request, m.RedeemLink)
    link = await links.redeem_link(request.app[PARTS], body.token, body.openid)
    return web.json_response(
        {
            "link_id": link.id,
            "purpose": link.purpose,
            "openid": link.openid,
            "case_no": link.case_no,
            "expires_at": link.expires_at.isoformat(),
        }
    )


@routes.post("/internal/v1/captchas")
async def draw_captcha(request: web.Request) -> web.Response:
    captcha_id, png = await binding.draw_captcha(request.app[PARTS])
    return web.json_response({"captcha_id": captcha_id, "png_base64": base64.b64encode(png).decode()})


@routes.get("/internal/v1/consents/{page:[A-Za-z0-9_-]{1,64}}")
async def shown_consents(request: web.Request) -> web.Response:
    shown = consents.shown_on(request.app[PARTS], request.match_info["page"])
    return web.json_response({"purposes": shown})


@routes.get("/internal/v1/texts")
async def published_texts(request: web.Request) -> web.Response:
    published, told = request.app[PARTS].published, request.query.get("after", "")
    known = int(told) if told.isascii() and told.isdecimal() and len(told) <= 18 else -1
    if published is None:
        return web.json_response({"number": 0, "texts": {}})
    return web.json_response(texts_after(published, known))


@routes.post(APPLICANT + "/bind")
async def bind(request: web.Request) -> web.Response:
    body = await body_of(request, m.Bind)
    sign_in = binding.SignIn(**body.model_dump())
    name = await binding.bind(request.app[PARTS], _openid(request), sign_in, go_on=_go_on(request))
    return web.json_response({"name": name})


@routes.get(APPLICANT + "/binding-offer")
async def show_offer(request: web.Request) -> web.Response:
    return web.json_response(await bind_offers.scanned_offer(request.app[PARTS], _openid(request)))


@routes.post(APPLICANT + "/binding-offer")
async def confirm_offer(request: web.Request) -> web.Response:
    body = await body_of(request, m.ConfirmOffer)
    told = bind_offers.Confirmation(**body.model_dump())
    name = await bind_offers.confirm_offer(request.app[PARTS], _openid(request), told, go_on=_go_on(request))
    return web.json_response({"name": name})


@routes.post(APPLICANT + "/password/code")
async def send_reset_code(request: web.Request) -> web.Response:
    body = await body_of(request, m.AskResetCode)
    await forgotten_password.ask_for_code(request.app[PARTS], _openid(request), **body.model_dump())
    return web.json_response({"sent": True})


@routes.post(APPLICANT + "/password")
async def set_password(request: web.Request) -> web.Response:
    body = await body_of(request, m.SetPassword)
    await forgotten_password.set_password(request.app[PARTS], _openid(request), **body.model_dump())
    return web.json_response({"set": True})


@routes.post(APPLICANT + "/credentials")
async def give_credentials(request: web.Request) -> web.Response:
    parts, openid = request.app[PARTS], _openid(request)
    body = await body_of(request, m.GiveCredentials)

    async def act(uow: UnitOfWork) -> Answer:
        await _same_person(uow, request)
        await credentials.keep_credentials(uow, parts, openid, **body.model_dump())
        await let_go_on(uow, parts, openid, _go_on(request))
        return 200, {"stored": True}

    return as_json(await answered_once(parts, openid, _key_or_none(request), "credentials", act))


@routes.get(APPLICANT + "/overview")
async def overview(request: web.Request) -> web.Response:
    await _check_person(request)
    return web.json_response(await reading.overview(request.app[PARTS], _openid(request)))


@routes.get(APPLICANT + "/data")
async def my_data_page(request: web.Request) -> web.Response:
    await _check_person(request)
    return web.json_response(await my_data.shown(request.app[PARTS], _openid(request)))


@routes.get(APPLICANT + "/data/copy/{number}")
async def copy_of_data(request: web.Request) -> web.Response:
    await _check_person(request)
    name, content = await exporting.read_copy(request.app[PARTS], _openid(request), _word(request, "number"))
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(body=content, content_type="application/zip", headers=headers)


@routes.get(APPLICANT + "/photo")
async def photo(request: web.Request) -> web.Response:
    parts = request.app[PARTS]
    async with parts.begin() as uow:
        await _same_person(uow, request)
        standing = await load_standing(uow, parts, _openid(request), lock=False)
        kept = standing.photo
    if standing.open_case and kept is None:
        raise PhotoMissing
    return web.json_response(one_inch.photo_json(kept) if kept else {})


@routes.post(APPLICANT + "/photo/crop")
async def crop_photo(request: web.Request) -> web.Response:
    parts, openid = request.app[PARTS], _openid(request)
    box = await body_of(request, m.Crop)

    async def act(uow: UnitOfWork) -> Answer:
        await _same_person(uow, request)
        standing = await load_standing(uow, parts, openid)
        cropped = await one_inch.crop_by_hand(uow, parts, standing, Box(box.x, box.y, box.w, box.h))
        await let_go_on(uow, parts, openid, _go_on(request))
        return 200, one_inch.photo_json(cropped)

    return as_json(await answered_once(parts, openid, _key_or_none(request), "crop", act))


@routes.get(APPLICANT + "/materials")
async def list_materials(request: web.Request) -> web.Response:
    parts = request.app[PARTS]
    async with parts.begin() as uow:
        await _same_person(uow, request)
        standing = await load_standing(uow, parts, _openid(request), lock=False)
    return web.json_response({"items": reading.materials_json(standing) if standing.open_case else []})


@routes.post(APPLICANT + "/materials/{item}/files")
async def add_files(request: web.Request) -> web.Response:
    parts, openid, item = request.app[PARTS], _openid(request), _word(request, "item")
    body = await body_of(request, m.ItemFiles)

    async def act(uow: UnitOfWork) -> Answer:
        await _same_person(uow, request)
        standing = await uploads.attach_all(uow, parts, openid, item, body.file_ids)
        return 200, {"items": reading.materials_json(standing)}

    return as_json(await answered_once(parts, openid, _key_or_none(request), "item_files", act))


@routes.post(APPLICANT + "/pay/prepare")
async def prepare_payment(request: web.Request) -> web.Response:
    await body_of(request, m.Empty)
    await _check_person(request)
    return web.json_response((await orders.prepare_payment(request.app[PARTS], _openid(request))).to_json())


@routes.post(APPLICANT + "/pay/check")
async def check_payment(request: web.Request) -> web.Response:
    await body_of(request, m.Empty)
    await _check_person(request)
    return web.json_response({"paid": await orders.check_payment(request.app[PARTS], _openid(request))})


@routes.post(APPLICANT + "/contacted")
async def contacted(request: web.Request) -> web.Response:
    parts, openid = request.app[PARTS], _openid(request)
    body = await body_of(request, m.Contacted)

    async def act(uow: UnitOfWork) -> Answer:
        await followers.note_contact(uow, parts, openid, body.event, body.scene)
        return 200, {}

    return as_json(await answered_once(parts, openid, _key_or_none(request), "contacted", act))


def _go_on(request: web.Request) -> GoOn | None:
    """What a page wants the chat to do once its work is stored."""
    raw = request.headers.get("X-Go-On")
    if raw is None:
        return None
    wish = m.GoOnWish.model_validate_json(raw)
    return GoOn(wish.key, wish.model_dump(exclude={"key"}, exclude_none=True))


async def _same_person(uow: UnitOfWork, request: web.Request) -> None:
    """Raises `CaseChanged` when the page was opened for a person who is no longer the one talked about."""
    if case_no := _case_no(request):
        await who_is.about_the_current(uow, _openid(request), case_no)


async def _check_person(request: web.Request) -> None:
    async with request.app[PARTS].begin() as uow:
        await _same_person(uow, request)


def _case_no(request: web.Request) -> str | None:
    """The case that the sender had before them; a question or page about another one is out of date."""
    told = request.headers.get("X-Case-No")
    return told if told and len(told) <= 40 else None


def _openid(request: web.Request) -> str:
    return request.match_info["openid"]


def _word(request: web.Request, name: str) -> str:
    value = request.match_info[name]
    if not (value.isascii() and value.isprintable() and len(value) <= 64):
        raise Malformed(f"{name} is malformed", status=404, code="not_found")
    return value


def _key_or_none(request: web.Request) -> str | None:
    return key_of(request) if "Idempotency-Key" in request.headers else None
