"""What Rasa understood of one message, and which question stands open, as plain values."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Reading:
    """One message as Rasa read it; `exact` means a tapped choice or an event, so there is nothing to guess."""

    text: str
    intent: str
    confidence: float
    entities: Sequence[Mapping[str, Any]] = ()
    files: Sequence[str] = ()
    exact: bool = False
    key: str = ""
    request_id: str = ""

    def entity(self, name: str) -> str | None:
        return next((str(e["value"]) for e in self.entities if e["entity"] == name), None)

    def number(self, name: str) -> int | None:
        value = self.entity(name)
        return int(value) if value is not None and value.lstrip("-").isdigit() else None

    @classmethod
    def of_message(cls, message: Mapping[str, Any]) -> Reading:
        """Read the tracker's `latest_message`; the channel put the turn's key and files into its metadata."""
        facts = message.get("metadata") or {}
        intent = message.get("intent") or {}
        return cls(
            text=message.get("text") or "",
            intent=intent.get("name") or "unknown",
            confidence=float(intent.get("confidence") or 0.0),
            entities=tuple(message.get("entities") or ()),
            files=tuple(file["file_id"] for file in facts.get("files") or ()),
            exact=bool(facts.get("exact")),
            key=facts.get("key") or "",
            request_id=facts.get("request_id") or "",
        )


@dataclass(frozen=True)
class Question:
    """The open question as the backend put it (contract 3, `ask`); `Question.none()` when nothing is open."""

    form: str | None = None
    field: str | None = None
    kind: str = ""
    group: Sequence[str] = ()
    index: int | None = None
    options: Sequence[Mapping[str, Any]] = ()
    optional: bool = False
    raw: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @classmethod
    def none(cls) -> Question:
        return cls()

    @classmethod
    def of_ask(cls, ask: Mapping[str, Any] | None) -> Question:
        if not ask:
            return cls.none()
        return cls(
            form=ask.get("form"),
            field=ask.get("field"),
            kind=ask.get("kind") or "text",
            group=tuple(ask.get("group") or ()),
            index=ask.get("index"),
            options=tuple(ask.get("options") or ()),
            optional=bool(ask.get("optional")),
            raw=dict(ask),
        )

    @property
    def fields(self) -> frozenset[str]:
        return frozenset(self.group) | ({self.field} if self.field else frozenset())

    @property
    def asks_several(self) -> bool:
        """One message is to answer several fields, each with options of its own."""
        return any(option.get("field") for option in self.options)

    @property
    def wants_months(self) -> bool:
        """The years are known already; only their months are asked for."""
        return bool((self.raw.get("facts") or {}).get("years"))

    @property
    def section(self) -> str:
        return (self.form or "").removesuffix("_form")
