"""Adding and removing schools and jobs: which list and which entry somebody means (F30, F36)."""

from __future__ import annotations

from backend.domain.context import InterviewContext
from backend.domain.draft import Draft
from backend.domain.sections import script
from backend.domain.sections.entries import Book
from backend.domain.sections.fields import FieldsPrompt
from backend.domain.sections.prompt import Reply
from backend.domain.sections.routing import BOOKS
from backend.domain.talk import AddEntry, RemoveEntry, Say, Value


def _book(draft: Draft, ctx: InterviewContext) -> Book | None:
    current = script.current(draft, ctx)
    return BOOKS.get(current.section) if current else None


def add_entry(draft: Draft, command: AddEntry, ctx: InterviewContext) -> Reply:
    book = _book(draft, ctx)
    if book is None:
        return Reply(draft, (Say("no_list_here", {}),))
    return Reply(book.add(draft, ctx).at(None))


def remove_entry(draft: Draft, command: RemoveEntry, ctx: InterviewContext) -> Reply:
    """Without a number only what is named beyond doubt goes: nothing is deleted on a guess."""
    book = BOOKS.get(command.section or "") or _book_told(command.named) or _book(draft, ctx)
    if book is None:
        return Reply(draft, (Say("no_list_here", {}),))
    if book.section not in script.sections_of(ctx):
        return Reply(draft, (script.locked(book.section, ctx),))
    rows = draft.rows(book.section)
    at = _entry_meant(draft, command, ctx, book) if command.index is None else command.index
    if at is None and rows:
        return Reply(draft, (Say("which_to_remove", {"label": book.label, "count": len(rows)}),), accepted=False)
    if at is None or not 0 <= at < len(rows):
        return Reply(draft, (Say("no_such_entry", {"label": book.label, "count": len(rows)}),))
    facts = {"label": book.label, "ordinal": at + 1, "shown": rows[at].get(book.name_field, "")}
    return Reply(book.remove(draft, at).at(None), (Say("entry_removed", facts),))


def _book_told(named: tuple[Value, ...]) -> Book | None:
    return next((book for book in BOOKS.values() if any(value.field in book.own_fields for value in named)), None)


def _entry_meant(draft: Draft, command: RemoveEntry, ctx: InterviewContext, book: Book) -> int | None:
    """The one entry that is named; without a name the one that is being told, else the last; None when several fit."""
    if command.named:
        meant = book.entries_named(draft, command.named)
        return meant[0] if len(meant) == 1 else None
    current = script.current(draft, ctx)
    rows = draft.rows(book.section)
    asked = current.index if isinstance(current, FieldsPrompt) and current.section == book.section else None
    return asked if asked is not None and asked < len(rows) else len(rows) - 1
