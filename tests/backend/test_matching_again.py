"""Changing an answer matches the materials again and never loses a photo (F38, T8)."""

from __future__ import annotations

import random

import pytest

from backend.domain.case import Stage
from backend.domain.draft import Draft
from backend.services import casework
from backend.services.files import NewFile, store_file
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.records import StoredFile
from backend.services.standing import Standing, load_standing
from backend.services.uploads import attach, keep_orphans, sync_items
from tests.backend.backend_world import Person, a_case

ANSWERS = {
    ("personal", "housing"): ("rented_flat", "rented_village", "own_with_deed", "relatives", "dormitory"),
    ("personal", "marital"): ("未婚", "已婚", "离婚", "丧偶"),
    ("personal", "hukou_kind"): ("家庭户", "集体户"),
    ("conditions", "C_PATH"): ("degree", "title", "patent", "unsure"),
    ("conditions", "C_SI"): ("direct", "agent"),
    ("conditions", "C_SPOUSE"): ("with_job", "without_job", "stay"),
    ("conditions", "C_CHILD"): ("none", "with_1", "with_3", "other_permit"),
}


async def a_photo(uow: UnitOfWork, parts: Parts, standing: Standing, number: int) -> StoredFile:
    new = NewFile("image", "chat", b"\xff\xd8\xff photo %d" % number)
    return await store_file(uow, parts, new, applicant_id=standing.applicant.id, openid=standing.openid)


def live_files(standing: Standing) -> set[str]:
    return {held.file_id for held in standing.item_files}


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_is_answered_in_whatever_order_every_photo_stays(
    person: Person, parts: Parts, seed: int
) -> None:
    chance = random.Random(seed)
    await a_case(parts, person.openid, stage=Stage.DRAFT)
    sent: set[str] = set()
    async with parts.begin() as uow:
        standing = await sync_items(uow, parts, await load_standing(uow, parts, person.openid))
        for step in range(14):
            section, name = chance.choice(sorted(ANSWERS))
            draft: Draft = standing.draft.with_answer(section, name, chance.choice(ANSWERS[section, name]))
            standing = await sync_items(uow, parts, await casework.keep_draft(uow, parts, standing, draft))
            open_items = [item for item in standing.items if item.active and not standing.files_of(item)]
            code = chance.choice(open_items).code
            stored = await a_photo(uow, parts, standing, step)
            standing = await attach(uow, parts, standing, code, stored)
            sent.add(stored.id)
            assert live_files(standing) == sent
        standing = await keep_orphans(uow, parts, standing)
        shown = {held.file_id for item in standing.items if item.active for held in standing.files_of(item)}
        assert shown == sent


async def test_an_item_that_comes_back_has_its_photos_again(person: Person, parts: Parts) -> None:
    await a_case(parts, person.openid, stage=Stage.DRAFT)
    async with parts.begin() as uow:
        standing = await load_standing(uow, parts, person.openid)
        for housing in ("rented_flat", "own_with_deed", "rented_flat"):
            draft = standing.draft.with_answer("personal", "housing", housing)
            standing = await sync_items(uow, parts, await casework.keep_draft(uow, parts, standing, draft))
            if not live_files(standing):
                stored = await a_photo(uow, parts, standing, 1)
                standing = await attach(uow, parts, standing, "HO04", stored)
        lease = standing.item("HO04")
        assert lease is not None
        assert [held.file_id for held in standing.files_of(lease)] == [stored.id]
