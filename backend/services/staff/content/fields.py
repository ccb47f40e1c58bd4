"""A piece of content as a form: its fields with their words, and the checks that all kinds share."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from backend.services.staff.refusals import ContentWrong

_PLACEHOLDER: Final = re.compile(r"\{([a-zA-Z_][a-zA-Z0-9_]*)\}")
# Speech never promises what others decide (F15).
_PROMISES: Final = re.compile(r"包过|保过|(?:保证|一定)(?:能|会)?(?:通过|办下|拿到)|百分之?百|100\s*[%％]")
_CLAUSE_ENDS: Final = re.compile(r"[，。；！？,;!?\n]")
_NOT: Final = re.compile(r"[不没无别未]")


@dataclass(frozen=True)
class Field:
    """One field of the form; `kind` is line, area, money, number or choice (then `options` are value and label)."""

    name: str
    label: str
    value: str
    kind: str = "line"
    hint: str = ""
    longest: int = 80
    options: Sequence[tuple[str, str]] = ()
    needed: bool = True


@dataclass(frozen=True)
class Entry:
    """A line of a list of content: where it leads, what it is called, and how it begins."""

    key: str
    title: str
    excerpt: str = ""
    changed: bool = False


@dataclass(frozen=True)
class Form:
    """A piece of content to edit; `shown` is what people see of it."""

    title: str
    fields: Sequence[Field]
    shown: str = ""
    note: str = ""


class Content(Protocol):
    """One kind of content."""

    label: str

    def entries(self, query: str) -> Sequence[Entry]:
        """What there is of it; `query` narrows it by words."""

    def form(self, key: str, body: Mapping[str, Any] | None) -> Form:
        """The form with `body` in it, or with the file's content when it is None.

        Raises:
            ContentUnknown: there is no such piece.
        """

    def read(self, key: str, told: Mapping[str, str]) -> dict[str, Any]:
        """The body that a filled form means.

        Raises:
            ContentWrong: naming the field and what is wrong with it. ContentUnknown: see `form`.
        """


def words(told: Mapping[str, str], name: str, label: str, *, longest: int) -> str:
    """The text of a field, its line ends and edges made even.

    Raises:
        ContentWrong: empty, too long, or a promise.
    """
    text = "\n".join(line.rstrip() for line in told.get(name, "").replace("\r", "").strip().split("\n"))
    if not text:
        raise ContentWrong(label, "不能空着")
    if len(text) > longest:
        raise ContentWrong(label, f"最多 {longest} 个字，现在是 {len(text)} 个")
    if promise := _promise(text):
        raise ContentWrong(label, f"不能承诺结果（“{promise}”）")
    return text


def _promise(text: str) -> str:
    """The first promise that its own clause does not deny; empty when there is none."""
    for clause in _CLAUSE_ENDS.split(text):
        found = _PROMISES.search(clause)
        if found and not _NOT.search(clause[: found.start()]):
            return found[0]
    return ""


def check_placeholders(text: str, label: str, allowed: frozenset[str]) -> None:
    """Only names that the program fills in, each in a pair of braces.

    Raises:
        ContentWrong: another name, or a brace too many.
    """
    names = set(_PLACEHOLDER.findall(text))
    if unknown := sorted(names - allowed):
        usable = "、".join(f"{{{name}}}" for name in sorted(allowed)) or "没有"
        raise ContentWrong(label, f"不认识 {{{unknown[0]}}}；能用的是：{usable}")
    if re.search(r"[{}]", _PLACEHOLDER.sub("", text)):
        raise ContentWrong(label, "花括号只能用来写 {名称}，请成对")


def placeholders(*texts: str) -> frozenset[str]:
    return frozenset(name for text in texts for name in _PLACEHOLDER.findall(text))


def as_seen(text: str) -> str:
    """A sentence as people see it, what the program fills in marked."""
    return _PLACEHOLDER.sub(r"〔\1〕", text)


def excerpt(text: str) -> str:
    return as_seen(" ".join(text.split()))[:60]
