"""The turn that is being run: what the channel, the tracker store and the action calls of one message share."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Turn:
    """One message on its way through Rasa; a turn with a fault is not saved, so that it can be repeated."""

    sender: str
    key: str
    record: dict[str, Any] | None = None
    is_loaded: bool = False
    replies: list[dict[str, Any]] = field(default_factory=list)
    intent: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    @property
    def is_unfinished(self) -> bool:
        """A fault, or silence, which is a fault too."""
        return bool(self.faults) or not self.replies


current_turn: ContextVar[Turn | None] = ContextVar("current_turn", default=None)


def note_fault(what: str) -> None:
    """Remember that this turn failed somewhere where Rasa goes on as if it had not."""
    turn = current_turn.get()
    if turn is not None:
        turn.faults.append(what)
