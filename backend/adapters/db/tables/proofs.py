"""What proves who somebody is: offers to bind by a staff QR, codes by mail or staff, invitations of new staff."""

from __future__ import annotations

from typing import Final

from sqlalchemy import CheckConstraint, Column, Index, Integer, LargeBinary, Table, Text

from backend.adapters.db.tables.base import key, metadata, ref, text, when

bind_offers: Final = Table(
    "bind_offers",
    metadata,
    key(),
    # Hash of the QR's scene: the table alone binds nobody.
    Column("scene_hash", Text, nullable=False, unique=True),
    ref("applicant_id", "applicants.id"),
    ref("issued_by", "staff.id"),
    when("created_at"),
    when("expires_at"),
    # Who scanned it last; confirming asks for more.
    text("scanned_by", null=True),
    when("scanned_at", null=True),
    Column("tries", Integer, nullable=False, server_default="0"),
    when("used_at", null=True),
    when("withdrawn_at", null=True),
    CheckConstraint("tries >= 0", name="tries"),
    Index(None, "scanned_by"),
    Index(None, "applicant_id"),
    Index(None, "expires_at"),
)

codes: Final = Table(
    "codes",
    metadata,
    key(),
    # reset_password, new_phone
    text("purpose"),
    # What it was asked for, as a keyed hash: a user name, a case.
    text("about_hash"),
    # Null: asked for somebody who does not exist; nobody can tell the difference.
    ref("applicant_id", "applicants.id", null=True),
    # Null: told by staff, good on any account.
    text("openid", null=True),
    text("code_hash"),
    # What it proves: the new phone number, sealed.
    Column("told_sealed", LargeBinary, nullable=True),
    when("created_at"),
    when("expires_at"),
    Column("tries", Integer, nullable=False, server_default="0"),
    when("used_at", null=True),
    CheckConstraint("purpose IN ('reset_password', 'new_phone')", name="purpose"),
    CheckConstraint("tries >= 0", name="tries"),
    Index(None, "about_hash"),
    Index(None, "expires_at"),
)

staff_invitations: Final = Table(
    "staff_invitations",
    metadata,
    # Hash of the link's token.
    key("token_hash"),
    ref("staff_id", "staff.id"),
    ref("created_by", "staff.id"),
    when("created_at"),
    when("expires_at"),
    when("used_at", null=True),
    Index(None, "staff_id"),
    Index(None, "expires_at"),
)
