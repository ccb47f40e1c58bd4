"""The commands about visits (contracts.md 3): what is said and asked after looking, booking, moving, waiting."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from backend.domain.appointment_refusals import NotWaiting, SlotRefused, WaitlistNotNeeded
from backend.domain.appointments import BOOKING_STAGES
from backend.domain.calendars import said_moment
from backend.domain.case import Stage
from backend.domain.talk import Kind, Option, Question
from backend.domain.waitlist import SlotWish
from backend.services import appointments
from backend.services.appointments import Booked
from backend.services.orders import said_yuan
from backend.services.outcome import Outcome, refusal
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.seats import leave_line
from backend.services.standing import Standing, with_case
from backend.services.talking import finish
from backend.services.visit_records import WaitlistEntry
from backend.services.visits import (
    FORM,
    Visiting,
    booking_question,
    given_up_until,
    is_movable,
    listed_by_day,
    open_question,
    read_wish,
    visit_facts,
    visiting,
)
from backend.services.waiting_line import position

Body = Mapping[str, Any]
Handler = Callable[[UnitOfWork, Parts, Standing, Body], Awaitable[Outcome]]


async def slots(uow: UnitOfWork, parts: Parts, standing: Standing, body: Body) -> Outcome:
    """F57: what is booked, else what can be; a day that is asked for is told window by window."""
    if standing.case is None:
        return Outcome().saying("visit_not_needed")
    wish, view = read_wish(body), await visiting(uow, parts, standing)
    if view.booked is not None and wish.is_empty:
        return await finish(uow, parts, standing, _told_of(parts, view))
    outcome = Outcome()
    listed = listed_by_day(parts, view, wish) if wish.on else ""
    if listed:
        outcome = outcome.saying("slots_listed", {"list": listed})
    return await _offer(uow, parts, standing, view, outcome, wish)


async def book(uow: UnitOfWork, parts: Parts, standing: Standing, body: Body) -> Outcome:
    """T13, T28, T33; without a wish the open times are asked."""
    wish, view = read_wish(body), await visiting(uow, parts, standing)
    if wish.is_empty and view.visit is None:
        return await _offer(uow, parts, standing, view, Outcome(), wish)
    try:
        booked = await appointments.book(uow, parts, standing, view, wish)
    except SlotRefused as error:
        return await _refused(uow, parts, standing, error, wish)
    return await _done(uow, parts, standing, view, booked, "appointment_booked")


async def reschedule(uow: UnitOfWork, parts: Parts, standing: Standing, body: Body) -> Outcome:
    """T30; without a wish the open times are asked, as long as the old one can still be given up."""
    wish, view = read_wish(body), await visiting(uow, parts, standing)
    if view.visit is None and Stage(standing.open_case.stage) in BOOKING_STAGES:
        return await book(uow, parts, standing, body)
    if wish.is_empty:
        appointments.require_movable(parts, view)
        return await _offer(uow, parts, standing, view, Outcome(), wish)
    try:
        booked = await appointments.reschedule(uow, parts, standing, view, wish)
    except SlotRefused as error:
        return await _refused(uow, parts, standing, error, wish)
    return await _done(uow, parts, standing, view, booked, "appointment_moved")


async def cancel_appointment(uow: UnitOfWork, parts: Parts, standing: Standing, body: Body) -> Outcome:
    """T29, F59: asks first, then gives the seat up and offers the open times again."""
    view = await visiting(uow, parts, standing)
    appointments.require_givable(parts, view, standing.open_case)
    facts = visit_facts(view, view.booked) if view.booked else {}
    if not body.get("confirmed", False):
        question = Question(
            form=FORM, field="give_up", group=("give_up",), label="取消预约", kind=Kind.CONFIRM,
            options=(Option("yes", "确定取消预约"), Option("no", "先不取消")), facts=facts,
        )  # fmt: skip
        return await finish(uow, parts, standing, Outcome(ask=question))
    case = await appointments.give_up(uow, parts, standing, view)
    standing = await with_case(uow, parts, standing, case)
    outcome = Outcome().saying("appointment_cancelled", facts)
    return await finish(uow, parts, standing, replace(outcome, ask=await booking_question(uow, parts, standing)))


async def waitlist(uow: UnitOfWork, parts: Parts, standing: Standing, body: Body) -> Outcome:
    """Join the line for any time, a day or a half of a day; or leave it."""
    view, now = await visiting(uow, parts, standing), parts.clock.now()
    if body.get("leave", False):
        if await leave_line(uow, standing.open_case.id, now=now) is None:
            raise NotWaiting
        return await finish(uow, parts, standing, Outcome().saying("waitlist_left"))
    if view.entry is not None:
        return await finish(uow, parts, standing, await _in_line(uow, view, view.entry))
    wish = read_wish(body)
    if _has_something_better(parts, view, wish):
        return await _offer(uow, parts, standing, view, Outcome(say=(refusal(WaitlistNotNeeded()),)), wish)
    entry = WaitlistEntry(
        case_id=standing.open_case.id,
        kind=view.kind.value,
        district=view.district,
        created_at=now,
        wished_on=wish.on,
        wished_half=wish.half.value if wish.half else None,
    )
    entry = await uow.waitlist.add(entry)
    facts = {"position": await position(uow, entry), "hours": _offer_hours(view), "wish": wish.said or "任意时间"}
    return await finish(uow, parts, standing, Outcome().saying("waitlist_joined", facts))


async def _offer(
    uow: UnitOfWork, parts: Parts, standing: Standing, view: Visiting, outcome: Outcome, wish: SlotWish
) -> Outcome:
    question = open_question(parts, view, wish)
    if question is None:
        outcome = outcome.saying("no_slots", {"visit": view.kind.label})
    return await finish(uow, parts, standing, replace(outcome, ask=question))


async def _refused(uow: UnitOfWork, parts: Parts, standing: Standing, error: SlotRefused, wish: SlotWish) -> Outcome:
    """Nothing was taken: say why, and list what is open now."""
    view = await visiting(uow, parts, standing)
    return await _offer(uow, parts, standing, view, Outcome(say=(refusal(error),)), replace(wish, slot_id=None))


async def _done(
    uow: UnitOfWork, parts: Parts, standing: Standing, view: Visiting, booked: Booked, code: str
) -> Outcome:
    facts = {**visit_facts(view, booked.slot), "until": given_up_until(view, booked.slot)}
    if view.booked is not None:
        facts["old"] = view.slot(view.booked).said
    outcome = Outcome().saying("appointment_held" if booked.order else code, facts)
    if booked.order is not None:
        amount, hours = said_yuan(booked.order.amount_fen), standing.interview.catalogue.pay_window.hours
        outcome = outcome.saying("submitted", {"case_no": booked.case.case_no, "amount": amount, "hours": hours})
    return await finish(uow, parts, await with_case(uow, parts, standing, booked.case), outcome)


def _told_of(parts: Parts, view: Visiting) -> Outcome:
    if view.booked is None or view.visit is None:
        return Outcome()
    facts = {
        **visit_facts(view, view.booked),
        "until": given_up_until(view, view.booked),
        "movable": is_movable(parts, view),
        "held": view.visit.state == "held",
    }
    return Outcome().saying("appointment_now", facts)


async def _in_line(uow: UnitOfWork, view: Visiting, entry: WaitlistEntry) -> Outcome:
    if entry.state == "offered" and entry.slot_id and entry.offer_expires_at:
        kept = await uow.slots.get(entry.slot_id)
        when = view.slot(kept).said if kept else ""
        return Outcome().saying("waitlist_offered", {"when": when, "until": said_moment(entry.offer_expires_at)})
    return Outcome().saying("waitlist_joined_already", {"position": await position(uow, entry)})


def _has_something_better(parts: Parts, view: Visiting, wish: SlotWish) -> bool:
    """Something is open that fits the wish; with a visit booked, only what is earlier counts."""
    fitting = [one for one in view.open_slots(parts) if wish.fits(view.slot(one))]
    if view.booked is None:
        return bool(fitting)
    return any(one.starts_at < view.booked.starts_at for one in fitting)


def _offer_hours(view: Visiting) -> int:
    return max((one.offer_hours for one in view.calendars.values()), default=2)


HANDLERS: Final[Mapping[str, Handler]] = {
    "slots": slots,
    "book": book,
    "reschedule": reschedule,
    "cancel_appointment": cancel_appointment,
    "waitlist": waitlist,
}
