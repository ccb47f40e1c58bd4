"""Who is served: applicants, their WeChat identities, employers (立户), files, one-time links and captchas."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text
from sqlalchemy import text as sql
from sqlalchemy.sql import expression

from backend.adapters.db.tables.base import key, metadata, ref, text, when

applicants: Final = Table(
    "applicants",
    metadata,
    key(),
    Column("username", Text, nullable=False, unique=True),
    text("password_hash"),
    Column("name_sealed", LargeBinary, nullable=False),
    Column("id_no_sealed", LargeBinary, nullable=False),
    # Keyed hash of the ID number: finds a person without opening every row.
    Column("id_no_hash", Text, nullable=False, unique=True),
    Column("failed_sign_ins", Integer, nullable=False, server_default="0"),
    when("locked_until", null=True),
    when("created_at"),
    # A tombstone: the person asked to be forgotten; name and number are gone.
    when("erased_at", null=True),
    CheckConstraint("failed_sign_ins >= 0", name="failed_sign_ins"),
)

identities: Final = Table(
    "identities",
    metadata,
    # The key: an applicant talks from one WeChat account; binding a second one moves the identity.
    Column("applicant_id", Text, ForeignKey("applicants.id"), primary_key=True),
    # Several people of one family may use one WeChat account; one of them is the one that is talked about.
    text("openid"),
    Column("is_current", Boolean, nullable=False, server_default=expression.true()),
    # The family name only: what tells two people of one account apart.
    text("shown_name", default=""),
    text("terms_version"),
    when("terms_accepted_at"),
    when("bound_at"),
    Index(None, "openid"),
    Index("uq_identities_current", "openid", unique=True, postgresql_where=sql("is_current")),
)
followers: Final = Table(
    "followers",
    metadata,
    key("openid"),
    Column("subscribed", Boolean, nullable=False, server_default=expression.true()),
    text("scene", null=True),
    when("first_seen_at"),
    when("last_seen_at"),
    when("last_message_at", null=True),
)

employers: Final = Table(
    "employers",
    metadata,
    key(),
    text("name"),
    text("district"),
    Column("uscc", Text, nullable=False, unique=True),
    Column("active", Boolean, nullable=False, server_default=expression.true()),
    # Null: the fee of the catalogue applies.
    Column("fee_fen", Integer, nullable=True),
    # Which manual's flow its applicants take; legacy_2019 has visits.
    text("manual", default="2023"),
    # What kind of unit it is: some materials and income limits follow from it.
    text("unit_kind", default="company"),
    # New permits that it may still apply for this year; null: nobody has told us.
    Column("quota", Integer, nullable=True),
    # 单位关联代码 of the government platform, our number for the client, and whom to call there.
    text("link_code", default=""),
    text("client_no", default=""),
    text("contact_name", default=""),
    text("contact_phone", default=""),
    when("created_at"),
    CheckConstraint("fee_fen > 0", name="fee_fen"),
    CheckConstraint("quota >= 0", name="quota"),
    CheckConstraint("unit_kind IN ('company', 'high_tech', 'institution', 'social', 'branch')", name="unit_kind"),
    CheckConstraint("manual IN ('2023', 'legacy_2019')", name="manual"),
)

applicant_employers: Final = Table(
    "applicant_employers",
    metadata,
    ref("applicant_id", "applicants.id", primary_key=True),
    ref("employer_id", "employers.id", primary_key=True),
)

files: Final = Table(
    "files",
    metadata,
    key(),
    ref("applicant_id", "applicants.id", null=True),
    # Files sent before the openid is bound belong to the openid only.
    text("openid", null=True),
    text("kind"),
    Column("object_key", Text, nullable=False, unique=True),
    text("sha256"),
    text("media_type"),
    Column("size_bytes", Integer, nullable=False),
    Column("width", Integer, nullable=True),
    Column("height", Integer, nullable=True),
    text("source"),
    when("created_at"),
    CheckConstraint("size_bytes > 0", name="size_bytes"),
    CheckConstraint("width > 0 AND height > 0", name="pixels"),
    Index(None, "applicant_id", "sha256"),
    Index(None, "openid"),
    Index(None, "created_at"),
)

links: Final = Table(
    "links",
    metadata,
    key(),
    Column("token_hash", Text, nullable=False, unique=True),
    text("purpose"),
    text("openid"),
    text("case_no", null=True),
    when("created_at"),
    when("expires_at"),
    when("redeemed_at", null=True),
    Index(None, "expires_at"),
    Index(None, "openid", "purpose"),
)

captchas: Final = Table(
    "captchas",
    metadata,
    key(),
    text("answer_hash"),
    when("expires_at"),
    when("used_at", null=True),
    Index(None, "expires_at"),
)
