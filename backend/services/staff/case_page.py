"""Everything that the console shows about one case, personal values masked, as plain data for a template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.domain.case import STAGES, TERMINAL, Event, Stage
from backend.domain.catalogue import Catalogue
from backend.domain.profile import UploadMode
from backend.domain.transitions import staff_events
from backend.services.ports import UnitOfWork
from backend.services.pushes import case_mark
from backend.services.records import CaseRecord, Employer, Invoice, InvoiceChange, Order, Refund, SupplementRequest
from backend.services.staff.bucket import Name, names_for
from backend.services.staff.case_data import Section, sections_of
from backend.services.staff.case_history import HistoryLine, history_of
from backend.services.staff.case_items import ItemView, Paper, items_of, papers_of_supplement
from backend.services.staff.office import Office, SentMessage
from backend.services.staff.queue import handlers_of
from backend.services.staff.refunding import Refundable, refundable
from backend.services.staff.refusals import CaseUnknown
from backend.services.staff.sign_in import SignedIn
from backend.services.standing import flow_of

MESSAGES_SHOWN = 20


@dataclass(frozen=True)
class SupplementView:
    """One request of the bureau and what came in for it."""

    request: SupplementRequest
    item_names: Sequence[str]
    papers: Sequence[Paper]


@dataclass(frozen=True)
class CasePage:
    case: CaseRecord
    stage: Stage
    waiting: timedelta
    handled_by: str | None
    is_mine: bool
    sections: Sequence[Section]
    photo_file_id: str | None
    items: Sequence[ItemView]
    supplements: Sequence[SupplementView]
    order: Order | None
    refunds: Sequence[Refund]
    refundable: Refundable | None
    invoice: Invoice | None
    invoice_change: InvoiceChange | None
    slip_file_id: str | None
    has_credentials: bool
    employer: Employer | None
    history: Sequence[HistoryLine]
    messages: Sequence[SentMessage]
    messages_left: int | None
    mails: Sequence[tuple[datetime, str, str]]
    events: frozenset[Event]
    reject_reasons: Sequence[str]
    piece_names: Sequence[Name] = ()

    @property
    def is_open(self) -> bool:
        return self.stage not in TERMINAL

    @property
    def who_acts(self) -> str:
        return STAGES[self.stage].who_acts.value

    @property
    def counts(self) -> Mapping[str, int]:
        """How many items stand where; `undecided` blocks finishing the review."""
        states = [item.state for item in self.items]
        return {
            "undecided": states.count("uploaded"),
            "rejected": states.count("rejected"),
            "passed": states.count("passed"),
        }


async def case_page(office: Office, who: SignedIn, case_no: str) -> CasePage:
    """Load the page; raises CaseUnknown."""
    async with office.parts.begin() as uow:
        case = await uow.cases.first(case_no=case_no)
        if case is None:
            raise CaseUnknown
        return await _page(office, uow, who, case)


async def _page(office: Office, uow: UnitOfWork, who: SignedIn, case: CaseRecord) -> CasePage:
    identity = await uow.identities.get(case.applicant_id)
    openid = identity.openid if identity else None
    handled_by = (await handlers_of(uow, [case.id])).get(case.id)
    photo = await uow.photos.get(case.id)
    slip = await uow.confirmations.first(case_id=case.id, superseded_at=None)
    mails = await uow.mails.where(case_id=case.id, order_by="-created_at")
    marks = [case_mark(one.id) for one in await uow.cases.where(applicant_id=case.applicant_id)]
    catalogue = office.parts.catalogues.at(case.catalogue_version)
    return CasePage(
        case=case,
        stage=Stage(case.stage),
        waiting=office.parts.clock.now() - case.stage_since,
        handled_by=handled_by,
        is_mine=handled_by == who.display_name,
        sections=await sections_of(office, uow, case),
        photo_file_id=photo.preview_file_id if photo else None,
        items=await items_of(uow, case, catalogue),
        supplements=await _supplements(uow, case, catalogue),
        order=await uow.orders.first(case_id=case.id, order_by="-created_at"),
        refunds=await _refunds(uow, case),
        refundable=await refundable(uow, case),
        invoice=await uow.invoices.get(case.id),
        invoice_change=await uow.invoice_changes.first(case_id=case.id, state="asked"),
        slip_file_id=slip.file_id if slip else None,
        employer=await uow.employers.get(case.employer_id) if case.employer_id else None,
        has_credentials=await uow.credentials.get(case.id) is not None,
        history=await history_of(uow, case, catalogue),
        messages=await office.chat_log.sent_to(openid, marks=marks, limit=MESSAGES_SHOWN) if openid else [],
        messages_left=await office.chat_log.left_for(openid) if openid else None,
        mails=[(mail.sent_at or mail.created_at, mail.subject, mail.state) for mail in mails],
        events=frozenset(staff_events(Stage(case.stage))),
        reject_reasons=catalogue.reject_reasons,
        piece_names=names_for(catalogue, case) if flow_of(case).upload_mode is UploadMode.BULK else (),
    )


async def _refunds(uow: UnitOfWork, case: CaseRecord) -> list[Refund]:
    """Everything that went back or was to go back, in its order."""
    orders = await uow.orders.where(case_id=case.id)
    payments = await uow.payments.where(order_id=[one.id for one in orders]) if orders else []
    return await uow.refunds.where(payment_id=[one.id for one in payments], order_by="created_at") if payments else []


async def _supplements(uow: UnitOfWork, case: CaseRecord, catalogue: Catalogue) -> list[SupplementView]:
    requests = await uow.supplements.where(case_id=case.id, order_by="-created_at")
    views = []
    for request in requests:
        materials = [(code, catalogue.material(code)) for code in request.items]
        names = [material.name if material else code for code, material in materials]
        views.append(SupplementView(request, names, await papers_of_supplement(uow, request)))
    return views
