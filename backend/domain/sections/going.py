"""改一下…: opens a field or a section by its name, also one that was put in another place since (F25, F49)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from backend.domain.context import InterviewContext
from backend.domain.draft import Draft
from backend.domain.errors import UnknownField
from backend.domain.sections import naming, routing, script
from backend.domain.sections.marks import mark_of
from backend.domain.sections.prompt import Reply
from backend.domain.talk import Goto, Say

# What comes from the ID card and the employer's account, never from the talk (F17, F23).
_READ_ONLY: Final[Mapping[str, str]] = MappingProxyType({"name": "姓名", "district": "区县"})


def goto(draft: Draft, command: Goto, ctx: InterviewContext) -> Reply:
    """The draft at the place that is meant, or a sentence about why there is none.

    Raises:
        UnknownField: a field or section that does not exist.
    """
    field = naming.named_field(command.text, draft, ctx) or command.field
    if field is not None and field in _READ_ONLY:
        return Reply(draft, (Say("read_only", {"label": _READ_ONLY[field]}),))
    section = (field and routing.section_of_field(field, draft, ctx)) or command.section
    if (book := routing.BOOKS.get(command.section or "")) and field in book.shared_fields:
        section = book.section
    if section is None and command.field is None and command.text:
        return _nothing_named(draft, command.text, ctx)
    if section is None or section not in script.SECTIONS:
        raise UnknownField(field=command.field or command.section or "")
    if section not in script.sections_of(ctx):
        return Reply(draft, (script.locked(section, ctx),))
    return _open(draft, command, ctx, section, field)


def _open(draft: Draft, command: Goto, ctx: InterviewContext, section: str, field: str | None) -> Reply:
    index = command.index
    if index is None and section in routing.BOOKS and command.named:
        book = routing.BOOKS[section]
        meant = book.entries_named(draft, command.named)
        if len(meant) > 1:
            return Reply(draft, (Say("which_entry", {"label": book.label, "count": len(draft.rows(section))}),))
        index = meant[0] if meant else None
    if command.mark and field and section in routing.BOOKS:
        rows = draft.rows(section)
        places = [at for at, row in enumerate(rows) if mark_of(row.get(field, "")) == command.mark]
        if not places:
            return Reply(draft, (Say("changed_since", {}),))
        if len(places) > 1 and index not in places:
            return Reply(draft, (Say("which_entry", {"label": routing.BOOKS[section].label, "count": len(rows)}),))
        index = index if index in places else places[0]
    place = routing.place_of(section, field, index, draft, ctx)
    if place is None:
        return Reply(draft, (Say("not_there_yet", {"label": script.SECTION_LABELS[section]}),))
    focus = field if place.partition(".")[0] == section and field not in routing.BOOKS else None
    return Reply(draft.at(place, focus))


def _nothing_named(draft: Draft, text: str, ctx: InterviewContext) -> Reply:
    label = naming.unasked_label(text, ctx)
    said = Say("not_asked_here", {"label": label}) if label else Say("say_what_to_change", {})
    return Reply(draft, (said,))
