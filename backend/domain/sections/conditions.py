"""The condition section: only what no earlier answer tells, in one or two grouped questions (F37)."""

from __future__ import annotations

from typing import Final

from backend.domain.case_facts import case_facts
from backend.domain.catalogue import ConditionQuestion
from backend.domain.context import InterviewContext
from backend.domain.draft import Draft
from backend.domain.errors import MonthWrong, UnknownOption
from backend.domain.sections.family import family_prompts
from backend.domain.sections.fields import FieldsPrompt, SectionStore, accepted_choice
from backend.domain.sections.prompt import Accepted, FieldSpec, Prompt, Reading
from backend.domain.talk import Kind, Option, Say

_COMMON: Final = frozenset({"no", "stay"})


def condition_prompts(draft: Draft, ctx: InterviewContext) -> tuple[Prompt, ...]:
    facts = case_facts(draft, ctx)
    groups: dict[int, list[FieldSpec]] = {}
    for question in ctx.catalogue.questions.values():
        if not question.derived and (question.ask_when is None or question.ask_when.holds(facts)):
            groups.setdefault(question.group, []).append(_spec(question))
    asked = tuple(_prompt(number, tuple(specs)) for number, specs in sorted(groups.items()))
    return (*asked, *family_prompts(draft, ctx))


def _prompt(number: int, specs: tuple[FieldSpec, ...]) -> FieldsPrompt:
    return FieldsPrompt(
        key=f"conditions.{number}",
        form="conditions_form",
        section="conditions",
        specs=specs,
        store=SectionStore("conditions"),
        hint=_example(specs),
    )


def _example(specs: tuple[FieldSpec, ...]) -> str:
    """How to answer with numbers, and what that answer would mean: the most common one of each question."""
    choices = [spec for spec in specs if spec.options]
    if len(choices) < 2 or len(choices) != len(specs):
        return ""
    places = [next((at for at, one in enumerate(spec.options) if one.value in _COMMON), 0) for spec in choices]
    meant = "、".join(spec.options[at].label for spec, at in zip(choices, places, strict=True))
    return f"照顺序回编号就行，比如“{' '.join(str(at + 1) for at in places)}”就是：{meant}"


def _spec(question: ConditionQuestion) -> FieldSpec:
    options = tuple(Option(option.code, option.label) for option in question.options)
    words = {alias: option for option in question.options for alias in option.aliases}
    notices = {option.code: option.notice for option in question.options if option.notice}

    def read(text: str, reading: Reading) -> Accepted:
        if question.kind == "year":
            return _year(text, reading)
        plain = text.strip().strip("。")
        chosen = accepted_choice(plain, options)
        if chosen is None and plain in words:
            chosen = Accepted(words[plain].code, words[plain].label)
        if chosen is None:
            raise UnknownOption(choices="、".join(option.label for option in options))
        notice = notices.get(chosen.value)
        return Accepted(chosen.value, chosen.shown, (Say(notice, {"label": question.label}),) if notice else ())

    labels = {option.value: option.label for option in options}
    kind = Kind.NUMBER if question.kind == "year" else Kind.CHOICE
    return FieldSpec(
        name=question.code,
        label=question.question,
        kind=kind,
        read=read,
        options=options,
        hint=question.hint,
        show=lambda code: labels.get(code, code),
        short=question.label,
    )


def _year(text: str, reading: Reading) -> Accepted:
    digits = text.strip().removesuffix("年")
    if not (digits.isdecimal() and len(digits) == 4 and 1970 <= int(digits) <= reading.ctx.today.year):
        raise MonthWrong
    return Accepted(str(int(digits)))
