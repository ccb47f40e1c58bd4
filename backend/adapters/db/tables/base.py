"""The metadata that all tables share, and the few column shapes that repeat."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Column, DateTime, ForeignKey, MetaData, Text

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def key(name: str = "id") -> Column[str]:
    """A text primary key; ids are made by the application, with a prefix that names the kind (`f_…`)."""
    return Column(name, Text, primary_key=True)


def ref(name: str, target: str, *, null: bool = False, primary_key: bool = False) -> Column[str]:
    """A reference to another row."""
    return Column(name, Text, ForeignKey(target), nullable=null, primary_key=primary_key)


def when(name: str, *, null: bool = False) -> Column[datetime]:
    """A moment, aware, in UTC."""
    return Column(name, DateTime(timezone=True), nullable=null)


def text(name: str, *, null: bool = False, default: str | None = None) -> Column[str]:
    return Column(name, Text, nullable=null, server_default=default)
