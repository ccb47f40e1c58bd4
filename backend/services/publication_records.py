"""The record of backend/adapters/db/tables/publications.py, field for column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Publication:
    """One change that a manager made live; `body` None is the file's own wording again."""

    kind: str
    key: str
    body: Mapping[str, Any] | None
    note: str
    staff_id: str
    created_at: datetime
    number: int | None = None
