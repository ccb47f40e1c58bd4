"""The three tables of the kit: pushes received, messages to send, and how many messages WeChat still allows."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

INBOX_CHANNEL: Final = "wechat_inbox"  # something new is to be taken
ANSWERED_CHANNEL: Final = "wechat_answered"  # a turn was answered, or its answer was put off
OUTGOING_CHANNEL: Final = "wechat_outgoing"

metadata = MetaData()

_moment = DateTime(timezone=True)
_real_now = func.clock_timestamp()

# `owner` is the number of the process that works on a row; it holds an advisory lock of that number for as long as it
# lives (`wechat.presence`). The partial unique indexes are the last guard of "one at a time per openid".
inbox = Table(
    "wechat_inbox",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("dedupe_key", Text, nullable=False, unique=True),
    Column("turn_key", Text, nullable=False, unique=True),
    Column("openid", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("push", JSONB, nullable=False),
    Column("received_at", _moment, nullable=False),
    Column("state", Text, nullable=False, server_default=text("'new'")),
    Column("owner", BigInteger),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("next_try_at", _moment, nullable=False, server_default=_real_now),
    Column("wait_until", _moment, nullable=False, server_default=_real_now),
    Column("tries", SmallInteger, nullable=False, server_default=text("1")),
    Column("file_id", Text),
    Column("replies", JSONB),
    Column("delivery", Text),
    Column("passive", JSONB),
    Column("excused", Boolean, nullable=False, server_default=text("false")),
    Column("answered_at", _moment),
    CheckConstraint("state IN ('new', 'running', 'answered')", name="wechat_inbox_state"),
    CheckConstraint("delivery IN ('passive', 'custom')", name="wechat_inbox_delivery"),
    CheckConstraint("(state = 'running') = (owner IS NOT NULL)", name="wechat_inbox_owner"),
    Index("wechat_inbox_one_running", "openid", unique=True, postgresql_where=text("state = 'running'")),
    Index("wechat_inbox_open", "openid", "id", postgresql_where=text("state <> 'answered'")),
    Index("wechat_inbox_undelivered", "wait_until", postgresql_where=text("delivery IS NULL")),
    Index("wechat_inbox_answered_at", "answered_at"),
)

outgoing = Table(
    "wechat_outgoing",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("openid", Text, nullable=False),
    Column("dedupe_key", Text, nullable=False, unique=True),
    Column("parts", JSONB, nullable=False),
    Column("template", JSONB),
    Column("priority", Text, nullable=False, server_default=text("'system'")),
    Column("state", Text, nullable=False, server_default=text("'pending'")),
    Column("owner", BigInteger),
    Column("sent_count", Integer, nullable=False, server_default=text("0")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("not_before", _moment, nullable=False, server_default=_real_now),
    Column("via", Text),
    Column("template_msgid", BigInteger),
    Column("template_status", Text),
    Column("error", Text),
    Column("created_at", _moment, nullable=False, server_default=_real_now),
    Column("sent_at", _moment),
    CheckConstraint("state IN ('pending', 'sending', 'sent', 'failed', 'held')", name="wechat_outgoing_state"),
    CheckConstraint("priority IN ('system', 'staff')", name="wechat_outgoing_priority"),
    CheckConstraint("via IN ('custom', 'template', 'passive')", name="wechat_outgoing_via"),
    CheckConstraint("(state = 'sending') = (owner IS NOT NULL)", name="wechat_outgoing_owner"),
    Index("wechat_outgoing_one_sending", "openid", unique=True, postgresql_where=text("state = 'sending'")),
    Index(
        "wechat_outgoing_open",
        "openid",
        "id",
        postgresql_where=text("state IN ('pending', 'sending', 'held')"),
    ),
    Index("wechat_outgoing_of", "openid", "id"),
    Index("wechat_outgoing_failed", "id", postgresql_where=text("state = 'failed'")),
    Index("wechat_outgoing_template_msgid", "template_msgid", postgresql_where=text("template_msgid IS NOT NULL")),
)

budget = Table(
    "wechat_budget",
    metadata,
    Column("openid", Text, primary_key=True),
    Column("message_opened_at", _moment),
    Column("message_sent", Integer, nullable=False, server_default=text("0")),
    Column("click_opened_at", _moment),
    Column("click_sent", Integer, nullable=False, server_default=text("0")),
)
