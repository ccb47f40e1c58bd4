"""What operators publish over the files: an append-only list, the newest row of a key counts."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, CheckConstraint, Column, Identity, Index, Table
from sqlalchemy.dialects.postgresql import JSONB

from backend.adapters.db.tables.base import metadata, ref, text, when

publications: Final = Table(
    "publications",
    metadata,
    Column("number", BigInteger, Identity(), primary_key=True),
    text("kind"),
    text("key"),
    # Null: as in the files again.
    Column("body", JSONB(none_as_null=True), nullable=True),
    text("note"),
    ref("staff_id", "staff.id"),
    when("created_at"),
    CheckConstraint("kind IN ('fees', 'notice', 'material', 'text', 'message')", name="kind"),
    Index(None, "kind", "key"),
)
