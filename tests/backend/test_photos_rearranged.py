"""Photos that were sent are taken back by number, exchanged in their place, and moved to the right item (F41, T10)."""

from __future__ import annotations

from backend.domain.case import Stage
from backend.services.parts import Parts
from backend.services.records import ItemFile, ItemRecord
from tests.backend.backend_world import Person, a_case, said
from tests.conftest import MovableClock


async def _contract_of(
    person: Person, parts: Parts, a_clock: MovableClock, pages: int, *, stage: Stage = Stage.DRAFT
) -> list[str]:
    """A case whose contract holds so many photos; their file ids in order."""
    await a_case(parts, person.openid, stage=stage)
    ids = []
    for number in range(pages):
        a_clock.advance(seconds=1)
        _, told = await person.sends_file(b"%PDF-1.7 page " + bytes([65 + number]))
        answer = await person.says("upload", file_id=told["file_id"], item="WK01")
        assert said(answer) == ["file_received"], answer
        ids.append(told["file_id"])
    return ids


async def _files(person: Person, code: str) -> list[str]:
    _, answer = await person.get("/materials")
    return next(one["files"] for one in answer["items"] if one["item"] == code)


async def test_a_numbered_photo_is_taken_back(person: Person, parts: Parts, a_clock: MovableClock) -> None:
    first, second, third = await _contract_of(person, parts, a_clock, 3)
    told = await person.says("undo_upload", number=2, item="WK01")
    assert said(told) == ["numbered_photo_undone"]
    assert await _files(person, "WK01") == [first, third]
    assert second not in await _files(person, "WK01")


async def test_without_a_number_the_newest_goes(person: Person, parts: Parts, a_clock: MovableClock) -> None:
    first, _ = await _contract_of(person, parts, a_clock, 2)
    assert said(await person.says("undo_upload")) == ["upload_undone"]
    assert await _files(person, "WK01") == [first]


async def test_a_number_that_is_not_there_changes_nothing(person: Person, parts: Parts, a_clock: MovableClock) -> None:
    kept = await _contract_of(person, parts, a_clock, 2)
    assert said(await person.says("undo_upload", number=7, item="WK01")) == ["no_such_photo"]
    assert await _files(person, "WK01") == kept


async def test_an_exchanged_photo_keeps_its_place_and_the_old_one_stays_until_then(
    person: Person, parts: Parts, a_clock: MovableClock
) -> None:
    first, second, third = await _contract_of(person, parts, a_clock, 3)
    assert said(await person.says("undo_upload", number=2, item="WK01", replace=True)) == ["send_the_new_one"]
    assert await _files(person, "WK01") == [first, second, third]
    _, new = await person.sends_file(b"%PDF-1.7 better page")
    await person.says("upload", file_id=new["file_id"])
    assert await _files(person, "WK01") == [first, new["file_id"], third]


async def test_the_photo_above_is_put_where_it_belongs(person: Person, parts: Parts, a_clock: MovableClock) -> None:
    first, second = await _contract_of(person, parts, a_clock, 2)
    told = await person.says("move_upload", item="BA01")
    assert said(told) == ["file_moved"]
    assert (await _files(person, "WK01"), await _files(person, "BA01")) == ([first], [second])
    await person.says("move_upload", item="WK01")
    assert (await _files(person, "WK01"), await _files(person, "BA01")) == ([first, second], [])


async def test_a_photo_that_an_item_cannot_take_stays_where_it_was(
    person: Person, parts: Parts, a_clock: MovableClock
) -> None:
    kept = await _contract_of(person, parts, a_clock, 1)
    assert said(await person.says("move_upload", item="FA01")) == ["item_unknown"]
    assert await _files(person, "WK01") == kept


async def test_where_did_it_go_is_answered(person: Person, parts: Parts, a_clock: MovableClock) -> None:
    await _contract_of(person, parts, a_clock, 1)
    told = await person.says("last_upload")
    assert (said(told), told["say"][0]["facts"]["label"]) == (["file_is_in"], "劳动（聘用）合同")


async def test_what_the_bureau_looks_at_cannot_be_taken_back(person: Person, parts: Parts) -> None:
    case = await a_case(parts, person.openid, stage=Stage.HR_FIRST_SUPPLEMENT)
    _, told = await person.sends_file(b"%PDF-1.7 passed")
    async with parts.begin() as uow:
        await uow.items.add(ItemRecord("i1", case.id, "WK01", "passed"))
        await uow.item_files.add(ItemFile("x1", "i1", told["file_id"], 1, parts.clock.now()))
        await uow.commit()
    assert said(await person.says("undo_upload")) == ["nothing_to_undo"]
    assert await _files(person, "WK01") == [told["file_id"]]
