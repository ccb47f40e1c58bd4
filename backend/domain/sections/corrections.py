"""“不对，是08年不是18年”: find the one month in the lists that has the wrong year, and give it the right one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from backend.domain.draft import Draft
from backend.domain.months import full_year
from backend.domain.talk import Value

_RIGHT_NOT_WRONG: Final = re.compile(
    r"(?:是|应该是|改成)?\s*(\d{4}|\d{2})年?[^\d，,]{0,4}[，,]?\s*不是\s*(\d{4}|\d{2})(?:年|$|\D)"
)
_WRONG_BUT_RIGHT: Final = re.compile(
    r"不是\s*(\d{4}|\d{2})年?[^\d，,]{0,4}[，,]\s*(?:应该)?是\s*(\d{4}|\d{2})(?:年|$|\D)"
)
_MONTHS: Final = ("start", "end")


# The names in the lists that somebody may have put wrong.
_NAMED: Final[Mapping[str, str]] = {"school": "education", "major": "education", "employer": "work", "job": "work"}
_NOT_THAT: Final = re.compile(r"(?:不是|而不是|并非)\s*([^\s，,。；;]{2,40})")


class SeveralMonths(Exception):
    """The wrong year stands in several months; somebody has to say which one is meant."""


def corrected_year(text: str, *, today: date) -> tuple[int, int] | None:
    """The right year and the wrong one; None when the text does not correct a year."""
    if found := _RIGHT_NOT_WRONG.search(text):
        return full_year(found[1], today), full_year(found[2], today)
    if found := _WRONG_BUT_RIGHT.search(text):
        return full_year(found[2], today), full_year(found[1], today)
    return None


def name_correction(text: str, values: Sequence[Value], draft: Draft) -> tuple[Value, ...]:
    """“是河北经贸大学不是河北大学”: the values belong to the one entry that has the wrong name, not to a new one."""
    wrong = _NOT_THAT.search(text)
    named = next((one for one in values if one.field in _NAMED and not one.index), None)
    if wrong is None or named is None or len({one.index for one in values if one.index}) > 0:
        return tuple(values)
    rows = draft.rows(_NAMED[named.field])
    places = [at for at, row in enumerate(rows) if row.get(named.field) == wrong[1]]
    if len(places) != 1:
        return tuple(values)
    of_list = {name for name, section in _NAMED.items() if section == _NAMED[named.field]} | set(_MONTHS)
    return tuple(Value(one.field, one.value, places[0]) if one.field in of_list else one for one in values)


def year_correction(
    text: str, values: Sequence[Value], draft: Draft, sections: Sequence[str], *, today: date
) -> tuple[str, Value] | None:
    """The section and the corrected month; None when no stored month has the wrong year.

    Where a value of the sentence says which month is meant (毕业, 入职), only that one is looked at.

    Raises:
        SeveralMonths: more than one has it, and the sentence does not say which.
    """
    years = corrected_year(text, today=today)
    if years is None:
        return None
    right, wrong = years
    named = {value.field for value in values} & set(_MONTHS)
    for section in sections:
        places = _places(draft.rows(section), named or set(_MONTHS), wrong)
        if len(places) > 1:
            raise SeveralMonths
        if places:
            index, name, month = places[0]
            return section, Value(name, f"{right}-{month}", index)
    return None


def _places(rows: Sequence[Mapping[str, str]], names: set[str], year: int) -> list[tuple[int, str, str]]:
    return [
        (at, name, row[name][5:])
        for at, row in enumerate(rows)
        for name in _MONTHS
        if name in names and row.get(name, "").startswith(f"{year}-")
    ]
