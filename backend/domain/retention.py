"""How long each class of data is kept, why, and what happens then; read from catalogue/retention.yml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from backend.domain.case import Stage
from backend.domain.errors import CatalogueFaulty


class Ending(StrEnum):
    """What is done to data whose time is over."""

    DELETE = "delete"
    BLANK = "blank"
    ANONYMISE = "anonymise"


class Because(StrEnum):
    """Why a person's data is erased."""

    ASKED = "asked"
    UNFOLLOWED = "unfollowed"
    AUTHORISATION_REVOKED = "authorisation_revoked"


@dataclass(frozen=True)
class Kept:
    """One class of data; `days` count from the moment that `after` names, in words."""

    name: str
    label: str
    holds: str
    after: str
    days: int
    does: Ending
    basis: str
    shown: bool

    def over_before(self, now: datetime) -> datetime:
        """Whatever had its moment before this is to go."""
        return now - timedelta(days=self.days)

    @property
    def how_long(self) -> str:
        """How long it is kept, as it is said to people."""
        if self.days == 0:
            return f"{self.after}时删除"
        if self.days >= 730:
            years, rest = divmod(self.days, 365)
            return f"{self.after}后{years}年" + (f"零{rest}天" if rest else "")
        return f"{self.after}后{self.days}天"


@dataclass(frozen=True)
class ErasureRule:
    """When a person's data goes, and at which stages of an open case a manager decides first."""

    waits: timedelta
    staff_decide_at: frozenset[Stage]

    def needs_decision(self, stage: Stage | None) -> bool:
        return stage in self.staff_decide_at


@dataclass(frozen=True)
class Retention:
    """The whole table."""

    version: str
    classes: Mapping[str, Kept]
    kept_by_law: tuple[str, ...]
    erasure: Mapping[Because, ErasureRule]

    def kept_labels(self) -> str:
        """What stays after an erasure, as it is said to the applicant."""
        return "、".join(self.classes[name].label for name in self.kept_by_law if self.classes[name].shown)


def read_retention(document: Mapping[str, Any]) -> Retention:
    """The table from its document.

    Raises:
        CatalogueFaulty: naming the entries that cannot be read.
    """
    faults: list[str] = []
    classes: dict[str, Kept] = {}
    for number, raw in enumerate(document.get("classes") or ()):
        try:
            kept = Kept(**{**raw, "does": Ending(raw["does"])})
        except (KeyError, TypeError, ValueError) as error:
            faults.append(f"retention.yml: class {number}: {error}")
            continue
        if kept.name in classes or kept.days < 0 or not (kept.basis and kept.label and kept.after):
            faults.append(f"retention.yml: {kept.name} is named twice, negative or without words")
        classes[kept.name] = kept
    kept_by_law = tuple(document.get("kept_by_law") or ())
    faults += [f"retention.yml: kept_by_law: no class {name}" for name in kept_by_law if name not in classes]
    erasure = _erasure(document.get("erasure") or {}, faults)
    if faults:
        raise CatalogueFaulty(faults=tuple(faults))
    return Retention(str(document["version"]), classes, kept_by_law, erasure)


def _erasure(document: Mapping[str, Any], faults: list[str]) -> dict[Because, ErasureRule]:
    rules = {}
    for because in Because:
        try:
            raw = document[because.value]
            stages = frozenset(Stage(one) for one in raw["staff_decide_at"])
            rules[because] = ErasureRule(timedelta(days=int(raw["waits_d"])), stages)
        except (KeyError, TypeError, ValueError) as error:
            faults.append(f"retention.yml: erasure {because.value}: {error}")
    return rules
