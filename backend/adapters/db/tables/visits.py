"""Calendars and what hangs on them: closures, slots with their seats, appointments and the waitlist."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Date, Identity, Index, Integer, Table, Text
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint
from sqlalchemy.sql import expression

from backend.adapters.db.tables.base import key, metadata, ref, text, when

LIVE: Final = sql("state IN ('held', 'confirmed')")

calendars: Final = Table(
    "calendars",
    metadata,
    key(),
    # re_review or pre_review
    text("kind"),
    text("place"),
    text("bring", default=""),
    # [{"weekday": 0, "begins": "09:00", "ends": "11:30"}], Monday is 0, Beijing time
    Column("weekly", JSONB, nullable=False),
    Column("seats", Integer, nullable=False),
    Column("ahead_days", Integer, nullable=False),
    # HH:MM on the day before; null: the end of that day.
    text("cut_off", null=True),
    Column("offer_hours", Integer, nullable=False),
    # Names of districts; empty: all.
    Column("districts", JSONB, nullable=False, server_default=sql("'[]'::jsonb")),
    Column("active", Boolean, nullable=False, server_default=expression.true()),
    # When slots are opened next.
    when("open_at"),
    CheckConstraint("kind IN ('re_review', 'pre_review')", name="kind"),
    CheckConstraint("seats >= 1", name="seats"),
)

closures: Final = Table(
    "closures",
    metadata,
    key(),
    # Null: a holiday for every calendar.
    ref("calendar_id", "calendars.id", null=True),
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False),
    text("reason"),
    ref("created_by", "staff.id", null=True),
    when("created_at"),
    when("removed_at", null=True),
    CheckConstraint("first <= last", name="days"),
)

slots: Final = Table(
    "slots",
    metadata,
    key(),
    ref("calendar_id", "calendars.id"),
    # The day in Beijing.
    Column("day", Date, nullable=False),
    when("starts_at"),
    when("ends_at"),
    Column("seats", Integer, nullable=False),
    # Visits that are held or confirmed, and seats offered to the waitlist.
    Column("taken", Integer, nullable=False, server_default="0"),
    Column("closed", Boolean, nullable=False, server_default=expression.false()),
    # The calendar's week does not have it any more: it takes nobody new, who has booked keeps the visit.
    Column("withdrawn", Boolean, nullable=False, server_default=expression.false()),
    # Set when a seat has become free: the waitlist comes first.
    when("pass_on_at", null=True),
    CheckConstraint("taken >= 0 AND taken <= seats", name="capacity"),
    CheckConstraint("starts_at < ends_at", name="window"),
    Unique("calendar_id", "starts_at"),
    Index(None, "calendar_id", "day"),
    Index("ix_slots_pass_on_at", "pass_on_at", postgresql_where=sql("pass_on_at IS NOT NULL")),
)

appointments: Final = Table(
    "appointments",
    metadata,
    key(),
    ref("case_id", "cases.id"),
    ref("slot_id", "slots.id"),
    text("kind"),
    text("state"),
    when("hold_expires_at", null=True),
    when("remind_at", null=True),
    when("created_at"),
    when("ended_at", null=True),
    text("end_reason", null=True),
    CheckConstraint("state IN ('held', 'confirmed', 'cancelled', 'attended', 'missed')", name="state"),
    CheckConstraint("(state IN ('held', 'confirmed')) = (ended_at IS NULL)", name="ended"),
    # One visit per case, looked at when the transaction ends: a swap has two for a moment.
    ExcludeConstraint(
        ("case_id", "="),
        name="ex_appointments_live",
        using="btree",
        where=LIVE,
        deferrable=True,
        initially="DEFERRED",
    ),
    Index(None, "case_id", "created_at"),
    Index("ix_appointments_slot", "slot_id", postgresql_where=LIVE),
    Index("ix_appointments_remind_at", "remind_at", postgresql_where=sql("remind_at IS NOT NULL")),
)

waitlist: Final = Table(
    "waitlist",
    metadata,
    # The order of joining.
    Column("id", BigInteger, Identity(), primary_key=True),
    ref("case_id", "cases.id"),
    text("kind"),
    text("district"),
    Column("wished_on", Date, nullable=True),
    # AM or PM
    Column("wished_half", Text, nullable=True),
    text("state", default="waiting"),
    # The seat that is kept for this person now, and until when.
    ref("slot_id", "slots.id", null=True),
    when("offer_expires_at", null=True),
    when("created_at"),
    when("ended_at", null=True),
    CheckConstraint("state IN ('waiting', 'offered', 'taken', 'passed', 'left')", name="state"),
    CheckConstraint("(state = 'offered') = (offer_expires_at IS NOT NULL)", name="offer"),
    Index("uq_waitlist_open", "case_id", unique=True, postgresql_where=sql("state IN ('waiting', 'offered')")),
    Index("ix_waitlist_waiting", "kind", "id", postgresql_where=sql("state = 'waiting'")),
    Index("ix_waitlist_offered", "slot_id", postgresql_where=sql("state = 'offered'")),
    Index("ix_waitlist_offer_expires_at", "offer_expires_at", postgresql_where=sql("offer_expires_at IS NOT NULL")),
)
