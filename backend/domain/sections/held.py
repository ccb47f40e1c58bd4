"""What an earlier case says of fields that are about to change: set aside, asked anew, shown beside the new value."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from backend.domain.draft import Draft
from backend.domain.sections.owners import MAINTAINED

HELD: Final = "held"
# What it means that nothing was told: somebody without a title who is to change it has a new one.
_SILENCE: Final = {"title": "无"}
_LISTS: Final = frozenset({"education", "work"})


def hold(draft: Draft, names: Iterable[str]) -> Draft:
    """Set the values of these fields aside, so that they are asked anew; a list has to be confirmed again."""
    for name in names:
        if name in _LISTS:
            draft = draft.unsettle(f"{name}.confirm")
            continue
        section = MAINTAINED[name]
        told = draft.answer(section, name) or _SILENCE.get(name, "")
        if told and not draft.answer(HELD, name):
            draft = draft.without_answers(section, (name,)).with_answer(HELD, name, told)
    return draft


def give_back(draft: Draft, names: Iterable[str]) -> Draft:
    """These fields are not to change after all: a value that was set aside and not told anew stands again."""
    for name in names:
        before = draft.answer(HELD, name)
        if before and not draft.answer(MAINTAINED[name], name):
            draft = draft.with_answer(MAINTAINED[name], name, before).without_answers(HELD, (name,))
    return draft


def before(draft: Draft, name: str) -> str:
    """The earlier value of a field that changes; empty when nothing was set aside."""
    return draft.answer(HELD, name)


def is_to_be_told(draft: Draft, name: str) -> bool:
    """Whether a field that is otherwise optional has to be answered now, because it is what changes."""
    return bool(draft.answer(HELD, name)) and not draft.answer(MAINTAINED[name], name)


def changes(draft: Draft) -> tuple[tuple[str, str, str], ...]:
    """Field, earlier and new value of everything that was told anew and differs."""
    told = draft.answers.get(HELD, {})
    pairs = ((name, old, draft.answer(MAINTAINED[name], name)) for name, old in told.items() if name in MAINTAINED)
    return tuple((name, old, new) for name, old, new in pairs if new and new != old)


def opened_fields(names: Iterable[str]) -> frozenset[str]:
    """Without the lists."""
    return frozenset(names) - _LISTS


KNOWN: Final = frozenset(MAINTAINED) | _LISTS
"""What an option of the catalogue may open."""
