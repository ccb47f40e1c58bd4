"""Years told without their months: kept with the entry, so that only the months are asked for (F29, F30)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from backend.domain.draft import Entry
from backend.domain.months import Month, month_alone, months_alone
from backend.domain.talk import Option

PERIOD: Final = ("start", "end")
_JOINED: Final = "到"


def year_of(entry: Entry, name: str) -> int | None:
    """The year of a month that is still to be told; None when the month stands there or nothing was said."""
    kept = entry.get(_place(name), "")
    return int(kept) if kept and not entry.get(name) else None


def with_year(entry: Entry, name: str, year: int) -> Entry:
    return {**entry, _place(name): str(year)}


def without_year(entry: Entry, name: str) -> Entry:
    """The month is there, so its year alone is no longer needed."""
    return {key: value for key, value in entry.items() if key != _place(name)}


def years_of(entry: Entry, names: tuple[str, ...]) -> dict[str, int]:
    """The kept years of the fields that are asked; empty unless each of them has one."""
    years = {name: year for name in names if (year := year_of(entry, name)) is not None}
    return years if len(years) == len(names) else {}


def asked_for(years: Mapping[str, int]) -> str:
    """`2003年几月到2006年几月`."""
    return _JOINED.join(f"{year}年几月" for year in years.values())


def said_months(text: str, years: Mapping[str, int]) -> dict[str, str]:
    """Months said without a year, put to the kept years in their order; empty when the text is anything else."""
    one = month_alone(text)
    months = (one,) if one else (months_alone(text) or ()) if len(years) == 2 else ()
    return {name: str(Month(year, month)) for (name, year), month in zip(years.items(), months, strict=False)}


def proposal(years: Mapping[str, int], usual: Mapping[str, int]) -> tuple[Option, ...]:
    """One tap for the months in which such periods mostly begin and end; its value is what would be typed."""
    if not years or not set(years) <= set(usual):
        return ()
    shown = _JOINED.join(Month(year, usual[name]).shown for name, year in years.items())
    return (Option("-".join(str(usual[name]) for name in years), shown),)


def _place(name: str) -> str:
    return f"{name}_year"
