"""Whose fact it is and which of several counts: 我妈是回族，我是汉族; 以前农业后来改居民; 旧号停用了，现在用新号."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

SPOUSE: Final = r"(?:老公|老婆|爱人|配偶|妻子|丈夫|媳妇|先生|太太|另一半)"
_SOMEBODY: Final = re.compile(
    rf"(?<![随跟和与像])(?<![随跟和与像]我)(?:{SPOUSE}|对象|(?<![爸父])(?:妈妈?|母亲)|(?:爸爸?|父亲)(?!妈)|[哥弟姐妹]|爷爷|奶奶|孩子|儿子|女儿|室友|同事|朋友|房东)"
    r"(?:的|是|也|都|以前|现在|户口|户籍|民族|政治面貌|手机|电话|所?在|一直|没有?|不|有|就|已经?|了){0,4}$"
)
_TAKES_AFTER: Final = re.compile(r"(?:随|跟着?|按)我?(?P<who>[爸妈父母])")
_PAST: Final = re.compile(r"(?:旧|老|以前|之前|原来|原先|从前|当初|刚开始|最早|本来|曾经?)[^,。;]{0,6}$")
_GONE: Final = re.compile(r"^[^,。;]{0,3}(?:停用|不用|不要|作废|注销|停机|丢了|没用|换掉|不再)")
_TURN: Final = re.compile(r"后来|现在|如今|目前|就是|改|变成|变更|转成?|换成?|升|迁|超龄|又|再|然后|已经|新")


def is_about_somebody(text: str, at: int) -> bool:
    """Whether the words right before `at` tell of another person: 我老公|北京户口."""
    return bool(_SOMEBODY.search(text[_clause(text, at) : at]))


def which(text: str, spans: Sequence[tuple[int, int]]) -> int:
    """The index of the span that counts among values of one field: not the past one, and after a turn the last one said."""
    alive = [at for at, span in enumerate(spans) if not _is_past(text, span, spans)] or list(range(len(spans)))
    first, last = min(alive, key=lambda at: spans[at]), max(alive, key=lambda at: spans[at])
    return last if _TURN.search(text[spans[first][1] : spans[last][0]]) else alive[0]


def whom_one_follows(text: str, spans: Sequence[tuple[int, int]]) -> int | None:
    """我爸是汉族，我妈是回族，我随我妈: the span of the parent who is followed."""
    follows = _TAKES_AFTER.search(text)
    if follows is None:
        return None
    same = {"爸": "爸父", "父": "爸父", "妈": "妈母", "母": "妈母"}[follows["who"]]
    for at, (start, _) in enumerate(spans):
        told = _SOMEBODY.search(text[_clause(text, start) : start])
        if told and any(who in told.group() for who in same):
            return at
    return None


def _is_past(text: str, span: tuple[int, int], spans: Sequence[tuple[int, int]]) -> bool:
    start = max([_clause(text, span[0]), *(end for _, end in spans if end <= span[0])])
    end = min([len(text), *(first for first, _ in spans if first >= span[1])])
    return bool(_PAST.search(text[start : span[0]]) or _GONE.match(text[span[1] : end]))


def _clause(text: str, at: int) -> int:
    return max(text.rfind(mark, 0, at) for mark in ",;。?!") + 1
