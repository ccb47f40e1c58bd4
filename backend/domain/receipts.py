"""What an applicant has sent, when, and what became of it, in lines and pages (issue: receipts)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from backend.domain.calendars import said_moment

PAGE: Final = 8
ITEM_STATES: Final = {
    "not_uploaded": "收到，还没传完",
    "uploaded": "收到，等审核",
    "passed": "审核通过",
    "rejected": "没通过，要补",
}


@dataclass(frozen=True)
class Receipt:
    """One thing: received at `at`, and what became of it."""

    at: datetime
    what: str
    became: str

    @property
    def said(self) -> str:
        return f"· {said_moment(self.at)} {self.what}：{self.became}"


@dataclass(frozen=True)
class ReceiptPage:
    """Some of the receipts, the latest first; `following` is the number of the next page, None on the last."""

    lines: Sequence[str]
    total: int
    number: int
    following: int | None


def page_of(receipts: Iterable[Receipt], number: int) -> ReceiptPage:
    """A page that does not exist is the nearest one that does; there is always a first."""
    told = sorted(receipts, key=lambda one: (one.at, one.what), reverse=True)
    pages = max(1, -(-len(told) // PAGE))
    number = min(max(1, number), pages)
    shown = told[(number - 1) * PAGE : number * PAGE]
    return ReceiptPage([one.said for one in shown], len(told), number, number + 1 if number < pages else None)
