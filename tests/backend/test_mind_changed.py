"""“不是新办，是续签”: a running draft is exchanged for another business after one question, with what was told."""

from __future__ import annotations

import asyncio

import pytest

from backend.domain.case import Stage
from backend.services.parts import Parts
from tests.backend.backend_world import Person, a_case, said


@pytest.fixture
async def begun(person: Person) -> Person:
    """A new application with everything told but the papers."""
    await person.starts()
    await person.fills_in_everything(until="materials_form")
    await person.sends_photo()
    return person


async def test_another_business_is_asked_about_before_anything_is_cancelled(begun: Person) -> None:
    before = begun.last["case"]
    told = await begun.says("start_case", business_type="RENEW")
    assert (told["ask"]["form"], told["ask"]["field"]) == ("cancel_form", "switch")
    assert [one["value"] for one in told["ask"]["options"]] == ["RENEW", "no"]
    assert told["ask"]["facts"] | {"wanted": "续签", "running": "新申请"} == told["ask"]["facts"]
    assert told["case"]["case_no"] == before["case_no"]


async def test_a_yes_cancels_the_draft_and_takes_over_what_was_told(begun: Person, parts: Parts) -> None:
    old = begun.last["case"]["case_no"]
    told = await begun.says("start_case", business_type="RENEW", confirmed=True)
    assert (said(told), told["case"]["business_type"]) == (["case_switched"], "RENEW")
    async with parts.begin() as uow:
        cases = {one.case_no: one for one in await uow.cases.where()}
    before, after = cases[old], cases[told["case"]["case_no"]]
    assert (before.stage, after.stage) == ("cancelled", "draft")
    for section in ("contact", "personal"):
        assert after.draft["answers"][section] == before.draft["answers"][section]
    assert after.draft["entries"] == before.draft["entries"]


async def test_the_papers_that_both_need_come_along(begun: Person, parts: Parts) -> None:
    await begun.says("start_case", business_type="RENEW", confirmed=True)
    _, materials = await begun.get("/materials")
    assert sum(len(one["files"]) for one in materials["items"]) == 1


async def test_two_yes_at_once_leave_one_open_case(begun: Person, parts: Parts) -> None:
    await asyncio.gather(
        *(begun.says("start_case", key=f"s{n}:0", business_type="RENEW", confirmed=True) for n in range(3))
    )
    async with parts.begin() as uow:
        stages = sorted(one.stage for one in await uow.cases.where())
    assert stages == ["cancelled", "draft"]


async def test_a_submitted_case_is_not_exchanged(person: Person, parts: Parts) -> None:
    await a_case(parts, person.openid, stage=Stage.AWAITING_PAYMENT)
    assert said(await person.says("start_case", business_type="RENEW", confirmed=True)) == ["case_already_open"]


@pytest.mark.parametrize("kind", ["password", "id_number"])
async def test_a_typed_secret_brings_the_page_for_it(begun: Person, kind: str) -> None:
    told = await begun.says("secret_typed", kind=kind)
    assert (said(told), told["link"]["purpose"]) == (["secret_typed"], "credentials")
    assert told["ask"]["form"] == "materials_form"


async def test_a_typed_secret_without_a_case_brings_the_overview(person: Person) -> None:
    await person.binds()
    told = await person.says("secret_typed", kind="password")
    assert (said(told), told["link"]["purpose"]) == (["secret_typed"], "overview")


async def test_a_stranger_who_types_a_password_gets_the_sign_in_page(person: Person) -> None:
    told = await person.says("secret_typed", kind="password")
    assert (said(told), told["link"]["purpose"]) == (["not_bound"], "bind")
