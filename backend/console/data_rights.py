"""Decisions on erasures, from the page of tasks; and the page of who opened what of a case."""

from __future__ import annotations

from aiohttp import web

from backend.console import words
from backend.console.tasks import page_of_tasks
from backend.console.web import office, render, signed_in, text_of
from backend.services.staff.data_rights import decide_erasure, looks_of
from backend.services.staff.refusals import StaffRefusal


def add_data_rights_routes(routes: web.UrlDispatcher) -> None:
    routes.add_post("/tasks/{task_id}/erasure", decide)
    routes.add_get("/cases/{case_no}/looks", looks)


async def decide(request: web.Request) -> web.StreamResponse:
    erase, reason = text_of(request, "decision") == "erase", text_of(request, "result")
    task_id = request.match_info["task_id"]
    try:
        await decide_erasure(office(request), signed_in(request), task_id, erase=erase, reason=reason)
    except StaffRefusal as refusal:
        return await page_of_tasks(request, sentence=words.for_refusal(refusal))
    raise web.HTTPSeeOther("/console/tasks")


async def looks(request: web.Request) -> web.StreamResponse:
    case_no = request.match_info["case_no"]
    return render(request, "looks.html", case_no=case_no, looks=await looks_of(office(request), case_no))
