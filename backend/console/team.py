"""The manager's page of colleagues, the link by which a password is set, and one's own password."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from backend.console import words
from backend.console.sign_in import form_token, with_form_cookie
from backend.console.web import SESSION_COOKIE, office, render, signed_in, text_of
from backend.services.staff import team
from backend.services.staff.refusals import InvitationGone, NotAllowed, StaffRefusal


def add_team_routes(routes: web.UrlDispatcher) -> None:
    routes.add_get("/team", show)
    routes.add_post("/team", add)
    routes.add_post("/team/{staff_id}/reset", reset)
    routes.add_post("/team/{staff_id}/active", set_active)
    routes.add_post("/team/{staff_id}/role", set_role)
    routes.add_get("/invitation/{token}", show_invitation)
    routes.add_post("/invitation/{token}", accept)
    routes.add_get("/password", show_password)
    routes.add_post("/password", change_password)


async def show(request: web.Request) -> web.StreamResponse:
    return await _page(request)


async def add(request: web.Request) -> web.StreamResponse:
    async def act() -> str:
        return await team.add_member(
            office(request), signed_in(request), username=text_of(request, "username"),
            display_name=text_of(request, "display_name"), role=text_of(request, "role"),
        )  # fmt: skip

    return await _with_link(request, act)


async def reset(request: web.Request) -> web.StreamResponse:
    async def act() -> str:
        return await team.reset_password(office(request), signed_in(request), request.match_info["staff_id"])

    return await _with_link(request, act)


async def set_active(request: web.Request) -> web.StreamResponse:
    active = text_of(request, "active") == "yes"
    return await _then_list(
        request, team.set_active(office(request), signed_in(request), request.match_info["staff_id"], active=active)
    )


async def set_role(request: web.Request) -> web.StreamResponse:
    role = text_of(request, "role")
    return await _then_list(
        request, team.set_role(office(request), signed_in(request), request.match_info["staff_id"], role)
    )


async def show_invitation(request: web.Request) -> web.StreamResponse:
    return await _invitation(request)


async def accept(request: web.Request) -> web.StreamResponse:
    try:
        await team.accept_invitation(
            office(request), request.match_info["token"], password=text_of(request, "password")
        )
    except StaffRefusal as refusal:
        return await _invitation(request, refusal)
    raise web.HTTPSeeOther("/console/sign-in")


async def show_password(request: web.Request) -> web.StreamResponse:
    return render(request, "password.html", sentence="", done=False)


async def change_password(request: web.Request) -> web.StreamResponse:
    try:
        await team.change_password(
            office(request), signed_in(request), old=text_of(request, "old"), new=text_of(request, "new"),
            session_token=request.cookies.get(SESSION_COOKIE, ""),
        )  # fmt: skip
    except StaffRefusal as refusal:
        return render(request, "password.html", sentence=words.for_refusal(refusal), done=False, status=422)
    return render(request, "password.html", sentence="", done=True)


async def _with_link(request: web.Request, act: Callable[[], Awaitable[str]]) -> web.StreamResponse:
    """The link is on this page once: it is stored nowhere."""
    try:
        token = await act()
    except NotAllowed:
        raise
    except StaffRefusal as refusal:
        return await _page(request, sentence=words.for_refusal(refusal))
    return await _page(request, link=f"{office(request).parts.public_url.rstrip('/')}/console/invitation/{token}")


async def _then_list(request: web.Request, doing: Awaitable[None]) -> web.StreamResponse:
    try:
        await doing
    except NotAllowed:
        raise
    except StaffRefusal as refusal:
        return await _page(request, sentence=words.for_refusal(refusal))
    raise web.HTTPSeeOther("/console/team")


async def _page(request: web.Request, *, sentence: str = "", link: str = "") -> web.Response:
    found = await team.members(office(request), signed_in(request))
    status = 409 if sentence else 200
    return render(request, "team.html", members=found, sentence=sentence, link=link, status=status)


async def _invitation(request: web.Request, refusal: StaffRefusal | None = None) -> web.Response:
    csrf = form_token(request)
    try:
        username = await team.invited(office(request), request.match_info["token"])
    except InvitationGone as gone:
        return render(request, "error.html", title="链接失效", sentence=words.for_refusal(gone), status=410)
    response = render(
        request, "invitation.html", username=username, sentence=words.for_refusal(refusal) if refusal else "",
        form_csrf=csrf, status=422 if refusal else 200,
    )  # fmt: skip
    with_form_cookie(request, response, csrf)
    return response
