"""The pages that settle who somebody is: a scanned QR to confirm, a forgotten password to set anew (F5, F9)."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot.h5.agreeing import BIND, agreed_in, asked_for
from bot.h5.backend import Refused
from bot.h5.done import BOUND, RESET, go_to_done, show_done
from bot.h5.routes import PORTS, SESSIONS, form_of, going_on, page, session_of
from bot.h5.sentences import sentence_for
from bot.h5.session import PageSession


def add_who_pages(router: web.UrlDispatcher) -> None:
    router.add_get("/confirm", show_confirm)
    router.add_post("/confirm", confirm)
    router.add_get("/bind/forgot", show_forgot)
    router.add_post("/bind/forgot", forgot)
    router.add_get("/bind/reset", show_reset)
    router.add_post("/bind/reset", reset)


async def show_confirm(request: web.Request) -> web.StreamResponse:
    session = session_of(request, "confirm")
    return await show_done(request) if session.done == BOUND else await _confirm_page(request, session)


async def confirm(request: web.Request) -> web.StreamResponse:
    """“是我”: the end of the ID number, the ticks, and, where it applies, that the WeChat account changes."""
    session = session_of(request, "confirm")
    ports, form = request.app[PORTS], await form_of(request, session)
    purposes = await asked_for(request, BIND, form)
    told = {
        "id_tail": form.get("id_tail", "").strip(),
        "agreed": agreed_in(form, purposes),
        "change_account": form.get("change") == "yes",
    }
    if not told["id_tail"]:
        return await _confirm_page(request, session, error="proof_missing", told=told, purposes=purposes)
    try:
        await ports.backend.post(session, "binding-offer", told, go_on=going_on(session))
    except Refused as refused:
        if refused.code == "offer_gone":
            raise
        return await _confirm_page(
            request, session, error=refused.code, facts=refused.facts, told=told, purposes=purposes
        )
    return go_to_done(request, session, BOUND)


async def _confirm_page(
    request: web.Request,
    session: PageSession,
    *,
    error: str | None = None,
    facts: Any = None,
    told: dict[str, Any] | None = None,
    purposes: list[dict[str, Any]] | None = None,
) -> web.Response:
    offer = await request.app[PORTS].backend.get(session, "binding-offer")
    return page(
        request,
        "confirm.html",
        csrf=request.app[SESSIONS].csrf(session),
        name=offer["name"],
        moves=offer["moves"],
        told=told or {},
        purposes=purposes if purposes is not None else await asked_for(request, BIND),
        error=sentence_for(error, facts or {}) if error else None,
        status=422 if error else 200,
    )


async def show_forgot(request: web.Request) -> web.StreamResponse:
    session = session_of(request, "bind")
    return _forgot_page(request, session, step=(request.query.get("step") == "code" and "code") or "ask")


async def forgot(request: web.Request) -> web.StreamResponse:
    """User name and phone; the answer is the same whether they fit or not."""
    session = session_of(request, "bind")
    form = await form_of(request, session)
    told = {"username": form.get("username", "").strip(), "phone": form.get("phone", "").strip()}
    if not all(told.values()):
        return _forgot_page(request, session, step="ask", told=told, error="name_and_phone_needed")
    try:
        await request.app[PORTS].backend.post(session, "password/code", told)
    except Refused as refused:
        return _forgot_page(request, session, step="ask", told=told, error=refused.code, facts=refused.facts)
    return _forgot_page(request, session, step="code", told=told, sent=True)


async def show_reset(request: web.Request) -> web.StreamResponse:
    """Where a reload or the back button can lead."""
    return _forgot_page(request, session_of(request, "bind"), step="code")


async def reset(request: web.Request) -> web.StreamResponse:
    """The code and a new password; what was typed stays, except the password."""
    session = session_of(request, "bind")
    form = await form_of(request, session)
    told = {"username": form.get("username", "").strip(), "code": form.get("code", "").strip()}
    password = form.get("password", "")
    if not all(told.values()) or not password:
        return _forgot_page(request, session, step="code", told=told, error="code_and_password_needed")
    try:
        await request.app[PORTS].backend.post(session, "password", {**told, "password": password})
    except Refused as refused:
        return _forgot_page(request, session, step="code", told=told, error=refused.code, facts=refused.facts)
    return go_to_done(request, session, RESET)


def _forgot_page(
    request: web.Request,
    session: PageSession,
    *,
    step: str,
    told: dict[str, str] | None = None,
    error: str | None = None,
    facts: Any = None,
    sent: bool = False,
) -> web.Response:
    return page(
        request,
        "forgot.html",
        csrf=request.app[SESSIONS].csrf(session),
        step=step,
        told=told or {},
        sent=sent,
        error=sentence_for(error, facts or {}) if error else None,
        status=422 if error else 200,
    )
