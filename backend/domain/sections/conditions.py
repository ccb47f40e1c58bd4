"""The condition section: what no earlier answer tells, singly or in one or two grouped questions (F37, A13)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from backend.domain.case_facts import case_facts
from backend.domain.catalogue import ConditionQuestion, Need
from backend.domain.context import InterviewContext
from backend.domain.days import shown_day
from backend.domain.draft import Draft
from backend.domain.sections import held
from backend.domain.sections.family import family_prompts
from backend.domain.sections.fields import FieldsPrompt, SectionStore
from backend.domain.sections.prompt import FieldSpec, Prompt, Skipping
from backend.domain.sections.proposals import with_proposal
from backend.domain.sections.question_readers import SEVERAL, reader_of
from backend.domain.talk import Kind, Option

_COMMON: Final = frozenset({"no", "stay"})
_KINDS: Final = {
    "choice": Kind.CHOICE,
    "multi_choice": Kind.MULTI_CHOICE,
    "year": Kind.NUMBER,
    "date": Kind.DATE,
    "document_no": Kind.TEXT,
}
_SKIPPING: Final[Mapping[Need | None, Skipping]] = {Need.OPTIONAL: Skipping.OPTIONAL, Need.LATER: Skipping.LATER}


@dataclass(frozen=True)
class ChoicesStore(SectionStore):
    """Keeps answers; choosing what changes sets the earlier values aside, and gives back what does not change."""

    questions: tuple[ConditionQuestion, ...] = ()

    def put(self, draft: Draft, name: str, value: str) -> Draft:
        draft = super().put(draft, name, value)
        question = next(one for one in self.questions if one.code == name)
        if not any(option.opens for option in question.options):
            return draft
        chosen = value.split(SEVERAL)
        opened = [field for option in question.options if option.code in chosen for field in option.opens]
        others = [field for option in question.options if option.code not in chosen for field in option.opens]
        return held.hold(held.give_back(draft, held.opened_fields(others)), opened)


def condition_prompts(draft: Draft, ctx: InterviewContext) -> tuple[Prompt, ...]:
    """The questions of the business by group, those that only help after those that are needed."""
    facts = case_facts(draft, ctx)
    groups: dict[int, list[ConditionQuestion]] = {}
    for question in ctx.catalogue.questions.values():
        if question.need_of(ctx.business) and (question.ask_when is None or question.ask_when.holds(facts)):
            groups.setdefault(question.group, []).append(question)
    built = [_prompt(number, tuple(questions), draft, ctx) for number, questions in sorted(groups.items())]
    asked = sorted(built, key=lambda one: one.skipping is Skipping.OPTIONAL)
    return (*asked, *family_prompts(draft, ctx))


def _prompt(number: int, questions: tuple[ConditionQuestion, ...], draft: Draft, ctx: InterviewContext) -> FieldsPrompt:
    proposed = [with_proposal(_spec(question), question, draft) for question in questions]
    specs = tuple(spec for spec, _ in proposed)
    told = [(question.label, shown) for question, (_, shown) in zip(questions, proposed, strict=True) if shown]
    needs = {question.need_of(ctx.business) for question in questions}
    return FieldsPrompt(
        key=f"conditions.{number}",
        form="conditions_form",
        section="conditions",
        specs=specs,
        store=ChoicesStore("conditions", questions),
        hint=_example(specs),
        facts={"proposed": told[0][1] if len(questions) == 1 and told else "，".join("：".join(one) for one in told)},
        skipping=_SKIPPING.get(next(iter(needs)), Skipping.NEVER) if len(needs) == 1 else Skipping.NEVER,
    )


def _show_day(stored: str) -> str:
    return shown_day(date.fromisoformat(stored))


def _labelled(told: str, labels: Mapping[str, str]) -> str:
    return "、".join(labels.get(one, one) for one in told.split(SEVERAL))


def _example(specs: tuple[FieldSpec, ...]) -> str:
    """How to answer with numbers, and what that answer would mean: the most common one of each question."""
    choices = [spec for spec in specs if spec.options]
    if len(choices) < 2 or len(choices) != len(specs):
        return ""
    places = [next((at for at, one in enumerate(spec.options) if one.value in _COMMON), 0) for spec in choices]
    meant = "、".join(spec.options[at].label for spec, at in zip(choices, places, strict=True))
    return f"照顺序回编号就行，比如“{' '.join(str(at + 1) for at in places)}”就是：{meant}"


def _spec(question: ConditionQuestion) -> FieldSpec:
    labels = {option.code: option.label for option in question.options}
    return FieldSpec(
        name=question.code,
        label=question.question,
        kind=_KINDS[question.kind],
        read=reader_of(question),
        options=tuple(Option(option.code, option.label) for option in question.options),
        hint=question.hint,
        show=_show_day if question.kind == "date" else lambda told: _labelled(told, labels),
        short=question.label,
    )
