"""What was typed, in one spelling: width, simplified characters, no emoji, no slips, plain words; offsets are kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Final

from nlu.text import lexicon
from nlu.text.spans import Traced

CJK: Final = "\u3400-\u4dbf\u4e00-\u9fff"
MAX_CHARACTERS: Final = 2000

_TABLE_FILE: Final = Path(__file__).with_name("traditional.txt")
_BRACKET_CODE: Final = re.compile(r"\[(?:%s)\]" % "|".join(map(re.escape, lexicon.EMOTICONS.split())), re.IGNORECASE)
_SLASH_CODE: Final = re.compile(
    r"/::[^\s\u4e00-\u9fff]{1,2}|/:(?:[a-z]{1,9}|,@[-a-zA-Z!@]{1,2}|[<>|&#$*@?!8+\-BPXLOQW]{1,3}\S?)(?![a-z])"
)
_REPEATED_MARK: Final = re.compile(r"([!?,。、~;:])\1+|\.{3,}")
_REPEATED_WORD: Final = re.compile(r"(?![零〇一二三四五六七八九幺])([%s])\1{2,}" % CJK)
_SPACES: Final = re.compile(r"\s+")
_ODD_DASHES: Final = re.compile(r"[‐‑‒–—―−﹣－]+|~+|～+")
_TAIL: Final = re.compile(r"(?:%s)+(?=[\s,.。!?;、]|$)" % "|".join(lexicon.PARTICLES.split()))


def normalise(original: str) -> Traced:
    """The text for extractors and classifier: half width, simplified, plain words; spaces and punctuation stay.

    Never longer than `MAX_CHARACTERS` of input; a message of nothing but emoji becomes the word that it stands for, if any.
    """
    traced = Traced.of(original[:MAX_CHARACTERS])
    bare = _without_emoji(traced).map_characters(_plain_character)
    if not bare.text.strip():
        return _meaning_of_emoji(traced)
    for pattern, words in _replacements():
        bare = bare.substitute(pattern, lambda found: words[found.group().lower()])  # noqa: B023 - called at once
    return _tidy(bare)


def fold(text: str) -> str:
    """Width and simplified characters only, without touching words: for names that are wanted as typed."""
    return "".join(_plain_character(char) for char in text)


def is_emoji(char: str) -> bool:
    point = ord(char)
    return (
        0x1F000 <= point <= 0x1FAFF
        or 0x2600 <= point <= 0x27BF
        or 0x2B00 <= point <= 0x2BFF
        or 0xE0020 <= point <= 0xE007F
        or point in (0x2139, 0x231A, 0x231B, 0x23E9, 0x23F0, 0x23F3, 0x3030, 0x303D)
    )


def _without_emoji(traced: Traced) -> Traced:
    shown = traced.substitute(_BRACKET_CODE, lambda _: " ").substitute(_SLASH_CODE, lambda _: " ")
    return shown.map_characters(lambda char: " " if is_emoji(char) else char)


def _meaning_of_emoji(traced: Traced) -> Traced:
    for meaning, signs in lexicon.MEANINGS.items():
        for sign in signs.split():
            if sign.lower() in traced.text.lower():
                end = len(traced.original)
                return Traced(meaning, traced.original, (0,) * len(meaning), (end,) * len(meaning))
    return Traced("", traced.original, (), ())


@lru_cache(maxsize=16384)
def _plain_character(char: str) -> str:
    wide = _traditional().get(char)
    if wide:
        return wide
    if unicodedata.category(char) in ("Cf", "Cc", "Co", "Cs", "Cn", "Me", "Mn") and char not in "\n\t\r":
        return ""
    return "".join(_traditional().get(new, new) for new in unicodedata.normalize("NFKC", char))


@lru_cache(maxsize=1)
def _traditional() -> dict[str, str]:
    lines = _TABLE_FILE.read_text(encoding="utf-8").splitlines()
    return {pair[0]: pair[1] for line in lines if not line.startswith("#") for pair in line.split()}


@lru_cache(maxsize=1)
def _replacements() -> tuple[tuple[re.Pattern[str], dict[str, str]], ...]:
    return (_one_pass(lexicon.SLIPS), _one_pass(lexicon.DIALECT), _one_pass(lexicon.SLIPS))


def _one_pass(table: dict[str, str]) -> tuple[re.Pattern[str], dict[str, str]]:
    words = {wrong: right for right, wrongs in table.items() for wrong in wrongs.split()}
    words |= {right: right for right in (*table, *lexicon.KEEP.split())}
    return re.compile(_longest_first(words), re.IGNORECASE), words


@lru_cache(maxsize=1)
def _clause_ends() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(rf"{form}(?=[\s,。!?;]|$)"), right) for form, right in lexicon.AT_CLAUSE_END.items())


def _longest_first(words: Iterable[str]) -> str:
    parts = []
    for word in sorted(words, key=len, reverse=True):
        latin = word.isascii()
        parts.append(rf"(?<![a-zA-Z0-9@._-]){word}(?![a-zA-Z0-9@._-])" if latin else re.escape(word))
    return "|".join(parts)


def _tidy(traced: Traced) -> Traced:
    traced = traced.substitute(_ODD_DASHES, lambda _: "-")
    traced = traced.substitute(_REPEATED_MARK, lambda found: found.group(1) or "。")
    for pattern, right in _clause_ends():
        traced = traced.substitute(pattern, lambda _: right)  # noqa: B023 - called at once
    traced = traced.substitute(_REPEATED_WORD, lambda found: found.group(1) * 2)
    traced = traced.substitute(_TAIL, lambda _: "")
    traced = traced.substitute(_SPACES, lambda _: " ")
    start = len(traced.text) - len(traced.text.lstrip())
    end = len(traced.text.rstrip())
    return Traced(traced.text[start:end], traced.original, traced.starts[start:end], traced.ends[start:end])
