"""Counting waiting times now and then, and looking one up: one query each (F49)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from backend.domain.case import PAID_STAGES, Stage
from backend.domain.profile import BusinessType
from backend.domain.waiting_time import Visit, waiting_times, whole_days
from backend.services.clockwork_records import WaitingTime
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.records import CaseRecord

COUNTED_EVERY: Final = timedelta(hours=6)


async def count_waiting_times(parts: Parts) -> int:
    """Count anew what was counted some hours ago; how many businesses were counted."""
    now = parts.clock.now()
    rule = parts.catalogues.current().waiting_time
    async with parts.begin() as uow:
        last = await uow.waiting_times.first(order_by="-counted_at")
        if last is not None and abs(now - last.counted_at) < COUNTED_EVERY:
            return 0
    counted = 0
    for business in BusinessType:
        async with parts.begin() as uow:
            closed_after = now - timedelta(days=rule.within_d)
            visits = await uow.survey.stage_visits(business.value, closed_after=closed_after, cases=rule.latest_cases)
            told = waiting_times(
                (Visit(one.case_id, Stage(one.stage), one.at) for one in visits), fewest=rule.fewest_cases
            )
            await uow.waiting_times.remove(business_type=business.value)
            for stage, time in told.items():
                row = WaitingTime(
                    id=f"{business.value}:{stage.value}",
                    business_type=business.value,
                    stage=stage.value,
                    cases=time.cases,
                    low_s=int(time.low.total_seconds()),
                    median_s=int(time.median.total_seconds()),
                    high_s=int(time.high.total_seconds()),
                    counted_at=now,
                )
                await uow.waiting_times.add_if_new(row)
                counted += 1
            await uow.commit()
    return counted


async def range_facts(uow: UnitOfWork, case: CaseRecord) -> dict[str, Any]:
    """Facts for `progress`: `range_days`, `median_days`, `range_cases`; none when there are too few closed cases.

    Only while a paid case is on its way: before that, how long it takes is up to the applicant.
    """
    if Stage(case.stage) not in PAID_STAGES:
        return {}
    known = await uow.waiting_times.first(business_type=case.business_type, stage=case.stage)
    if known is None:
        return {}
    low, high = whole_days(timedelta(seconds=known.low_s), timedelta(seconds=known.high_s))
    median, _ = whole_days(timedelta(seconds=known.median_s), timedelta(seconds=known.median_s))
    return {
        "range_days": str(low) if low == high else f"{low}～{high}",
        "median_days": median,
        "range_cases": known.cases,
    }
