"""Binding by a QR that staff hand out: once, for a day, for who knows the end of the ID number."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from backend.seed import demo_id_number
from backend.services.bind_offers import issue_offer, new_scene
from backend.services.parts import Parts
from tests.backend.backend_world import AGREED, Person, said
from tests.conftest import MovableClock

Client = TestClient[Any, Any]
TAIL = demo_id_number(1)[-4:]


@pytest.fixture
async def scene(parts: Parts) -> str:
    return await a_scene(parts)


async def a_scene(parts: Parts, number: int = 1) -> str:
    async with parts.begin() as uow:
        applicant = await uow.applicants.get(f"a_demo_{number}")
        assert applicant
        scene = new_scene(parts)
        await issue_offer(uow, parts, applicant, "s_demo_reviewer", scene=scene)
        await uow.commit()
    return scene


async def scans(person: Person, scene: str, event: str = "scan") -> dict[str, Any]:
    await person.post("/contacted", event=event, scene=scene)
    return await person.says("open")


async def confirms(person: Person, tail: str = TAIL, **more: Any) -> tuple[int, dict[str, Any]]:
    return await person.post("/binding-offer", id_tail=tail, agreed=AGREED, **more)


@pytest.mark.parametrize("event", ["subscribe", "scan"])
async def test_who_scans_is_asked_and_bound_after_the_proof(person: Person, scene: str, event: str) -> None:
    outcome = await scans(person, scene, event)
    assert (said(outcome), outcome["link"]["purpose"]) == (["confirm_person"], "confirm")
    assert (await person.get("/binding-offer"))[1]["moves"] is False
    assert (await confirms(person))[0] == 200
    assert said(await person.says("open")) == ["welcome"]


async def test_who_binds_by_qr_has_agreed_purpose_by_purpose(person: Person, parts: Parts, scene: str) -> None:
    await scans(person, scene)
    await confirms(person)
    async with parts.begin() as uow:
        noted = {(one.purpose, one.version, one.how) for one in await uow.consents.where()}
    assert noted == {(purpose, version, "qr") for purpose, version in AGREED.items()}


async def test_a_qr_binds_once(person: Person, scene: str, client: Client) -> None:
    await scans(person, scene)
    await confirms(person)
    other = Person(client, "o_other")
    assert said(await scans(other, scene)) == ["offer_gone"]
    status, answer = await confirms(other, change_account=True)
    assert (status, answer["error"]["code"]) == (410, "offer_gone")
    assert said(await person.says("open")) == ["welcome"]


async def test_a_qr_ends_after_a_day(person: Person, scene: str, a_clock: MovableClock) -> None:
    a_clock.advance(seconds=24 * 3600)
    assert said(await scans(person, scene)) == ["offer_gone"]
    assert (await confirms(person))[0] == 410


async def test_a_new_qr_ends_the_earlier_one(person: Person, scene: str, parts: Parts) -> None:
    await a_scene(parts)
    assert said(await scans(person, scene)) == ["offer_gone"]


async def test_five_wrong_proofs_end_the_qr_even_for_the_right_one(person: Person, scene: str) -> None:
    await scans(person, scene)
    left = []
    for _ in range(4):
        status, answer = await confirms(person, "0000")
        left.append(answer["error"]["facts"]["left"])
        assert status == 422
    assert left == [4, 3, 2, 1]
    assert (await confirms(person, "0000"))[0] == 410
    assert (await confirms(person))[0] == 410


@pytest.mark.parametrize("tail", [f" {TAIL} ", TAIL.lower(), "".join(chr(ord(c) + 0xFEE0) for c in TAIL)])
async def test_the_proof_may_be_written_as_phones_write_it(person: Person, scene: str, tail: str) -> None:
    await scans(person, scene)
    assert (await confirms(person, tail))[0] == 200


@pytest.mark.parametrize("scene", ["bind_", "bind_guess", "office-1", "bind_'; DROP TABLE x", "bind_" + "人" * 20])
async def test_an_unknown_scene_is_an_ordinary_visit(person: Person, scene: str) -> None:
    assert said(await scans(person, scene)) == ["welcome_stranger"]
    assert (await person.get("/binding-offer"))[0] == 410


async def test_who_did_not_scan_cannot_confirm(person: Person, scene: str, client: Client) -> None:
    await scans(person, scene)
    other = Person(client, "o_other")
    assert (await confirms(other))[0] == 410
    assert (await other.get("/binding-offer"))[0] == 410


async def test_without_the_terms_nobody_is_bound(person: Person, scene: str) -> None:
    await scans(person, scene)
    status, answer = await person.post("/binding-offer", id_tail=TAIL)
    assert (status, answer["error"]["code"]) == (422, "terms_needed")


async def test_a_bound_person_changes_accounts_only_when_it_is_said(
    person: Person, parts: Parts, client: Client
) -> None:
    await person.starts()
    scene = await a_scene(parts)
    new = Person(client, "o_new_phone")
    await scans(new, scene)
    assert (await new.get("/binding-offer"))[1]["moves"] is True
    assert (await confirms(new))[1]["error"]["code"] == "change_not_confirmed"
    assert (await person.says("open"))["case"]
    assert (await confirms(new, change_account=True))[0] == 200
    assert (await new.says("open"))["case"]
    assert said(await person.says("open")) == ["welcome_stranger"]


async def test_somebody_bound_may_take_a_second_person_on_by_qr(person: Person, parts: Parts) -> None:
    await person.starts()
    await scans(person, await a_scene(parts, 2))
    assert (await confirms(person, demo_id_number(2)[-4:]))[0] == 200
    assert len((await person.says("switch_person"))["ask"]["options"]) == 2


async def test_two_tabs_that_confirm_at_once_bind_once(person: Person, scene: str, parts: Parts) -> None:
    import asyncio

    await scans(person, scene)
    answers = await asyncio.gather(confirms(person), confirms(person))
    assert sorted(status for status, _ in answers) == [200, 410]
    async with parts.begin() as uow:
        assert len(await uow.audit.where(action="bind")) == 1


async def test_the_scene_is_stored_nowhere_in_the_clear(person: Person, scene: str, parts: Parts) -> None:
    await scans(person, scene, "subscribe")
    async with parts.begin() as uow:
        assert scene not in repr((await uow.bind_offers.where(), await uow.followers.where()))
