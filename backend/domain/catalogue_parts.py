"""What every row of the catalogue carries: when it is in force, where it comes from, when it was last checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Force:
    """From when to when a row is in force; None is unbounded."""

    effective_from: date | None = None
    effective_to: date | None = None

    def includes(self, day: date) -> bool:
        after = self.effective_from is None or day >= self.effective_from
        return after and (self.effective_to is None or day <= self.effective_to)


@dataclass(frozen=True)
class Origin:
    """Where a row comes from and when somebody last checked it."""

    source: str
    last_verified: date | None
