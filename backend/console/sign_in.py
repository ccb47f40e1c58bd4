"""The sign-in page and the session cookie."""

from __future__ import annotations

import secrets

from aiohttp import web

from backend.console import words
from backend.console.web import (
    BEFORE_SIGN_IN_COOKIE,
    COOKIES_ARE_SECURE,
    SESSION_COOKIE,
    office,
    render,
    text_of,
)
from backend.services.staff.refusals import Locked, WrongPassword
from backend.services.staff.sign_in import SESSION_LASTS, session_of
from backend.services.staff.sign_in import sign_in as open_session
from backend.services.staff.sign_in import sign_out as close_session


async def show(request: web.Request) -> web.StreamResponse:
    token = request.cookies.get(SESSION_COOKIE, "")
    if token and await session_of(office(request), token):
        raise web.HTTPFound("/console/queue")
    return _page(request)


async def enter(request: web.Request) -> web.StreamResponse:
    """Wrong answers come back to the same page with the user name kept."""
    username = text_of(request, "username")
    try:
        opened = await open_session(office(request), username=username, password=text_of(request, "password"))
    except (WrongPassword, Locked) as refusal:
        return _page(request, sentence=words.for_refusal(refusal), username=username, status=422)
    response = web.HTTPSeeOther("/console/queue")
    _set_cookie(request, response, SESSION_COOKIE, opened.token)
    response.del_cookie(BEFORE_SIGN_IN_COOKIE, path="/console")
    raise response


async def leave(request: web.Request) -> web.StreamResponse:
    await close_session(office(request), request.cookies.get(SESSION_COOKIE, ""))
    response = web.HTTPSeeOther("/console/sign-in")
    response.del_cookie(SESSION_COOKIE, path="/console")
    raise response


def _page(request: web.Request, *, sentence: str = "", username: str = "", status: int = 200) -> web.Response:
    form_csrf = form_token(request)
    response = render(request, "sign_in.html", status=status, sentence=sentence, username=username, form_csrf=form_csrf)
    with_form_cookie(request, response, form_csrf)
    return response


def form_token(request: web.Request) -> str:
    """The token of a form that is sent before signing in."""
    return request.cookies.get(BEFORE_SIGN_IN_COOKIE) or secrets.token_urlsafe(24)


def with_form_cookie(request: web.Request, response: web.StreamResponse, token: str) -> None:
    _set_cookie(request, response, BEFORE_SIGN_IN_COOKIE, token)


def _set_cookie(request: web.Request, response: web.StreamResponse, name: str, value: str) -> None:
    response.set_cookie(
        name,
        value,
        path="/console",
        httponly=True,
        samesite="Lax",
        secure=request.config_dict.get(COOKIES_ARE_SECURE, False),
        max_age=int(SESSION_LASTS.total_seconds()),
    )
