"""What a page shows after its form has done its work: a page of its own, so that reloading it sends nothing again."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from aiohttp import web

from bot.h5 import sentences
from bot.h5.routes import PORTS, SESSIONS, message_page, page
from bot.h5.session import NoSession, PageSession

BOUND: Final = "bound"
SAVED: Final = "saved"
RESET: Final = "reset"
TITLES: Final = {BOUND: "绑定好了", SAVED: "已保存"}


def add_done_page(router: web.UrlDispatcher) -> None:
    router.add_get("/done", show_done)


def go_to_done(request: web.Request, session: PageSession, what: str) -> web.Response:
    """Lead there; the session remembers `what`, so nobody is told of something that was not done."""
    response = web.Response(status=303, headers={"Location": "/h5/done"})
    now = request.app[PORTS].clock.now()
    request.app[SESSIONS].put(response, replace(session, done=what), now=now)
    return response


async def show_done(request: web.Request) -> web.Response:
    session = request.app[SESSIONS].read(request, now=request.app[PORTS].clock.now())
    if session.done == RESET:
        return page(request, "reset_done.html")
    if session.done not in TITLES:
        raise NoSession
    return message_page(request, TITLES[session.done], (sentences.CHAT_GOES_ON,), good=True)
