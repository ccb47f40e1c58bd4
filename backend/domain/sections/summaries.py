"""The summary of a whole list, schools or jobs: right and complete, one more, or something to change (F29, F33)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from backend.domain.context import InterviewContext
from backend.domain.draft import Draft
from backend.domain.sections.entries import Book
from backend.domain.sections.prompt import ChoicePrompt, Reply
from backend.domain.talk import Kind, Option, Question, Say

# “对吗，还有别的吗？” asks two things at once: 没有 answers the second one, 不对 the first.
_NO_MORE: Final = re.compile(
    r"(?:[对是嗯好]的?[,，]?)?(?:没有?|无|不用|不需要|不(?=[加补]))(?:要|需要)?再?(?:其[他它]|别的|更多|漏|错|误|问题|补充?|加|要加|要补充?)?[的了啦啊呢]*"
)
_WRONG: Final = re.compile(r"(?:不|不对|不是|不正确|错了?|有错|有误|有问题|不全对|要改|改一?下)[的了啦啊]*")
_MORE: Final = re.compile(r"(?:还有|有|有的|再加|要加|加|加一段|再来一段|还有一段|漏了一段)[的了啦啊]*")


def summary_prompt(
    book: Book,
    draft: Draft,
    ctx: InterviewContext,
    *,
    lines: Sequence[str],
    settled: bool,
    keep: Callable[[], Draft],
) -> ChoicePrompt:
    """`keep` gives the draft once the list was found right."""
    field = f"{book.section}_confirm"
    question = Question(
        form=book.form,
        field=field,
        group=(field,),
        label=book.label,
        kind=Kind.CONFIRM,
        options=(Option("yes", "对，没有了"), Option("add", "再加一段")),
        facts={"summary": "\n".join(f"{at}. {line}" for at, line in enumerate(lines, 1)), "count": len(lines)},
    )

    def choose(told: str) -> Reply:
        if told == "add":
            return Reply(book.add(draft, ctx))
        if told == "no":
            return Reply(draft, (Say("say_what_to_change", {"label": book.label}),), accepted=False)
        key = f"{book.section}.confirm"
        return Reply(keep().settle(key), (Say("section_done", {"label": book.label}),))

    return ChoicePrompt(
        f"{book.section}.confirm",
        book.section,
        field,
        settled,
        question,
        choose,
        understood=(Option("no", "不对"),),
        hear=_heard,
        skip_means="yes",
    )


def _heard(text: str) -> str:
    plain = re.sub(r"[\s。.!！~～?？]", "", text).lower()
    for code, pattern in (("yes", _NO_MORE), ("no", _WRONG), ("add", _MORE)):
        if pattern.fullmatch(plain):
            return code
    return ""
