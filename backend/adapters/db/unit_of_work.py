"""One Postgres transaction as the use cases see it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final, Self

from sqlalchemy import Table, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from backend.adapters.db import tables as t
from backend.adapters.db.chat import WechatOutbox
from backend.adapters.db.privacy import PostgresPrivacy
from backend.adapters.db.rows import TableRows
from backend.adapters.db.survey import PostgresSurvey
from backend.services import clockwork_records as k
from backend.services import proof_records as p
from backend.services import records as r
from backend.services import rights_records as rr
from backend.services import visit_records as v
from backend.services.ports import ChatOutbox, Commands, Rows
from backend.services.privacy import Privacy
from backend.services.publication_records import Publication
from backend.services.survey import Survey
from runtime.clock import Clock

STORED: Final[Mapping[str, tuple[Table, type[Any]]]] = {
    "applicants": (t.applicants, r.Applicant),
    "identities": (t.identities, r.Identity),
    "followers": (t.followers, r.Follower),
    "employers": (t.employers, r.Employer),
    "applicant_employers": (t.applicant_employers, r.ApplicantEmployer),
    "files": (t.files, r.StoredFile),
    "links": (t.links, r.Link),
    "captchas": (t.captchas, r.Captcha),
    "cases": (t.cases, r.CaseRecord),
    "items": (t.material_items, r.ItemRecord),
    "item_files": (t.item_files, r.ItemFile),
    "photos": (t.photos, r.Photo),
    "credentials": (t.credentials, r.Credentials),
    "supplements": (t.supplement_requests, r.SupplementRequest),
    "supplement_files": (t.supplement_files, r.SupplementFile),
    "confirmations": (t.confirmations, r.Confirmation),
    "template_mails": (t.template_mails, r.TemplateMail),
    "orders": (t.orders, r.Order),
    "payments": (t.payments, r.Payment),
    "refunds": (t.refunds, r.Refund),
    "invoices": (t.invoices, r.Invoice),
    "invoice_changes": (t.invoice_changes, r.InvoiceChange),
    "staff": (t.staff, r.Staff),
    "staff_sessions": (t.staff_sessions, r.StaffSession),
    "staff_tasks": (t.staff_tasks, r.StaffTask),
    "audit": (t.audit, r.AuditEntry),
    "document_views": (t.document_views, r.DocumentView),
    "mails": (t.mails, r.Mail),
    "calendars": (t.calendars, v.CalendarRecord),
    "closures": (t.closures, v.ClosureRecord),
    "slots": (t.slots, v.SlotRecord),
    "appointments": (t.appointments, v.AppointmentRecord),
    "waitlist": (t.waitlist, v.WaitlistEntry),
    "reminders": (t.reminders, k.Reminder),
    "bill_days": (t.bill_days, k.BillDay),
    "waiting_times": (t.waiting_times, k.WaitingTime),
    "bind_offers": (t.bind_offers, p.BindOffer),
    "codes": (t.codes, p.Code),
    "staff_invitations": (t.staff_invitations, p.StaffInvitation),
    "consents": (t.consents, rr.Consent),
    "data_requests": (t.data_requests, rr.DataRequest),
    "doomed_objects": (t.doomed_objects, rr.DoomedObject),
    "publications": (t.publications, Publication),
}


def make_engine(database_url: str, *, pool_size: int = 10) -> AsyncEngine:
    """An engine for one process; its errors never show what was stored, a dead connection is noticed before use."""
    return create_async_engine(
        database_url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        hide_parameters=True,
    )


class PostgresUnitOfWork:
    """Implements `services.ports.UnitOfWork`; adapters with queries of their own use `connection`."""

    applicants: Rows[r.Applicant]
    identities: Rows[r.Identity]
    followers: Rows[r.Follower]
    employers: Rows[r.Employer]
    applicant_employers: Rows[r.ApplicantEmployer]
    files: Rows[r.StoredFile]
    links: Rows[r.Link]
    captchas: Rows[r.Captcha]
    cases: Rows[r.CaseRecord]
    items: Rows[r.ItemRecord]
    item_files: Rows[r.ItemFile]
    photos: Rows[r.Photo]
    credentials: Rows[r.Credentials]
    supplements: Rows[r.SupplementRequest]
    supplement_files: Rows[r.SupplementFile]
    confirmations: Rows[r.Confirmation]
    template_mails: Rows[r.TemplateMail]
    orders: Rows[r.Order]
    payments: Rows[r.Payment]
    refunds: Rows[r.Refund]
    invoices: Rows[r.Invoice]
    invoice_changes: Rows[r.InvoiceChange]
    staff: Rows[r.Staff]
    staff_sessions: Rows[r.StaffSession]
    staff_tasks: Rows[r.StaffTask]
    audit: Rows[r.AuditEntry]
    document_views: Rows[r.DocumentView]
    mails: Rows[r.Mail]
    calendars: Rows[v.CalendarRecord]
    closures: Rows[v.ClosureRecord]
    slots: Rows[v.SlotRecord]
    appointments: Rows[v.AppointmentRecord]
    waitlist: Rows[v.WaitlistEntry]
    reminders: Rows[k.Reminder]
    bill_days: Rows[k.BillDay]
    waiting_times: Rows[k.WaitingTime]
    bind_offers: Rows[p.BindOffer]
    codes: Rows[p.Code]
    staff_invitations: Rows[p.StaffInvitation]
    consents: Rows[rr.Consent]
    data_requests: Rows[rr.DataRequest]
    doomed_objects: Rows[rr.DoomedObject]
    publications: Rows[Publication]
    privacy: Privacy
    chat: ChatOutbox
    commands: Commands
    survey: Survey
    connection: AsyncConnection

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    async def __aenter__(self) -> Self:
        self.connection = await self._engine.connect()
        for name, (table, record) in STORED.items():
            setattr(self, name, TableRows(self.connection, table, record))
        self.chat = WechatOutbox(self.connection, self._clock)
        self.survey = PostgresSurvey(self.connection)
        self.privacy = PostgresPrivacy(self.connection)
        self.commands = StoredCommands(self.connection, self._clock)
        return self

    async def __aexit__(self, *failure: object) -> None:
        await self.connection.close()

    async def commit(self) -> None:
        await self.connection.commit()

    async def hold(self, name: str) -> None:
        await self.connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))

    async def next_case_number(self, day: date) -> int:
        numbers = t.case_numbers
        statement = (
            insert(numbers)
            .values(day=day, last=1)
            .on_conflict_do_update(index_elements=[numbers.c.day], set_={"last": numbers.c.last + 1})
            .returning(numbers.c.last)
        )
        return int((await self.connection.execute(statement)).scalar_one())


class StoredCommands:
    """Implements `services.ports.Commands`: the claim is an inserted row, so a duplicate waits for its transaction."""

    def __init__(self, connection: AsyncConnection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    async def begin(self, key: str, name: str) -> tuple[int, bytes] | None:
        claim = insert(t.commands).values(key=key, name=name, created_at=self._clock.now())
        claimed = await self._connection.execute(claim.on_conflict_do_nothing().returning(t.commands.c.key))
        if claimed.first() is not None:
            return None
        stored = select(t.commands.c.status, t.commands.c.body_sealed).where(t.commands.c.key == key)
        row = (await self._connection.execute(stored)).one()
        return row.status, row.body_sealed

    async def finish(self, key: str, status: int, body_sealed: bytes) -> None:
        await self._connection.execute(
            update(t.commands).where(t.commands.c.key == key).values(status=status, body_sealed=body_sealed)
        )

    async def forget(self, *, before: datetime) -> int:
        gone = await self._connection.execute(delete(t.commands).where(t.commands.c.created_at < before))
        return gone.rowcount
