"""Comparing one line of the bill with what we know: agree, learn from it, or ask a person (issue: money)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from backend.domain.bill import BillLine


class Finding(StrEnum):
    """What a line of the bill, or the lack of one, means."""

    AGREES = "agrees"
    NEWS = "news"
    UNKNOWN_HERE = "unknown_here"
    MISSING_THERE = "missing_there"
    AMOUNT_DIFFERS = "amount_differs"
    STATE_DIFFERS = "state_differs"


NEEDS_A_PERSON: Final = frozenset(Finding) - {Finding.AGREES, Finding.NEWS}


@dataclass(frozen=True)
class KnownRefund:
    amount_fen: int
    state: str


def judge_payment(line: BillLine, *, recorded_fen: int | None, orders: Collection[str]) -> Finding:
    """`recorded_fen` is what we have for this transaction, None when we have none; `orders` are our numbers.

    NEWS is told on as a report of the payment, which decides like a callback would.
    """
    if recorded_fen is not None:
        return Finding.AGREES if recorded_fen == line.amount_fen else Finding.AMOUNT_DIFFERS
    return Finding.NEWS if line.out_trade_no in orders else Finding.UNKNOWN_HERE


def judge_refund(line: BillLine, known: KnownRefund | None) -> Finding:
    """NEWS is told on as a report of the refund; a refund that has ended here otherwise is for a person."""
    if known is None:
        return Finding.UNKNOWN_HERE
    if known.amount_fen != line.amount_fen:
        return Finding.AMOUNT_DIFFERS
    if line.refund_state == "SUCCESS":
        if known.state == "success":
            return Finding.AGREES
        return Finding.NEWS if known.state in _OPEN else Finding.STATE_DIFFERS
    if line.refund_state == "PROCESSING":
        # It may have ended since the bill was written.
        return Finding.NEWS if known.state == "queued" else Finding.AGREES
    return Finding.STATE_DIFFERS if known.state == "success" else Finding.AGREES


_OPEN: Final = frozenset({"queued", "processing", "abnormal"})
