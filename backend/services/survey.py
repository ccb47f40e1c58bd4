"""The port for questions about many rows at once, each bounded in rows and in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol


@dataclass(frozen=True)
class LedgerDay:
    """What happened to money on one day (Beijing) as we know it."""

    day: date
    orders: int = 0
    payments: int = 0
    paid_fen: int = 0
    refunds: int = 0
    refunded_fen: int = 0


@dataclass(frozen=True)
class LedgerRow:
    """One payment or refund; `kind` is `payment` or `refund`, `id` orders rows of the same moment."""

    at: datetime
    id: str
    kind: str
    case_no: str
    out_trade_no: str
    number: str
    amount_fen: int
    state: str
    reason: str
    billed_on: date | None


@dataclass(frozen=True)
class Unbilled:
    """A payment or refund that the bill of its day does not have."""

    id: str
    kind: str
    case_id: str
    number: str
    amount_fen: int


@dataclass(frozen=True)
class StageVisit:
    """A case entered a stage."""

    case_id: str
    stage: str
    at: datetime


@dataclass(frozen=True)
class Stalled:
    """Something that should have moved; `key` names it, `count` how many of them."""

    key: str
    case_id: str | None = None
    openid: str | None = None
    count: int = 1


class Survey(Protocol):
    async def mark_billed(self, day: date, *, payments: Sequence[str], refunds: Sequence[str]) -> None:
        """Note that this day's bill has these transaction ids and refund numbers."""

    async def unbilled(self, since: datetime, until: datetime, *, after: str, limit: int) -> Sequence[Unbilled]:
        """Payments and accepted refunds of that time without a bill, by id, those beyond `after`."""

    async def ledger_days(self, first: date, last: date) -> Mapping[date, LedgerDay]:
        """The days on which anything happened."""

    async def ledger_rows(
        self, first: date, last: date, *, after: tuple[datetime, str] | None, limit: int
    ) -> Sequence[LedgerRow]:
        """Payments and refunds of these days in their order, those beyond `after`."""

    async def stage_visits(self, business: str, *, closed_after: datetime, cases: int) -> Sequence[StageVisit]:
        """How the latest closed cases with a result came through the stages, case by case, in order."""

    async def waiting_cases(self, stages: Sequence[str], before: datetime, *, limit: int) -> Sequence[Stalled]:
        """Cases that have been at one of these stages since before then and have no task for it yet."""

    async def undelivered(self, now: datetime, older_h: int, *, limit: int) -> Sequence[Stalled]:
        """Chat messages that failed, or did not leave for so long, without a task yet.

        Ours age by `now`, the Clock's; the answers of a turn, which the bot stores, by the database's clock.
        """

    async def unsent_mails(self, before: datetime, *, limit: int) -> Sequence[Stalled]:
        """Mails that failed or were not sent since before then, without a task yet."""

    async def count_loose(self, applicant_id: str, since: datetime) -> int:
        """Files that this applicant sent since then and that belong to nothing."""

    async def loose_files(self, since: datetime, before: datetime, *, limit: int) -> Sequence[Stalled]:
        """Open cases whose applicant sent files that belong to nothing, without an open task for it."""
