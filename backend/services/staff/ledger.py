"""The ledger (issue: money): each day's orders, payments and refunds beside what WeChat Pay's bill says, to the fen."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from backend.domain.quiet_hours import beijing_day
from backend.services.clockwork_records import BillDay
from backend.services.staff.office import Office
from backend.services.survey import LedgerDay, LedgerRow

PAGE: Final = 500
SHOWN: Final = 200


@dataclass(frozen=True)
class DayLine:
    """One day; `bill` is None until it was fetched."""

    ours: LedgerDay
    bill: BillDay | None

    @property
    def agrees(self) -> bool | None:
        """Whether the sums are the bill's; None when there is no bill to compare with."""
        if self.bill is None or self.bill.state != "checked":
            return None
        return (self.ours.payments, self.ours.paid_fen, self.ours.refunds, self.ours.refunded_fen) == (
            self.bill.payments,
            self.bill.paid_fen,
            self.bill.refunds,
            self.bill.refunded_fen,
        )


@dataclass(frozen=True)
class MonthLedger:
    month: date
    days: Sequence[DayLine]

    @property
    def total(self) -> LedgerDay:
        days = [one.ours for one in self.days]
        return LedgerDay(
            self.month,
            orders=sum(day.orders for day in days),
            payments=sum(day.payments for day in days),
            paid_fen=sum(day.paid_fen for day in days),
            refunds=sum(day.refunds for day in days),
            refunded_fen=sum(day.refunded_fen for day in days),
        )

    @property
    def earlier(self) -> date:
        return (self.month - timedelta(days=1)).replace(day=1)

    @property
    def later(self) -> date:
        return _next_month(self.month)


@dataclass(frozen=True)
class DayLedger:
    """One day's rows, the first of them when there are very many."""

    line: DayLine
    rows: Sequence[LedgerRow]
    is_cut: bool


def this_month(office: Office) -> date:
    return beijing_day(office.parts.clock.now()).replace(day=1)


async def month_ledger(office: Office, month: date) -> MonthLedger:
    """The days of a month on which anything happened, or whose bill was fetched; the latest first."""
    last = _next_month(month) - timedelta(days=1)
    return MonthLedger(month, (await _days(office, month, last))[::-1])


async def day_ledger(office: Office, day: date) -> DayLedger:
    found = await _days(office, day, day)
    async with office.parts.begin() as uow:
        rows = await uow.survey.ledger_rows(day, day, after=None, limit=SHOWN + 1)
    return DayLedger(found[0] if found else DayLine(LedgerDay(day), None), rows[:SHOWN], len(rows) > SHOWN)


async def ledger_rows(
    office: Office, first: date, last: date, *, at_once: int = PAGE
) -> AsyncIterator[Sequence[LedgerRow]]:
    """Everything of these days, a page at a time."""
    after: tuple[datetime, str] | None = None
    while True:
        async with office.parts.begin() as uow:
            page = await uow.survey.ledger_rows(first, last, after=after, limit=at_once)
        if page:
            yield page
        if len(page) < at_once:
            return
        after = (page[-1].at, page[-1].id)


async def _days(office: Office, first: date, last: date) -> list[DayLine]:
    span = [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
    async with office.parts.begin() as uow:
        ours = await uow.survey.ledger_days(first, last)
        bills = {bill.day: bill for bill in await uow.bill_days.where(day=span)}
    return [DayLine(ours.get(day, LedgerDay(day)), bills.get(day)) for day in span if day in ours or day in bills]


def _next_month(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)
