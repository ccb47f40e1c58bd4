"""Which prompt an answer belongs to: the asked one first, then the one that owns the field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from backend.domain.context import InterviewContext
from backend.domain.draft import Draft
from backend.domain.errors import UnknownField
from backend.domain.months import OPEN
from backend.domain.sections import script
from backend.domain.sections.corrections import SeveralMonths, name_correction, year_correction
from backend.domain.sections.education import EDUCATION
from backend.domain.sections.entries import Book, EntryPrompt
from backend.domain.sections.fields import FieldsPrompt
from backend.domain.sections.owners import SECTION_OF
from backend.domain.sections.prompt import Prompt, Reply, where_it_stands
from backend.domain.sections.work import WORK
from backend.domain.talk import Answer, Say, Value
from backend.domain.timeline import UNEMPLOYED

BOOKS: Final[Mapping[str, Book]] = {"education": EDUCATION, "work": WORK}


def section_of_field(name: str, draft: Draft, ctx: InterviewContext) -> str | None:
    """The section that owns a field; months belong to the list that the talk is in."""
    if name in SECTION_OF:
        return SECTION_OF[name]
    if name.startswith("check_"):
        return "notice"
    if name in ctx.catalogue.questions:
        return "conditions"
    if name in ctx.catalogue.materials:
        return "materials"
    for section, book in BOOKS.items():
        if name in book.own_fields:
            return section
    if name in EDUCATION.shared_fields:
        current = script.current(draft, ctx)
        return current.section if current and current.section in BOOKS else "work"
    return None


def place_of(section: str, name: str | None, index: int | None, draft: Draft, ctx: InterviewContext) -> str | None:
    """The prompt that 改一下 leads to; a list without an entry named leads to its summary."""
    mine = [one for one in script.prompts(draft, ctx) if one.section == section]
    book = BOOKS.get(section)
    if book and (name in book.fields or index is not None):
        rows = draft.rows(section)
        at = index if index is not None else max(len(rows) - 1, 0)
        return next((one.key for one in mine if one.key == f"{section}.{at}"), None)
    if name is not None:
        owners = [one for one in mine if name in one.fields]
        numbered = [one for one in owners if index is not None and getattr(one, "index", None) == index]
        return next((one.key for one in (*numbered, *owners)), None)
    if book and (summary := next((one.key for one in mine if one.key == f"{section}.confirm"), None)):
        return summary
    return mine[0].key if mine else None


def route(draft: Draft, answer: Answer, ctx: InterviewContext, current: Prompt | None) -> Reply:
    """Give the answer to the asked prompt and its other values to the prompts that own them.

    Raises:
        UnknownField: a value or the answer itself names a field that the interview does not have.
    """
    if answer.option is None and (corrected := _corrected(draft, answer, ctx, current)):
        return corrected
    answer = replace(answer, values=name_correction(answer.text, answer.values, draft))
    owners = _owners(answer.values, draft, ctx, current)
    here = current.section if current else None
    own = tuple(value for value in answer.values if owners[value.field] == here)
    elsewhere = [value for value in answer.values if owners[value.field] != here]
    target = _target(answer, draft, ctx, current)
    if answer.mark and target is None:
        return Reply(draft, (Say("changed_since", {}),), accepted=False)
    say: list[Say] = []
    taken = False
    if own or not elsewhere or answer.option is not None:
        reply = _ask_prompt(draft, ctx, replace(answer, values=own), target)
        draft, taken = reply.draft, reply.accepted
        if reply.wish:
            return reply
        say.extend(reply.say)
    for section in dict.fromkeys(owners[value.field] for value in elsewhere):
        values = tuple(value for value in elsewhere if owners[value.field] == section)
        reply = _elsewhere(draft, ctx, section, values)
        draft, taken = reply.draft, taken or reply.accepted
        say.extend(reply.say)
    return Reply(draft, tuple(say), accepted=taken)


def _corrected(draft: Draft, answer: Answer, ctx: InterviewContext, current: Prompt | None) -> Reply | None:
    """“是08年不是18年” about a month that stands in one of the lists; the list that is talked about comes first."""
    open_ones = [name for name in BOOKS if name in script.sections_of(ctx)]
    here = sorted(open_ones, key=lambda name: current is None or name != current.section)
    try:
        found = year_correction(answer.text, answer.values, draft, here, today=ctx.today)
    except SeveralMonths:
        return Reply(draft, (Say("say_what_to_change", {}),), accepted=False)
    if found is None:
        return None
    section, value = found
    return BOOKS[section].take(draft, ctx, (value,), base=0)


def _owners(values: Sequence[Value], draft: Draft, ctx: InterviewContext, current: Prompt | None) -> dict[str, str]:
    """The section of every value's field; the asked prompt owns its own fields before anybody else."""
    names = {value.field for value in values}
    owners: dict[str, str] = {}
    for name in names:
        section = section_of_field(name, draft, ctx)
        if current and name in current.fields and current.section not in BOOKS:
            section = current.section
        elif name in EDUCATION.shared_fields:
            section = _list_of(names, current) or section
        elif current and name in current.fields:
            section = current.section
        if section is None:
            raise UnknownField(field=name)
        owners[name] = section
    return owners


def _list_of(names: set[str], current: Prompt | None) -> str | None:
    """Whether a sentence with months tells of a school or of a job."""
    for section, book in BOOKS.items():
        if names & book.own_fields and not (current and current.section in BOOKS and current.section != section):
            return section
    if current and current.section in BOOKS:
        mine, other = BOOKS[current.section], BOOKS["work" if current.section == "education" else "education"]
        return other.section if names & other.own_fields and not names & mine.own_fields else current.section
    return None


def _target(answer: Answer, draft: Draft, ctx: InterviewContext, current: Prompt | None) -> Prompt | None:
    """The asked prompt, unless the answer names a field of another one; of like ones the marked one, or none."""
    if answer.mark:
        return _marked(answer, draft, ctx, current)
    if answer.field is None or (current and answer.field in current.fields):
        return current
    everything = script.prompts(draft, ctx)
    found = next((one for one in everything if answer.field in one.fields), None)
    if found is None and section_of_field(answer.field, draft, ctx) is None:
        raise UnknownField(field=answer.field)
    return found or current


def _marked(answer: Answer, draft: Draft, ctx: InterviewContext, current: Prompt | None) -> Prompt | None:
    """The one prompt with the tap's mark; several have it where the same school stands twice: then the asked one."""
    like = [one for one in script.prompts(draft, ctx) if answer.field in one.fields]
    same = [one for one in like if one.ask(draft, ctx).facts.get("mark") == answer.mark]
    return next((one for one in same if current and one.key == current.key), same[0] if len(same) == 1 else None)


def _ask_prompt(draft: Draft, ctx: InterviewContext, answer: Answer, target: Prompt | None) -> Reply:
    if target is None:
        return Reply(draft, (where_it_stands(ctx.stage),), accepted=False)
    book = BOOKS.get(target.section)
    if book and not isinstance(target, EntryPrompt):
        values = tuple(value for value in answer.values if value.field in book.fields)
        if _fills_the_gap(target, values):
            return target.answer(draft, ctx, Answer(option="yes"))
        if values and answer.option is None:
            return _into_list(book, draft, ctx, values, base=_base(book, target, draft, ctx, values))
    elif answer.option is None and answer.values and not any(value.field in target.fields for value in answer.values):
        return _elsewhere(draft, ctx, target.section, answer.values)
    elif answer.option is None and any(value.field not in target.fields for value in answer.values):
        return _both(draft, ctx, answer, target)
    return target.answer(draft, ctx, answer)


def _fills_the_gap(target: Prompt, values: Sequence[Value]) -> bool:
    """“那段时间在家备考” to “要填待业吗”: no months of its own, so it is a yes and no further entry."""
    told = {value.field: value.value for value in values}
    return "gap" in target.fields and told.get("employer") == UNEMPLOYED and not set(told) & EDUCATION.shared_fields


def _both(draft: Draft, ctx: InterviewContext, answer: Answer, target: Prompt) -> Reply:
    """Values for the asked prompt and for others of the same section in one sentence."""
    mine = tuple(value for value in answer.values if value.field in target.fields)
    others = tuple(value for value in answer.values if value.field not in target.fields)
    first = target.answer(draft, ctx, replace(answer, values=mine))
    second = _elsewhere(first.draft, ctx, target.section, others)
    return Reply(second.draft, (*first.say, *second.say), first.accepted or second.accepted, first.wish)


def _into_list(book: Book, draft: Draft, ctx: InterviewContext, values: tuple[Value, ...], base: int | None) -> Reply:
    """Values for entries; when several could be meant and none is named, ask which instead of guessing."""
    if base is None:
        told = draft.rows(book.section)
        return Reply(draft, (Say("which_entry", {"label": book.label, "count": len(told)}),), accepted=False)
    return book.take(draft, ctx, values, base=base)


def _base(book: Book, target: Prompt, draft: Draft, ctx: InterviewContext, values: Sequence[Value]) -> int | None:
    rows = draft.rows(book.section)
    if target.key == "work.open_end":
        return next((at for at, row in enumerate(rows) if row.get("end") == OPEN), len(rows) - 1)
    return book.base_row(draft, ctx, values)


def _elsewhere(draft: Draft, ctx: InterviewContext, section: str, values: tuple[Value, ...]) -> Reply:
    """Accept values for prompts that are not asked now, where the stage allows it."""
    if section not in script.sections_of(ctx):
        return Reply(draft, (script.locked(section, ctx),), accepted=False)
    if book := BOOKS.get(section):
        return _into_list(book, draft, ctx, values, base=book.base_row(draft, ctx, values))
    say: list[Say] = []
    taken = False
    for prompt in script.prompts(draft, ctx):
        mine = {value.field: value.value for value in values if value.field in prompt.fields}
        if prompt.section == section and mine and isinstance(prompt, FieldsPrompt):
            reply = prompt.take_pairs(draft, ctx, mine)
            draft, taken = reply.draft, taken or reply.accepted
            say.extend(reply.say)
    return Reply(draft, tuple(say), accepted=taken)
