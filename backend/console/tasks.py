"""The page of things that a person has to do."""

from __future__ import annotations

from aiohttp import web

from backend.console import words
from backend.console.web import office, render, signed_in, text_of
from backend.services.staff.refusals import StaffRefusal
from backend.services.staff.tasks import finish_task, take_task
from backend.services.staff.tasks import tasks as find_tasks


async def show(request: web.Request) -> web.StreamResponse:
    return await page_of_tasks(request)


async def take(request: web.Request) -> web.StreamResponse:
    try:
        await take_task(office(request), signed_in(request), request.match_info["task_id"])
    except StaffRefusal as refusal:
        return await page_of_tasks(request, sentence=words.for_refusal(refusal))
    raise web.HTTPSeeOther("/console/tasks")


async def finish(request: web.Request) -> web.StreamResponse:
    result = text_of(request, "result")
    try:
        await finish_task(office(request), signed_in(request), request.match_info["task_id"], result=result)
    except StaffRefusal as refusal:
        return await page_of_tasks(request, sentence=words.for_refusal(refusal))
    raise web.HTTPSeeOther("/console/tasks")


async def page_of_tasks(request: web.Request, *, sentence: str = "") -> web.StreamResponse:
    done = request.query.get("done") == "1"
    found = await find_tasks(office(request), done=done)
    status = 409 if sentence else 200
    return render(
        request, "tasks.html", tasks=found.lines, count=found.count, done=done, sentence=sentence, status=status
    )
