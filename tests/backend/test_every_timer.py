"""Every timer of states.md 2.3: not a moment early, once, and not at all when its reason is gone.

The clock of the tests stands at 10:00 in Beijing on 16 March 2026, a Monday. Timers that act when somebody asks (the
prepay id, the end of the day before a visit) and the days of a medium at WeChat have tests of their own, named below.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from backend.domain.case import Stage
from backend.services.appointment_round import remind_of_visits
from backend.services.erasure import AFTER_THE_TURN, erase_due
from backend.services.parts import Parts
from backend.services.payment_window import close_overdue, remind_of_payment
from backend.services.reminding import remind, wake_reminders
from backend.services.retention import enforce
from backend.services.staff import review
from backend.services.watching import notice_stalls
from tests.backend.transition_steps import PASSES, Act, by_staff, deciding, in_turn, nothing, pays, says, sends
from tests.backend.transition_world import Walker, kinds
from tests.backend.visit_world import live_of

S = Stage
SECOND = timedelta(seconds=1)
Seen = Callable[[Walker], Awaitable[list[str]]]

# Timers of 2.3 that no round runs, and the tests that show them.
ELSEWHERE = {
    "prepay refresh": ("backend/test_payments.py", "test_an_old_prepay_id_is_renewed_with_the_same_order"),
    "cancel cut-off": (
        "backend/test_appointments_given_up.py", "test_a_visit_is_given_up_on_an_earlier_day_in_beijing_only",
    ),
    "freed seat": ("backend/test_appointments_waitlist.py", "test_the_worker_passes_a_freed_seat_on_and_ends_offers"),
    "WeChat media": (
        "bot/test_through_simulator.py", "test_a_picture_goes_to_the_backend_and_then_to_the_dialogue",
    ),
}  # fmt: skip


def utc(month: int, day: int, hour: int = 2, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, second, tzinfo=UTC)


async def pushes(w: Walker) -> list[str]:
    return list((await w.trace()).pushes)


async def stalls(w: Walker) -> list[str]:
    return [kind for kind in kinds((await w.trace()).tasks) if kind == "case_stalled"]


async def end_of_the_case(w: Walker) -> list[str]:
    return ["archived"] if (await w.trace()).stage == S.ARCHIVED else []


async def freed_seats(w: Walker) -> list[str]:
    return [] if await live_of(w.parts, await w.case()) else ["freed"]


async def erased(w: Walker) -> list[str]:
    async with w.parts.begin() as uow:
        return [] if await uow.identities.where(openid=w.person.openid) else ["erased"]


def posts(path: str, **body: Any) -> Act:
    return lambda w: w.person.post(path, **body)


def with_case(**changes: Any) -> Act:
    async def act(w: Walker) -> None:
        case = await w.case()
        async with w.parts.begin() as uow:
            await uow.cases.save(replace(case, **changes))
            await uow.commit()

    return act


def told(section: str, name: str, value: str) -> Act:
    async def act(w: Walker) -> None:
        draft = (await w.case()).draft
        answers = {**draft["answers"], section: {**draft["answers"].get(section, {}), name: value}}
        await with_case(draft={**draft, "answers": answers})(w)

    return act


async def with_a_deadline(w: Walker) -> None:
    async with w.parts.begin() as uow:
        request = await uow.supplements.first(case_id=w.case_id)
        assert request is not None
        await uow.supplements.save(replace(request, deadline=utc(3, 31, 15, 59)))
        await uow.commit()


@dataclass(frozen=True)
class Timer:
    """What runs it, from which stage, when it fires (each moment brings one thing more), and what takes it away."""

    name: str
    stage: Stage
    work: Callable[[Parts], Awaitable[Any]]
    fires: tuple[tuple[datetime, str], ...]
    gone: Act
    seen: Seen = pushes
    before: Act = nothing

    def __str__(self) -> str:
        return f"{self.name}, {self.stage.value}"

    async def begins(self, w: Walker) -> None:
        await w.stands_at(self.stage)
        async with w.parts.begin() as uow:
            await wake_reminders(uow, w.case_id, w.clock.now())
            await uow.commit()
        await self.before(w)


CANCELS = says("cancel_case", confirmed=True)
WAITS = ((utc(3, 19), "supplement_waits"), (utc(3, 23), "supplement_waits"))
TIMERS = [
    Timer("payment window", S.AWAITING_PAYMENT, close_overdue, ((utc(3, 17, 2, 0, 1), "payment_timeout"),), CANCELS),
    Timer("payment window", S.AWAITING_PAYMENT, close_overdue, ((utc(3, 17, 2, 0, 1), "payment_timeout"),), pays),
    Timer(
        "payment reminders", S.AWAITING_PAYMENT, remind_of_payment,
        ((utc(3, 16, 13, 45), "payment_reminder"), (utc(3, 17, 0), "payment_reminder"),
         (utc(3, 17, 1, 30), "payment_reminder")), pays,
    ),
    Timer(
        "seat of an unpaid order", S.SLOT_REQUIRED, close_overdue, ((utc(3, 17, 2, 0, 1), "freed"),), pays,
        seen=freed_seats, before=says("book", date="2026-03-19", half="AM"),
    ),
    Timer(
        "idle draft", S.DRAFT, remind, ((utc(3, 17), "draft_idle"), (utc(3, 19), "draft_idle")), CANCELS,
    ),
    Timer(
        "idle draft", S.DRAFT, remind, ((utc(3, 17), "draft_idle"), (utc(3, 19), "draft_idle")),
        posts("/contacted", event="unsubscribe"),
    ),
    Timer("supplement", S.AGENCY_REJECTED, remind, WAITS, in_turn(sends(), says("resubmit"))),
    *(
        Timer(
            "supplement with an end", stage, remind, (*WAITS, (utc(3, 29), "supplement_due")),
            in_turn(sends(), says("resubmit")), before=with_a_deadline,
        )
        for stage in (S.HR_FIRST_SUPPLEMENT, S.HR_FINAL_SUPPLEMENT)
    ),
    Timer(
        "renewal", S.COMPLETED, remind, tuple((utc(month, day), "renewal") for month, day in ((6, 3), (7, 3), (8, 2))),
        says("start_case", business_type="RENEW"), before=with_case(valid_until=date(2026, 9, 1)),
    ),
    Timer(
        "60 days after leaving an employer", S.SLOT_REQUIRED, remind,
        tuple((utc(month, day), "change_employer_by") for month, day in ((3, 31), (4, 10), (4, 23), (4, 29))),
        CANCELS, before=told("conditions", "C_LEFT_DATE", "2026-03-01"),
    ),
    Timer(
        "a condition that time meets", S.DRAFT, remind, ((utc(4, 10), "conditions_met"),), CANCELS,
        before=told("notice", "ready_on", "2026-04-10"),
    ),
    Timer(
        "visit", S.RE_REVIEW_BOOKED, remind_of_visits,
        ((utc(3, 17), "appointment_tomorrow"), (utc(3, 17, 23, 30), "appointment_today")),
        says("cancel_appointment", confirmed=True),
    ),
    Timer(
        "what waits for us", S.AGENCY_REVIEW, notice_stalls, ((utc(3, 19), "case_stalled"),),
        in_turn(deciding(**PASSES), by_staff(review.finish_review)), seen=stalls,
    ),
    Timer(
        "draft kept for 90 days", S.DRAFT, enforce, ((utc(6, 14, 2, 0, 1), "archived"),), CANCELS, seen=end_of_the_case,
    ),
    Timer(
        "erasing after leaving", S.DRAFT, erase_due, ((utc(4, 15) + AFTER_THE_TURN, "erased"),),
        posts("/contacted", event="subscribe"), seen=erased, before=posts("/contacted", event="unsubscribe"),
    ),
]  # fmt: skip


@pytest.mark.parametrize("timer", TIMERS, ids=str)
async def test_a_timer_fires_at_its_moment_and_once(walker: Walker, timer: Timer) -> None:
    await timer.begins(walker)
    known = await timer.seen(walker)
    for at, what in timer.fires:
        walker.clock.at = at - SECOND
        await timer.work(walker.parts)
        assert await timer.seen(walker) == known, f"{at}: early"
        walker.clock.at = at
        await asyncio.gather(timer.work(walker.parts), timer.work(walker.parts))
        await timer.work(walker.parts)
        known = [*known, what]
        assert await timer.seen(walker) == known, at
    walker.clock.advance(hours=1)
    await timer.work(walker.parts)
    walker.clock.advance(days=20)
    await timer.work(walker.parts)
    assert await timer.seen(walker) == known


@pytest.mark.parametrize("timer", TIMERS, ids=str)
async def test_a_timer_whose_reason_is_gone_does_not_fire(walker: Walker, timer: Timer) -> None:
    await timer.begins(walker)
    walker.clock.advance(seconds=60)
    await timer.gone(walker)
    known = await timer.seen(walker)
    for at, what in timer.fires:
        walker.clock.at = at
        await timer.work(walker.parts)
        assert (await timer.seen(walker)).count(what) == known.count(what), at


def test_the_other_timers_have_tests_that_exist() -> None:
    tests = Path(__file__).resolve().parents[1]
    for file, name in ELSEWHERE.values():
        assert f"def {name}(" in (tests / file).read_text(encoding="utf-8"), name
