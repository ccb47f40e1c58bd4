"""A changed phone is proved by a code to the addresses on file; until then nothing changes (F19, T45)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from backend.domain.draft import Draft
from backend.services.mailing import send_due_mails
from backend.services.parts import Parts
from tests.backend.backend_world import FakeMailer, Person, said, tasks
from tests.conftest import MovableClock

NEW = "13911112222"
OLD = "13800138000"


async def changes(person: Person, phone: str = NEW) -> dict[str, Any]:
    await person.says("goto", field="phone")
    return await person.says("answer", field="phone", values=[{"field": "phone", "value": phone}], text=phone)


async def phone_of(parts: Parts) -> str:
    async with parts.begin() as uow:
        case = await uow.cases.first(order_by="-created_at")
    assert case
    return Draft.from_json(case.draft).answer("contact", "phone")


async def the_code(parts: Parts, mailer: FakeMailer) -> str:
    await send_due_mails(parts)
    found = re.search(r"\b(\d{6})\b", mailer.sent[-1].body)
    assert found
    return found[1]


async def test_before_the_first_submission_a_number_is_corrected_freely(person: Person, parts: Parts) -> None:
    await person.starts()
    await person.fills_in_everything(until="personal_form")
    assert "phone_code_sent" not in said(await changes(person))
    assert await phone_of(parts) == NEW


async def test_the_worked_example_of_the_rule_page(person: Person, parts: Parts, mailer: FakeMailer) -> None:
    """docs/rules/identity.md: 138…8000 becomes 139…2222 with the mailed code, and reviewers hear of it."""
    await person.submits()
    asked = await changes(person)
    assert said(asked) == ["phone_code_sent"]
    assert (asked["ask"]["form"], asked["ask"]["field"]) == ("account_form", "phone_code")
    assert asked["say"][0]["facts"]["shown"] == "139****2222"
    assert await phone_of(parts) == OLD
    assert "contact_changed" not in await tasks(parts)
    told = await person.says("confirm_phone", code=await the_code(parts, mailer))
    assert said(told)[0] == "phone_changed"
    assert await phone_of(parts) == NEW
    assert "contact_changed" in await tasks(parts)


async def test_a_wrong_code_is_counted_and_asked_again_and_the_sixth_is_too_late(
    person: Person, parts: Parts, mailer: FakeMailer
) -> None:
    await person.submits()
    await changes(person)
    code = await the_code(parts, mailer)
    for _ in range(5):
        outcome = await person.says("confirm_phone", code="000000" if code != "000000" else "111111")
        assert (said(outcome), outcome["ask"]["field"]) == (["code_wrong"], "phone_code")
    assert said(await person.says("confirm_phone", code=code))[0] == "phone_code_gone"
    assert await phone_of(parts) == OLD


async def test_after_ten_minutes_the_number_stays(
    person: Person, parts: Parts, mailer: FakeMailer, a_clock: MovableClock
) -> None:
    await person.submits()
    await changes(person)
    code = await the_code(parts, mailer)
    a_clock.advance(seconds=600)
    assert said(await person.says("confirm_phone", code=code))[0] == "phone_code_gone"
    assert await phone_of(parts) == OLD


async def test_giving_up_keeps_the_number_and_ends_the_code(person: Person, parts: Parts, mailer: FakeMailer) -> None:
    await person.submits()
    await changes(person)
    code = await the_code(parts, mailer)
    assert said(await person.says("confirm_phone", give_up=True))[0] == "phone_kept"
    assert said(await person.says("confirm_phone", code=code))[0] == "phone_code_gone"
    assert await phone_of(parts) == OLD


async def test_a_code_sent_again_is_for_the_same_number_and_ends_the_first(
    person: Person, parts: Parts, mailer: FakeMailer
) -> None:
    await person.submits()
    await changes(person)
    first = await the_code(parts, mailer)
    assert said(await person.says("confirm_phone", again=True)) == ["phone_code_sent"]
    second = await the_code(parts, mailer)
    if first != second:
        assert said(await person.says("confirm_phone", code=first)) == ["code_wrong"]
    await person.says("confirm_phone", code=second)
    assert await phone_of(parts) == NEW


async def test_codes_for_a_number_are_limited(person: Person) -> None:
    await person.submits()
    await changes(person)
    answers = [said(await person.says("confirm_phone", again=True)) for _ in range(3)]
    assert answers == [["phone_code_sent"], ["phone_code_sent"], ["phone_code_too_often"]]


async def test_what_else_was_said_with_the_number_is_kept_at_once(person: Person, parts: Parts) -> None:
    await person.submits()
    values = [{"field": "phone", "value": NEW}, {"field": "emails", "value": "new@example.com"}]
    await person.says("goto", field="phone")
    outcome = await person.says("answer", field="phone", values=values, text="…")
    assert "phone_code_sent" in said(outcome)
    assert await phone_of(parts) == OLD


@pytest.mark.parametrize("code", ["", "12345", "1234567", "六位数字", "' OR 1=1"])
async def test_what_is_no_code_changes_nothing(person: Person, parts: Parts, code: str) -> None:
    await person.submits()
    await changes(person)
    assert said(await person.says("confirm_phone", code=code)) == ["code_wrong"]
    assert await phone_of(parts) == OLD


async def test_without_a_request_there_is_nothing_to_confirm(person: Person, parts: Parts) -> None:
    await person.submits()
    assert said(await person.says("confirm_phone", code="123456"))[0] == "phone_code_gone"
    assert await phone_of(parts) == OLD


async def test_the_number_that_waits_is_stored_sealed(person: Person, parts: Parts) -> None:
    await person.submits()
    await changes(person)
    async with parts.begin() as uow:
        assert NEW not in repr((await uow.codes.where(), await uow.mails.where(), await uow.cases.where()))
