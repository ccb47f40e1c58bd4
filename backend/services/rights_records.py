"""The stored records of data rights: consents, requests, objects that wait for their deletion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Consent:
    id: str
    applicant_id: str
    purpose: str
    version: str
    how: str
    given_at: datetime
    withdrawn_at: datetime | None = None


@dataclass(frozen=True)
class DataRequest:
    id: str
    kind: str
    state: str
    openid: str | None
    because: str
    created_at: datetime
    applicant_id: str | None = None
    due_at: datetime | None = None
    attempts: int = 0
    finished_at: datetime | None = None
    decided_by: str | None = None
    reason: str | None = None
    objects: Sequence[Mapping[str, str | int]] = ()
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class DoomedObject:
    object_key: str
    doomed_at: datetime
