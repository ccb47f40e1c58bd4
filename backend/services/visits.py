"""What an applicant can choose from: the visit of the case's stage, the open times, and the one that is meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from backend.domain.appointment_refusals import (
    CancelTooLate,
    SlotClosed,
    SlotFull,
    SlotNotOffered,
    SlotPast,
    SlotRefused,
    SlotUnknown,
    VisitNotNeeded,
)
from backend.domain.appointments import (
    BOOKING_STAGES,
    Slot,
    SlotLabel,
    label_of,
    last_moment,
    require_in_time,
    visit_at,
)
from backend.domain.calendars import AppointmentKind, Calendar, HalfDay, beijing_day, said_day, said_moment
from backend.domain.case import Stage
from backend.domain.talk import Kind, Option, Question
from backend.domain.waitlist import SlotWish, choose
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.records import CaseRecord
from backend.services.seats import calendars_for, in_order, live_visit, place_in_line
from backend.services.standing import Standing, flow_of
from backend.services.visit_records import AppointmentRecord, SlotRecord, WaitlistEntry

FORM: Final = "appointment_form"
SHOWN: Final = 8
_REFUSALS: Final[Mapping[SlotLabel, type[SlotRefused]]] = {
    SlotLabel.FULL: SlotFull,
    SlotLabel.CLOSED: SlotClosed,
    SlotLabel.PAST: SlotPast,
}


@dataclass(frozen=True)
class Visiting:
    """Everything about the visits of one case: the slots of the coming weeks, what is booked, the place in line."""

    kind: AppointmentKind
    district: str
    calendars: Mapping[str, Calendar]
    slots: tuple[SlotRecord, ...]
    visit: AppointmentRecord | None
    booked: SlotRecord | None
    entry: WaitlistEntry | None

    def slot(self, record: SlotRecord) -> Slot:
        return record.of_kind(self.kind)

    def calendar(self, record: SlotRecord) -> Calendar:
        return self.calendars[record.calendar_id]

    def label(self, record: SlotRecord, parts: Parts) -> SlotLabel:
        """The seat that is kept for this case counts as free for it."""
        keeps = self.entry is not None and self.entry.state == "offered" and self.entry.slot_id == record.id
        return label_of(self.slot(record), record.taken - keeps, now=parts.clock.now())

    def open_slots(self, parts: Parts) -> list[SlotRecord]:
        booked = self.booked.id if self.booked else None
        return [one for one in self.slots if one.id != booked and self.label(one, parts) is SlotLabel.OPEN]


async def visiting(uow: UnitOfWork, parts: Parts, standing: Standing) -> Visiting:
    """A bounded number of queries.

    Raises:
        NoCase, VisitNotNeeded: there is nothing to book.
    """
    case = standing.open_case
    kind = visit_at(Stage(case.stage), flow_of(case).appointment)
    employer = standing.interview.employer
    return await _look(uow, parts, case, kind, employer.district if employer else "")


async def _look(uow: UnitOfWork, parts: Parts, case: CaseRecord, kind: AppointmentKind, district: str) -> Visiting:
    calendars = await calendars_for(uow, kind, district)
    today = beijing_day(parts.clock.now())
    horizon = max((one.ahead_days for one in calendars.values()), default=0)
    days = [today + timedelta(days=ahead) for ahead in range(horizon + 1)]
    slots = await uow.slots.where(calendar_id=list(calendars), day=days, withdrawn=False) if calendars else []
    visit = await live_visit(uow, case.id)
    booked = await uow.slots.get(visit.slot_id) if visit else None
    if booked is not None and booked.calendar_id not in calendars:
        calendar = await uow.calendars.get(booked.calendar_id)
        calendars |= {booked.calendar_id: calendar.rules} if calendar else {}
    entry = await place_in_line(uow, case.id)
    return Visiting(kind, district, calendars, tuple(in_order(slots)), visit, booked, entry)


async def next_times(uow: UnitOfWork, parts: Parts, case: CaseRecord, *, most: int) -> list[str]:
    """The next open times of this case's visit, one line each, for a message."""
    employer = await uow.employers.get(case.employer_id) if case.employer_id else None
    kind = visit_at(Stage(case.stage), flow_of(case).appointment)
    view = await _look(uow, parts, case, kind, employer.district if employer else "")
    return [f"· {view.slot(one).said}" for one in view.open_slots(parts)[:most]]


def read_wish(body: Mapping[str, Any]) -> SlotWish:
    """The body of a command, whose types the HTTP side has checked."""
    half, on = body.get("half"), body.get("date")
    day = date.fromisoformat(on) if on else None
    return SlotWish(body.get("slot_id"), body.get("number"), day, HalfDay(half) if half else None)


def chosen(parts: Parts, visiting: Visiting, wish: SlotWish) -> SlotRecord:
    """The slot that is meant: one of the open ones, or the refusal that says why it is not to be had.

    Raises:
        SlotUnknown, SlotNotOffered, SlotAmbiguous, SlotFull, SlotClosed, SlotPast: see there.
    """
    by_id = {one.id: one for one in visiting.slots}
    offered = [visiting.slot(one) for one in visiting.open_slots(parts)]
    try:
        return by_id[choose(offered, wish).id]
    except (SlotUnknown, SlotNotOffered) as refusal:
        raise _why(parts, visiting, wish, refusal) from None


def _why(parts: Parts, visiting: Visiting, wish: SlotWish, refusal: SlotRefused) -> SlotRefused:
    """A time that exists but is full, shut or over is refused as that."""
    if wish.number is not None or (wish.slot_id is None and wish.on is None):
        return refusal
    for record in visiting.slots:
        slot = visiting.slot(record)
        is_meant = record.id == wish.slot_id if wish.slot_id else wish.fits(slot)
        label = visiting.label(record, parts)
        if is_meant and label in _REFUSALS:
            return _REFUSALS[label](when=slot.said)
    return refusal


def open_question(parts: Parts, visiting: Visiting, wish: SlotWish = SlotWish()) -> Question | None:  # noqa: B008
    """The list to choose from, narrowed to the wished day and half when something is open there; None: nothing is."""
    everything = visiting.open_slots(parts)
    fitting = [one for one in everything if wish.fits(visiting.slot(one))]
    listed = (fitting or everything)[:SHOWN]
    if not listed:
        return None
    is_move = visiting.visit is not None
    name = "new_slot" if is_move else "slot"
    places = {visiting.calendar(one).place for one in listed}
    first = visiting.calendar(listed[0])
    return Question(
        form=FORM,
        field=name,
        group=(name,),
        label="改约时间" if is_move else f"{visiting.kind.label}预约时间",
        kind=Kind.CHOICE,
        options=tuple(Option(one.id, _option_label(visiting, one, with_place=len(places) > 1)) for one in listed),
        current=visiting.slot(visiting.booked).said if visiting.booked else "",
        facts={
            "visit": visiting.kind.label,
            "place": first.place if len(places) == 1 else "",
            "bring": first.bring,
            "count": len(everything),
            "more": (len(fitting or everything) - len(listed)) or "",
        },
    )


def _option_label(visiting: Visiting, record: SlotRecord, *, with_place: bool) -> str:
    said = visiting.slot(record).said
    return f"{said} {visiting.calendar(record).place}" if with_place else said


def listed_by_day(parts: Parts, visiting: Visiting, wish: SlotWish) -> str:
    """Every window of the wished day with what it is; empty when there is none."""
    fitting: Sequence[SlotRecord] = [one for one in visiting.slots if wish.fits(visiting.slot(one))]
    return "\n".join(f"· {visiting.slot(one).said} {visiting.label(one, parts).value}" for one in fitting)


def visit_facts(visiting: Visiting, record: SlotRecord) -> dict[str, object]:
    calendar = visiting.calendar(record)
    return {
        "visit": visiting.kind.label,
        "when": visiting.slot(record).said,
        "day": said_day(record.day),
        "place": calendar.place,
        "bring": calendar.bring,
    }


def given_up_until(visiting: Visiting, record: SlotRecord) -> str:
    """The last minute in which this visit can be given up."""
    cut_off = visiting.calendar(record).cut_off
    return said_moment(last_moment(visiting.slot(record), cut_off) - timedelta(minutes=1))


async def booking_question(uow: UnitOfWork, parts: Parts, standing: Standing) -> Question | None:
    """What stands open at a stage that waits for a booking: the list of times; None at other stages."""
    if standing.case is None or Stage(standing.case.stage) not in BOOKING_STAGES or standing.draft.cursor:
        return None
    try:
        return open_question(parts, await visiting(uow, parts, standing))
    except VisitNotNeeded:
        return None


def is_movable(parts: Parts, visiting: Visiting) -> bool:
    """Whether the booked visit may still be given up."""
    if visiting.booked is None:
        return False
    try:
        cut_off = visiting.calendar(visiting.booked).cut_off
        require_in_time(visiting.slot(visiting.booked), now=parts.clock.now(), cut_off=cut_off)
    except CancelTooLate:
        return False
    return True
