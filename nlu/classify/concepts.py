"""Concepts in a masked sentence: what is meant, however it is worded; read from concepts.txt."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from typing import Final

_FILE: Final = Path(__file__).with_name("concepts.txt")


def concepts(masked: str) -> frozenset[str]:
    """The concepts of a sentence and their pairs, as features."""
    found = [name for name, pattern in _patterns() if pattern.search(masked)]
    pairs = {f"@{first}+{second}" for first, second in combinations(found, 2)}
    return frozenset({f"@{name}" for name in found} | pairs)


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    rows = (line.partition(" = ") for line in lines if line and not line.startswith("#"))
    return tuple((name, re.compile(form)) for name, _, form in sorted(rows))
