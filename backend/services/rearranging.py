"""Photos that are here already: take one back, exchange one, put one into another item, say where the last one went."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from backend.domain.case import STAGES, Event, Stage
from backend.domain.errors import ItemUnknown, LockedNow
from backend.domain.interview import file_target
from backend.domain.transitions import is_possible
from backend.services import casework
from backend.services.outcome import Outcome
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.records import ItemFile, ItemRecord, SupplementFile
from backend.services.standing import Standing, with_case
from backend.services.transitions_log import an_applicant, record_change
from backend.services.uploads import REPLACING, SUPPLEMENTED, attach, sync_items

Told = tuple[Standing, Outcome]


async def undo(
    uow: UnitOfWork, parts: Parts, standing: Standing, *, number: int | None = None, item: str | None = None
) -> Told:
    """Take back the newest photo, or the one with this number (from 1, -1 the last) of its item."""
    _require_open(standing)
    sent = await _sent_to_the_bureau(uow, parts, standing, number)
    if sent is not None:
        return sent
    found = _numbered(standing, number, item)
    if isinstance(found, Outcome):
        return standing, found
    now = parts.clock.now()
    await uow.item_files.save(replace(found, removed_at=now))
    left = await _after_removal(uow, standing, found)
    standing = await _noted(uow, parts, standing, "remove_file", {"file": found.file_id})
    return standing, _undone(_name(standing, found), number, left)


async def exchange(
    uow: UnitOfWork, parts: Parts, standing: Standing, *, number: int | None, item: str | None = None
) -> Told:
    """Mark a photo whose place the next one takes; until that comes the old one stays."""
    _require_open(standing)
    found = _numbered(standing, number, item)
    if isinstance(found, Outcome):
        return standing, found
    record = _item_of(standing, found)
    draft = standing.draft.with_answer("materials", REPLACING, found.id)
    if Stage(standing.open_case.stage) is Stage.DRAFT:
        draft = draft.at(f"materials.{record.code}")
    standing = await casework.keep_draft(uow, parts, standing, draft)
    place = _removable(standing, record).index(found) + 1
    return standing, Outcome().saying("send_the_new_one", {"label": _name(standing, found), "number": place})


async def move(uow: UnitOfWork, parts: Parts, standing: Standing, code: str, *, number: int | None = None) -> Told:
    """上面那张是户口本: put the newest photo, or a numbered one of its item, into another item.

    Raises:
        ItemUnknown, ItemLocked, ItemFull: the target takes none; the photo stays where it was.
    """
    _require_open(standing)
    if Stage(standing.open_case.stage) is Stage.DRAFT:
        standing = await sync_items(uow, parts, standing)
    found = _numbered(standing, number, None)
    if isinstance(found, Outcome):
        return standing, found
    source, label = _item_of(standing, found), _name(standing, found)
    if source.code == code:
        return standing, Outcome().saying("file_is_in", {"label": label, "files": len(standing.files_of(source))})
    stored = await uow.files.get(found.file_id)
    if stored is None:
        raise ItemUnknown(item=code)
    standing = await attach(uow, parts, standing, code, stored)
    await uow.item_files.save(replace(found, removed_at=parts.clock.now()))
    await _after_removal(uow, standing, found)
    standing = await with_case(uow, parts, standing, standing.open_case)
    target = standing.item(code)
    files = len(standing.files_of(target)) if target else 0
    material = standing.interview.catalogue.material(code)
    facts = {"from": label, "label": material.name if material else code, "files": files}
    return standing, Outcome().saying("file_moved", facts)


def whereabouts(standing: Standing) -> Outcome:
    """这个放哪一项里: where the newest photo lies, or where the next one will go."""
    newest = max(standing.item_files, key=lambda one: one.added_at, default=None)
    if newest is not None:
        record = _item_of(standing, newest)
        facts = {"label": _name(standing, newest), "files": len(standing.files_of(record))}
        return Outcome().saying("file_is_in", facts)
    target = file_target(standing.draft, standing.interview)
    material = standing.interview.catalogue.material(target) if target else None
    return Outcome().saying("file_would_go", {"label": material.name if material else "一寸照片"})


def _require_open(standing: Standing) -> None:
    stage = Stage(standing.open_case.stage)
    if not is_possible(stage, Event.REMOVE_FILE):
        raise LockedNow(label="申请材料", stage_label=STAGES[stage].label)


def _removable(standing: Standing, item: ItemRecord | None = None) -> list[ItemFile]:
    """In the order in which they came; what went to a review is out of reach."""
    case = standing.open_case
    if Stage(case.stage) in SUPPLEMENTED:
        return []
    floor = case.round if Stage(case.stage) is Stage.AGENCY_REJECTED else 0
    mine = [one for one in standing.item_files if one.round > floor and item in (None, _item_of(standing, one))]
    return sorted(mine, key=lambda one: (one.added_at, one.id))


def _numbered(standing: Standing, number: int | None, code: str | None) -> ItemFile | Outcome:
    """The photo that is meant; without an item the numbers count in the item of the newest photo."""
    named = standing.item(code) if code else None
    mine = _removable(standing, named) if named or not code else []
    if not mine:
        return Outcome().saying("nothing_to_undo")
    if number is None:
        return mine[-1]
    mine = _removable(standing, named or _item_of(standing, mine[-1]))
    at = number - 1 if number > 0 else len(mine) + number
    if not 0 <= at < len(mine):
        return Outcome().saying("no_such_photo", {"label": _name(standing, mine[-1]), "files": len(mine)})
    return mine[at]


async def _sent_to_the_bureau(uow: UnitOfWork, parts: Parts, standing: Standing, number: int | None) -> Told | None:
    """The bureau's request holds its photos in one heap (F52)."""
    sent = sorted(standing.supplement_files, key=lambda one: (one.added_at, one.id))
    if not sent:
        return None
    at = len(sent) - 1 if number is None else number - 1 if number > 0 else len(sent) + number
    if not 0 <= at < len(sent):
        return standing, Outcome().saying("no_such_photo", {"label": "补充材料", "files": len(sent)})
    chosen: SupplementFile = sent[at]
    await uow.supplement_files.save(replace(chosen, removed_at=parts.clock.now()))
    standing = await _noted(uow, parts, standing, "remove_file", {"file": chosen.file_id})
    return standing, _undone("补充材料", number, len(sent) - 1)


def _undone(label: str, number: int | None, left: int) -> Outcome:
    if number is None or number < 1:
        return Outcome().saying("upload_undone", {"label": label, "files": left})
    return Outcome().saying("numbered_photo_undone", {"label": label, "number": number, "files": left})


async def _after_removal(uow: UnitOfWork, standing: Standing, held: ItemFile) -> int:
    """The item without the photo; how many it has left."""
    item = _item_of(standing, held)
    left = len([one for one in standing.files_of(item) if one.id != held.id])
    state = "not_uploaded" if not left and item.state == "uploaded" else item.state
    await uow.items.save(replace(item, state=state, finished=False))
    return left


async def _noted(uow: UnitOfWork, parts: Parts, standing: Standing, what: str, facts: dict[str, str]) -> Standing:
    now: datetime = parts.clock.now()
    who = an_applicant(standing.applicant.id)
    case = await record_change(uow, standing.open_case, what, who, now=now, facts=facts)
    return await with_case(uow, parts, standing, case)


def _item_of(standing: Standing, held: ItemFile) -> ItemRecord:
    return next(one for one in standing.items if one.id == held.item_id)


def _name(standing: Standing, held: ItemFile) -> str:
    code = _item_of(standing, held).code
    material = standing.interview.catalogue.material(code)
    return material.name if material else code
