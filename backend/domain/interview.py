"""The interview: from a draft and a command to the next draft, what to say, and the one question that stands open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from backend.domain.case import STAGES, Editable, Stage
from backend.domain.case_facts import case_requirements, items_to_send
from backend.domain.context import InterviewContext, ItemState, PhotoState
from backend.domain.draft import Draft
from backend.domain.errors import Incomplete, UnknownField
from backend.domain.materials import BUCKET_ITEM, OTHER_ITEM, completeness, short_name
from backend.domain.sections import lists, routing, script
from backend.domain.sections.bucket import is_filling, paper_named, tick
from backend.domain.sections.earlier import UNCHANGED
from backend.domain.sections.education import education_warnings
from backend.domain.sections.entries import Book
from backend.domain.sections.fields import FieldsPrompt
from backend.domain.sections.going import goto
from backend.domain.sections.prompt import ChoicePrompt, Prompt, Reply, Skipping, where_it_stands
from backend.domain.sections.uploads import BUREAU_ITEM, RESUBMIT, asked_item, photo_accepted
from backend.domain.sections.work import work_warnings
from backend.domain.talk import (
    AddEntry,
    Answer,
    ChooseEmployer,
    ChooseItem,
    Command,
    ConfirmNotice,
    FinishItem,
    FinishSection,
    Goto,
    Previous,
    Question,
    Redo,
    RemoveEntry,
    Resume,
    Save,
    Say,
    Skip,
    Wants,
    Wish,
)

__all__ = [
    "Step",
    "check_submission",
    "file_target",
    "open_question",
    "take",
    "uploaded",
    "where_it_stands",
]

_CLEARABLE: Final = frozenset({"contact", "personal", "education", "work", "conditions", "invoice"})


@dataclass(frozen=True)
class Step:
    """What a command led to; `wish` is what the use case has to do beside storing the draft."""

    draft: Draft
    say: tuple[Say, ...]
    ask: Question | None
    wish: Wish | None = None


def open_question(draft: Draft, ctx: InterviewContext) -> Question | None:
    """The question that stands open: the one gone to on purpose, else the first without an answer."""
    current = script.current(draft, ctx)
    return script.question(current, draft, ctx) if current else None


def take(draft: Draft, command: Command, ctx: InterviewContext) -> Step:
    """Carry out one command; refusals that an applicant can mend are said, never raised.

    Raises:
        UnknownField: the command names a field, section or item that does not exist.
    """
    reply = _HANDLERS[type(command)](draft, command, ctx)
    after = _after(ctx, reply.wish)
    ask = None if isinstance(command, Save) else open_question(reply.draft, after)
    return Step(reply.draft, reply.say, ask, reply.wish)


def check_submission(draft: Draft, ctx: InterviewContext) -> None:
    """T11: everything told, every required item uploaded, the photo accepted; 2019 mails its materials later (F72).

    Raises:
        Incomplete: naming what is missing, in the order of the interview.
    """
    missing = list(dict.fromkeys(prompt.label for prompt in script.is_unfinished(draft, ctx)))
    needed = items_to_send(draft, ctx) if "materials" in ctx.profile.steps else ()
    lacking = completeness(needed, ctx.items, photo_accepted=photo_accepted(ctx))
    missing += [one.name for one in lacking if one.name not in missing]
    if missing:
        raise Incomplete(missing=tuple(short_name(one) for one in missing))


def file_target(draft: Draft, ctx: InterviewContext) -> str | None:
    """The item that a photo sent now belongs to: the asked one, else the bucket or 其他; None for the portrait."""
    current = script.current(draft, ctx)
    if ctx.supplement is not None:
        return BUREAU_ITEM
    if is_filling(ctx) and (current is None or current.section != "photo"):
        return BUCKET_ITEM
    if current is None or current.section == "photo":
        return None if current else OTHER_ITEM
    return asked_item(draft, ctx, current.key) or OTHER_ITEM


def uploaded(draft: Draft, item: str, ctx: InterviewContext) -> Draft:
    """After a file was added to `item` (`ctx` already counts it): leave an item that was chosen and is now settled."""
    prompt = next((one for one in script.prompts(draft, ctx) if one.key == draft.cursor), None)
    if prompt and prompt.key.endswith(f".{item}") and prompt.is_settled(draft, ctx):
        return draft.at(None)
    return draft


def _after(ctx: InterviewContext, wish: Wish | None) -> InterviewContext:
    """The context as it will be once the use case has done what the answer asks of it."""
    if wish is None:
        return ctx
    if wish.what is Wants.CHOOSE_EMPLOYER:
        chosen = next((one for one in ctx.employers if one.id == wish.about), ctx.employer)
        return replace(ctx, employer=chosen)
    if wish.what is Wants.PHOTO_ACCEPT:
        return replace(ctx, photo=PhotoState(accepted=True))
    if wish.what is Wants.PHOTO_RETAKE:
        return replace(ctx, photo=None)
    if wish.what is Wants.FINISH_ITEM:
        state = replace(ctx.items.get(wish.about, ItemState(wish.about)), finished=True)
        return replace(ctx, items={**ctx.items, wish.about: state})
    return ctx


def _answer(draft: Draft, command: Answer, ctx: InterviewContext) -> Reply:
    if command.option == "finish_item":
        return _finish_item(draft, FinishItem(), ctx)
    if is_filling(ctx) and (paper := paper_named(draft, ctx, command)):
        return tick(draft, ctx, paper)
    before = script.current(draft, ctx)
    reply = routing.route(draft, command, ctx, before)
    if not reply.accepted:
        return reply
    reply = replace(reply, draft=_leave(reply.draft, ctx, before))
    if before and before.section in ("materials", "review"):
        reply = replace(reply, say=(*reply.say, *_list_changes(draft, reply.draft, ctx)))
    return replace(reply, say=(*reply.say, *_section_warnings(reply.draft, ctx, before)))


def _list_changes(before: Draft, after: Draft, ctx: InterviewContext) -> tuple[Say, ...]:
    """F38: an answer that changes the list of materials says what came and what went; sent files stay (T8)."""
    had, has = ({one.code: one for one in case_requirements(draft, ctx) if one.required} for draft in (before, after))
    added = [short_name(one.material.name) for code, one in has.items() if code not in had]
    dropped = [short_name(one.material.name) for code, one in had.items() if code not in has]
    if not added and not dropped:
        return ()
    return (Say("materials_changed", {"added": "、".join(added), "dropped": "、".join(dropped)}),)


def _leave(draft: Draft, ctx: InterviewContext, before: Prompt | None) -> Draft:
    """A place gone to on purpose is left as soon as it is settled again."""
    if before is None or draft.cursor != before.key:
        return draft
    again = next((one for one in script.prompts(draft, ctx) if one.key == before.key), None)
    if again is None or again.is_settled(draft, ctx) or before.key in draft.skipped:
        return draft.at(None)
    return draft.at(before.key)


def _section_warnings(draft: Draft, ctx: InterviewContext, before: Prompt | None) -> tuple[Say, ...]:
    """The whole list's oddities are said once, when its summary comes up."""
    now = script.current(draft, ctx)
    if now is None or (before and before.key == now.key):
        return ()
    checks = {"education.confirm": education_warnings, "work.confirm": work_warnings}
    return checks[now.key](draft, ctx) if now.key in checks else ()


def _previous(draft: Draft, command: Previous, ctx: InterviewContext) -> Reply:
    everything = [
        one for one in script.prompts(draft, ctx) if not (isinstance(one, FieldsPrompt) and one.is_away(draft))
    ]
    current = script.current(draft, ctx)
    if isinstance(current, FieldsPrompt) and (told := current.told_before(draft)):
        facts = {"label": told.short or told.label}
        return Reply(draft.at(current.key, told.name), (Say("went_back", facts),))
    at = next((place for place, one in enumerate(everything) if current and one.key == current.key), len(everything))
    if at == 0:
        return Reply(draft, (Say("at_first_step", {}),))
    return Reply(draft.at(everything[at - 1].key), (Say("went_back", {"label": everything[at - 1].label}),))


def _skip(draft: Draft, command: Skip, ctx: InterviewContext) -> Reply:
    current = script.current(draft, ctx)
    if current is None:
        return Reply(draft)
    if current.is_settled(draft, ctx):
        return Reply(draft.at(None))
    if current.key == UNCHANGED:
        return _answer(draft, Answer(option="yes"), ctx)
    if isinstance(current, ChoicePrompt) and current.skip_means:
        return _answer(draft, Answer(option=current.skip_means), ctx)
    if current.skipping is Skipping.NEVER:
        return Reply(draft, (Say("cannot_skip", {"label": _short_label(current, draft, ctx)}),))
    put_off = draft.skip(current.key).at(None)
    code = "skipped" if current.skipping is Skipping.OPTIONAL else "put_off"
    label = current.left_out(draft) if isinstance(current, FieldsPrompt) else current.label
    following = script.current(put_off, ctx)
    if following and following.key == current.key:
        return Reply(draft, (Say("needed_now", {"label": current.label}),))
    return Reply(put_off, (Say(code, {"label": label}),))


def _short_label(current: Prompt, draft: Draft, ctx: InterviewContext) -> str:
    """What the question is about in a few words; several things by the first of them."""
    question = script.question(current, draft, ctx)
    parts = [str(part["label"]) for part in question.facts.get("parts") or () if not part["optional"]]
    return f"{parts[0]}等{len(parts)}项" if len(parts) > 1 else question.label


def _save(draft: Draft, command: Save, ctx: InterviewContext) -> Reply:
    current = script.current(draft, ctx)
    facts = {"label": current.label if current else "", "days": ctx.catalogue.reminders.draft_kept_d}
    return Reply(draft, (Say("saved_for_later", facts),))


def _resume(draft: Draft, command: Resume, ctx: InterviewContext) -> Reply:
    back = draft.at(None)
    current = script.current(back, ctx)
    if current is None:
        return Reply(back, (where_it_stands(ctx.stage),))
    return Reply(back, (Say("welcome_back", {"section": script.label_of(current.section, ctx)}),))


def _redo(draft: Draft, command: Redo, ctx: InterviewContext) -> Reply:
    current = script.current(draft, ctx)
    section = command.section or (current.section if current else "")
    if section not in script.SECTIONS:
        raise UnknownField(field=section)
    if section not in script.sections_of(ctx):
        return Reply(draft, (script.locked(section, ctx),))
    if section == "notice":
        return Reply(draft.without_section("notice").at(None))
    if section not in _CLEARABLE:
        return Reply(draft.at(_first_of(section, draft, ctx)), (Say("nothing_to_clear", _section_fact(section)),))
    cleared = draft.without_section(section).at(None)
    return Reply(cleared.at(_first_of(section, cleared, ctx)), (Say("section_cleared", _section_fact(section)),))


def _first_of(section: str, draft: Draft, ctx: InterviewContext) -> str | None:
    return next((one.key for one in script.prompts(draft, ctx) if one.section == section), None)


def _section_fact(section: str) -> dict[str, Any]:
    return {"label": script.SECTION_LABELS[section]}


def _finish_section(draft: Draft, command: FinishSection, ctx: InterviewContext) -> Reply:
    current = script.current(draft, ctx)
    if current is None:
        return Reply(draft)
    if current.section == "materials":
        return _all_sent(draft, ctx)
    if current.section == "supplement" and current.key != RESUBMIT:
        return _finish_item(draft, FinishItem(), ctx)
    if current.is_settled(draft, ctx):
        return Reply(draft.at(None))
    book = routing.BOOKS.get(current.section)
    if book and current.key.rpartition(".")[2].isdecimal():
        return _no_more_entries(draft, ctx, book, current)
    if current.key.endswith(".confirm") or current.key in (RESUBMIT, UNCHANGED):
        return _answer(draft, Answer(option="yes"), ctx)
    if current.skipping is not Skipping.NEVER:
        return _skip(draft, Skip(), ctx)
    return Reply(draft, (Say("needs_answer", {"label": script.question(current, draft, ctx).label}),))


def _no_more_entries(draft: Draft, ctx: InterviewContext, book: Book, current: Prompt) -> Reply:
    """没有了: an empty entry goes, a half-told one still has to be told or deleted."""
    rows = draft.rows(book.section)
    if not any(rows):
        return Reply(draft, (Say("needs_answer", {"label": book.label}),))
    if any(row and not book.is_complete(row, ctx) for row in rows):
        return Reply(draft, (Say("entry_unfinished", {"label": current.label}),))
    done = book.without_empty(draft).settle(f"{book.section}.enough").at(None)
    return Reply(done, _section_warnings(done, ctx, current))


def _all_sent(draft: Draft, ctx: InterviewContext) -> Reply:
    current = script.current(draft, ctx)
    reply = _finish_item(draft, FinishItem(), ctx) if current else Reply(draft)
    if reply.wish:
        return reply
    lacking = completeness(items_to_send(draft, ctx), ctx.items, photo_accepted=photo_accepted(ctx))
    facts = {"count": len(lacking), "missing": "、".join(short_name(one.name) for one in lacking)}
    return Reply(draft.at(None), (Say("materials_missing" if lacking else "materials_complete", facts),))


def _finish_item(draft: Draft, command: FinishItem, ctx: InterviewContext) -> Reply:
    current = script.current(draft, ctx)
    if current is None or current.section not in ("materials", "supplement") or current.key == RESUBMIT:
        return Reply(draft, (Say("no_item_here", {"label": current.label if current else ""}),))
    facts = script.question(current, draft, ctx).facts
    if not facts.get("enough"):
        code = "item_needs_more" if facts.get("files") else "item_not_begun"
        return Reply(draft, (Say(code, dict(facts)),))
    if ctx.stage is Stage.AWAITING_MATERIALS_EMAIL:
        return Reply(draft.at(None), wish=Wish(Wants.HAND_IN))
    code = "bucket_done" if is_filling(ctx) else "item_done"
    return Reply(draft.at(None), (Say(code, dict(facts)),), wish=Wish(Wants.FINISH_ITEM, str(facts["item"])))


def _choose_item(draft: Draft, command: ChooseItem, ctx: InterviewContext) -> Reply:
    if ctx.catalogue.material(command.item) is None:
        raise UnknownField(field=command.item)
    if is_filling(ctx):
        return tick(draft, ctx, command.item)
    for section in ("materials", "supplement"):
        placed = draft.at(f"{section}.{command.item}")
        if section in script.sections_of(ctx) and any(one.key == placed.cursor for one in script.prompts(placed, ctx)):
            return Reply(placed)
    name = ctx.catalogue.materials[command.item].name
    code = "item_locked" if ctx.stage is not Stage.DRAFT else "item_not_needed"
    return Reply(draft, (Say(code, {"item_name": name, "item": command.item}),), accepted=False)


def _confirm_notice(draft: Draft, command: ConfirmNotice, ctx: InterviewContext) -> Reply:
    return _direct(draft, ctx, "notice.confirm", "yes" if command.eligible else "no")


def _choose_employer(draft: Draft, command: ChooseEmployer, ctx: InterviewContext) -> Reply:
    return _direct(draft, ctx, "employer.choose", command.employer_id or command.option or "")


def _direct(draft: Draft, ctx: InterviewContext, key: str, option: str) -> Reply:
    """Answer a certain prompt, wherever the talk stands."""
    prompt = next((one for one in script.prompts(draft, ctx) if one.key == key), None)
    if prompt is None:
        section = key.partition(".")[0]
        return Reply(
            draft, () if Editable(section) in STAGES[ctx.stage].applicant_may_edit else (script.locked(section, ctx),)
        )
    reply = prompt.answer(draft, ctx, Answer(option=option))
    return replace(reply, draft=reply.draft.at(None)) if reply.accepted else reply


_HANDLERS: Final[Mapping[type, Callable[[Draft, Any, InterviewContext], Reply]]] = {
    Answer: _answer,
    Previous: _previous,
    Skip: _skip,
    Save: _save,
    Resume: _resume,
    Redo: _redo,
    Goto: goto,
    AddEntry: lists.add_entry,
    RemoveEntry: lists.remove_entry,
    FinishSection: _finish_section,
    FinishItem: _finish_item,
    ChooseItem: _choose_item,
    ConfirmNotice: _confirm_notice,
    ChooseEmployer: _choose_employer,
}
