"""What is stored, as frozen records: one per table, field for column; no use case meets a library's row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class Applicant:
    id: str
    username: str
    password_hash: str
    name_sealed: bytes
    id_no_sealed: bytes
    id_no_hash: str
    created_at: datetime
    failed_sign_ins: int = 0
    locked_until: datetime | None = None
    erased_at: datetime | None = None


@dataclass(frozen=True)
class Identity:
    openid: str
    applicant_id: str
    terms_version: str
    terms_accepted_at: datetime
    bound_at: datetime
    is_current: bool = True
    shown_name: str = ""


@dataclass(frozen=True)
class Follower:
    openid: str
    subscribed: bool
    first_seen_at: datetime
    last_seen_at: datetime
    scene: str | None = None
    last_message_at: datetime | None = None


@dataclass(frozen=True)
class Employer:
    id: str
    name: str
    district: str
    uscc: str
    active: bool
    created_at: datetime
    fee_fen: int | None = None
    manual: str = "2023"
    unit_kind: str = "company"
    quota: int | None = None
    link_code: str = ""
    client_no: str = ""
    contact_name: str = ""
    contact_phone: str = ""


@dataclass(frozen=True)
class ApplicantEmployer:
    applicant_id: str
    employer_id: str


@dataclass(frozen=True)
class StoredFile:
    id: str
    applicant_id: str | None
    openid: str | None
    kind: str
    object_key: str
    sha256: str
    media_type: str
    size_bytes: int
    source: str
    created_at: datetime
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True)
class Link:
    id: str
    token_hash: str
    purpose: str
    openid: str
    created_at: datetime
    expires_at: datetime
    case_no: str | None = None
    redeemed_at: datetime | None = None


@dataclass(frozen=True)
class Captcha:
    id: str
    answer_hash: str
    expires_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True)
class CaseRecord:
    id: str
    case_no: str
    applicant_id: str
    business_type: str
    profile: str
    stage: str
    catalogue_version: str
    created_at: datetime
    updated_at: datetime
    stage_since: datetime
    draft: Mapping[str, Any] = field(default_factory=dict)
    employer_id: str | None = None
    submitted_at: datetime | None = None
    pay_deadline: datetime | None = None
    round: int = 1
    version: int = 1
    source_case_id: str | None = None
    close_reason: str | None = None
    approved_at: datetime | None = None
    closed_at: datetime | None = None
    valid_until: date | None = None
    files_erased_at: datetime | None = None
    erased_at: datetime | None = None


@dataclass(frozen=True)
class ItemRecord:
    id: str
    case_id: str
    code: str
    state: str = "not_uploaded"
    required: bool = True
    active: bool = True
    finished: bool = False
    reject_reason: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    round: int = 1


@dataclass(frozen=True)
class ItemFile:
    id: str
    item_id: str
    file_id: str
    round: int
    added_at: datetime
    removed_at: datetime | None = None


@dataclass(frozen=True)
class Photo:
    case_id: str
    source_file_id: str
    width: int
    height: int
    x: int
    y: int
    w: int
    h: int
    proposed: Mapping[str, int]
    preview_file_id: str
    accepted_at: datetime | None = None


@dataclass(frozen=True)
class Credentials:
    case_id: str
    username_sealed: bytes
    password_sealed: bytes
    consented_at: datetime


@dataclass(frozen=True)
class SupplementRequest:
    id: str
    case_id: str
    stage: str
    round: int
    text: str
    created_at: datetime
    items: Sequence[str] = ()
    deadline: datetime | None = None
    state: str = "open"
    finished: bool = False
    created_by: str | None = None
    submitted_at: datetime | None = None


@dataclass(frozen=True)
class SupplementFile:
    id: str
    request_id: str
    file_id: str
    added_at: datetime
    removed_at: datetime | None = None


@dataclass(frozen=True)
class Confirmation:
    id: str
    case_id: str
    file_id: str
    uploaded_at: datetime
    uploaded_by: str | None = None
    superseded_at: datetime | None = None


@dataclass(frozen=True)
class TemplateMail:
    id: str
    case_id: str
    requested_at: datetime
    documents: Sequence[str] = ()
    state: str = "queued"
    finished_at: datetime | None = None


@dataclass(frozen=True)
class Order:
    id: str
    case_id: str
    openid: str
    out_trade_no: str
    amount_fen: int
    description: str
    deadline: datetime
    created_at: datetime
    state: str = "created"
    prepay_id: str | None = None
    prepay_expires_at: datetime | None = None
    paid_at: datetime | None = None
    closed_at: datetime | None = None
    next_query_at: datetime | None = None
    queries: int = 0
    next_reminder_at: datetime | None = None


@dataclass(frozen=True)
class Payment:
    id: str
    order_id: str
    transaction_id: str
    amount_fen: int
    paid_at: datetime
    source: str
    kept: bool
    recorded_at: datetime
    billed_on: date | None = None
    returned_fen: int = 0


@dataclass(frozen=True)
class Refund:
    id: str
    payment_id: str
    out_refund_no: str
    amount_fen: int
    reason: str
    created_at: datetime
    state: str = "queued"
    refund_id: str | None = None
    attempts: int = 0
    next_try_at: datetime | None = None
    finished_at: datetime | None = None
    accepted_at: datetime | None = None
    billed_on: date | None = None


@dataclass(frozen=True)
class Invoice:
    case_id: str
    title_type: str
    title: str
    email: str
    tax_no: str | None = None
    state: str = "none"
    requested_at: datetime | None = None
    finished_at: datetime | None = None
    number: str | None = None
    file_id: str | None = None
    fault: str | None = None


@dataclass(frozen=True)
class InvoiceChange:
    id: str
    case_id: str
    title_type: str
    title: str
    email: str
    created_at: datetime
    tax_no: str = ""
    state: str = "told"
    asked_at: datetime | None = None
    finished_at: datetime | None = None
    finished_by: str | None = None
    answer: str | None = None


@dataclass(frozen=True)
class Staff:
    id: str
    username: str
    display_name: str
    role: str
    password_hash: str
    created_at: datetime
    active: bool = True
    failed_sign_ins: int = 0
    locked_until: datetime | None = None


@dataclass(frozen=True)
class StaffSession:
    token_hash: str
    staff_id: str
    csrf_token: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class StaffTask:
    id: str
    kind: str
    note: str
    dedupe_key: str
    created_at: datetime
    state: str = "open"
    case_id: str | None = None
    applicant_id: str | None = None
    openid: str | None = None
    taken_by: str | None = None
    taken_at: datetime | None = None
    done_at: datetime | None = None
    result: str | None = None


@dataclass(frozen=True)
class AuditEntry:
    at: datetime
    actor_kind: str
    actor_id: str
    action: str
    case_id: str | None = None
    from_stage: str | None = None
    to_stage: str | None = None
    reason: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    id: int | None = None


@dataclass(frozen=True)
class DocumentView:
    at: datetime
    staff_id: str
    case_id: str
    what: str
    file_id: str | None = None
    id: int | None = None


@dataclass(frozen=True)
class Mail:
    dedupe_key: str
    recipients: Sequence[str]
    subject: str
    body: str
    created_at: datetime
    attachments: Sequence[Mapping[str, str]] = ()
    case_id: str | None = None
    template_mail_id: str | None = None
    state: str = "pending"
    attempts: int = 0
    next_try_at: datetime | None = None
    sent_at: datetime | None = None
    fault: str | None = None
    # A code that stands for {code} in the body: sealed until the mail leaves, then gone.
    code_sealed: bytes | None = None
    id: int | None = None
