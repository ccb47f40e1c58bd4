"""Idempotency: one key, one effect, one answer; races leave one winner."""

from __future__ import annotations

import asyncio
import hashlib

from backend.domain.case import Stage
from backend.services.parts import Parts
from tests.backend.backend_world import Person, a_case, a_picture, bound, said


async def test_a_repeated_command_gives_the_first_answer_and_changes_nothing(person: Person, parts: Parts) -> None:
    await bound(parts, person.openid)
    first = await person.command("start_case", key="t1:0", business_type="NEW")
    again = await person.command("start_case", key="t1:0", business_type="NEW")
    assert first == again
    other = await person.says("start_case", business_type="NEW")
    assert said(other) == ["case_already_open"]


async def test_the_same_command_five_times_at_once_is_one_case_with_one_answer(person: Person, parts: Parts) -> None:
    await bound(parts, person.openid)
    answers = await asyncio.gather(*(person.command("start_case", key="t1:0", business_type="NEW") for _ in range(5)))
    assert all(one == answers[0] for one in answers)
    async with parts.begin() as uow:
        assert len(await uow.cases.where()) == 1


async def test_two_different_turns_that_start_a_case_leave_one_open_case(person: Person, parts: Parts) -> None:
    await bound(parts, person.openid)
    answers = await asyncio.gather(
        *(person.command("start_case", key=f"t{n}:0", business_type="NEW") for n in range(4))
    )
    assert sorted(said(body)[0] for _, body in answers) == ["case_already_open"] * 3 + ["case_started"]


async def test_two_submits_at_once_make_one_order(person: Person, parts: Parts) -> None:
    await person.starts()
    await person.fills_in_everything()
    await asyncio.gather(*(person.command("submit", key=f"s{n}:0") for n in range(3)))
    async with parts.begin() as uow:
        assert len(await uow.orders.where()) == 1


async def test_a_refusal_is_an_answer_too(person: Person, parts: Parts) -> None:
    await bound(parts, person.openid)
    await person.says("start_case", business_type="NEW")
    first = await person.command("submit", key="t9:0")
    assert said(first[1]) == ["incomplete"]
    assert await person.command("submit", key="t9:0") == first


async def test_keys_of_different_people_do_not_meet(person: Person, parts: Parts) -> None:
    await bound(parts, person.openid)
    await bound(parts, "o_other", 2)
    other = Person(person.client, "o_other")
    mine = await person.command("start_case", key="t1:0", business_type="NEW")
    theirs = await other.command("start_case", key="t1:0", business_type="NEW")
    assert mine[1]["case"]["case_no"] != theirs[1]["case"]["case_no"]


async def test_a_stored_answer_is_not_readable_in_the_database(person: Person, parts: Parts) -> None:
    await a_case(parts, person.openid, stage=Stage.DRAFT)
    await person.says("answer", key="t5:0", values=[{"field": "phone", "value": "13912345678"}], text="…")
    async with parts.begin() as uow:
        stored = await uow.commands.begin(f"{person.openid}:t5:0", "answer")
    assert stored is not None
    assert b"139" not in stored[1]


async def test_a_picture_sent_again_in_the_same_turn_is_the_same_file(person: Person, parts: Parts) -> None:
    await bound(parts, person.openid)
    first = await person.sends_file(a_picture(), key="t1:file")
    assert await person.sends_file(a_picture(), key="t1:file") == first
    status, told = await person.sends_file(a_picture())
    assert (status, told["duplicate_of"]) == (201, first[1]["file_id"])


async def test_a_file_is_encrypted_on_disk_and_comes_back_whole_to_its_owner_only(person: Person, parts: Parts) -> None:
    await bound(parts, person.openid)
    picture = a_picture()
    _, told = await person.sends_file(picture)
    async with parts.begin() as uow:
        stored = await uow.files.get(told["file_id"])
    assert stored is not None
    assert stored.sha256 == hashlib.sha256(picture).hexdigest()
    assert not (await parts.objects.get(stored.object_key)).startswith(b"\xff\xd8")
    assert await person.get(f"/files/{told['file_id']}") == (200, picture)
    stranger = Person(person.client, "o_stranger")
    assert (await stranger.get(f"/files/{told['file_id']}"))[0] == 404


async def test_what_is_no_picture_or_has_another_checksum_is_refused(person: Person, parts: Parts) -> None:
    await bound(parts, person.openid)
    status, told = await person.sends_file(b"GIF89a")
    assert (status, told["error"]["code"]) == (422, "file_refused")
    status, told = await person.sends_file(a_picture(), sha256="0" * 64)
    assert (status, told["error"]["code"]) == (422, "malformed")
