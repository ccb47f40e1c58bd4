"""What people agreed to, what they asked about their data, and objects that wait for their deletion."""

from __future__ import annotations

from typing import Final

from sqlalchemy import CheckConstraint, Column, Index, Integer, Table
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB

from backend.adapters.db.tables.base import key, metadata, ref, text, when

consents: Final = Table(
    "consents",
    metadata,
    key(),
    ref("applicant_id", "applicants.id"),
    text("purpose"),
    text("version"),
    # Where: bind page, credentials page, chat.
    text("how"),
    when("given_at"),
    when("withdrawn_at", null=True),
    Index("uq_consents_live", "applicant_id", "purpose", unique=True, postgresql_where=sql("withdrawn_at IS NULL")),
    Index(None, "applicant_id", "purpose"),
    Index("ix_consents_withdrawn_at", "withdrawn_at", postgresql_where=sql("withdrawn_at IS NOT NULL")),
)

data_requests: Final = Table(
    "data_requests",
    metadata,
    key(),
    # export or delete
    text("kind"),
    text("state"),
    # Null once it is erased.
    text("openid", null=True),
    ref("applicant_id", "applicants.id", null=True),
    # asked, unfollowed, authorisation_revoked
    text("because"),
    when("created_at"),
    # When the worker takes it up; null: not by itself.
    when("due_at", null=True),
    Column("attempts", Integer, nullable=False, server_default="0"),
    when("finished_at", null=True),
    ref("decided_by", "staff.id", null=True),
    # Why a manager declined; the applicant reads it.
    text("reason", null=True),
    # The files of an export: [{"object_key", "name", "size_bytes"}].
    Column("objects", JSONB, nullable=False, server_default=sql("'[]'::jsonb")),
    # What was found or went, by class: counts only.
    Column("counts", JSONB, nullable=False, server_default=sql("'{}'::jsonb")),
    CheckConstraint("kind IN ('export', 'delete')", name="kind"),
    CheckConstraint(
        "state IN ('scheduled', 'review', 'ready', 'done', 'stopped', 'declined', 'expired', 'failed')", name="state"
    ),
    Index(
        "uq_data_requests_open",
        "openid",
        "kind",
        sql("coalesce(applicant_id, '')"),
        unique=True,
        postgresql_where=sql("state IN ('scheduled', 'review')"),
    ),
    Index("ix_data_requests_due_at", "due_at", postgresql_where=sql("due_at IS NOT NULL")),
    Index(None, "applicant_id"),
    Index(None, "finished_at"),
)

doomed_objects: Final = Table(
    "doomed_objects",
    metadata,
    # In the object store still; its row is gone.
    key("object_key"),
    when("doomed_at"),
    Index(None, "doomed_at"),
)
