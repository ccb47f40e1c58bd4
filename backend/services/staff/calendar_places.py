"""Which calendars there are: staff add one, change its place and districts, take it out of use and back (F57)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from backend.domain.calendars import AppointmentKind, Calendar
from backend.services.staff.acting import needed_text
from backend.services.staff.calendar_changes import MOST_SEATS, Change, once
from backend.services.staff.calendar_week import WeekForm, follow_rules, read_week_form
from backend.services.staff.office import Office
from backend.services.staff.refusals import CalendarTaken, CalendarUnknown, CalendarWrong, SeatsWrong
from backend.services.staff.sign_in import SignedIn
from backend.services.visit_records import CalendarRecord

LONGEST_PLACE: Final = 80
LONGEST_BRING: Final = 120
MOST_OFFER_HOURS: Final = 48


@dataclass(frozen=True)
class PlaceForm:
    """A calendar as it was filled in; no district means all of them."""

    place: str
    bring: str
    seats: int
    offer_hours: int
    districts: Sequence[str]


async def add_calendar(
    office: Office, who: SignedIn, place: PlaceForm, week: WeekForm, *, token: str, kind: str
) -> str:
    """A further place with windows of its own, open at once; its id, the same for a form that is sent twice.

    Raises:
        TextNeeded, TextTooLong, SeatsWrong, CalendarWrong, CalendarFaulty, CalendarTaken: nothing has been added.
    """
    place = _checked(office, place)
    if kind not in set(AppointmentKind):
        raise CalendarWrong(what="类型")
    read = read_week_form(week)
    calendar_id = f"cal_{hashlib.sha256(f'{who.staff_id}:{token}'.encode()).hexdigest()[:16]}"
    rules = Calendar(
        id=calendar_id,
        kind=AppointmentKind(kind),
        place=place.place,
        openings=read.openings,
        seats=place.seats,
        bring=place.bring,
        ahead_days=read.ahead_days,
        cut_off=read.cut_off,
        offer_hours=place.offer_hours,
        districts=tuple(place.districts),
    )

    async def step(change: Change) -> None:
        await _nobody_else_there(change, rules)
        fresh = CalendarRecord.of(rules, open_at=change.now)
        await change.uow.calendars.add(fresh)
        counts = await follow_rules(change, fresh)
        await change.audit("calendar_added", calendar=calendar_id, **counts)

    await once(office, who, token, "add_calendar", step)
    return calendar_id


async def change_place(office: Office, who: SignedIn, place: PlaceForm, *, token: str, calendar_id: str) -> None:
    """Where it is, whom it serves, what to bring, and how many seats later windows have; open ones keep theirs.

    Raises:
        TextNeeded, TextTooLong, SeatsWrong, CalendarWrong, CalendarTaken, CalendarUnknown: nothing has been changed.
    """
    place = _checked(office, place)

    async def step(change: Change) -> None:
        record = await _known(change, calendar_id)
        fresh = replace(
            record, place=place.place, bring=place.bring, seats=place.seats, offer_hours=place.offer_hours,
            districts=list(place.districts),
        )  # fmt: skip
        await _nobody_else_there(change, fresh.rules)
        await change.uow.calendars.save(fresh)
        await follow_rules(change, fresh)
        await change.audit("calendar_changed", calendar=calendar_id, seats=place.seats)

    await once(office, who, token, "change_calendar", step)


async def set_in_use(office: Office, who: SignedIn, *, token: str, calendar_id: str, active: bool) -> None:
    """Out of use: nobody new can book there, who has booked still comes. In use again: its week's windows open."""

    async def step(change: Change) -> None:
        record = await _known(change, calendar_id)
        if record.active == active:
            return
        fresh = replace(record, active=active)
        if active:
            await _nobody_else_there(change, fresh.rules)
        await change.uow.calendars.save(fresh)
        counts = await follow_rules(change, fresh)
        await change.audit("calendar_used_again" if active else "calendar_retired", calendar=calendar_id, **counts)

    await once(office, who, token, "set_calendar_in_use", step)


async def _known(change: Change, calendar_id: str) -> CalendarRecord:
    record = await change.uow.calendars.get(calendar_id, lock=True)
    if record is None:
        raise CalendarUnknown
    return record


async def _nobody_else_there(change: Change, rules: Calendar) -> None:
    """Two calendars of one kind at one place would be told apart by nobody."""
    same = await change.uow.calendars.where(kind=rules.kind.value, active=True)
    if any(one.id != rules.id and one.place.strip() == rules.place for one in same):
        raise CalendarTaken


def _checked(office: Office, form: PlaceForm) -> PlaceForm:
    place = needed_text(form.place, longest=LONGEST_PLACE)
    bring = needed_text(form.bring, longest=LONGEST_BRING)
    if not 1 <= form.seats <= MOST_SEATS:
        raise SeatsWrong(MOST_SEATS)
    if not 1 <= form.offer_hours <= MOST_OFFER_HOURS:
        raise CalendarWrong(what="候补保留时间")
    known = {one.name for one in office.parts.catalogues.current().districts.values()}
    if set(form.districts) - known:
        raise CalendarWrong(what="区县")
    return replace(form, place=place, bring=bring, districts=tuple(dict.fromkeys(form.districts)))
