"""The flow of 2019 for all but new applications: submit, book, and only then the order with its 24 hours (T12, T13)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from backend.domain.case import Event
from backend.domain.payment import pay_deadline
from backend.domain.profile import AppointmentMode, BusinessType
from backend.services.errors import EmployerUnknown
from backend.services.orders import open_order
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.records import CaseRecord, Order
from backend.services.standing import Standing, flow_of
from backend.services.transitions_log import Who, an_applicant, record_transition


def books_before_paying(case: CaseRecord) -> bool:
    return flow_of(case).appointment is AppointmentMode.PRE_REVIEW


async def submit_for_booking(uow: UnitOfWork, parts: Parts, standing: Standing) -> CaseRecord:
    """T12: everything is told; a time has to be chosen before the order is made."""
    now, who = parts.clock.now(), an_applicant(standing.applicant.id)
    return await record_transition(uow, standing.open_case, Event.SUBMIT_FOR_BOOKING, who, now=now, submitted_at=now)


def payment_deadline(parts: Parts, standing: Standing, *, now: datetime) -> datetime:
    """24 hours from the booking (T13)."""
    case = standing.open_case
    window = parts.catalogues.at(case.catalogue_version).pay_window
    return pay_deadline(window, created_at=case.created_at, submitted_at=now)


async def open_payment(
    uow: UnitOfWork, parts: Parts, standing: Standing, who: Who, *, facts: Mapping[str, Any]
) -> tuple[CaseRecord, Order]:
    """T13: the case waits for money; its seat is held until the same deadline."""
    case, now = standing.open_case, parts.clock.now()
    employer = next((one for one in standing.employers if one.id == case.employer_id), None)
    if employer is None:
        raise EmployerUnknown
    fee = parts.catalogues.at(case.catalogue_version).fee
    amount_fen = employer.fee_fen or fee.fen_for(BusinessType(case.business_type), employer=employer.uscc)
    deadline = payment_deadline(parts, standing, now=now)
    told = {**facts, "amount_fen": amount_fen}
    case = await record_transition(uow, case, Event.BOOK, who, now=now, facts=told, pay_deadline=deadline)
    order = await open_order(uow, parts, case, standing.openid, amount_fen=amount_fen, deadline=deadline)
    return case, order
