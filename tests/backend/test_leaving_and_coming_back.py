"""Unfollowing, following again, and taking WeChat's authorisation back (reference A.4)."""

from __future__ import annotations

import pytest
from aiohttp.test_utils import TestClient

from backend.services.parts import Parts
from backend.services.retention import enforce
from tests.backend.backend_world import Person, said
from tests.conftest import MovableClock


async def test_who_follows_again_is_greeted_with_the_open_question(person: Person) -> None:
    await person.starts()
    asked = (await person.says("open"))["ask"]
    await person.post("/contacted", event="unsubscribe")
    await person.post("/contacted", event="subscribe")
    outcome = await person.says("open")
    assert (said(outcome)[0], outcome["ask"]) == ("case_open", asked)


@pytest.mark.parametrize(("event", "plans"), [("authorisation_revoked", 0), ("authorisation_cancelled", 2)])
async def test_an_authorisation_taken_back_signs_everybody_out(
    person: Person, parts: Parts, event: str, plans: int
) -> None:
    await person.starts()
    await person.binds("demo2")
    for _ in range(2):
        assert (await person.post("/contacted", event=event))[0] == 200
    assert said(await person.says("progress")) == ["not_bound"]
    async with parts.begin() as uow:
        assert len(await uow.data_requests.where(kind="delete", state="scheduled")) >= plans
        assert await uow.cases.where(closed_at=None)


async def test_after_a_revocation_the_same_person_can_sign_in_again(
    person: Person,
    parts: Parts,
    client: TestClient,  # type: ignore[type-arg]
) -> None:
    case_no = (await person.starts())["case"]["case_no"]
    await person.post("/contacted", event="authorisation_revoked")
    await person.binds()
    assert (await person.says("open"))["case"]["case_no"] == case_no


async def test_who_comes_back_after_half_a_year_learns_what_became_of_the_draft(
    person: Person, parts: Parts, a_clock: MovableClock
) -> None:
    case_no = (await person.starts())["case"]["case_no"]
    a_clock.advance(hours=24 * 180)
    for _ in range(3):
        await enforce(parts)
    outcome = await person.says("open")
    assert said(outcome) == ["draft_expired", "welcome"]
    assert outcome["say"][0]["facts"]["case_no"] == case_no
    await person.starts()
    assert said(await person.says("open"))[0] == "case_open"


async def test_a_case_that_was_cancelled_is_no_draft_that_went(person: Person) -> None:
    await person.starts()
    await person.says("cancel_case", confirmed=True)
    assert said(await person.says("open")) == ["welcome"]
