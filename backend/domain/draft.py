"""What an applicant has told so far and where the talk stands; losing the talk loses nothing of it (F31, F32)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final

Entry = Mapping[str, str]
FORMAT: Final = 1
_EMPTY: Final[Mapping[str, Any]] = MappingProxyType({})


@dataclass(frozen=True)
class Draft:
    """Accepted answers by section and field, repeating entries, settled questions, and the place of the talk.

    `cursor` is the key of the prompt somebody went to on purpose; without it the first open prompt is asked.
    `focus` narrows a cursor to one field. `unvalidated` holds refused text, by `prompt key#field` (T6).
    """

    answers: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: _EMPTY)
    entries: Mapping[str, tuple[Entry, ...]] = field(default_factory=lambda: _EMPTY)
    settled: frozenset[str] = frozenset()
    skipped: frozenset[str] = frozenset()
    unvalidated: Mapping[str, str] = field(default_factory=lambda: _EMPTY)
    cursor: str | None = None
    focus: str | None = None

    def answer(self, section: str, name: str) -> str:
        """The accepted value, or the empty string."""
        return str(self.answers.get(section, _EMPTY).get(name, ""))

    def rows(self, section: str) -> tuple[Entry, ...]:
        return self.entries.get(section, ())

    def with_answer(self, section: str, name: str, value: str) -> Draft:
        """Keep an accepted value; it replaces whatever was refused before."""
        section_answers = {**self.answers.get(section, _EMPTY), name: value}
        return replace(self, answers={**self.answers, section: section_answers}).without_unvalidated(name)

    def without_answers(self, section: str, names: Collection[str]) -> Draft:
        """Some answers of a section are forgotten."""
        kept = {name: value for name, value in self.answers.get(section, _EMPTY).items() if name not in names}
        return replace(self, answers={**self.answers, section: kept})

    def with_rows(self, section: str, rows: Sequence[Entry]) -> Draft:
        return replace(self, entries={**self.entries, section: tuple(dict(row) for row in rows)})

    def with_unvalidated(self, key: str, name: str, text: str) -> Draft:
        return replace(self, unvalidated={**self.unvalidated, f"{key}#{name}": text})

    def without_unvalidated(self, name: str) -> Draft:
        kept = {where: text for where, text in self.unvalidated.items() if where.partition("#")[2] != name}
        return self if len(kept) == len(self.unvalidated) else replace(self, unvalidated=kept)

    def settle(self, key: str) -> Draft:
        return replace(self, settled=self.settled | {key})

    def unsettle(self, *prefixes: str) -> Draft:
        """Forget that prompts were settled or skipped whose key begins with one of `prefixes`."""
        return replace(
            self,
            settled=frozenset(key for key in self.settled if not key.startswith(prefixes)),
            skipped=frozenset(key for key in self.skipped if not key.startswith(prefixes)),
        )

    def skip(self, key: str) -> Draft:
        return replace(self, skipped=self.skipped | {key})

    def at(self, cursor: str | None, focus: str | None = None) -> Draft:
        return replace(self, cursor=cursor, focus=focus)

    def without_section(self, section: str) -> Draft:
        """Everything told in one section is forgotten (重填)."""
        cleared = replace(
            self,
            answers={name: values for name, values in self.answers.items() if name != section},
            entries={name: rows for name, rows in self.entries.items() if name != section},
            unvalidated={key: text for key, text in self.unvalidated.items() if not key.startswith(f"{section}.")},
        )
        return cleared.unsettle(f"{section}.")

    def to_json(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "answers": {name: dict(values) for name, values in self.answers.items()},
            "entries": {name: [dict(row) for row in rows] for name, rows in self.entries.items()},
            "settled": sorted(self.settled),
            "skipped": sorted(self.skipped),
            "unvalidated": dict(self.unvalidated),
            "cursor": self.cursor,
            "focus": self.focus,
        }

    @staticmethod
    def from_json(stored: Mapping[str, Any] | None) -> Draft:
        """Read a stored draft; parts that are missing or of another shape are left empty, never refused."""
        told = stored or _EMPTY
        return Draft(
            answers={
                name: _texts(values)
                for name, values in _mapping(told.get("answers")).items()
                if isinstance(values, Mapping)
            },
            entries={
                name: tuple(_texts(row) for row in rows)
                for name, rows in _mapping(told.get("entries")).items()
                if isinstance(rows, (list, tuple))
            },
            settled=frozenset(_strings(told.get("settled"))),
            skipped=frozenset(_strings(told.get("skipped"))),
            unvalidated=_texts(told.get("unvalidated")),
            cursor=_string_or_none(told.get("cursor")),
            focus=_string_or_none(told.get("focus")),
        )


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else _EMPTY


def _list(value: object) -> Sequence[Any]:
    return value if isinstance(value, (list, tuple)) else ()


def _texts(value: object) -> dict[str, str]:
    return {str(name): text for name, text in _mapping(value).items() if isinstance(text, str)}


def _strings(value: object) -> list[str]:
    return [text for text in _list(value) if isinstance(text, str)]


def _string_or_none(value: object) -> str | None:
    return value if isinstance(value, str) else None
