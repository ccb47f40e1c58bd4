"""What the worker keeps for itself: which case is reminded next, which day's bill was checked, how long things take."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, CheckConstraint, Column, Date, Index, Integer, Table, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB

from backend.adapters.db.tables.base import key, metadata, ref, text, when

reminders: Final = Table(
    "reminders",
    metadata,
    ref("case_id", "cases.id", primary_key=True),
    # When the case is looked at next; null: nothing is left to be said at this stage.
    when("next_at", null=True),
    # Keys of what was told (backend/domain/reminders.py).
    Column("told", JSONB, nullable=False, server_default=sql("'[]'::jsonb")),
    Index("ix_reminders_next_at", "next_at", postgresql_where=sql("next_at IS NOT NULL")),
)

bill_days: Final = Table(
    "bill_days",
    metadata,
    Column("day", Date, primary_key=True),
    # due, checked, gone (WeChat Pay keeps bills for three months)
    text("state", default="due"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    when("next_try_at", null=True),
    when("checked_at", null=True),
    # What the bill says.
    Column("payments", Integer, nullable=False, server_default="0"),
    Column("paid_fen", BigInteger, nullable=False, server_default="0"),
    Column("refunds", Integer, nullable=False, server_default="0"),
    Column("refunded_fen", BigInteger, nullable=False, server_default="0"),
    Column("mismatches", Integer, nullable=False, server_default="0"),
    CheckConstraint("state IN ('due', 'checked', 'gone')", name="state"),
    Index("ix_bill_days_next_try_at", "next_try_at", postgresql_where=sql("next_try_at IS NOT NULL")),
)

waiting_times: Final = Table(
    "waiting_times",
    metadata,
    key(),
    text("business_type"),
    text("stage"),
    Column("cases", Integer, nullable=False),
    # Seconds that the office took from entering the stage to the result: the middle 90 of 100 cases.
    Column("low_s", Integer, nullable=False),
    Column("median_s", Integer, nullable=False),
    Column("high_s", Integer, nullable=False),
    when("counted_at"),
    CheckConstraint("low_s <= median_s AND median_s <= high_s", name="order"),
    UniqueConstraint("business_type", "stage"),
)
