"""The queue and the page of one case."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from aiohttp import web

from backend.console.web import is_htmx, office, render, signed_in
from backend.domain.case import Event, Stage
from backend.services.staff.case_page import case_page
from backend.services.staff.queue import LANES, Lane, find_case, queue_of

LANE_LABELS: Final = (
    (Lane.OURS, "等我们处理"),
    (Lane.BUREAU, "等人社局"),
    (Lane.APPLICANT, "等申请人"),
    (Lane.CLOSED, "已结束"),
)


async def queue(request: web.Request) -> web.StreamResponse:
    """Unknown filters are left out, so that an old bookmark still opens."""
    lane, stage, page = Lane.OURS, None, 1
    with suppress(ValueError):
        lane = Lane(request.query.get("lane", Lane.OURS))
    with suppress(ValueError):
        stage = Stage(request.query.get("stage", ""))
    with suppress(ValueError):
        page = int(request.query.get("page", "1"))
    if stage is not None and stage not in LANES[lane]:
        stage = None
    found = await queue_of(office(request), lane=lane, stage=stage, page=page)
    return render(request, "queue.html", queue=found, lanes=LANE_LABELS, sentence="")


async def find(request: web.Request) -> web.StreamResponse:
    """Straight to the case; when there is none, the queue says so."""
    case_no = await find_case(office(request), request.query.get("q", "")[:40])
    if case_no is not None:
        raise web.HTTPSeeOther(f"/console/cases/{case_no}")
    found = await queue_of(office(request))
    sentence = "没有找到这个申请编号，请核对后再试；也可以只输入末尾几位数字。"
    return render(request, "queue.html", queue=found, lanes=LANE_LABELS, sentence=sentence)


async def show(request: web.Request) -> web.StreamResponse:
    return await show_case(request)


def _stored(_action: str, _name: str, stored: object = "") -> object:
    return stored


FRESH: Final[Mapping[str, Any]] = {"filled": _stored, "again": lambda _action: False}


async def show_case(request: web.Request, *, sentence: str = "", is_bad: bool = False) -> web.StreamResponse:
    """The whole page, or its body alone when htmx asks."""
    page = await case_page(office(request), signed_in(request), request.match_info["case_no"])
    template = "_case.html" if is_htmx(request) else "case.html"
    # What was typed stays after a refusal; what was done is not offered again.
    kept = {} if is_bad else FRESH
    return render(request, template, page=page, E=Event, sentence=sentence, is_bad=is_bad, **kept)


async def show_decided(request: web.Request, *, sentence: str = "") -> web.StreamResponse:
    """What one decision changes, so that the photos on the page stay: the item's state, head, steps and history."""
    page = await case_page(office(request), signed_in(request), request.match_info["case_no"])
    item = next(item for item in page.items if item.code == request.match_info["code"])
    return render(request, "_decided.html", page=page, E=Event, item=item, **FRESH)
