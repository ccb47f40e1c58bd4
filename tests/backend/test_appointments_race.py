"""Two hundred people and one seat, swaps in circles, and a process that dies in the middle of a swap."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from backend.adapters.db.unit_of_work import PostgresUnitOfWork, make_engine
from backend.services.appointment_round import appointment_round
from backend.services.commands import run_command
from backend.services.parts import Parts
from backend.services.records import CaseRecord
from backend.services.visit_records import AppointmentRecord
from tests.backend.backend_world import said
from tests.backend.visit_world import a_crowd, check_seats, live_of, slots_of, visits_of, with_calendars


@pytest.fixture
async def wide(parts: Parts, migrated_url: str) -> AsyncIterator[Parts]:
    """The same parts with room for many transactions at once."""
    engine = make_engine(migrated_url, pool_size=20)
    yield replace(parts, begin=lambda: PostgresUnitOfWork(engine, parts.clock))
    await engine.dispose()


async def says(parts: Parts, openid: str, name: str, **body: Any) -> str:
    status, outcome = await run_command(parts, openid, name, body, key=f"{name}:{openid}:{sorted(body.items())}")
    assert status == 200
    return said(outcome)[0]


async def test_of_two_hundred_people_at_once_one_gets_the_seat_and_the_others_hear_that_it_is_taken(
    wide: Parts,
) -> None:
    await with_calendars(wide, weekly=[{"days": [3], "windows": ["09:00-11:30"]}], ahead_days=4)
    crowd = await a_crowd(wide, 200)
    (slot,) = await slots_of(wide)
    answers = await asyncio.gather(*(says(wide, openid, "book", slot_id=slot.id) for openid, _ in crowd))
    assert Counter(answers) == {"appointment_booked": 1, "slot_full": 199}
    await check_seats(wide)


async def test_swaps_in_every_direction_at_once_leave_everybody_exactly_one_seat(wide: Parts) -> None:
    await with_calendars(wide, seats=4)
    crowd = await a_crowd(wide, 24)
    slots = (await slots_of(wide))[1:9]
    for number, (openid, _) in enumerate(crowd):
        await says(wide, openid, "book", slot_id=slots[number % 8].id)
    moves = [
        says(wide, openid, "reschedule", slot_id=slots[(number + step) % 8].id)
        for step in (1, 3, 5, 7)
        for number, (openid, _) in enumerate(crowd)
    ]
    rounds = [appointment_round(wide) for _ in range(4)]
    answers = await asyncio.gather(*moves, *rounds)
    assert set(answers[: len(moves)]) <= {"appointment_moved", "slot_full", "appointment_exists"}
    for _, case in crowd:
        assert len(await live_of(wide, case)) == 1
    await check_seats(wide)


async def test_joining_leaving_and_giving_up_at_once_never_counts_a_seat_twice(wide: Parts) -> None:
    await with_calendars(wide, weekly=[{"days": [3], "windows": ["09:00-11:30"]}], ahead_days=4, seats=3)
    crowd = await a_crowd(wide, 20)
    (slot,) = await slots_of(wide)
    for openid, _ in crowd[:3]:
        await says(wide, openid, "book", slot_id=slot.id)
    for openid, _ in crowd[3:12]:
        await says(wide, openid, "waitlist")
    deeds = [says(wide, openid, "cancel_appointment", confirmed=True) for openid, _ in crowd[:3]]
    deeds += [says(wide, openid, "waitlist", leave=True) for openid, _ in crowd[3:6]]
    deeds += [says(wide, openid, "book", slot_id=slot.id) for openid, _ in crowd[6:]]
    await asyncio.gather(*deeds, *(appointment_round(wide) for _ in range(4)))
    await appointment_round(wide)
    await check_seats(wide)


class _DyingRows:
    """Appointments of a transaction whose connection is killed at the given deed."""

    def __init__(self, uow: Any, url: str, dies_at: str) -> None:
        self._uow, self._url, self._dies_at = uow, url, dies_at
        self._rows = uow.appointments

    def __getattr__(self, name: str) -> Any:
        return getattr(self._rows, name)

    async def add(self, record: AppointmentRecord) -> AppointmentRecord:
        added: AppointmentRecord = await self._rows.add(record)
        await self._die("after_new")
        return added

    async def save(self, record: AppointmentRecord) -> None:
        await self._rows.save(record)
        if record.state == "cancelled":
            await self._die("after_old")

    async def _die(self, at: str) -> None:
        if at == self._dies_at:
            raw = await self._uow.connection.get_raw_connection()
            pid = raw.driver_connection.info.backend_pid
            with psycopg.connect(self._url.replace("+psycopg", ""), autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s)", (pid,))


class _DyingUnitOfWork(PostgresUnitOfWork):
    def __init__(self, engine: AsyncEngine, clock: Any, url: str, dies_at: str) -> None:
        super().__init__(engine, clock)
        self._url, self._dies_at = url, dies_at

    async def __aenter__(self) -> Any:
        await super().__aenter__()
        self.appointments = _DyingRows(self, self._url, self._dies_at)  # type: ignore[assignment]
        return self


@pytest.mark.parametrize("dies_at", ["after_new", "after_old"])
async def test_a_crash_in_the_middle_of_a_swap_leaves_exactly_one_visit(
    wide: Parts, engine: AsyncEngine, migrated_url: str, dies_at: str
) -> None:
    await with_calendars(wide)
    ((openid, case),) = await a_crowd(wide, 1)
    first, second = (await slots_of(wide))[1:3]
    await says(wide, openid, "book", slot_id=first.id)
    dying = replace(wide, begin=lambda: _DyingUnitOfWork(engine, wide.clock, migrated_url, dies_at))
    with pytest.raises(DBAPIError):
        await says(dying, openid, "reschedule", slot_id=second.id)
    assert await live_of(wide, case) == [first.id]
    await check_seats(wide)
    assert await says(wide, openid, "reschedule", slot_id=second.id) == "appointment_moved"
    assert await live_of(wide, case) == [second.id]


async def _second_visit(parts: Parts, case: CaseRecord) -> None:
    (visit,) = await visits_of(parts, case)
    async with parts.begin() as uow:
        await uow.appointments.add(replace(visit, id="ap_second"))
        await uow.commit()


async def test_the_database_itself_refuses_a_second_visit_and_an_extra_seat(wide: Parts) -> None:
    await with_calendars(wide)
    ((openid, case),) = await a_crowd(wide, 1)
    slot = (await slots_of(wide))[1]
    await says(wide, openid, "book", slot_id=slot.id)
    with pytest.raises(IntegrityError):
        await _second_visit(wide, case)
    async with wide.begin() as uow:
        with pytest.raises(IntegrityError):
            await uow.slots.save(replace(slot, taken=2))
