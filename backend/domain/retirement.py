"""When a person may retire: the bound of a contract's end and the proposal for an open-ended one (F35)."""

from __future__ import annotations

from datetime import date

from backend.domain.catalogue import Retirement
from backend.domain.months import Month


def retirement_month(retirement: Retirement, *, gender: str, birth_date: date) -> Month:
    """The latest month that a contract may run to: the table's row for the birth month, else the fixed age."""
    born = Month.of(birth_date)
    rows = [row for row in retirement.rows if row.gender == gender and row.born_from <= born]
    latest = max((row for row in rows), key=lambda row: row.born_from, default=None)
    return born.plus(latest.age_months if latest else retirement.proposal_age_years[gender] * 12)


def proposed_end(retirement: Retirement, *, gender: str, birth_date: date, today: date) -> Month:
    """The end proposed for an open-ended contract: the 60th (男) or 55th (女) birthday's month.

    Somebody who has passed that age gets the retirement month of the table, and never a month that is over.
    """
    month = Month.of(birth_date).plus(retirement.proposal_age_years[gender] * 12)
    now = Month.of(today)
    if month > now:
        return month
    return max(retirement_month(retirement, gender=gender, birth_date=birth_date), now.plus(1))
