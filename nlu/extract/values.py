"""A value read out of a sentence, and a sheet on which readers mark what they have taken."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Value:
    """`start` and `end` count characters of the normalised text; `group` numbers the entries of one sentence from 0."""

    field: str
    value: str
    start: int
    end: int
    group: int | None = None
    confirm: bool = False
    guess: str | None = None


@dataclass
class Sheet:
    """The text under reading. A span that a reader took is closed for those after it."""

    text: str
    values: list[Value] = field(default_factory=list)
    _taken: list[tuple[int, int]] = field(default_factory=list)

    def is_free(self, start: int, end: int) -> bool:
        return all(end <= first or last <= start for first, last in self._taken)

    def close(self, start: int, end: int) -> None:
        self._taken.append((start, end))

    def take(self, value: Value) -> bool:
        """Record a value and close its span; False when somebody has that span already."""
        if not self.is_free(value.start, value.end):
            return False
        self.values.append(value)
        self.close(value.start, value.end)
        return True

    def note(self, value: Value) -> None:
        """Record a value without closing its span."""
        self.values.append(value)

    def free_matches(self, pattern: re.Pattern[str], group: int | str = 0) -> Iterator[re.Match[str]]:
        """Matches in what nobody has taken yet; a taken span is a wall that no name reaches over."""
        for found in pattern.finditer(self._open_text()):
            if self.is_free(found.start(group), found.end(group)):
                yield found

    def _open_text(self) -> str:
        chars = list(self.text)
        for start, end in self._taken:
            chars[start:end] = "\x00" * (end - start)
        return "".join(chars)

    def take_all(self, name: str, pattern: re.Pattern[str], read: Callable[[re.Match[str]], str | None]) -> None:
        for found in self.free_matches(pattern):
            value = read(found)
            if value is not None:
                self.take(Value(name, value, found.start(), found.end()))

    def has(self, *names: str) -> bool:
        return any(value.field in names for value in self.values)
