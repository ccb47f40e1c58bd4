"""What a message can lead to: a command to the backend, a remark of the talk's own, or an answer by data/rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Command:
    """One call to the backend; `case_no` is the case that was talked about when it was said."""

    name: str
    body: Mapping[str, Any] = field(default_factory=dict)
    case_no: str | None = None


@dataclass(frozen=True)
class Remark:
    """Something the talk itself answers with a text of its own, before the question is put again."""

    code: str


@dataclass(frozen=True)
class LeaveToRules:
    """Not an answer: data/rules answers it, then the question is put again."""


Move = Command | Remark | LeaveToRules
