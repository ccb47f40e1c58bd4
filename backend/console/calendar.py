"""The calendar pages: weeks with seats, closures and holidays, and the list of a day."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import date, timedelta
from urllib.parse import urlencode

from aiohttp import web

from backend.console import words
from backend.console.web import office, render, signed_in, text_of
from backend.domain.errors import DomainError
from backend.services.staff import calendar_changes, calendar_week, visiting
from backend.services.staff.calendar import WEEKS, calendar_page, day_page
from backend.services.staff.calendar_week import WeekForm
from backend.services.staff.refusals import CalendarUnknown, DaysWrong, SeatsWrong, StaffRefusal

Act = Callable[[web.Request, str], Awaitable[None]]


def add_calendar_routes(routes: web.UrlDispatcher) -> None:
    routes.add_get("/calendar", show)
    routes.add_get("/calendar/day", show_day)
    routes.add_post("/calendar/closures", close_days)
    routes.add_post("/calendar/closures/{closure_id}/open", open_days)
    routes.add_post("/calendar/slots/{slot_id}", change_seats)
    routes.add_post("/calendar/weeks/{calendar_id}", change_week)
    routes.add_post("/calendar/visits/{visit_id}", mark)


async def show(request: web.Request) -> web.StreamResponse:
    return await _weeks(request)


async def show_day(request: web.Request) -> web.StreamResponse:
    return await _day(request)


async def close_days(request: web.Request) -> web.StreamResponse:
    async def act(request: web.Request, token: str) -> None:
        first = _date(text_of(request, "first"))
        last = _date(text_of(request, "last")) or first
        if first is None or last is None:
            raise DaysWrong
        calendar_id, reason = text_of(request, "where") or None, text_of(request, "reason")
        await calendar_changes.close_days(
            office(request), signed_in(request), token=token, calendar_id=calendar_id, first=first, last=last,
            reason=reason,
        )  # fmt: skip

    return await then_weeks(request, act)


async def open_days(request: web.Request) -> web.StreamResponse:
    async def act(request: web.Request, token: str) -> None:
        closure_id = request.match_info["closure_id"]
        await calendar_changes.open_days(office(request), signed_in(request), token=token, closure_id=closure_id)

    return await then_weeks(request, act)


async def change_seats(request: web.Request) -> web.StreamResponse:
    async def act(request: web.Request, token: str) -> None:
        slot_id, seats = request.match_info["slot_id"], number_of(request, "seats")
        await calendar_changes.change_seats(
            office(request), signed_in(request), token=token, slot_id=slot_id, seats=seats
        )

    return await then_weeks(request, act)


async def change_week(request: web.Request) -> web.StreamResponse:
    async def act(request: web.Request, token: str) -> None:
        await calendar_week.change_week(
            office(request), signed_in(request), week_of(request), token=token,
            calendar_id=request.match_info["calendar_id"],
        )  # fmt: skip

    return await then_weeks(request, act)


async def mark(request: web.Request) -> web.StreamResponse:
    """已到场 or 未到场, then the day's list again."""
    try:
        await visiting.mark_on_list(
            office(request), signed_in(request), visit_id=request.match_info["visit_id"],
            case_no=text_of(request, "case_no"), came=text_of(request, "came") == "yes", token=one_time_token(request),
        )  # fmt: skip
    except (StaffRefusal, DomainError) as refusal:
        return await _day(request, sentence=words.for_refusal(refusal))
    raise web.HTTPSeeOther(f"/console/calendar/day?{_place(request, 'day')}")


async def then_weeks(request: web.Request, act: Act) -> web.StreamResponse:
    try:
        await act(request, one_time_token(request))
    except (StaffRefusal, DomainError) as refusal:
        return await _weeks(request, sentence=words.for_refusal(refusal))
    raise web.HTTPSeeOther(f"/console/calendar?{_place(request, 'week')}")


async def _weeks(request: web.Request, *, sentence: str = "") -> web.StreamResponse:
    try:
        page = await calendar_page(
            office(request), calendar_id=_told(request, "calendar"), week=_day_told(request, "week")
        )
    except CalendarUnknown as refusal:
        return _nothing(request, refusal)
    around = {"before": page.monday - timedelta(weeks=WEEKS), "after": page.monday + timedelta(weeks=WEEKS)}
    status = 409 if sentence else 200
    districts = [one.name for one in office(request).parts.catalogues.current().districts.values()]
    return render(
        request, "calendar.html", page=page, around=around, districts=districts, sentence=sentence, status=status
    )


async def _day(request: web.Request, *, sentence: str = "") -> web.StreamResponse:
    try:
        page = await day_page(office(request), calendar_id=_told(request, "calendar"), day=_day_told(request, "day"))
    except CalendarUnknown as refusal:
        return _nothing(request, refusal)
    around = {"before": page.day - timedelta(days=1), "after": page.day + timedelta(days=1)}
    status = 409 if sentence else 200
    return render(request, "calendar_day.html", page=page, around=around, sentence=sentence, status=status)


def _nothing(request: web.Request, refusal: CalendarUnknown) -> web.Response:
    title, sentence = words.TITLES[404], words.for_refusal(refusal)
    return render(request, "error.html", status=404, title=title, sentence=sentence)


def _told(request: web.Request, name: str) -> str | None:
    """From the form after a step, from the address otherwise."""
    told = text_of(request, name) if request.method == "POST" else request.query.get(name, "")
    return told[:64] or None


def _day_told(request: web.Request, name: str) -> date | None:
    return _date(_told(request, name) or "")


def _place(request: web.Request, name: str) -> str:
    day = _day_told(request, name)
    told = {"calendar": _told(request, "calendar"), name: day.isoformat() if day else None}
    return urlencode({key: value for key, value in told.items() if value})


def _date(told: str) -> date | None:
    """Years that a calendar can add weeks to."""
    with suppress(ValueError):
        day = date.fromisoformat(told)
        return day if 2000 <= day.year <= 2100 else None
    return None


def number_of(request: web.Request, name: str) -> int:
    """A number that a form may carry; raises SeatsWrong."""
    told = text_of(request, name).strip()
    if not (told.isascii() and told.isdecimal() and len(told) <= 4):
        raise SeatsWrong(calendar_changes.MOST_SEATS)
    return int(told)


def week_of(request: web.Request) -> WeekForm:
    """The week as it was filled in; days ahead that are no number are 0, which nobody accepts."""
    ahead = text_of(request, "ahead_days").strip()
    days = int(ahead) if ahead.isascii() and ahead.isdecimal() and len(ahead) <= 3 else 0
    return WeekForm({day: text_of(request, f"day{day}") for day in range(7)}, days, text_of(request, "cut_off"))


def one_time_token(request: web.Request) -> str:
    token = text_of(request, "token")
    if not 16 <= len(token) <= 64:
        raise web.HTTPBadRequest
    return token
