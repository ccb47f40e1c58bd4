"""Orders, payments, refunds and invoices; amounts are integers in fen."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, CheckConstraint, Column, Date, Index, Integer, Table, Text
from sqlalchemy import text as sql

from backend.adapters.db.tables.base import key, metadata, ref, text, when

orders: Final = Table(
    "orders",
    metadata,
    key(),
    ref("case_id", "cases.id"),
    text("openid"),
    Column("out_trade_no", Text, nullable=False, unique=True),
    Column("amount_fen", Integer, nullable=False),
    text("description"),
    text("state", default="created"),
    when("deadline"),
    text("prepay_id", null=True),
    when("prepay_expires_at", null=True),
    when("created_at"),
    when("paid_at", null=True),
    when("closed_at", null=True),
    # The next time the platform is asked whether it was paid; null: not any more.
    when("next_query_at", null=True),
    Column("queries", Integer, nullable=False, server_default="0"),
    when("next_reminder_at", null=True),
    CheckConstraint("amount_fen > 0", name="amount_fen"),
    CheckConstraint("state IN ('created', 'paid', 'closed', 'refunding', 'refunded')", name="state"),
    CheckConstraint("char_length(out_trade_no) BETWEEN 6 AND 32", name="out_trade_no"),
    Index("uq_orders_open_case", "case_id", unique=True, postgresql_where=sql("state = 'created'")),
    Index("ix_orders_next_query_at", "next_query_at", postgresql_where=sql("next_query_at IS NOT NULL")),
    Index("ix_orders_next_reminder_at", "next_reminder_at", postgresql_where=sql("next_reminder_at IS NOT NULL")),
    Index(None, "case_id"),
    Index(None, "created_at"),
)

payments: Final = Table(
    "payments",
    metadata,
    key(),
    ref("order_id", "orders.id"),
    Column("transaction_id", Text, nullable=False, unique=True),
    Column("amount_fen", Integer, nullable=False),
    when("paid_at"),
    # notify or query: who told us first.
    text("source"),
    # False: too late or twice; it goes back.
    Column("kept", Boolean, nullable=False),
    when("recorded_at"),
    # The day (Beijing) whose bill has it with the same amount.
    Column("billed_on", Date, nullable=True),
    # What went back of it or is on its way: never more than was paid.
    Column("returned_fen", Integer, nullable=False, server_default="0"),
    Index(None, "paid_at"),
    CheckConstraint("returned_fen BETWEEN 0 AND amount_fen", name="returned_fen"),
    CheckConstraint("amount_fen > 0", name="amount_fen"),
    # One payment per order counts; any further one is refunded.
    Index("uq_payments_kept", "order_id", unique=True, postgresql_where=sql("kept")),
)

refunds: Final = Table(
    "refunds",
    metadata,
    key(),
    ref("payment_id", "payments.id"),
    Column("out_refund_no", Text, nullable=False, unique=True),
    Column("amount_fen", Integer, nullable=False),
    text("reason"),
    text("state", default="queued"),
    text("refund_id", null=True),
    Column("attempts", Integer, nullable=False, server_default="0"),
    when("next_try_at", null=True),
    when("created_at"),
    when("finished_at", null=True),
    # When WeChat Pay took it: the day of the bill that it stands in.
    when("accepted_at", null=True),
    Column("billed_on", Date, nullable=True),
    Index(None, "accepted_at"),
    Index(None, "finished_at"),
    CheckConstraint("amount_fen > 0", name="amount_fen"),
    CheckConstraint("state IN ('queued', 'processing', 'success', 'abnormal', 'closed')", name="state"),
    Index("ix_refunds_next_try_at", "next_try_at", postgresql_where=sql("next_try_at IS NOT NULL")),
    Index(None, "payment_id"),
    # A payment may go back in parts, one after the other.
    Index("uq_refunds_running", "payment_id", unique=True, postgresql_where=sql("state IN ('queued', 'processing')")),
)

invoices: Final = Table(
    "invoices",
    metadata,
    ref("case_id", "cases.id", primary_key=True),
    text("title_type"),
    text("title"),
    text("tax_no", null=True),
    text("email"),
    text("state", default="none"),
    when("requested_at", null=True),
    when("finished_at", null=True),
    # What staff noted when it was issued, or why it could not be.
    text("number", null=True),
    ref("file_id", "files.id", null=True),
    text("fault", null=True),
    Index(None, "file_id"),
    CheckConstraint("state IN ('none', 'requested', 'issued', 'failed')", name="state"),
    CheckConstraint("title_type IN ('个人', '单位')", name="title_type"),
    CheckConstraint("title_type = '个人' OR tax_no IS NOT NULL", name="tax_no"),
)

invoice_changes: Final = Table(
    "invoice_changes",
    metadata,
    key(),
    ref("case_id", "cases.id"),
    text("title_type"),
    text("title"),
    text("tax_no", default=""),
    text("email"),
    # told: not complete yet; asked: a task of the staff.
    text("state", default="told"),
    when("created_at"),
    when("asked_at", null=True),
    when("finished_at", null=True),
    ref("finished_by", "staff.id", null=True),
    text("answer", null=True),
    CheckConstraint("state IN ('told', 'asked', 'done', 'refused')", name="state"),
    CheckConstraint("state = 'told' OR (title <> '' AND email <> '')", name="complete"),
    CheckConstraint("title_type IN ('', '个人', '单位')", name="title_type"),
    CheckConstraint("state = 'told' OR title_type = '个人' OR tax_no <> ''", name="tax_no"),
    # One change at a time.
    Index("uq_invoice_changes_open", "case_id", unique=True, postgresql_where=sql("state IN ('told', 'asked')")),
    Index(None, "case_id", "created_at"),
)
