"""A forgotten password: a code by mail or by staff, once, ten minutes, five tries; nobody learns who exists."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.errors import DomainError
from backend.domain.passwords import PasswordWeak, checked_password
from backend.services.codes import Proof, issue
from backend.services.mailing import send_due_mails
from backend.services.parts import Parts
from tests.backend.backend_world import FakeMailer, Person, a_case
from tests.conftest import MovableClock

Client = TestClient[Any, Any]
NEW = "geheim-2026"
PHONE = "13800138000"
ONE_HOUR = timedelta(hours=1)


@pytest.fixture
async def on_file(parts: Parts) -> None:
    """demo1 has a case with a phone and an address, and talks from another account."""
    await a_case(parts, "o_owner")


async def asks(person: Person, username: str = "demo1", phone: str = PHONE) -> tuple[int, dict[str, Any]]:
    return await person.post("/password/code", username=username, phone=phone)


async def the_code(parts: Parts, mailer: FakeMailer) -> str:
    await send_due_mails(parts)
    found = re.search(r"\b(\d{6})\b", mailer.sent[-1].body)
    assert found
    return found[1]


async def sets(person: Person, code: str, password: str = NEW, username: str = "demo1") -> tuple[int, dict[str, Any]]:
    return await person.post("/password", username=username, code=code, password=password)


async def test_the_mailed_code_sets_a_new_password_that_signs_in(
    person: Person, on_file: None, parts: Parts, mailer: FakeMailer
) -> None:
    assert await asks(person, phone="+86 138-0013-8000") == (200, {"sent": True})
    assert (await sets(person, await the_code(parts, mailer)))[0] == 200
    assert (await person.binds(password=NEW))[0] == 200
    assert mailer.sent[-1].recipients == ["a@example.com"]


async def test_a_new_password_opens_a_locked_account(
    person: Person, on_file: None, parts: Parts, mailer: FakeMailer
) -> None:
    async with parts.begin() as uow:
        applicant = await uow.applicants.get("a_demo_1")
        assert applicant
        await uow.applicants.save(replace(applicant, failed_sign_ins=5, locked_until=parts.clock.now() + ONE_HOUR))
        await uow.commit()
    await asks(person)
    await sets(person, await the_code(parts, mailer))
    assert (await person.binds(password=NEW))[0] == 200


async def test_the_code_works_once(person: Person, on_file: None, parts: Parts, mailer: FakeMailer) -> None:
    await asks(person)
    code = await the_code(parts, mailer)
    await sets(person, code)
    status, answer = await sets(person, code, "another-2026")
    assert (status, answer["error"]["code"]) == (422, "code_wrong")


async def test_the_code_ends_after_ten_minutes(
    person: Person, on_file: None, parts: Parts, mailer: FakeMailer, a_clock: MovableClock
) -> None:
    await asks(person)
    code = await the_code(parts, mailer)
    a_clock.advance(seconds=600)
    assert (await sets(person, code))[1]["error"]["code"] == "code_wrong"


async def test_after_five_wrong_tries_the_right_code_is_wrong_too(
    person: Person, on_file: None, parts: Parts, mailer: FakeMailer
) -> None:
    await asks(person)
    code = await the_code(parts, mailer)
    for _ in range(5):
        await sets(person, "000000" if code != "000000" else "111111")
    assert (await sets(person, code))[1]["error"]["code"] == "code_wrong"


async def test_a_newer_code_ends_the_earlier_one(
    person: Person, on_file: None, parts: Parts, mailer: FakeMailer
) -> None:
    await asks(person)
    first = await the_code(parts, mailer)
    await asks(person)
    second = await the_code(parts, mailer)
    if first != second:
        assert (await sets(person, first))[0] == 422
    assert (await sets(person, second))[0] == 200


async def test_a_code_is_good_on_the_account_that_asked_for_it_only(
    person: Person, on_file: None, parts: Parts, mailer: FakeMailer, client: Client
) -> None:
    await asks(person)
    code = await the_code(parts, mailer)
    assert (await sets(Person(client, "o_thief"), code))[0] == 422
    assert (await sets(person, code))[0] == 200


async def test_a_weak_password_costs_no_try(person: Person, on_file: None, parts: Parts, mailer: FakeMailer) -> None:
    await asks(person)
    code = await the_code(parts, mailer)
    for weak in ("short1", "onlyletters", "12345678", "demo1-demo1", "aaaaaaa1", "Passw0rd"):
        assert (await sets(person, code, weak))[1]["error"]["code"] == "password_weak"
    assert (await sets(person, code))[0] == 200


@pytest.mark.parametrize(
    ("username", "phone"),
    [("demo1", "13900139000"), ("nobody", PHONE), ("demo2", PHONE), ("demo1", "8000"), ("王", "电话")],
)
async def test_who_does_not_fit_gets_the_same_answers_and_no_mail(
    person: Person, on_file: None, parts: Parts, mailer: FakeMailer, username: str, phone: str
) -> None:
    answers = [await asks(person, username, phone) for _ in range(4)]
    assert [status for status, _ in answers] == [200, 200, 200, 429]
    assert answers[0][1] == {"sent": True}
    assert (await sets(person, "123456", username=username))[1]["error"] | {"message": ""} == {
        "code": "code_wrong", "message": "", "facts": {},
    }  # fmt: skip
    await send_due_mails(parts)
    assert mailer.sent == []


async def test_who_fits_is_limited_the_same(person: Person, on_file: None) -> None:
    assert [(await asks(person))[0] for _ in range(4)] == [200, 200, 200, 429]


async def test_the_owner_hears_of_it_on_their_own_account(person: Person, on_file: None, parts: Parts) -> None:
    from sqlalchemy import text

    await asks(person)
    async with parts.begin() as uow:
        rows = await uow.connection.execute(text("SELECT openid FROM wechat_outgoing"))  # type: ignore[attr-defined]
        assert [row[0] for row in rows] == ["o_owner"]


async def test_the_code_is_stored_nowhere_in_the_clear(
    person: Person, on_file: None, parts: Parts, mailer: FakeMailer
) -> None:
    await asks(person)
    async with parts.begin() as uow:
        before = repr((await uow.mails.where(), await uow.codes.where()))
    code = await the_code(parts, mailer)
    async with parts.begin() as uow:
        mails = await uow.mails.where()
        assert code not in before + repr((mails, await uow.codes.where()))
        assert mails[0].code_sealed is None


async def test_a_code_told_by_staff_works_on_any_account_once(person: Person, parts: Parts, client: Client) -> None:
    async with parts.begin() as uow:
        code = await issue(uow, parts, Proof.RESET_PASSWORD, "demo3", openid=None, applicant_id="a_demo_3")
        await uow.commit()
    told = f" {code[:4].upper()}-{code[4:]} "
    assert (await sets(person, told, username="Demo3"))[0] == 200
    assert (await sets(Person(client, "o_2"), code, username="demo3"))[0] == 422
    assert (await person.binds("demo3", NEW))[0] == 200


@given(st.text(max_size=80), st.text(max_size=20))
def test_any_text_is_either_a_good_password_or_told_why_not(password: str, username: str) -> None:
    try:
        kept = checked_password(password, username=username)
    except DomainError as weak:
        assert isinstance(weak, PasswordWeak) and weak.why in ("length", "mix", "name", "common")
    else:
        assert checked_password(kept, username=username) == kept
