"""Which rows each class of catalogue/retention.yml means, and which of them are past their time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Table, and_, exists, func, or_, text
from sqlalchemy.sql import ColumnElement

from backend.adapters.db import tables as t
from wechat.tables import budget, inbox, outgoing

Scope = Callable[[datetime], ColumnElement[bool]]
_UNFINISHED: Final = ("cancelled", "closed_timeout", "hr_refused")
_FINISHED: Final = ("completed", "archived")
_ENDED: Final = ("done", "stopped", "declined", "expired", "failed")
_EMPTY: Final = text("'{}'::jsonb")
_NOTHING: Final = text("'[]'::jsonb")


def _older(column: ColumnElement[Any]) -> Scope:
    return lambda before: column < before


def _and(scope: Scope, *more: ColumnElement[bool]) -> Scope:
    return lambda before: and_(scope(before), *more)


def is_loose() -> ColumnElement[bool]:
    """A file that belongs to no item, supplement, photo, slip or invoice."""
    file_id = t.files.c.id
    return ~or_(
        exists().where(t.item_files.c.file_id == file_id),
        exists().where(t.supplement_files.c.file_id == file_id),
        exists().where(t.photos.c.source_file_id == file_id),
        exists().where(t.photos.c.preview_file_id == file_id),
        exists().where(t.confirmations.c.file_id == file_id),
        exists().where(t.invoices.c.file_id == file_id),
    )


_outgoing_ended: Final = outgoing.c.state.in_(("sent", "failed"))

# Classes whose rows are deleted; a class may live in several tables.
DELETED: Final[Mapping[str, tuple[tuple[Table, Scope], ...]]] = {
    "chat_rows": ((inbox, _older(inbox.c.answered_at)),),
    "outgoing_rows": ((outgoing, _and(_older(outgoing.c.created_at), _outgoing_ended)),),
    "chat_windows": ((budget, _older(func.greatest(budget.c.message_opened_at, budget.c.click_opened_at))),),
    "mails": ((t.mails, _and(_older(t.mails.c.created_at), t.mails.c.state.in_(("sent", "failed")))),),
    "links": ((t.links, _older(t.links.c.expires_at)),),
    "answers": ((t.commands, _older(t.commands.c.created_at)),),
    "captchas": ((t.captchas, _older(t.captchas.c.expires_at)),),
    "proofs": (
        (t.codes, _older(t.codes.c.expires_at)),
        (t.bind_offers, _older(t.bind_offers.c.expires_at)),
        (t.staff_invitations, _older(t.staff_invitations.c.expires_at)),
    ),
    "staff_sessions": ((t.staff_sessions, _older(t.staff_sessions.c.expires_at)),),
    "tasks": ((t.staff_tasks, _and(_older(t.staff_tasks.c.done_at), t.staff_tasks.c.state == "done")),),
    "visits": (
        (t.appointments, _older(t.appointments.c.ended_at)),
        (t.waitlist, _older(t.waitlist.c.ended_at)),
    ),
    "audit": ((t.audit, _older(t.audit.c.at)),),
    "views": ((t.document_views, _older(t.document_views.c.at)),),
    "consents": ((t.consents, _older(t.consents.c.withdrawn_at)),),
    "requests": ((t.data_requests, _and(_older(t.data_requests.c.finished_at), t.data_requests.c.state.in_(_ENDED))),),
}
# Classes whose texts go while the row stays, and what stands there afterwards.
BLANKED: Final[Mapping[str, tuple[Table, Scope, Mapping[str, Any]]]] = {
    "chat_texts": (
        inbox,
        _and(
            _older(inbox.c.answered_at),
            or_(inbox.c.push != _EMPTY, inbox.c.passive.is_not(None), inbox.c.replies.is_not(None)),
            inbox.c.delivery.is_not(None),
        ),
        {"push": _EMPTY, "passive": None, "replies": None},
    ),
    "outgoing_texts": (
        outgoing,
        _and(_older(outgoing.c.created_at), _outgoing_ended, outgoing.c.parts != _NOTHING),
        {"parts": _NOTHING, "template": None},
    ),
}
# Classes of whole cases.
OF_CASES: Final[Mapping[str, Scope]] = {
    "drafts": lambda before: and_(
        t.cases.c.stage.in_(("draft", "slot_required")),
        t.cases.c.stage_since < before,
        t.cases.c.updated_at < before,
    ),
    "case_files": _and(_older(t.cases.c.closed_at), t.cases.c.files_erased_at.is_(None), t.cases.c.erased_at.is_(None)),
    "unfinished_cases": _and(
        _older(t.cases.c.closed_at), t.cases.c.erased_at.is_(None), t.cases.c.stage.in_(_UNFINISHED)
    ),
    "completed_cases": _and(_older(t.cases.c.closed_at), t.cases.c.erased_at.is_(None), t.cases.c.stage.in_(_FINISHED)),
}
# Classes with steps of their own.
LOOSE_FILES: Final[Scope] = lambda before: and_(t.files.c.created_at < before, is_loose())  # noqa: E731
PAYMENT_RECORDS: Final[Scope] = _older(t.orders.c.created_at)
CREDENTIALS: Final[Scope] = lambda before: exists().where(  # noqa: E731
    t.cases.c.id == t.credentials.c.case_id, t.cases.c.closed_at < before
)
EXPORTS: Final[Scope] = _and(
    _older(t.data_requests.c.finished_at), t.data_requests.c.kind == "export", t.data_requests.c.state == "ready"
)
COUNTED: Final[Mapping[str, tuple[Table, Scope]]] = {
    "loose_files": (t.files, LOOSE_FILES),
    "payment_records": (t.orders, PAYMENT_RECORDS),
    "credentials": (t.credentials, CREDENTIALS),
    "exports": (t.data_requests, EXPORTS),
}


def all_classes() -> frozenset[str]:
    """Every class that is enforced; the guard compares them with the catalogue."""
    return frozenset({*DELETED, *BLANKED, *OF_CASES, *COUNTED})


def scopes_of(name: str) -> tuple[tuple[Table, Scope], ...]:
    """The tables and conditions of a class, whatever is done to it."""
    if name in DELETED:
        return DELETED[name]
    if name in BLANKED:
        table, scope, _ = BLANKED[name]
        return ((table, scope),)
    if name in OF_CASES:
        return ((t.cases, OF_CASES[name]),)
    return (COUNTED[name],)
