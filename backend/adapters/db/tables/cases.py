"""The case and what hangs on it: material items, photo, supplements, confirmation slips, credentials, templates."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql import expression

from backend.adapters.db.tables.base import key, metadata, ref, text, when

case_numbers: Final = Table(
    "case_numbers",
    metadata,
    Column("day", Date, primary_key=True),
    Column("last", Integer, nullable=False),
)

cases: Final = Table(
    "cases",
    metadata,
    key(),
    Column("case_no", Text, nullable=False, unique=True),
    ref("applicant_id", "applicants.id"),
    text("business_type"),
    text("profile"),
    text("stage"),
    ref("employer_id", "employers.id", null=True),
    text("catalogue_version"),
    Column("draft", JSONB, nullable=False, server_default=sql("'{}'::jsonb")),
    when("submitted_at", null=True),
    when("pay_deadline", null=True),
    Column("round", Integer, nullable=False, server_default="1"),
    # Counts every saved change.
    Column("version", Integer, nullable=False, server_default="1"),
    ref("source_case_id", "cases.id", null=True),
    text("close_reason", null=True),
    when("created_at"),
    when("updated_at"),
    # When the present stage was entered: the console's queues wait from here.
    when("stage_since"),
    when("approved_at", null=True),
    when("closed_at", null=True),
    # The last day of the permit that was granted, as far as we know (T40).
    Column("valid_until", Date, nullable=True),
    # When its files went, and when everything went that tells whose it was (catalogue/retention.yml).
    when("files_erased_at", null=True),
    when("erased_at", null=True),
    CheckConstraint("round >= 1", name="round"),
    Index(None, "applicant_id", "created_at"),
    Index(None, "stage", "stage_since"),
    Index("ix_cases_pay_deadline", "pay_deadline", postgresql_where=sql("stage = 'awaiting_payment'")),
    Index(
        "ix_cases_closed_with_a_result",
        "business_type",
        "closed_at",
        postgresql_where=sql("stage IN ('completed', 'hr_refused')"),
    ),
    Index("ix_cases_files_to_erase", "closed_at", postgresql_where=sql("files_erased_at IS NULL")),
    Index("ix_cases_to_erase", "closed_at", postgresql_where=sql("erased_at IS NULL")),
    # A12: one open case per person.
    Index("uq_cases_open_applicant", "applicant_id", unique=True, postgresql_where=sql("closed_at IS NULL")),
)

material_items: Final = Table(
    "material_items",
    metadata,
    key(),
    ref("case_id", "cases.id"),
    text("code"),
    text("state", default="not_uploaded"),
    Column("required", Boolean, nullable=False, server_default=expression.true()),
    # False: the conditions no longer ask for it; its files stay for 其他 (T8).
    Column("active", Boolean, nullable=False, server_default=expression.true()),
    # Said to be complete by the applicant (“传完了”).
    Column("finished", Boolean, nullable=False, server_default=expression.false()),
    text("reject_reason", null=True),
    ref("decided_by", "staff.id", null=True),
    when("decided_at", null=True),
    Column("round", Integer, nullable=False, server_default="1"),
    UniqueConstraint("case_id", "code"),
    CheckConstraint("state IN ('not_uploaded', 'uploaded', 'passed', 'rejected')", name="state"),
    CheckConstraint("state <> 'rejected' OR reject_reason IS NOT NULL", name="reason"),
)

item_files: Final = Table(
    "item_files",
    metadata,
    key(),
    ref("item_id", "material_items.id"),
    ref("file_id", "files.id"),
    Column("round", Integer, nullable=False, server_default="1"),
    when("added_at"),
    when("removed_at", null=True),
    Index(None, "item_id", "added_at"),
    Index(None, "file_id"),
    Index("uq_item_files_live", "item_id", "file_id", unique=True, postgresql_where=sql("removed_at IS NULL")),
)

photos: Final = Table(
    "photos",
    metadata,
    ref("case_id", "cases.id", primary_key=True),
    ref("source_file_id", "files.id"),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("x", Integer, nullable=False),
    Column("y", Integer, nullable=False),
    Column("w", Integer, nullable=False),
    Column("h", Integer, nullable=False),
    Column("proposed", JSONB, nullable=False),
    ref("preview_file_id", "files.id"),
    when("accepted_at", null=True),
    Index(None, "source_file_id"),
    Index(None, "preview_file_id"),
    CheckConstraint("x >= 0 AND y >= 0 AND w > 0 AND h > 0 AND x + w <= width AND y + h <= height", name="box"),
)

credentials: Final = Table(
    "credentials",
    metadata,
    ref("case_id", "cases.id", primary_key=True),
    Column("username_sealed", LargeBinary, nullable=False),
    Column("password_sealed", LargeBinary, nullable=False),
    when("consented_at"),
)

supplement_requests: Final = Table(
    "supplement_requests",
    metadata,
    key(),
    ref("case_id", "cases.id"),
    # agency, hr_first, hr_final
    text("stage"),
    Column("round", Integer, nullable=False, server_default="1"),
    text("text"),
    Column("items", JSONB, nullable=False, server_default=sql("'[]'::jsonb")),
    when("deadline", null=True),
    text("state", default="open"),
    # Said to be complete by the applicant.
    Column("finished", Boolean, nullable=False, server_default=expression.false()),
    ref("created_by", "staff.id", null=True),
    when("created_at"),
    when("submitted_at", null=True),
    CheckConstraint("state IN ('open', 'submitted', 'accepted', 'reopened')", name="state"),
    CheckConstraint("stage IN ('agency', 'hr_first', 'hr_final')", name="stage"),
    Index("uq_supplement_requests_open", "case_id", unique=True, postgresql_where=sql("state IN ('open', 'reopened')")),
    Index(None, "case_id", "created_at"),
)

supplement_files: Final = Table(
    "supplement_files",
    metadata,
    key(),
    ref("request_id", "supplement_requests.id"),
    ref("file_id", "files.id"),
    when("added_at"),
    when("removed_at", null=True),
    Index(None, "file_id"),
    Index("uq_supplement_files_live", "request_id", "file_id", unique=True, postgresql_where=sql("removed_at IS NULL")),
)

confirmations: Final = Table(
    "confirmations",
    metadata,
    key(),
    ref("case_id", "cases.id"),
    ref("file_id", "files.id"),
    ref("uploaded_by", "staff.id", null=True),
    when("uploaded_at"),
    when("superseded_at", null=True),
    Index(None, "file_id"),
    Index("uq_confirmations_current", "case_id", unique=True, postgresql_where=sql("superseded_at IS NULL")),
)

template_mails: Final = Table(
    "template_mails",
    metadata,
    key(),
    ref("case_id", "cases.id"),
    text("state", default="queued"),
    Column("documents", JSONB, nullable=False, server_default=sql("'[]'::jsonb")),
    when("requested_at"),
    when("finished_at", null=True),
    CheckConstraint("state IN ('queued', 'sent', 'failed')", name="state"),
    Index(None, "case_id", "requested_at"),
)
