"""The flow of 2019: a new application with its re-review, a renewal that books before it pays."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from backend.adapters.office import make_office
from backend.domain.case import Event
from backend.services.parts import Parts
from backend.services.records import CaseRecord
from backend.services.staff import bureau, review, visiting
from backend.services.staff.acting import Form
from backend.services.staff.office import Office
from backend.services.staff.sign_in import SignedIn
from tests.backend.backend_world import FakePay, Person, pushed, said, the_order
from tests.backend.visit_world import a_visitor, check_seats, live_of, with_calendars
from tests.conftest import MovableClock


@pytest.fixture
async def old_manual(parts: Parts) -> None:
    """Every employer's applicants follow the manual of 2019."""
    async with parts.begin() as uow:
        for employer in await uow.employers.where():
            await uow.employers.save(replace(employer, manual="legacy_2019"))
        await uow.commit()


@pytest.fixture
def office(parts: Parts, engine: AsyncEngine) -> Office:
    return make_office(parts, engine)


async def the_case(parts: Parts) -> CaseRecord:
    async with parts.begin() as uow:
        found = await uow.cases.first(order_by="-created_at")
    assert found is not None
    return found


class Reviewer:
    """A member of staff at the office's use cases."""

    def __init__(self, office: Office) -> None:
        self.office = office

    async def form(self) -> Form:
        case = await the_case(self.office.parts)
        who = SignedIn("s_demo_reviewer", "reviewer", "王审核", "reviewer", "csrf")
        return Form(who, case.case_no, case.version, self.office.parts.ids.new("token"))

    async def passes_everything(self) -> None:
        case = await the_case(self.office.parts)
        async with self.office.parts.begin() as uow:
            items = await uow.items.where(case_id=case.id, active=True, state="uploaded")
        for item in items:
            await review.pass_item(self.office, await self.form(), code=item.code)
        await review.finish_review(self.office, await self.form())


async def pays(person: Person, parts: Parts, pay: FakePay, clock: MovableClock) -> None:
    order = await the_order(parts)
    await person.post("/pay/prepare")
    pay.paid[order.out_trade_no] = pay.success(order, clock.now())
    assert (await person.post("/pay/check"))[1] == {"paid": True}


async def test_a_new_application_of_2019_is_paid_passed_booked_attended_and_filed(
    person: Person, parts: Parts, office: Office, pay: FakePay, a_clock: MovableClock, old_manual: None
) -> None:
    await with_calendars(parts)
    submitted = await person.submits()
    assert submitted["case"]["stage"] == "awaiting_payment"
    await pays(person, parts, pay, a_clock)
    await Reviewer(office).passes_everything()
    case = await the_case(parts)
    assert case.stage == "re_review_booking"
    assert (await pushed(parts))[-1] == "re_review_needed"
    opened = await person.says("open")
    assert opened["ask"]["form"] == "appointment_form"
    await person.says("book", date="2026-03-18", half="AM")
    a_clock.advance(days=2)
    await visiting.mark_visit(office, await Reviewer(office).form(), Event.MARK_ATTENDED)
    assert (await the_case(parts)).stage == "hr_first_review"
    assert await live_of(parts, case) == []


async def test_somebody_who_did_not_come_books_again(
    person: Person, parts: Parts, office: Office, a_clock: MovableClock
) -> None:
    await with_calendars(parts)
    await a_visitor(parts, person.openid)
    await person.says("book", date="2026-03-17", half="AM")
    a_clock.advance(days=2)
    await visiting.mark_visit(office, await Reviewer(office).form(), Event.MARK_MISSED)
    assert (await pushed(parts))[-1] == "appointment_missed"
    again = await person.says("book", number=1)
    assert (said(again), again["case"]["stage"]) == (["appointment_booked"], "re_review_booked")
    await check_seats(parts)


async def test_a_renewal_of_2019_books_before_it_pays_and_mails_its_papers(
    person: Person, parts: Parts, office: Office, pay: FakePay, a_clock: MovableClock, old_manual: None
) -> None:
    await with_calendars(parts)
    await person.binds()
    await person.says("start_case", business_type="RENEW")
    await person.fills_in_everything()
    submitted = await person.says("submit")
    assert said(submitted) == ["submitted_for_booking"]
    assert submitted["case"]["stage"] == "slot_required"
    assert submitted["ask"]["form"] == "appointment_form"
    held: dict[str, Any] = await person.says("book", number=1)
    assert said(held) == ["appointment_held", "submitted"]
    await pays(person, parts, pay, a_clock)
    assert (await the_case(parts)).stage == "awaiting_materials_email"
    await bureau.mark(office, await Reviewer(office).form(), Event.MARK_EMAIL_RECEIVED)
    assert (await the_case(parts)).stage == "agency_review"
    await check_seats(parts)
