"""What every question of the interview can do: say whether it is settled, ask, and take an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from backend.domain.case import STAGES, Stage
from backend.domain.context import InterviewContext
from backend.domain.draft import Draft
from backend.domain.errors import DomainError
from backend.domain.talk import Answer, Kind, Option, Question, Say, Wish


class Skipping(StrEnum):
    """What 跳过 does: nothing, leaves it out for good, or puts it off until everything else is told."""

    NEVER = "never"
    OPTIONAL = "optional"
    LATER = "later"


def where_it_stands(stage: Stage) -> Say:
    """Nothing is asked: which stage it is, so that the words can say who acts next (F49)."""
    return Say("where_it_stands", {"stage": stage.value, "stage_label": STAGES[stage].label})


@dataclass(frozen=True)
class Reply:
    """What an answer did; `accepted` is false when nothing of it could be used."""

    draft: Draft
    say: tuple[Say, ...] = ()
    accepted: bool = True
    wish: Wish | None = None


class Prompt(Protocol):
    """One question of the script; `key` begins with the section's name and a dot."""

    @property
    def key(self) -> str: ...
    @property
    def section(self) -> str: ...
    @property
    def fields(self) -> tuple[str, ...]: ...
    @property
    def label(self) -> str: ...
    @property
    def skipping(self) -> Skipping: ...
    def is_settled(self, draft: Draft, ctx: InterviewContext) -> bool: ...
    def ask(self, draft: Draft, ctx: InterviewContext) -> Question: ...
    def answer(self, draft: Draft, ctx: InterviewContext, answer: Answer) -> Reply: ...


@dataclass(frozen=True)
class ChoicePrompt:
    """A question with a few answers: a confirmation, or one of several things to do.

    `understood` are answers that are taken, but not offered; `hear` finds the answer in a longer sentence.
    `skip_means` is the answer that 跳过 gives, where the question may be left.
    """

    key: str
    section: str
    name: str
    settled: bool
    question: Question
    choose: Callable[[str], Reply | None]
    skipping: Skipping = Skipping.NEVER
    words: tuple[tuple[str, str], ...] = ()
    understood: tuple[Option, ...] = ()
    hear: Callable[[str], str] = lambda text: ""
    skip_means: str = ""

    @property
    def fields(self) -> tuple[str, ...]:
        return (self.name,)

    @property
    def label(self) -> str:
        return self.question.label

    def is_settled(self, draft: Draft, ctx: InterviewContext) -> bool:
        return self.settled

    def ask(self, draft: Draft, ctx: InterviewContext) -> Question:
        return self.question

    def answer(self, draft: Draft, ctx: InterviewContext, answer: Answer) -> Reply:
        told = next((value.value for value in answer.values if value.field == self.name), None)
        options = (*self.question.options, *self.understood)
        said = answer.option or told or answer.text
        chosen = self._in_own_words(answer, options) or read_choice(said, options, self.words)
        reply = self.choose(chosen) if chosen else None
        if reply is None:
            choices = "、".join(option.label for option in self.question.options)
            facts = {"label": self.question.label, "choices": choices}
            return Reply(draft, (Say("unknown_option", facts),), accepted=False)
        return reply

    def _in_own_words(self, answer: Answer, options: Iterable[Option]) -> str:
        """What a plain yes or no means at this question: “没有” under a summary is no more of them, not a no."""
        heard = self.hear(answer.text) if answer.option in (None, "yes", "no", "affirm", "deny") else ""
        return heard if heard in {one.value for one in options} else ""


YES: tuple[str, ...] = (
    "yes",
    "affirm",
    "是",
    "是的",
    "对",
    "对的",
    "没错",
    "好",
    "好的",
    "可以",
    "行",
    "嗯",
    "确认",
    "ok",
    "没有了",
    "没了",
    "就这些",
    "就这样",
    "要",
    "需要",
    "下一步",
    "符合条件",
    "符合",
)
NO: tuple[str, ...] = (
    "no",
    "deny",
    "不",
    "不是",
    "不对",
    "不要",
    "不用",
    "不需要",
    "否",
    "没有",
    "不行",
    "不可以",
    "不符合",
    "错了",
    "算了",
)


def yes_no(yes: str = "对", no: str = "不对") -> tuple[Option, ...]:
    return (Option("yes", yes), Option("no", no))


def read_choice(text: str, options: Iterable[Option], words: Iterable[tuple[str, str]] = ()) -> str:
    """The code of the chosen option: by code, number, label or a word for it; empty when none fits."""
    plain = text.strip().strip("。.!！~～，,").lower()
    listed = tuple(options)
    codes = {option.value for option in listed}
    if plain in codes:
        return plain
    for option in listed:
        if plain == option.label.lower() or text == option.value:
            return option.value
    if plain.isdecimal() and 1 <= int(plain) <= len(listed):
        return listed[int(plain) - 1].value
    for word, code in words:
        if plain == word and code in codes:
            return code
    if plain in YES and "yes" in codes:
        return "yes"
    return "no" if plain in NO and "no" in codes else ""


@dataclass(frozen=True)
class PagePrompt:
    """Something that no text answers: a page behind a link, or photos; `instead` names the sentence that says so."""

    key: str
    section: str
    name: str
    settled: bool
    question: Question
    skipping: Skipping = Skipping.LATER
    instead: str = "use_the_page"

    @property
    def fields(self) -> tuple[str, ...]:
        return (self.name,)

    @property
    def label(self) -> str:
        return self.question.label

    def is_settled(self, draft: Draft, ctx: InterviewContext) -> bool:
        return self.settled

    def ask(self, draft: Draft, ctx: InterviewContext) -> Question:
        return self.question

    def answer(self, draft: Draft, ctx: InterviewContext, answer: Answer) -> Reply:
        return Reply(draft, (Say(self.instead, {"label": self.label}),), accepted=False)


@dataclass(frozen=True)
class Accepted:
    """A value that passed; `shown` is how it is repeated to the applicant."""

    value: str
    shown: str = ""
    say: tuple[Say, ...] = ()


@dataclass(frozen=True)
class Reading:
    """What reading one value may look at; `told` holds the other fields of the same section or entry."""

    ctx: InterviewContext
    draft: Draft
    told: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FieldSpec:
    """One field: how it is asked, and what it accepts.

    `read` returns the value or raises a `DomainError`; `looks_right` lets a piece of a longer text be taken for it.
    `short` is the label in a sentence about the answer, when `label` is a whole question.
    A `quiet` field is accepted when it is told, but not asked for.
    """

    name: str
    label: str
    kind: Kind
    read: Callable[[str, Reading], Accepted]
    options: tuple[Option, ...] = ()
    hint: str = ""
    optional: bool = False
    quiet: bool = False
    short: str = ""
    show: Callable[[str], str] = str
    looks_right: Callable[[str], bool] | None = None


def refusal(error: DomainError, label: str) -> Say:
    """The sentence that belongs to a refusal; the field's label fills in where the reader did not know it."""
    return Say(error.code, {**error.facts(), "label": label})
