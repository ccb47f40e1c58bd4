"""Reading the small values of the catalogue's documents; another shape raises ValueError with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from backend.domain.catalogue_parts import Force, Origin


def text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"not a text: {value!r}")
    return value


def texts(value: Any) -> tuple[str, ...]:
    return tuple(text(one) for one in value or ())


def number(value: Any, *, least: int = 0) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ValueError(f"not a whole number from {least} on: {value!r}")
    return value


def day(value: Any) -> date | None:
    if value is None or isinstance(value, date):
        return value
    return date.fromisoformat(text(value))


def origin(row: Mapping[str, Any], document: Mapping[str, Any]) -> Origin:
    verified = row.get("last_verified", document.get("last_verified"))
    return Origin(text(row.get("source", "")), day(verified))


def force(row: Mapping[str, Any], document: Mapping[str, Any]) -> Force:
    begins = day(row.get("effective_from", document.get("effective_from")))
    ends = day(row.get("effective_to", document.get("effective_to")))
    if begins and ends and ends < begins:
        raise ValueError("effective_to lies before effective_from")
    return Force(begins, ends)
