"""Pieces of an education or work history, before they are put together to entries."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Token:
    """One piece: `slot` is a field of the entry. `implied` pieces never open a new entry (高中 of 十一高)."""

    slot: str
    value: str
    start: int
    end: int
    confirm: bool = False
    guess: str | None = None
    implied: bool = False
