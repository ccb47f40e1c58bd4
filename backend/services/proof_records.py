"""Records of backend/adapters/db/tables/proofs.py, field for column."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class BindOffer:
    id: str
    scene_hash: str
    applicant_id: str
    issued_by: str
    created_at: datetime
    expires_at: datetime
    scanned_by: str | None = None
    scanned_at: datetime | None = None
    tries: int = 0
    used_at: datetime | None = None
    withdrawn_at: datetime | None = None


@dataclass(frozen=True)
class Code:
    id: str
    purpose: str
    about_hash: str
    code_hash: str
    created_at: datetime
    expires_at: datetime
    applicant_id: str | None = None
    openid: str | None = None
    told_sealed: bytes | None = None
    tries: int = 0
    used_at: datetime | None = None


@dataclass(frozen=True)
class StaffInvitation:
    token_hash: str
    staff_id: str
    created_by: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
