"""What schools and jobs have in common: numbered entries, told one or several at a time, added and removed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from backend.domain.context import InterviewContext
from backend.domain.draft import Draft, Entry
from backend.domain.months import Month
from backend.domain.sections.fields import FieldsPrompt, RowStore
from backend.domain.sections.marks import mark_of
from backend.domain.sections.prompt import FieldSpec, Reply, Skipping
from backend.domain.sections.years import PERIOD, asked_for, proposal, said_months, with_year, year_of, years_of
from backend.domain.talk import Answer, Question, Say, Value
from backend.domain.timeline import in_order, with_proposals

SpecsFor = Callable[[Entry, InterviewContext], tuple[FieldSpec, ...]]


@dataclass(frozen=True)
class Book:
    """One repeating section; `name_field` is the field that tells entries apart (school, employer).

    `usual_months` are proposed for a period whose years alone were told.
    """

    section: str
    form: str
    label: str
    hint: str
    name_field: str
    specs_for: SpecsFor
    own_fields: frozenset[str]
    shared_fields: frozenset[str] = field(default=frozenset(PERIOD))
    usual_months: Mapping[str, int] = field(default_factory=dict)
    # Fills in what was told before the list came up.
    known: Callable[[Draft, InterviewContext, Entry], Entry] = field(default=lambda _draft, _ctx, row: row)

    @property
    def fields(self) -> frozenset[str]:
        return self.own_fields | self.shared_fields

    def prompt(
        self,
        draft: Draft,
        ctx: InterviewContext,
        index: int,
        *,
        skipping: Skipping = Skipping.NEVER,
        facts: Mapping[str, Any] | None = None,
    ) -> EntryPrompt:
        rows = draft.rows(self.section)
        row = rows[index] if index < len(rows) else {}
        return EntryPrompt(
            key=f"{self.section}.{index}",
            form=self.form,
            section=self.section,
            specs=self.specs_for(row, ctx),
            store=RowStore(self.section, index),
            heading=f"{self.label}（{index + 1}）",
            hint=self.hint,
            index=index,
            facts=facts,
            skipping=skipping,
            book=self,
        )

    def is_complete(self, row: Entry, ctx: InterviewContext) -> bool:
        return all(spec.optional or row.get(spec.name) for spec in self.specs_for(row, ctx))

    def first_open(self, draft: Draft, ctx: InterviewContext) -> int:
        """The first incomplete entry, else the place after the last."""
        rows = draft.rows(self.section)
        return next((at for at, row in enumerate(rows) if not self.is_complete(row, ctx)), len(rows))

    def take(self, draft: Draft, ctx: InterviewContext, values: Sequence[Value], *, base: int) -> Reply:
        """Put values into the entries they belong to; relative indexes count from `base`."""
        say: list[Say] = []
        taken = False
        for index, pairs in sorted(_by_row(values, base, len(draft.rows(self.section))).items()):
            reply = self.prompt(draft, ctx, index).take_pairs(draft, ctx, self._news(draft, index, pairs))
            draft, taken = reply.draft, taken or reply.accepted
            say.extend(reply.say)
        return Reply(self.tidy(draft, ctx) if taken else draft, tuple(say), accepted=taken)

    def _news(self, draft: Draft, index: int, pairs: Mapping[str, str]) -> Mapping[str, str]:
        """Without what only says which entry is meant: the level that it has anyway."""
        rows = with_proposals(draft.rows(self.section))
        level = rows[index].get("level") if index < len(rows) and "level" in pairs else None
        if len(pairs) < 2 or level is None or pairs["level"] != level:
            return pairs
        return {name: value for name, value in pairs.items() if name != "level"}

    def tidy(self, draft: Draft, ctx: InterviewContext) -> Draft:
        """Complete entries in order of time, then the others; a changed list has to be confirmed again."""
        rows = [self.known(draft, ctx, row) for row in draft.rows(self.section)]
        complete = [row for row in rows if self.is_complete(row, ctx)]
        ordered = [*in_order(complete), *(row for row in rows if not self.is_complete(row, ctx))]
        return draft.with_rows(self.section, ordered).unsettle(f"{self.section}.confirm")

    def base_row(self, draft: Draft, ctx: InterviewContext, values: Sequence[Value]) -> int | None:
        """Which entry a value without an index means when no entry is being asked; None when nobody can tell.

        The entry with the same school or employer, the one being told, a new one when a name is told, the only one of
        the level that is named, the last one for an end that is still to come, the only one there is.
        """
        rows = draft.rows(self.section)
        told = {value.field: value.value for value in values}
        if all(value.index is not None and not value.relative for value in values):
            return 0
        named = told.get(self.name_field)
        same = [at for at, row in enumerate(rows) if named and row.get(self.name_field) == named]
        if same:
            return same[0]
        first_open = self.first_open(draft, ctx)
        if first_open < len(rows) or not rows:
            return first_open
        if named is not None:
            return len(rows)
        of_level = [at for at, row in enumerate(with_proposals(rows)) if row.get("level") == told.get("level")]
        if "level" in told and len(of_level) == 1:
            return of_level[0]
        if len(rows) == 1 or told.get("end", "") >= str(Month.of(ctx.today)):
            return len(rows) - 1
        return None

    def entries_named(self, draft: Draft, values: Sequence[Value]) -> list[int]:
        """Every entry that has all that was said: 用友 is 北京用友软件有限公司, 高中 the school of that level."""
        named = {value.field: value.value for value in values if value.field in self.own_fields}
        rows = with_proposals(draft.rows(self.section))
        return [
            at
            for at, row in enumerate(rows)
            if named and all(_fits(row.get(name, ""), value) for name, value in named.items())
        ]

    def add(self, draft: Draft, ctx: InterviewContext) -> Draft:
        """An empty entry at the end, unless one is open already."""
        rows = draft.rows(self.section)
        if self.first_open(draft, ctx) < len(rows):
            return draft
        return draft.with_rows(self.section, [*rows, {}]).unsettle(f"{self.section}.confirm")

    def remove(self, draft: Draft, index: int) -> Draft:
        rows = list(draft.rows(self.section))
        del rows[index]
        kept = {key: text for key, text in draft.unvalidated.items() if not key.startswith(f"{self.section}.")}
        return replace(draft.with_rows(self.section, rows), unvalidated=kept).unsettle(f"{self.section}.")

    def without_empty(self, draft: Draft) -> Draft:
        rows = [row for row in draft.rows(self.section) if row]
        return draft.with_rows(self.section, rows) if len(rows) != len(draft.rows(self.section)) else draft


@dataclass(frozen=True)
class EntryPrompt(FieldsPrompt):
    """One entry; an answer may also fill the entries after it."""

    book: Book = field(kw_only=True)

    def asked(self, draft: Draft) -> tuple[FieldSpec, ...]:
        """Both months in one question when both years are known; what a year tells is not asked again."""
        asked, row = super().asked(draft), self.store.told(draft)
        if draft.cursor != self.key and any(year_of(row, name) for name in PERIOD):
            asked = self.missing(draft)[:1]
        if [spec.name for spec in asked] == ["start"] and years_of(row, PERIOD):
            asked = tuple(spec for spec in self.specs if spec.name in PERIOD)
        return asked

    def ask(self, draft: Draft, ctx: InterviewContext) -> Question:
        question, years = super().ask(draft, ctx), self._years(draft)
        row = self.store.told(draft)
        mark = mark_of(row.get(self.book.name_field) or str(self.index))
        question = replace(question, facts={**question.facts, "mark": mark})
        if not years:
            return question
        example = " ".join(str(self.book.usual_months.get(name, at)) for name, at in zip(years, (7, 3), strict=False))
        named = row.get(self.book.name_field) or row.get("level", "")
        facts = {**question.facts, "years": asked_for(years), "example": example, "named": named}
        return replace(question, options=proposal(years, self.book.usual_months), facts=facts)

    def _years(self, draft: Draft) -> dict[str, int]:
        return years_of(self.store.told(draft), tuple(spec.name for spec in self.asked(draft)))

    def _pairs(self, draft: Draft, ctx: InterviewContext, answer: Answer) -> dict[str, str]:
        return said_months(answer.option or answer.text, self._years(draft)) or super()._pairs(draft, ctx, answer)

    def _with_year(self, draft: Draft, spec: FieldSpec, year: int) -> Draft | None:
        rows = list(draft.rows(self.section))
        at = self.index or 0
        rows += [{}] * (at + 1 - len(rows))
        rows[at] = with_year(rows[at], spec.name, year)
        return draft.with_rows(self.section, rows).without_unvalidated(spec.name)

    def answer(self, draft: Draft, ctx: InterviewContext, answer: Answer) -> Reply:
        base = self.index or 0
        mine = [value for value in answer.values if value.field in self.fields]
        indexed = any(value.index is not None and _row_of(value, base) != base for value in mine)
        if indexed and answer.option is None:
            return self.book.take(draft, ctx, mine, base=base)
        reply = super().answer(draft, ctx, answer)
        return replace(reply, draft=self.book.tidy(reply.draft, ctx)) if reply.accepted else reply


def _row_of(value: Value, base: int) -> int:
    if value.index is None:
        return base
    return base + value.index if value.relative else value.index


def _by_row(values: Sequence[Value], base: int, count: int) -> dict[int, dict[str, str]]:
    """Values by entry; an index beyond the list means the next new entries, with no holes between."""
    by_row: dict[int, dict[str, str]] = {}
    for value in values:
        by_row.setdefault(_row_of(value, base), {})[value.field] = value.value
    new = {index: count + at for at, index in enumerate(sorted(index for index in by_row if index >= count))}
    return {new.get(index, max(index, 0)): pairs for index, pairs in by_row.items()}


def _fits(stored: str, said: str) -> bool:
    return stored == said or (bool(stored) and len(said) >= 2 and (said in stored or stored in said))


def row_summary(row: Entry, *parts: str) -> str:
    """`2006年9月–2010年6月 吉林大学 软件工程`."""
    return f"{_shown_month(row, 'start')}–{_shown_month(row, 'end')} " + " ".join(part for part in parts if part)


def _shown_month(row: Entry, name: str) -> str:
    stored = row.get(name, "")
    if len(stored) != 7:
        return "至今" if stored else "?"
    return f"{stored[:4]}年{int(stored[5:])}月"
