"""The rows that the worker keeps for itself: when to look at a case, what bills were checked, how long things take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Reminder:
    case_id: str
    next_at: datetime | None = None
    told: Sequence[str] = ()


@dataclass(frozen=True)
class BillDay:
    day: date
    state: str = "due"
    attempts: int = 0
    next_try_at: datetime | None = None
    checked_at: datetime | None = None
    payments: int = 0
    paid_fen: int = 0
    refunds: int = 0
    refunded_fen: int = 0
    mismatches: int = 0


@dataclass(frozen=True)
class WaitingTime:
    id: str
    business_type: str
    stage: str
    cases: int
    low_s: int
    median_s: int
    high_s: int
    counted_at: datetime
