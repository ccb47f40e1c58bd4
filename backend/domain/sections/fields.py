"""Prompts for fields: a group is asked as one question, what is still missing is then asked singly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Protocol

from backend.domain.context import InterviewContext
from backend.domain.draft import Draft
from backend.domain.errors import DomainError, MonthNeeded, ProposalDeclined
from backend.domain.months import read_range, year_alone
from backend.domain.sections import held
from backend.domain.sections.prompt import Accepted, FieldSpec, Reading, Reply, Skipping, refusal
from backend.domain.sections.years import without_year
from backend.domain.talk import Answer, Kind, Option, Question, Say

_MAIL_LETTERS: Final = re.compile(r"[A-Za-z@＠]")
_BETWEEN: Final = re.compile(r"[\s,，;；、/|]+")


class Store(Protocol):
    """Where the values of a prompt live in the draft."""

    def told(self, draft: Draft) -> Mapping[str, str]: ...
    def put(self, draft: Draft, name: str, value: str) -> Draft: ...


@dataclass(frozen=True)
class SectionStore:
    section: str

    def told(self, draft: Draft) -> Mapping[str, str]:
        return draft.answers.get(self.section, {})

    def put(self, draft: Draft, name: str, value: str) -> Draft:
        return draft.with_answer(self.section, name, value)


@dataclass(frozen=True)
class RowStore:
    """One entry of a repeating section; putting a value makes the row when it is the next one."""

    section: str
    index: int

    def told(self, draft: Draft) -> Mapping[str, str]:
        rows = draft.rows(self.section)
        return rows[self.index] if self.index < len(rows) else {}

    def put(self, draft: Draft, name: str, value: str) -> Draft:
        rows = list(draft.rows(self.section))
        rows += [{}] * (self.index + 1 - len(rows))
        rows[self.index] = {**without_year(rows[self.index], name), name: value}
        return draft.with_rows(self.section, rows).without_unvalidated(name)


@dataclass(frozen=True)
class FieldsPrompt:
    """One or several fields of a section or of one entry."""

    key: str
    form: str
    section: str
    specs: tuple[FieldSpec, ...]
    store: Store
    heading: str = ""
    hint: str = ""
    index: int | None = None
    facts: Mapping[str, object] | None = None
    skipping: Skipping = Skipping.NEVER

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(spec.name for spec in self.specs)

    @property
    def label(self) -> str:
        return self.heading or "、".join(spec.label for spec in self.specs if not spec.optional)

    def left_out(self, draft: Draft) -> str:
        """What skipping leaves open: the fields that are asked now, by their short names."""
        return self.heading or "、".join(spec.short or spec.label for spec in self.asked(draft))

    def missing(self, draft: Draft) -> tuple[FieldSpec, ...]:
        told = self.store.told(draft)
        return tuple(spec for spec in self.specs if not spec.optional and not told.get(spec.name))

    def is_settled(self, draft: Draft, ctx: InterviewContext) -> bool:
        return not self.missing(draft)

    def asked(self, draft: Draft) -> tuple[FieldSpec, ...]:
        """All fields when none is told or somebody came back to them, else the first one that is missing."""
        if draft.cursor == self.key:
            focused = tuple(spec for spec in self.specs if spec.name == draft.focus)
            if focused or not self.missing(draft):
                return focused or self._loud()
        missing = self.missing(draft)
        told = self.store.told(draft)
        untouched = not any(told.get(spec.name) for spec in self.specs)
        return self._loud() if untouched or not missing else missing[:1]

    def told_before(self, draft: Draft) -> FieldSpec | None:
        """The told field before the one that is asked singly; None at a question about the whole group."""
        asked = self.asked(draft)
        if len(asked) != 1 or len(self._loud()) == 1:
            return None
        names = [spec.name for spec in self.specs]
        told = self.store.told(draft)
        before = [spec for spec in self.specs[: names.index(asked[0].name)] if told.get(spec.name) and not spec.quiet]
        return before[-1] if before else None

    def _loud(self) -> tuple[FieldSpec, ...]:
        return tuple(spec for spec in self.specs if not spec.quiet)

    def ask(self, draft: Draft, ctx: InterviewContext) -> Question:
        asked = self.asked(draft)
        first = asked[0]
        return Question(
            form=self.form,
            field=first.name,
            group=tuple(spec.name for spec in asked),
            index=self.index,
            label="、".join(spec.label for spec in asked if not spec.optional) or first.label,
            kind=first.kind,
            options=_options(asked),
            hint=self.hint if len(asked) > 1 and self.hint else first.hint,
            current=self.current(draft, asked),
            optional=all(spec.optional for spec in asked) or self.skipping is Skipping.OPTIONAL,
            facts={**self._facts(asked, self._before(draft, asked)), "refused": self._refused(draft, asked)},
        )

    def _before(self, draft: Draft, asked: tuple[FieldSpec, ...]) -> str:
        """What an earlier case said of fields that are told anew now."""
        old = [(spec, held.before(draft, spec.name)) for spec in asked if self.index is None]
        shown = [(spec.short or spec.label, spec.show(value)) for spec, value in old if value]
        return shown[0][1] if len(asked) == len(shown) == 1 else "，".join(" ".join(one) for one in shown)

    def _facts(self, asked: tuple[FieldSpec, ...], before: str) -> dict[str, object]:
        parts = [
            {
                "field": spec.name,
                "label": spec.label,
                "optional": spec.optional,
                "options": [option.to_json() for option in spec.options],
            }
            for spec in asked
        ]
        ordinal = {} if self.index is None else {"ordinal": self.index + 1}
        return {**(self.facts or {}), **ordinal, "heading": self.heading, "parts": parts, "before": before}

    def current(self, draft: Draft, asked: tuple[FieldSpec, ...]) -> str:
        """What stands in the fields now."""
        told = self.store.told(draft)
        return _listed(asked, {spec.name: spec.show(told[spec.name]) for spec in asked if told.get(spec.name)})

    def _refused(self, draft: Draft, asked: tuple[FieldSpec, ...]) -> str:
        """What was typed here and not taken (T6): shown as such, never as what stands."""
        return _listed(asked, {spec.name: draft.unvalidated.get(f"{self.key}#{spec.name}", "") for spec in asked})

    def answer(self, draft: Draft, ctx: InterviewContext, answer: Answer) -> Reply:
        pairs = self._pairs(draft, ctx, answer)
        if not pairs:
            label = self.ask(draft, ctx).label
            return Reply(draft, (Say("not_understood", {"label": label}),), accepted=False)
        return self.take_pairs(draft, ctx, pairs)

    def take_pairs(self, draft: Draft, ctx: InterviewContext, pairs: Mapping[str, str]) -> Reply:
        """Accept what is right, refuse the rest with its reason; fields are read in their own order."""
        saved: list[str] = []
        say: list[Say] = []
        for spec in self.specs:
            if spec.name not in pairs:
                continue
            told = dict(self.store.told(draft))
            try:
                text = _with_its_month(spec, pairs[spec.name], told, ctx)
                accepted = spec.read(text, Reading(ctx, draft, told))
            except ProposalDeclined as error:
                say.append(refusal(error, spec.short or spec.label))
                continue
            except DomainError as error:
                if isinstance(error, MonthNeeded) and (kept := self._with_year(draft, spec, error.year)) is not None:
                    draft = kept
                    shown = f"{error.year}年（还差月份）"
                    saved.append(shown if len(pairs) == 1 else f"{spec.short or spec.label} {shown}")
                else:
                    say.append(refusal(error, spec.short or spec.label))
                    draft = draft.with_unvalidated(self.key, spec.name, _without_its_name(spec, pairs[spec.name]))
                continue
            draft = self.store.put(draft, spec.name, accepted.value)
            shown = accepted.shown or spec.show(accepted.value)
            saved.append(shown if len(pairs) == 1 else f"{spec.short or spec.label} {shown}")
            say.extend(accepted.say)
            if self.index is None and accepted.value == held.before(draft, spec.name):
                say.append(Say("same_as_before", {"label": spec.short or spec.label, "shown": shown}))
        return Reply(draft, (*self._saved(pairs, saved), *say), accepted=bool(saved))

    def _with_year(self, draft: Draft, spec: FieldSpec, year: int) -> Draft | None:
        """The draft that keeps a year until its month is told; None where a year alone is only refused."""
        return None

    def _saved(self, pairs: Mapping[str, str], saved: list[str]) -> tuple[Say, ...]:
        if not saved:
            return ()
        labels = [spec.short or spec.label for spec in self.specs if spec.name in pairs]
        if len(pairs) == 1:
            return (Say("saved_value", {"label": labels[0], "shown": saved[0]}),)
        return (Say("saved_values", {"shown": "，".join(saved)}),)

    def _pairs(self, draft: Draft, ctx: InterviewContext, answer: Answer) -> dict[str, str]:
        pairs = {value.field: value.value for value in answer.values if value.field in self.fields}
        asked = self.asked(draft)
        if answer.option is not None:
            named = answer.field if answer.field in self.fields else asked[0].name
            return {**pairs, str(named): answer.option}
        if answer.text and not {"start", "end"} & pairs.keys() and (months := self._range(answer.text)):
            pairs = {**pairs, **months}
        if answer.text and not pairs and len(asked) == 1 and _could_be(asked[0], answer.text):
            return {asked[0].name: answer.text}
        if answer.text:
            pairs = {**self._from_pieces(draft, ctx, answer.text, pairs), **pairs}
        if not pairs and answer.text:
            missing = self.missing(draft) or asked
            if (missing[0].kind is not Kind.CHOICE or len(missing) == 1) and _could_be(missing[0], answer.text):
                return {missing[0].name: answer.text}
        return pairs

    def _range(self, text: str) -> dict[str, str]:
        months = read_range(text) if {"start", "end"} <= set(self.fields) else None
        return {"start": months[0], "end": months[1]} if months else {}

    def is_away(self, draft: Draft) -> bool:
        """Whether 上一步 passes over this prompt, because nothing of it concerns this case."""
        return False

    def _from_pieces(self, draft: Draft, ctx: InterviewContext, text: str, pairs: Mapping[str, str]) -> dict[str, str]:
        """Find answers to the asked fields in the pieces of a sentence, and numbers for a list of choices."""
        waiting = [spec for spec in self.asked(draft) if spec.name not in pairs]
        if numbered := _numbered(text, waiting):
            return numbered
        found: dict[str, str] = {}
        for piece in _pieces(text):
            for spec in waiting:
                if spec.name not in found and self._fits(spec, piece, draft, ctx):
                    found[spec.name] = piece
                    break
        return found

    def _fits(self, spec: FieldSpec, piece: str, draft: Draft, ctx: InterviewContext) -> bool:
        if spec.looks_right is not None:
            return spec.looks_right(piece)
        if spec.kind is not Kind.CHOICE or piece.isdecimal():
            return False
        try:
            spec.read(piece, Reading(ctx, draft, dict(self.store.told(draft))))
        except DomainError:
            return False
        return True


def _listed(asked: tuple[FieldSpec, ...], values: Mapping[str, str]) -> str:
    told = [(spec.label, values[spec.name]) for spec in asked if values.get(spec.name)]
    return "，".join(value if len(asked) == 1 else f"{label} {value}" for label, value in told)


def _could_be(spec: FieldSpec, text: str) -> bool:
    """Whether a text is worth refusing as that kind of value; anything else is simply not understood."""
    if spec.kind is Kind.PHONE:
        return sum(one.isdecimal() for one in text) >= 5
    return spec.kind is not Kind.EMAILS or bool(_MAIL_LETTERS.search(text))


def _without_its_name(spec: FieldSpec, text: str) -> str:
    """“手机号1380013800” is shown back as the number that was told, without the field's name before it."""
    names = "|".join(re.escape(name) for name in (spec.label, spec.short, spec.label[:3]) if name)
    return re.sub(rf"^(?:我的)?(?:{names})[是为：:\s]*(?=.)", "", text.strip())


def _with_its_month(spec: FieldSpec, text: str, told: Mapping[str, str], ctx: InterviewContext) -> str:
    """A year alone corrects the year of a month that stands there already."""
    stands = told.get(spec.name, "")
    year = year_alone(text, today=ctx.today) if spec.kind is Kind.MONTH and len(stands) == len("2006-09") else None
    return f"{year}{stands[4:]}" if year else text


def _pieces(text: str) -> list[str]:
    return [piece for piece in _BETWEEN.split(text.strip()) if piece]


def _options(asked: tuple[FieldSpec, ...]) -> tuple[Option, ...]:
    if len(asked) == 1:
        return asked[0].options
    return tuple(replace(option, field=spec.name) for spec in asked for option in spec.options)


def _numbered(text: str, waiting: list[FieldSpec]) -> dict[str, str]:
    """`1 1 2 2` or `1122`: one number for each choice in the order asked."""
    choices = [spec for spec in waiting if spec.kind is Kind.CHOICE and spec.options]
    pieces = _pieces(text)
    if len(pieces) == 1 and pieces[0].isdecimal() and len(pieces[0]) == len(choices):
        pieces = list(pieces[0])
    if not choices or len(pieces) > len(choices) or not all(piece.isdecimal() for piece in pieces):
        return {}
    return {spec.name: piece for spec, piece in zip(choices, pieces, strict=False)}


def accepted_choice(text: str, options: tuple[Option, ...]) -> Accepted | None:
    """The option meant by its code, label or number."""
    plain = text.strip()
    for option in options:
        if plain in (option.value, option.label):
            return Accepted(option.value, option.label)
    if plain.isdecimal() and 1 <= int(plain) <= len(options):
        chosen = options[int(plain) - 1]
        return Accepted(chosen.value, chosen.label)
    return None
