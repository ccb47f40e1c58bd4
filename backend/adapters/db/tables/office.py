"""The office's own tables: staff and their tasks, the audit trail, answered commands, mails to send."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Identity, Index, Integer, LargeBinary, Table, Text
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql import expression

from backend.adapters.db.tables.base import key, metadata, ref, text, when

staff: Final = Table(
    "staff",
    metadata,
    key(),
    Column("username", Text, nullable=False, unique=True),
    text("display_name"),
    # reviewer or manager
    text("role"),
    text("password_hash"),
    Column("active", Boolean, nullable=False, server_default=expression.true()),
    Column("failed_sign_ins", Integer, nullable=False, server_default="0"),
    when("locked_until", null=True),
    when("created_at"),
)

staff_sessions: Final = Table(
    "staff_sessions",
    metadata,
    # Hash of the cookie's value: the table alone opens no session.
    key("token_hash"),
    ref("staff_id", "staff.id"),
    text("csrf_token"),
    when("created_at"),
    when("last_seen_at"),
    when("expires_at"),
    Index(None, "staff_id"),
)

staff_tasks: Final = Table(
    "staff_tasks",
    metadata,
    key(),
    # human, refund_review, late_payment, forward_supplement, invoice_change, mail_failed, …
    text("kind"),
    text("state", default="open"),
    ref("case_id", "cases.id", null=True),
    ref("applicant_id", "applicants.id", null=True),
    text("openid", null=True),
    text("note"),
    # One task per cause, however often the cause is reported.
    Column("dedupe_key", Text, nullable=False, unique=True),
    ref("taken_by", "staff.id", null=True),
    when("created_at"),
    when("taken_at", null=True),
    when("done_at", null=True),
    text("result", null=True),
    CheckConstraint("state IN ('open', 'taken', 'done')", name="state"),
    Index(None, "state", "created_at"),
    Index(None, "case_id"),
)

audit: Final = Table(
    "audit",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    when("at"),
    # applicant, staff or system
    text("actor_kind"),
    text("actor_id"),
    text("action"),
    ref("case_id", "cases.id", null=True),
    text("from_stage", null=True),
    text("to_stage", null=True),
    text("reason", null=True),
    # Facts without personal data: codes, counts, ids.
    Column("facts", JSONB, nullable=False, server_default=sql("'{}'::jsonb")),
    CheckConstraint("actor_kind IN ('applicant', 'staff', 'system')", name="actor_kind"),
    Index(None, "case_id", "id"),
    Index(None, "at"),
)

document_views: Final = Table(
    "document_views",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    when("at"),
    ref("staff_id", "staff.id"),
    ref("case_id", "cases.id"),
    ref("file_id", "files.id", null=True),
    # What was looked at when it is no file: credentials, id_no.
    text("what"),
    Index(None, "case_id", "id"),
    Index(None, "file_id"),
    Index(None, "at"),
)

commands: Final = Table(
    "commands",
    metadata,
    # Scope (openid or staff id) and Idempotency-Key.
    key("key"),
    text("name"),
    Column("status", Integer, nullable=True),
    # Sealed: answers carry what the applicant said.
    Column("body_sealed", LargeBinary, nullable=True),
    when("created_at"),
    Index(None, "created_at"),
)

mails: Final = Table(
    "mails",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("dedupe_key", Text, nullable=False, unique=True),
    ref("case_id", "cases.id", null=True),
    Column("recipients", JSONB, nullable=False),
    text("subject"),
    text("body"),
    # [{"name", "object_key", "media_type"}]: made when the mail was queued, stored encrypted.
    Column("attachments", JSONB, nullable=False, server_default=sql("'[]'::jsonb")),
    ref("template_mail_id", "template_mails.id", null=True),
    text("state", default="pending"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    when("next_try_at", null=True),
    when("created_at"),
    when("sent_at", null=True),
    text("fault", null=True),
    Column("code_sealed", LargeBinary, nullable=True),
    CheckConstraint("state IN ('pending', 'sending', 'sent', 'failed')", name="state"),
    Index("ix_mails_next_try_at", "next_try_at", postgresql_where=sql("next_try_at IS NOT NULL")),
)
