"""English, Cantonese and Shanghai words in plain Chinese, for the classifier's eyes only; read from other_tongues.txt."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Final

_FILE: Final = Path(__file__).with_name("other_tongues.txt")


def plain_chinese(text: str) -> str:
    """The same in words that the training sentences are made of. Letters within a longer word stay."""
    pattern, words = _replacements()
    return pattern.sub(lambda found: words[found.group().lower()], text)


@lru_cache(maxsize=1)
def _replacements() -> tuple[re.Pattern[str], dict[str, str]]:
    words: dict[str, str] = {}
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        right, _, others = line.partition(" = ")
        if not line.startswith("#"):
            words |= dict.fromkeys(others.split("|"), right)
    forms = (rf"(?<![a-z]){re.escape(w)}(?![a-z])" if w.isascii() else w for w in sorted(words, key=len, reverse=True))
    return re.compile("|".join(forms), re.IGNORECASE), words
