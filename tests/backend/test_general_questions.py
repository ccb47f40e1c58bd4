"""Questions that the catalogue answers to anybody, and the greeting of somebody whom we do not know yet."""

from __future__ import annotations

import pytest

from backend.services.parts import Parts
from tests.backend.backend_world import Person


def codes(outcome: dict[str, object]) -> list[str]:
    return [one["code"] for one in outcome["say"]]  # type: ignore[index, attr-defined]


@pytest.mark.parametrize(
    ("command", "body", "code"),
    [
        ("materials", {"business_type": "RENEW"}, "materials_general"),
        ("materials", {"item": "BA04"}, "about_item"),
        ("fee", {}, "fee_list"),
        ("fee", {"business_type": "RENEW"}, "fee"),
        ("eligibility", {}, "eligibility"),
    ],
)
async def test_a_stranger_gets_the_general_answer_and_the_way_in(
    person: Person, command: str, body: dict[str, str], code: str
) -> None:
    told = await person.says(command, **body)
    assert codes(told) == [code, "bind_offer"]
    assert told["link"]["purpose"] == "bind"


async def test_the_fee_is_the_catalogues(person: Person) -> None:
    told = await person.says("fee", business_type="RENEW")
    assert told["say"][0]["facts"] == {"business": "续签", "amount": "580"}


async def test_a_call_for_a_person_is_noted_in_the_staffs_language(person: Person, parts: Parts) -> None:
    await person.says("human", reason="not_understood")
    async with parts.begin() as uow:
        [task] = await uow.staff_tasks.where(kind="human")
    assert "没听懂" in task.note
    assert "not_understood" not in task.note
