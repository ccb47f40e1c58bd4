"""Deciding on materials one by one, and what an applicant may send again (T20–T25, T34–T39, F51, F52, F56)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from backend.domain.case import Event, Stage
from backend.domain.context import ItemState, ItemStatus, SupplementState
from backend.domain.errors import (
    ItemFull,
    ItemLocked,
    ItemsUndecided,
    ReasonNeeded,
    SupplementIncomplete,
)


def pass_item(item: ItemState, *, name: str) -> ItemState:
    """T20. Raises `ItemLocked` when there is nothing to decide on."""
    if item.state is ItemStatus.NOT_UPLOADED:
        raise ItemLocked(item_name=name)
    return replace(item, state=ItemStatus.PASSED, reason="")


def reject_item(item: ItemState, reason: str, *, name: str) -> ItemState:
    """T20; from now on only newer files count.

    Raises:
        ReasonNeeded: the applicant must be told why.
        ItemLocked: there is nothing to decide on.
    """
    if not reason.strip():
        raise ReasonNeeded
    if item.state is ItemStatus.NOT_UPLOADED:
        raise ItemLocked(item_name=name)
    return replace(item, state=ItemStatus.REJECTED, reason=reason.strip(), new_files=0)


def finish_review(items: Iterable[ItemState]) -> Event:
    """T21 or T22: what the decisions amount to; items without files take no part.

    Raises:
        ItemsUndecided: naming those that still wait, or when there is nothing at all.
    """
    uploaded = [item for item in items if item.state is not ItemStatus.NOT_UPLOADED]
    waiting = tuple(item.code for item in uploaded if item.state is ItemStatus.UPLOADED)
    if waiting or not uploaded:
        raise ItemsUndecided(items=waiting)
    rejected = any(item.state is ItemStatus.REJECTED for item in uploaded)
    return Event.FINISH_REVIEW_REJECTED if rejected else Event.FINISH_REVIEW_PASSED


def require_file_allowed(stage: Stage, item: ItemState, *, name: str, limit: int) -> None:
    """Whether the applicant may add a file to this item now (T10, T23).

    Raises:
        ItemLocked: passed items never take files; after a rejection only rejected ones do.
        ItemFull: it has as many as it may have.
    """
    if item.state is ItemStatus.PASSED or (stage is Stage.AGENCY_REJECTED and not _was_rejected(item)):
        raise ItemLocked(item_name=name)
    if stage not in (Stage.DRAFT, Stage.SLOT_REQUIRED, Stage.AWAITING_MATERIALS_EMAIL, Stage.AGENCY_REJECTED):
        raise ItemLocked(item_name=name)
    counted = item.new_files if stage is Stage.AGENCY_REJECTED else item.files
    if counted >= limit:
        raise ItemFull(item_name=name, limit=limit)


def _was_rejected(item: ItemState) -> bool:
    return item.state is ItemStatus.REJECTED or item.new_files > 0


def require_resubmission(items: Mapping[str, ItemState]) -> None:
    """T25: every rejected item has a newer file. Raises `SupplementIncomplete` naming those without."""
    lacking = tuple(item.code for item in items.values() if item.state is ItemStatus.REJECTED and not item.new_files)
    if lacking:
        raise SupplementIncomplete(missing=lacking)


def resubmitted(items: Mapping[str, ItemState]) -> dict[str, ItemState]:
    """The next round: what was rejected waits for a decision again, what passed stays passed."""
    return {
        code: replace(item, state=ItemStatus.UPLOADED, reason="", new_files=0)
        if item.state is ItemStatus.REJECTED
        else item
        for code, item in items.items()
    }


def require_supplement(supplement: SupplementState) -> None:
    """T36, T39: a new file or an edit. Raises `SupplementIncomplete`."""
    if not supplement.new_files and not supplement.was_edited:
        raise SupplementIncomplete(missing=())
