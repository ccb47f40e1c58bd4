"""Which address leads to which page of the console."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from aiohttp import web

from backend.console import actions, cases, files, ledger, sign_in, tasks
from backend.console.calendar import add_calendar_routes
from backend.console.calendar_places import add_calendar_place_routes
from backend.console.content import add_content_routes
from backend.console.data_rights import add_data_rights_routes
from backend.console.employers import add_employer_routes
from backend.console.people import add_people_routes
from backend.console.team import add_team_routes
from backend.console.web import csrf, kind_errors, safe_headers, sessions, set_up_templates
from runtime.assets import add_vendor_files

STATIC: Final = Path(__file__).parent / "static"


def add_routes(app: web.Application) -> None:
    """Mount the console under /console; `app[OFFICE]` must be set before the first request."""
    console = web.Application(middlewares=[safe_headers, kind_errors, sessions, csrf])
    set_up_templates(console)
    routes = console.router
    routes.add_get("", _home)
    routes.add_get("/", _home)
    routes.add_get("/sign-in", sign_in.show)
    routes.add_post("/sign-in", sign_in.enter)
    routes.add_post("/sign-out", sign_in.leave)
    routes.add_get("/queue", cases.queue)
    routes.add_get("/find", cases.find)
    routes.add_get("/cases/{case_no}", cases.show)
    routes.add_get("/cases/{case_no}/files/{file_id}", files.show)
    routes.add_post("/cases/{case_no}/reveal/{what}", files.reveal_secret)
    routes.add_post("/cases/{case_no}/take", actions.take)
    routes.add_post("/cases/{case_no}/items/{code}/pass", actions.pass_one)
    routes.add_post("/cases/{case_no}/items/{code}/reject", actions.reject_one)
    routes.add_post("/cases/{case_no}/pieces/reject", actions.reject_pieces)
    routes.add_post("/cases/{case_no}/events/{event}", actions.happen)
    routes.add_post("/cases/{case_no}/messages", actions.say)
    add_calendar_routes(routes)
    add_calendar_place_routes(routes)
    add_employer_routes(routes)
    add_people_routes(routes)
    add_team_routes(routes)
    add_content_routes(routes)
    add_data_rights_routes(routes)
    routes.add_get("/tasks", tasks.show)
    routes.add_post("/tasks/{task_id}/take", tasks.take)
    routes.add_post("/tasks/{task_id}/done", tasks.finish)
    routes.add_get("/ledger", ledger.month)
    routes.add_get("/ledger/months/{month}.csv", ledger.month_csv)
    routes.add_get("/ledger/days/{day}.csv", ledger.day_csv)
    routes.add_get("/ledger/days/{day}", ledger.day)
    routes.add_post("/cases/{case_no}/refund", actions.refund)
    routes.add_post("/cases/{case_no}/invoice/issued", actions.issue_invoice)
    routes.add_post("/cases/{case_no}/invoice/failed", actions.fail_invoice)
    routes.add_post("/cases/{case_no}/invoice/change", actions.answer_invoice_change)
    routes.add_post("/cases/{case_no}/slip", actions.replace_slip)
    add_vendor_files(console, prefix="/static/vendor/")
    routes.add_static("/static/", STATIC)
    app.add_subapp("/console", console)


async def _home(_request: web.Request) -> web.StreamResponse:
    raise web.HTTPFound("/console/queue")
