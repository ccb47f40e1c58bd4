"""The materials of a case as a reviewer sees them: what is here now, and beside it what was rejected before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from backend.domain.case import Event, Stage
from backend.domain.catalogue import Catalogue
from backend.domain.materials import BUCKET_ITEM
from backend.domain.transitions import is_possible
from backend.services.ports import UnitOfWork
from backend.services.records import CaseRecord, ItemFile, ItemRecord, StoredFile, SupplementRequest
from backend.services.staff.bucket import notes_of
from backend.services.staff.review import is_decidable


@dataclass(frozen=True)
class Paper:
    """One file; `is_picture` can be shown in the page, anything else opens in a tab of its own.

    `note` is what the applicant said that it is.
    """

    file_id: str
    is_picture: bool
    added_at: datetime
    is_removed: bool
    note: str = ""


@dataclass(frozen=True)
class ItemView:
    """`papers` are this round's (or all, before any rejection), `earlier` those of the rounds before.

    A bucket holds everything of a bulk upload: its pieces are sent back under names of their own (F70).
    """

    code: str
    name: str
    category: str
    hint: str
    state: str
    required: bool
    reason: str | None
    earlier_reason: str | None
    decided_by: str | None
    decided_at: datetime | None
    papers: Sequence[Paper]
    earlier: Sequence[Paper]
    is_decidable: bool
    is_bucket: bool = False


async def items_of(uow: UnitOfWork, case: CaseRecord, catalogue: Catalogue) -> list[ItemView]:
    """Active items in the catalogue's order; optional ones only when something was sent."""
    items = await uow.items.where(case_id=case.id, active=True)
    held = await uow.item_files.where(item_id=[item.id for item in items], order_by="added_at")
    files = {one.id: one for one in await uow.files.where(id=[one.file_id for one in held])}
    people = await uow.staff.where(id=sorted({item.decided_by for item in items if item.decided_by}))
    names = {person.id: person.display_name for person in people}
    reasons = await _earlier_reasons(uow, case)
    places = {code: place for place, code in enumerate(catalogue.materials)}
    ordered = sorted(items, key=lambda item: (places.get(item.code, len(places)), item.code))
    views = [
        replace(
            _view(case, item, [one for one in held if one.item_id == item.id], files, names, catalogue),
            earlier_reason=reasons.get(item.code),
        )
        for item in ordered
    ]
    notes = _notes(case, catalogue, held)
    noted = [
        replace(view, papers=[replace(one, note=notes.get(one.file_id, "")) for one in view.papers]) for view in views
    ]
    return [view for view in noted if view.required or view.papers or view.earlier]


def _notes(case: CaseRecord, catalogue: Catalogue, held: Sequence[ItemFile]) -> dict[str, str]:
    """What the applicant said that a file is, by file: counted as they came, also when a piece has a name by now."""
    first = [one.file_id for one in held if one.round == 1 and one.removed_at is None]
    return {first[at - 1]: note for at, note in notes_of(case, catalogue).items() if 0 < at <= len(first)}


async def _earlier_reasons(uow: UnitOfWork, case: CaseRecord) -> dict[str, str]:
    """Why an item was rejected last in the rounds before this one; the item itself starts each round clean."""
    rejected = await uow.audit.where(case_id=case.id, action=Event.ITEM_REJECT.value, order_by="id")
    return {
        str(one.facts["item"]): one.reason for one in rejected if one.reason and one.facts.get("round", 0) < case.round
    }


async def papers_of_supplement(uow: UnitOfWork, request: SupplementRequest) -> list[Paper]:
    sent = await uow.supplement_files.where(request_id=request.id, removed_at=None, order_by="added_at")
    files = {one.id: one for one in await uow.files.where(id=[one.file_id for one in sent])}
    return [_paper(one.file_id, one.added_at, files, is_removed=False) for one in sent if one.file_id in files]


def _view(
    case: CaseRecord,
    item: ItemRecord,
    held: Sequence[ItemFile],
    files: dict[str, StoredFile],
    names: dict[str, str],
    catalogue: Catalogue,
) -> ItemView:
    newest = max((one.round for one in held), default=0)
    papers = [
        _paper(one.file_id, one.added_at, files, is_removed=False)
        for one in held
        if one.round == newest and one.removed_at is None
    ]
    earlier = [
        _paper(one.file_id, one.added_at, files, is_removed=one.removed_at is not None)
        for one in held
        if one.round < newest
    ]
    material = catalogue.material(item.code)
    deciding = is_possible(Stage(case.stage), Event.ITEM_PASS)
    return ItemView(
        code=item.code,
        name=material.name if material else item.code,
        category=material.category if material else "",
        hint=material.hint if material else "",
        state=item.state,
        required=item.required,
        reason=item.reject_reason,
        earlier_reason=None,
        decided_by=names.get(item.decided_by or ""),
        decided_at=item.decided_at,
        papers=papers,
        earlier=earlier,
        is_decidable=deciding and is_decidable(case, item),
        is_bucket=item.code == BUCKET_ITEM,
    )


def _paper(file_id: str, added_at: datetime, files: dict[str, StoredFile], *, is_removed: bool) -> Paper:
    is_picture = files[file_id].media_type.startswith("image/")
    return Paper(file_id=file_id, is_picture=is_picture, added_at=added_at, is_removed=is_removed)
