"""The word lists of nlu/extract/lists, read once; an editor changes words there without touching code."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).with_name("lists")


@cache
def named(file: str) -> dict[str, str]:
    """Every spoken name → its full name, in lower case; lines read `full = name name`, or `full @country = name`."""
    names: dict[str, str] = {}
    for line in _lines(file):
        full, _, others = line.partition("=")
        full = full.partition("@")[0].strip()
        for name in (full, *others.split()):
            names.setdefault(name.lower(), full)
    return names


@cache
def places_of(file: str) -> dict[str, str]:
    """The full names that carry an `@country`, with it."""
    heads = (line.partition("=")[0] for line in _lines(file))
    return {name.strip(): country.strip() for name, _, country in (head.partition("@") for head in heads) if country}


@cache
def codes(file: str) -> dict[str, str]:
    """Every word → its code; lines read `CODE = word word`, and the code itself is no word."""
    words: dict[str, str] = {}
    for line in _lines(file):
        code, _, others = line.partition("=")
        for word in others.split():
            words.setdefault(word.lower(), code.strip())
    return words


@cache
def words(file: str) -> tuple[str, ...]:
    return tuple(word for line in _lines(file) for word in line.split())


def any_of(choices: Iterable[str]) -> str:
    """A pattern for any of the words, longest first; Latin ones not inside a longer Latin word."""
    parts = []
    for word in sorted(set(choices), key=len, reverse=True):
        escaped = re.escape(word)
        parts.append(rf"(?<![A-Za-z0-9]){escaped}(?![A-Za-z0-9])" if word.isascii() else escaped)
    return "(?:" + "|".join(parts) + ")"


def _lines(file: str) -> list[str]:
    text = (_FOLDER / file).read_text(encoding="utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
