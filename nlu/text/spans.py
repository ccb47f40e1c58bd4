"""A text that remembers where each of its characters stood in the original."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Traced:
    """`text[i]` came from `original[starts[i]:ends[i]]`."""

    text: str
    original: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @classmethod
    def of(cls, original: str) -> Traced:
        return cls(original, original, tuple(range(len(original))), tuple(range(1, len(original) + 1)))

    def source(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original that `text[start:end]` came from; an empty span for an empty slice."""
        if start >= end:
            at = self.starts[start] if start < len(self.starts) else len(self.original)
            return at, at
        return self.starts[start], self.ends[end - 1]

    def verbatim(self, start: int, end: int) -> str:
        """What was really typed where the text now reads `text[start:end]`."""
        first, last = self.source(start, end)
        return self.original[first:last]

    def map_characters(self, change: Callable[[str], str]) -> Traced:
        """Each character replaced by `change` of it: nothing, one or several characters."""
        chars: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        for char, start, end in zip(self.text, self.starts, self.ends, strict=True):
            for new in change(char):
                chars.append(new)
                starts.append(start)
                ends.append(end)
        return Traced("".join(chars), self.original, tuple(starts), tuple(ends))

    def substitute(self, pattern: re.Pattern[str], change: Callable[[re.Match[str]], str]) -> Traced:
        """Like `re.sub`; the characters of a replacement all stand for the whole matched span."""
        if not pattern.search(self.text):
            return self
        chars: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        at = 0
        for found in pattern.finditer(self.text):
            chars.append(self.text[at : found.start()])
            starts.extend(self.starts[at : found.start()])
            ends.extend(self.ends[at : found.start()])
            new = change(found)
            if new == found.group():
                starts.extend(self.starts[found.start() : found.end()])
                ends.extend(self.ends[found.start() : found.end()])
            elif new:
                first, last = self.source(found.start(), found.end())
                starts.extend([first] * len(new))
                ends.extend([last] * len(new))
            chars.append(new)
            at = found.end()
        chars.append(self.text[at:])
        starts.extend(self.starts[at:])
        ends.extend(self.ends[at:])
        return Traced("".join(chars), self.original, tuple(starts), tuple(ends))
