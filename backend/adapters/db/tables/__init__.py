"""Every table of the backend; constraints here are the last guard behind the rules of the domain."""

from backend.adapters.db.tables.base import metadata
from backend.adapters.db.tables.cases import (
    case_numbers,
    cases,
    confirmations,
    credentials,
    item_files,
    material_items,
    photos,
    supplement_files,
    supplement_requests,
    template_mails,
)
from backend.adapters.db.tables.clockwork import bill_days, reminders, waiting_times
from backend.adapters.db.tables.money import invoice_changes, invoices, orders, payments, refunds
from backend.adapters.db.tables.office import (
    audit,
    commands,
    document_views,
    mails,
    staff,
    staff_sessions,
    staff_tasks,
)
from backend.adapters.db.tables.people import (
    applicant_employers,
    applicants,
    captchas,
    employers,
    files,
    followers,
    identities,
    links,
)
from backend.adapters.db.tables.proofs import bind_offers, codes, staff_invitations
from backend.adapters.db.tables.publications import publications
from backend.adapters.db.tables.rights import consents, data_requests, doomed_objects
from backend.adapters.db.tables.visits import appointments, calendars, closures, slots, waitlist

__all__ = [
    "applicant_employers",
    "applicants",
    "appointments",
    "audit",
    "bill_days",
    "bind_offers",
    "calendars",
    "captchas",
    "case_numbers",
    "cases",
    "closures",
    "codes",
    "commands",
    "confirmations",
    "consents",
    "credentials",
    "data_requests",
    "document_views",
    "doomed_objects",
    "employers",
    "files",
    "followers",
    "identities",
    "invoice_changes",
    "invoices",
    "item_files",
    "links",
    "mails",
    "material_items",
    "metadata",
    "orders",
    "payments",
    "photos",
    "publications",
    "refunds",
    "reminders",
    "slots",
    "staff",
    "staff_invitations",
    "staff_sessions",
    "staff_tasks",
    "supplement_files",
    "supplement_requests",
    "template_mails",
    "waiting_times",
    "waitlist",
]
