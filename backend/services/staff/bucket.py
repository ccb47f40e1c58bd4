"""Turning pieces of a bulk upload into named items that are sent back with a reason (F70)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from backend.domain.case import Event, Stage
from backend.domain.catalogue import Catalogue
from backend.domain.context import ItemStatus
from backend.domain.draft import Draft
from backend.domain.errors import ItemLocked, ItemUnknown, ReasonNeeded
from backend.domain.materials import BUCKET_ITEM, short_name
from backend.domain.profile import BusinessType
from backend.domain.sections.bucket import TICKED
from backend.domain.transitions import next_stage
from backend.services.records import CaseRecord, ItemFile, ItemRecord
from backend.services.staff.acting import Desk, Form, act_on_case, needed_text
from backend.services.staff.office import Office
from backend.services.staff.refusals import FileUnknown
from backend.services.staff.review import is_decidable, item_name
from backend.services.transitions_log import record_transition

# What a piece can never be called: the bucket itself and the two entrances for supplements.
_NO_NAMES: Final = frozenset({BUCKET_ITEM, "SU01", "SU02"})


@dataclass(frozen=True)
class Name:
    """A material that a piece of the bucket can be called."""

    code: str
    name: str
    category: str


def names_for(catalogue: Catalogue, case: CaseRecord) -> list[Name]:
    """Every material of the case's business, in the catalogue's order."""
    business = BusinessType(case.business_type)
    return [
        Name(one.code, short_name(one.name), one.category)
        for one in catalogue.materials.values()
        if business in one.marks and one.code not in _NO_NAMES
    ]


def notes_of(case: CaseRecord, catalogue: Catalogue) -> Mapping[int, str]:
    """What the applicant said that the first, second … file of the bucket is (“这张是合同”)."""
    notes: dict[int, list[str]] = {}
    for code, at in Draft.from_json(case.draft).answers.get(TICKED, {}).items():
        material = catalogue.material(code)
        if material is not None and at.isdecimal():
            notes.setdefault(int(at), []).append(short_name(material.name))
    return {at: "、".join(names) for at, names in notes.items()}


async def reject_pieces(office: Office, form: Form, *, code: str, file_ids: Sequence[str], reason: str) -> None:
    """T20 for a part of the bucket: its files become the item `code`, rejected; without files that item is missing.

    Raises:
        ReasonNeeded: the applicant must be told why.
        ItemUnknown: no bucket here, or no such material in this business.
        ItemLocked: the bucket or the item has been passed in an earlier round.
        FileUnknown: a file that is not in the bucket.
    """
    if not reason.strip():
        raise ReasonNeeded
    words = needed_text(reason)

    async def step(desk: Desk) -> None:
        next_stage(Stage(desk.case.stage), Event.ITEM_REJECT)
        catalogue = office.parts.catalogues.at(desk.case.catalogue_version)
        bucket = await desk.uow.items.first(case_id=desk.case.id, code=BUCKET_ITEM, active=True, lock=True)
        if bucket is None or code not in {one.code for one in names_for(catalogue, desk.case)}:
            raise ItemUnknown(item=code)
        pieces = await _pieces(desk, bucket, file_ids)
        item = await _item(desk, code)
        for piece in pieces:
            await desk.uow.item_files.save(replace(piece, item_id=item.id))
        await _leave_the_rest(desk, bucket)
        await desk.uow.items.save(
            replace(
                item,
                state=ItemStatus.REJECTED.value,
                reject_reason=words,
                decided_by=desk.who.id,
                decided_at=desk.now,
                round=desk.case.round,
            )
        )
        facts = {"item": code, "round": desk.case.round, "pieces": len(pieces)}
        await record_transition(
            desk.uow, desk.case, Event.ITEM_REJECT, desk.who, now=desk.now, reason=words, facts=facts
        )

    await act_on_case(office, form, "reject_pieces", step)


async def _pieces(desk: Desk, bucket: ItemRecord, file_ids: Sequence[str]) -> list[ItemFile]:
    """The chosen files of a bucket that is still open to decisions."""
    if not file_ids:
        return []
    if not is_decidable(desk.case, bucket):
        raise ItemLocked(item_name=item_name(desk, BUCKET_ITEM))
    held = {one.file_id: one for one in await desk.uow.item_files.where(item_id=bucket.id, removed_at=None)}
    if unknown := [one for one in file_ids if one not in held]:
        raise FileUnknown(unknown)
    return [held[one] for one in dict.fromkeys(file_ids)]


async def _item(desk: Desk, code: str) -> ItemRecord:
    """The named item: a new one, or the one that a colleague has made before."""
    item = await desk.uow.items.first(case_id=desk.case.id, code=code, active=True, lock=True)
    if item is None:
        new = ItemRecord(id=desk.office.parts.ids.new("i"), case_id=desk.case.id, code=code, round=desk.case.round)
        return await desk.uow.items.add(new)
    if item.state == ItemStatus.PASSED.value and not is_decidable(desk.case, item):
        raise ItemLocked(item_name=item_name(desk, code))
    return item


async def _leave_the_rest(desk: Desk, bucket: ItemRecord) -> None:
    """An emptied bucket has nothing to decide on; what is left of it is looked at again."""
    left = await desk.uow.item_files.first(item_id=bucket.id, removed_at=None)
    if left is None:
        await desk.uow.items.save(replace(bucket, state=ItemStatus.NOT_UPLOADED.value))
