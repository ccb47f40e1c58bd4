"""Roles of moments in a history: what is a start (入学, 入职, 08级), what an end (毕业, 离职, 合同到)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from nlu.extract.moments import Moment, Span
from nlu.extract.tokens import Token

_FILLER: Final = r"^(?:份|左右|的时候|才|就|我|正式|重新|那年|那会儿?|底|初|末|,|\s|又|再|开始|从|毕业后)*?"
_START_AFTER: Final = re.compile(
    _FILLER
    + r"(?:入学|上的?(?:大学|学|高中|本科|中学|研|$)|上(?:大学|的)|考上|考入|入职|入的?职|开始|进(?:公司|的|入|校|来)|加入|就职|到岗|来的?|去的|去了|起|参加工作|上班|读的|念的|跳槽到|跳到|报到|签的|签合同|毕业(?:以?后|之后|就|当年|直接)*(?:来|入职|进|去|上班|参加工作))"
)
_END_AFTER: Final = re.compile(
    _FILLER + r"(?:毕业|离职|离的?职|离开|拿的?(?:证|毕业|学位)|拿到|结束|辞职|辞的?职|走的|走了|到期|止|为止|毕的|取得|获得|被裁|裁员|肄业|终止|不干|拿证|合同到期|退休)"
)
_START_BEFORE: Final = re.compile(r"(?:从|自|(?:入学|入职|开始|起始|起)(?:时间|日期|年月|年份)?(?:我?写错了?|我?填错了?|错了|不对|有误|是|在|为|于|改成|改为|应该是|应该|:|,)*\s?)$")
_END_BEFORE: Final = re.compile(
    r"(?:到|至|直到|(?:毕业|离职|截止|结束|到期|终止)(?:时间|日期|年月|年份)?(?:我?写错了?|我?填错了?|错了|不对|有误|是|在|为|于|改成|改为|应该是|应该|:|,)*\s?|合同(?:期)?(?:限)?(?:签到?|签订?到)?了?)$"
)
_DENIED: Final = re.compile(r"(?:不是|并非|别写)$")


def tokens_of(spans: list[Span], text: str, *, asked: str | None) -> Iterator[Token]:
    """A range gives a start and an end; a moment alone gives what the words around it say, else `month`."""
    for span in spans:
        if _DENIED.search(text[max(0, span.start - 3) : span.start]):
            continue
        if span.last:
            yield _token("start", span.first)
            yield _token("end", span.last)
        else:
            yield _token(_role(span.first, text) or (asked if asked in ("start", "end") else "month"), span.first)


def says_role(span: Span, text: str) -> bool:
    """Whether the words around a single moment make it a start or an end: 合同签到2029年8月31日."""
    return span.last is None and _role(span.first, text) is not None


def _role(moment: Moment, text: str) -> str | None:
    if moment.cohort:
        return "start"
    if moment.leaving or moment.open:
        return "end"
    before, after = text[max(0, moment.start - 16) : moment.start], text[moment.end : moment.end + 12]
    after = re.split(r"[,。;]", after)[0]
    start, end = _START_AFTER.match(after), _END_AFTER.match(after)
    if start and end:
        return "start" if start.end() <= end.end() or start.group().lstrip(",").startswith("毕业") else "end"
    if start or end:
        return "start" if start else "end"
    if _START_BEFORE.search(before):
        return "start"
    return "end" if _END_BEFORE.search(before) else None


def _token(slot: str, moment: Moment) -> Token:
    guess = None
    if not moment.open and moment.month is None:
        guess = {"start": f"{moment.year}-09", "end": f"{moment.year}-06"}.get(slot)
    return Token(slot, moment.as_month(), moment.start, moment.end, confirm=moment.relative, guess=guess)
