"""What an applicant agrees to, purpose by purpose and version by version; read from catalogue/consents.yml."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from backend.domain.errors import CatalogueFaulty


class Ends(StrEnum):
    """What a withdrawal does at once."""

    CASE = "case"
    CREDENTIALS = "credentials"
    REMINDERS = "reminders"


@dataclass(frozen=True)
class Purpose:
    """One purpose as it stands now; `needed`: no case runs without it; `back`: how it is given again."""

    name: str
    version: str
    label: str
    text: str
    needed_for: str
    without: str
    asked: str
    needed: bool
    ends: Ends
    back: str = ""


@dataclass(frozen=True)
class Given:
    """The newest word of a person about a purpose; `version` None was withdrawn or never given."""

    version: str | None
    was_asked: bool


def to_ask(purposes: Mapping[str, Purpose], given: Mapping[str, Given]) -> tuple[Purpose, ...]:
    """The needed purposes whose present version this person has not agreed to."""
    missing = []
    for purpose in purposes.values():
        known = given.get(purpose.name, Given(None, was_asked=False))
        if purpose.needed and known.version != purpose.version:
            missing.append(purpose)
    return tuple(missing)


def asked_on(purposes: Mapping[str, Purpose], page: str) -> tuple[Purpose, ...]:
    """The purposes that have a tick of their own on this page (PIPL art. 29)."""
    return tuple(one for one in purposes.values() if one.asked == page)


def not_agreed(asked: Iterable[Purpose], agreed: Mapping[str, str]) -> tuple[Purpose, ...]:
    """The needed purposes that were not ticked in their present words; `agreed`: the version that was shown."""
    return tuple(one for one in asked if one.needed and agreed.get(one.name) != one.version)


def read_purposes(document: Mapping[str, Any]) -> Mapping[str, Purpose]:
    """The purposes by name, in their order.

    Raises:
        CatalogueFaulty: naming the entries that cannot be read.
    """
    purposes: dict[str, Purpose] = {}
    faults = []
    for number, raw in enumerate(document.get("purposes") or ()):
        try:
            one = Purpose(**{**raw, "ends": Ends(raw["ends"])})
        except (KeyError, TypeError, ValueError) as error:
            faults.append(f"consents.yml: purpose {number}: {error}")
            continue
        if one.name in purposes or not all((one.version, one.label, one.text, one.needed_for, one.without)):
            faults.append(f"consents.yml: {one.name} is named twice or without words")
        purposes[one.name] = one
    if faults:
        raise CatalogueFaulty(faults=tuple(faults))
    return purposes
