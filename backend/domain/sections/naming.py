"""Which question somebody means who names it in passing: 改一下社保缴纳, 孩子的名字写错了."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from backend.domain.context import InterviewContext
from backend.domain.draft import Draft
from backend.domain.sections import script
from backend.domain.sections.fields import FieldsPrompt

# Short names of questions whose labels nobody says; those of the conditions stand in the catalogue.
_NAMES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "credentials": ("北京通",),
        "spouse_name": ("配偶的姓名", "配偶名字", "配偶的名字", "老公的名字", "老婆的名字", "爱人的名字"),
        "spouse_employer": ("配偶的单位", "配偶公司", "老公的单位", "老婆的单位", "爱人的单位"),
        "child_name": ("孩子的姓名", "孩子名字", "孩子的名字", "小孩名字", "子女姓名", "儿子的名字", "女儿的名字"),
        "child_born": ("孩子的出生", "孩子出生", "孩子生日", "孩子的生日", "小孩生日", "子女出生"),
    }
)


def named_field(text: str, draft: Draft, ctx: InterviewContext) -> str:
    """The field of the contact or condition section whose name stands in `text`, the longest one; empty when none does.

    Fields of the other sections have names that everybody reads alike; those are told apart before.
    """
    found = [(len(name), field) for field, name in _all_names(draft, ctx) if name in text]
    return max(found)[1] if found else ""


def unasked_label(text: str, ctx: InterviewContext) -> str:
    """The label of a question that the catalogue has and this case does not ask; empty when none is named."""
    found = [
        (len(name), one.label)
        for one in ctx.catalogue.questions.values()
        if not one.derived
        for name in (one.label, *one.names)
        if name in text
    ]
    return max(found)[1] if found else ""


def _all_names(draft: Draft, ctx: InterviewContext) -> Iterator[tuple[str, str]]:
    questions = ctx.catalogue.questions
    for prompt in script.prompts(draft, ctx):
        if prompt.section == "conditions" and isinstance(prompt, FieldsPrompt):
            for spec in prompt.specs:
                own = questions[spec.name].names if spec.name in questions else _NAMES.get(spec.name, ())
                yield from ((spec.name, name) for name in (spec.label, spec.short, *own) if name)
        elif prompt.key == "contact.credentials":
            yield from (("credentials", name) for name in (prompt.label, *_NAMES["credentials"]))
