"""Waiting times come from the trail of our own closed cases and reach the progress answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from backend.domain.case import Stage
from backend.services.parts import Parts
from backend.services.records import AuditEntry, CaseRecord
from backend.services.waiting import count_waiting_times
from tests.backend.backend_world import Person, a_case
from tests.conftest import MovableClock

STEPS = (Stage.AWAITING_PAYMENT, Stage.AGENCY_REVIEW, Stage.AGENCY_REJECTED, Stage.AGENCY_REVIEW, Stage.COMPLETED)


async def closed_cases(parts: Parts, count: int, *, first: int = 2) -> None:
    """Cases whose review took one, two, three … days, and whose applicants took ten days in between."""
    for number in range(first, first + count):
        begin = parts.clock.now() - timedelta(days=200)
        case = await a_case(parts, f"o_closed_{number}", stage=Stage.COMPLETED, number=number)
        spent = (0.5, number, 10, 1, 0)
        async with parts.begin() as uow:
            at, before = begin, "draft"
            for stage, days in zip(STEPS, spent, strict=True):
                await uow.audit.add(
                    AuditEntry(at, "system", "worker", "x", case.id, from_stage=before, to_stage=stage.value)
                )
                at, before = at + timedelta(days=days), stage.value
            await uow.cases.save(replace(case, closed_at=at))
            await uow.commit()


async def asks(parts: Parts, person: Person, stage: Stage) -> dict[str, object]:
    case: CaseRecord = await a_case(parts, person.openid, stage=stage)
    assert case.business_type == "NEW"
    answer = await person.says("progress")
    told: dict[str, object] = answer["say"][0]["facts"]
    return told


async def test_the_progress_answer_tells_the_range_of_our_own_cases_in_office_time(
    parts: Parts, person: Person
) -> None:
    await closed_cases(parts, 40)
    assert await count_waiting_times(parts) > 0
    told = await asks(parts, person, Stage.AGENCY_REVIEW)
    # 3, 4, … 42 days of office time, the middle 90 % of them; the applicants' ten days are in none.
    assert (told["range_days"], told["median_days"], told["range_cases"]) == ("4～41", 22, 40)


async def test_with_too_few_cases_no_range_is_told(parts: Parts, person: Person) -> None:
    await closed_cases(parts, 19)
    await count_waiting_times(parts)
    assert "range_days" not in await asks(parts, person, Stage.AGENCY_REVIEW)


async def test_before_payment_no_range_is_told(parts: Parts, person: Person) -> None:
    await closed_cases(parts, 25)
    await count_waiting_times(parts)
    assert "range_days" not in await asks(parts, person, Stage.AWAITING_PAYMENT)


async def test_it_is_counted_anew_after_some_hours_and_not_before(parts: Parts, a_clock: MovableClock) -> None:
    await closed_cases(parts, 22)
    first = await count_waiting_times(parts)
    assert first > 0
    assert await count_waiting_times(parts) == 0
    a_clock.advance(hours=7)
    assert await count_waiting_times(parts) == first
