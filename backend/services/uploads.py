"""Material files: which item they belong to, the items that the conditions ask for (F38, F41, F42, T8, T10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from backend.domain.case import STAGES, Event, Stage
from backend.domain.case_facts import case_requirements, items_to_send
from backend.domain.context import ItemState, ItemStatus
from backend.domain.errors import ItemUnknown, LockedNow, SupplementIncomplete
from backend.domain.materials import BUCKET_ITEM, OTHER_ITEM
from backend.domain.review import require_file_allowed, require_resubmission, require_supplement
from backend.domain.sections.bucket import is_filling
from backend.domain.still_missing import still_to_supplement
from backend.domain.transitions import is_possible
from backend.services.files import own_file
from backend.services.outcome import Outcome
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.records import ItemFile, ItemRecord, StoredFile, SupplementFile
from backend.services.standing import Standing, load_standing, with_case
from backend.services.transitions_log import an_applicant, record_change, record_transition

REPLACING: Final = "replacing"
SUPPLEMENTED: Final = frozenset({Stage.HR_FIRST_SUPPLEMENT, Stage.HR_FINAL_SUPPLEMENT})


async def sync_items(uow: UnitOfWork, parts: Parts, standing: Standing) -> Standing:
    """Bring the case's items in line with its conditions; what was uploaded to a dropped item stays (T8)."""
    needed = {one.code: one for one in items_to_send(standing.draft, standing.interview)}
    known = {item.code: item for item in standing.items}
    changed = False
    for code, one in needed.items():
        item = known.get(code)
        if item is None:
            await uow.items.add(_new_item(parts, standing, code, required=one.required))
        elif item.active and item.required == one.required:
            continue
        else:
            await uow.items.save(replace(item, active=True, required=one.required))
        changed = True
    for code, item in known.items():
        if code not in needed and item.active and code != OTHER_ITEM:
            await uow.items.save(replace(item, active=False))
            changed = True
    return await with_case(uow, parts, standing, standing.open_case) if changed else standing


async def attach(uow: UnitOfWork, parts: Parts, standing: Standing, code: str, stored: StoredFile) -> Standing:
    """Put a file into an item, or into the bureau's open request.

    Raises:
        LockedNow: this stage takes no files. ItemUnknown, ItemLocked, ItemFull: see there.
    """
    case = standing.open_case
    stage = Stage(case.stage)
    if not is_possible(stage, Event.UPLOAD):
        raise LockedNow(label="申请材料", stage_label=STAGES[stage].label)
    now, who = parts.clock.now(), an_applicant(standing.applicant.id)
    if stage in SUPPLEMENTED and standing.supplement is not None:
        sent = SupplementFile(parts.ids.new("y"), standing.supplement.id, stored.id, now)
        if await uow.supplement_files.add_if_new(sent):
            await uow.supplements.save(replace(standing.supplement, finished=False))
    else:
        item = await _item_for(uow, parts, standing, code)
        next_round = case.round + 1 if stage is Stage.AGENCY_REJECTED else case.round
        old = _being_replaced(standing, item)
        held = ItemFile(parts.ids.new("x"), item.id, stored.id, next_round, old.added_at if old else now)
        if await uow.item_files.add_if_new(held):
            if old is not None:
                await uow.item_files.save(replace(old, removed_at=now))
            state = "uploaded" if item.state == "not_uploaded" else item.state
            await uow.items.save(replace(item, state=state, finished=False))
    case = await record_change(uow, case, "upload", who, now=now, facts={"item": code, "file": stored.id})
    return await with_case(uow, parts, standing, case)


async def attach_all(uow: UnitOfWork, parts: Parts, openid: str, code: str, file_ids: Sequence[str]) -> Standing:
    """The upload page: several files of one item at once, all of them or none."""
    standing = await load_standing(uow, parts, openid)
    if Stage(standing.open_case.stage) is Stage.DRAFT:
        standing = await sync_items(uow, parts, standing)
    for file_id in dict.fromkeys(file_ids):
        stored = await own_file(uow, openid, standing.applicant.id, file_id)
        standing = await attach(uow, parts, standing, code, stored)
    return standing


async def _item_for(uow: UnitOfWork, parts: Parts, standing: Standing, code: str) -> ItemRecord:
    stage = Stage(standing.open_case.stage)
    material = standing.interview.catalogue.material(code)
    item = standing.item(code)
    is_bucket = code == BUCKET_ITEM and is_filling(standing.interview)
    if material is None or (item is None and code != OTHER_ITEM and not is_bucket):
        raise ItemUnknown(item=code)
    if item is None:
        item = await uow.items.add(_new_item(parts, standing, code, required=is_bucket))
    needed = next((one for one in case_requirements(standing.draft, standing.interview) if one.code == code), None)
    limit = needed.files_max if needed else material.files_max
    state = standing.interview.items.get(code) or ItemState(code)
    limit += 1 if _being_replaced(standing, item) else 0
    require_file_allowed(stage, state, name=material.name, limit=limit)
    return item


def _being_replaced(standing: Standing, item: ItemRecord) -> ItemFile | None:
    """The photo whose place the next one of its item takes."""
    marked = standing.draft.answer("materials", REPLACING)
    return next((one for one in standing.files_of(item) if one.id == marked), None)


async def finish(uow: UnitOfWork, parts: Parts, standing: Standing, code: str) -> Standing:
    """传完了: the item, or the bureau's request, is complete as far as the applicant is concerned."""
    if standing.supplement is not None and Stage(standing.open_case.stage) in SUPPLEMENTED:
        await uow.supplements.save(replace(standing.supplement, finished=True))
    else:
        item = standing.item(code)
        if item is None:
            raise ItemUnknown(item=code)
        await uow.items.save(replace(item, finished=True))
    return await with_case(uow, parts, standing, standing.open_case)


async def keep_orphans(uow: UnitOfWork, parts: Parts, standing: Standing) -> Standing:
    """T8: what was sent for items that the answers no longer ask for goes to the reviewers under 其他."""
    dropped = {item.id for item in standing.items if not item.active and item.code != OTHER_ITEM}
    orphans = [held for held in standing.item_files if held.item_id in dropped]
    if not orphans:
        return standing
    other = next((item for item in standing.items if item.code == OTHER_ITEM), None)
    if other is None:
        other = await uow.items.add(_new_item(parts, standing, OTHER_ITEM, required=False))
    known = {held.file_id for held in standing.item_files if held.item_id == other.id}
    for held in orphans:
        if held.file_id not in known:
            copy = ItemFile(parts.ids.new("x"), other.id, held.file_id, standing.open_case.round, held.added_at)
            await uow.item_files.add_if_new(copy)
    await uow.items.save(replace(other, active=True, state="uploaded"))
    return await with_case(uow, parts, standing, standing.open_case)


async def keep_photo_as_item(uow: UnitOfWork, parts: Parts, standing: Standing) -> None:
    """The accepted one-inch photo becomes the file of its own item (BA04), so that reviewers find it there."""
    photo = standing.photo
    if photo is None or photo.accepted_at is None:
        return
    for item in standing.items:
        material = standing.interview.catalogue.material(item.code)
        if material is None or not material.from_photo or not item.active:
            continue
        for held in standing.files_of(item):
            if held.file_id != photo.preview_file_id:
                await uow.item_files.save(replace(held, removed_at=parts.clock.now()))
        held_now = ItemFile(
            parts.ids.new("x"), item.id, photo.preview_file_id, standing.open_case.round, parts.clock.now()
        )
        await uow.item_files.add_if_new(held_now)
        await uow.items.save(replace(item, state="uploaded", finished=True))


def rejected_target(standing: Standing, asked: str | None) -> str | None:
    """After a rejection a photo goes to the asked item, or to the next rejected one that still waits (T23)."""
    if Stage(standing.open_case.stage) is not Stage.AGENCY_REJECTED:
        return asked
    rejected = [one for one in standing.interview.items.values() if one.state is ItemStatus.REJECTED]
    if not rejected or asked in {one.code for one in rejected}:
        return asked
    return next((one.code for one in rejected if not one.new_files), rejected[-1].code)


async def hand_in(uow: UnitOfWork, parts: Parts, standing: Standing) -> tuple[Standing, Outcome]:
    """T19: what was to be mailed is all here, sent in the chat; the reviewers begin."""
    case, who = standing.open_case, an_applicant(standing.applicant.id)
    standing = await finish(uow, parts, standing, BUCKET_ITEM)
    case = await record_transition(uow, case, Event.UPLOAD, who, now=parts.clock.now(), facts={"item": BUCKET_ITEM})
    files = standing.interview.items[BUCKET_ITEM].files
    outcome = Outcome().saying("materials_handed_in", {"case_no": case.case_no, "files": files})
    return await with_case(uow, parts, standing, case), outcome


def check_resubmission(standing: Standing) -> None:
    """Raises `SupplementIncomplete` while something that was asked for is still missing (T25, T36, T39)."""
    context = standing.interview
    if lacking := still_to_supplement(standing.draft, context):
        raise SupplementIncomplete(missing=lacking)
    if context.stage is Stage.AGENCY_REJECTED:
        require_resubmission(context.items)
    elif context.supplement is not None:
        require_supplement(context.supplement)


def _new_item(parts: Parts, standing: Standing, code: str, *, required: bool) -> ItemRecord:
    return ItemRecord(id=parts.ids.new("i"), case_id=standing.open_case.id, code=code, required=required)
