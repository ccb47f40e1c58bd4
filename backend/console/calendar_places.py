"""Calendars as such: a further one is added, its place and its districts change, it goes out of use and back."""

from __future__ import annotations

from aiohttp import web

from backend.console import words
from backend.console.calendar import number_of, one_time_token, then_weeks, week_of
from backend.console.web import SEVERAL, office, render, signed_in, text_of
from backend.domain.calendars import AppointmentKind
from backend.domain.errors import DomainError
from backend.services.staff import calendar_places
from backend.services.staff.calendar_places import PlaceForm
from backend.services.staff.refusals import CalendarWrong, SeatsWrong, StaffRefusal


def add_calendar_place_routes(routes: web.UrlDispatcher) -> None:
    routes.add_get("/calendar/new", show_new)
    routes.add_post("/calendar/new", add)
    routes.add_post("/calendar/places/{calendar_id}", change)
    routes.add_post("/calendar/places/{calendar_id}/use", use)


async def show_new(request: web.Request) -> web.StreamResponse:
    return _new(request)


async def add(request: web.Request) -> web.StreamResponse:
    try:
        calendar_id = await calendar_places.add_calendar(
            office(request), signed_in(request), _place(request), week_of(request), token=one_time_token(request),
            kind=text_of(request, "kind"),
        )  # fmt: skip
    except (StaffRefusal, DomainError) as refusal:
        return _new(request, sentence=words.for_refusal(refusal))
    raise web.HTTPSeeOther(f"/console/calendar?calendar={calendar_id}")


async def change(request: web.Request) -> web.StreamResponse:
    async def act(request: web.Request, token: str) -> None:
        await calendar_places.change_place(
            office(request), signed_in(request), _place(request), token=token,
            calendar_id=request.match_info["calendar_id"],
        )  # fmt: skip

    return await then_weeks(request, act)


async def use(request: web.Request) -> web.StreamResponse:
    """停用, or 重新启用."""

    async def act(request: web.Request, token: str) -> None:
        await calendar_places.set_in_use(
            office(request), signed_in(request), token=token, calendar_id=request.match_info["calendar_id"],
            active=text_of(request, "active") == "yes",
        )  # fmt: skip

    return await then_weeks(request, act)


def _place(request: web.Request) -> PlaceForm:
    try:
        hours = number_of(request, "offer_hours")
    except SeatsWrong:
        raise CalendarWrong(what="候补保留时间") from None
    return PlaceForm(
        place=text_of(request, "place"),
        bring=text_of(request, "bring"),
        seats=number_of(request, "seats"),
        offer_hours=hours,
        districts=[name for name in text_of(request, "districts").split(SEVERAL) if name],
    )


def _new(request: web.Request, *, sentence: str = "") -> web.Response:
    return render(
        request, "calendar_new.html", sentence=sentence, status=409 if sentence else 200,
        kinds={one.value: one.label for one in AppointmentKind},
        districts=[one.name for one in office(request).parts.catalogues.current().districts.values()],
    )  # fmt: skip
