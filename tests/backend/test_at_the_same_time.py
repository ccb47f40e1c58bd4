"""Applicant, staff and platform at the same time: whoever comes second sees what the first did, and nothing is lost."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from sqlalchemy.ext.asyncio import AsyncEngine

from backend.adapters.office import make_office
from backend.domain.case import TERMINAL, Stage
from backend.domain.draft import Draft
from backend.domain.errors import DomainError
from backend.services import casework
from backend.services.orders import record_payment
from backend.services.parts import Parts
from backend.services.records import CaseRecord
from backend.services.staff import bureau, closing
from backend.services.staff.acting import Form
from backend.services.staff.office import Office
from backend.services.staff.refusals import StaffRefusal
from backend.services.staff.sign_in import SignedIn
from backend.services.standing import load_standing
from tests.backend.backend_world import FakePay, Person, a_case, pushed, tasks, the_order

Client = TestClient[Any, Any]
ME = "o_both"
WANG = SignedIn("s_demo_reviewer", "reviewer", "王审核", "reviewer", "csrf")


@pytest.fixture
def office(parts: Parts, engine: AsyncEngine) -> Office:
    return make_office(parts, engine)


async def _now(parts: Parts, case: CaseRecord) -> CaseRecord:
    async with parts.begin() as uow:
        found = await uow.cases.get(case.id)
    assert found is not None
    return found


def _form(parts: Parts, case: CaseRecord) -> Form:
    return Form(WANG, case.case_no, case.version, parts.ids.token()[:32])


async def _cancels(parts: Parts) -> None:
    async with parts.begin() as uow:
        await casework.cancel(uow, parts, await load_standing(uow, parts, ME), confirmed=True)
        await uow.commit()


async def _changes_phone(parts: Parts, phone: str) -> None:
    async with parts.begin() as uow:
        standing = await load_standing(uow, parts, ME)
        await casework.keep_draft(uow, parts, standing, standing.draft.with_answer("contact", "phone", phone))
        await uow.commit()


async def _unbroken(parts: Parts, case: CaseRecord) -> None:
    """Each change of stage begins where the one before has ended, and the case stands where the last one led."""
    async with parts.begin() as uow:
        trail = [row for row in await uow.audit.where(case_id=case.id, order_by="id") if row.to_stage]
    stage = case.stage
    for row in trail:
        assert row.from_stage == stage
        stage = str(row.to_stage)
    after = await _now(parts, case)
    assert after.stage == stage
    assert (after.closed_at is not None) == (Stage(stage) in TERMINAL)


@pytest.mark.parametrize("attempt", range(4))
async def test_a_cancellation_and_a_result_of_the_bureau_do_not_overwrite_each_other(
    parts: Parts, office: Office, attempt: int
) -> None:
    case = await a_case(parts, ME, stage=Stage.HR_FIRST_REVIEW)
    steps = [_cancels(parts), bureau.pass_first(office, _form(parts, case))]
    outcomes = await asyncio.gather(*steps[:: 1 if attempt % 2 else -1], return_exceptions=True)
    assert all(one is None or isinstance(one, DomainError | StaffRefusal) for one in outcomes), outcomes
    assert any(one is None for one in outcomes)
    await _unbroken(parts, case)


@pytest.mark.parametrize("attempt", range(4))
async def test_a_changed_phone_number_survives_a_step_of_the_staff(parts: Parts, office: Office, attempt: int) -> None:
    case = await a_case(parts, ME, stage=Stage.HR_FIRST_REVIEW)
    steps = [_changes_phone(parts, "13912345678"), bureau.pass_first(office, _form(parts, case))]
    outcomes = await asyncio.gather(*steps[:: 1 if attempt % 2 else -1], return_exceptions=True)
    assert all(one is None or isinstance(one, StaffRefusal) for one in outcomes), outcomes
    after = await _now(parts, case)
    assert Draft.from_json(after.draft).answer("contact", "phone") == "13912345678"
    passed = not any(isinstance(one, StaffRefusal) for one in outcomes)
    assert (after.stage == "hr_final_review") == passed
    await _unbroken(parts, case)


@pytest.mark.parametrize("by_staff", [False, True])
async def test_a_payment_and_a_cancellation_at_once_lose_no_money(
    parts: Parts, office: Office, pay: FakePay, by_staff: bool
) -> None:
    case = await a_case(parts, ME)
    report = pay.success(await the_order(parts), parts.clock.now())
    cancels = closing.cancel_case(office, _form(parts, case), reason="重复") if by_staff else _cancels(parts)
    outcomes = await asyncio.gather(record_payment(parts, report, source="notify"), cancels, return_exceptions=True)
    assert outcomes[0] is None, outcomes
    after = await _now(parts, case)
    async with parts.begin() as uow:
        payments, refunds = await uow.payments.where(), await uow.refunds.where()
    assert len(payments) == 1
    if after.stage == "agency_review":
        assert isinstance(outcomes[1], StaffRefusal)
    else:
        assert len(refunds) == 1 or "refund_review" in await tasks(parts)
    await _unbroken(parts, case)


async def test_two_callbacks_of_two_payments_keep_one_and_give_one_back(parts: Parts, pay: FakePay) -> None:
    await a_case(parts, ME)
    order = await the_order(parts)
    both = [pay.success(order, parts.clock.now(), transaction_id=number) for number in ("4200001", "4200002")]
    await asyncio.gather(*(record_payment(parts, report, source="notify") for report in both))
    async with parts.begin() as uow:
        payments, refunds = await uow.payments.where(), await uow.refunds.where()
    assert sorted(one.kept for one in payments) == [False, True]
    assert [one.payment_id for one in refunds] == [one.id for one in payments if not one.kept]
    assert sorted(await pushed(parts)) == ["double_payment", "payment_received"]


async def test_case_numbers_of_a_day_have_no_gaps_and_no_twins(client: Client, parts: Parts) -> None:
    """Also when some starts are refused: their numbers are taken by the next ones."""
    people = [Person(client, f"o_{number}") for number in range(1, 7)]
    for number, person in enumerate(people, start=1):
        await person.binds(f"demo{number}")
    starts = [person.command("start_case", business_type="NEW") for person in people for _ in range(2)]
    await asyncio.gather(*starts)
    async with parts.begin() as uow:
        numbers = sorted(case.case_no for case in await uow.cases.where())
    assert [number.rpartition("-")[2] for number in numbers] == [f"{count:05d}" for count in range(1, 7)]
