"""Several people on one WeChat account, a person who changes accounts, signing out: drafts never mix (F5)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from backend.services.parts import Parts
from backend.services.pushes import push
from tests.backend.backend_world import Person, said, the_order

Client = TestClient[Any, Any]


@pytest.fixture
async def family(person: Person) -> AsyncIterator[Person]:
    """Two people bound to one account, each with a case of their own; the second is the current one."""
    await person.starts()
    await person.says("answer", field="employer", option="e_demo_yanqing")
    await person.binds("demo2")
    await person.says("start_case", business_type="NEW")
    yield person


async def test_a_second_person_is_added_and_is_the_one_talked_about(family: Person) -> None:
    outcome = await family.says("open")
    assert outcome["person"]
    ask = (await family.says("switch_person"))["ask"]
    assert (ask["form"], ask["field"], len(ask["options"])) == ("account_form", "person", 2)
    assert ask["options"][-1]["value"] == "add"


async def test_switching_goes_on_where_that_person_stands(family: Person) -> None:
    mine = (await family.says("open"))["case"]["case_no"]
    other = (await family.says("switch_person"))["ask"]["options"][0]["value"]
    outcome = await family.says("switch_person", person=other)
    assert said(outcome) == ["switched_to_case"]
    assert outcome["case"]["case_no"] != mine
    assert outcome["ask"] is not None


async def test_one_person_alone_is_not_named_in_every_answer(person: Person) -> None:
    await person.starts()
    assert (await person.says("open"))["person"] is None
    outcome = await person.says("switch_person")
    assert (said(outcome), outcome["link"]["purpose"]) == (["add_person"], "bind")


async def test_an_answer_to_the_question_of_one_person_never_lands_in_the_draft_of_the_other(family: Person) -> None:
    second = (await family.says("open"))["case"]["case_no"]
    first = (await family.says("switch_person"))["ask"]["options"][0]["value"]
    opened = await family.says("switch_person", person=first)
    ask = opened["ask"]
    headers = {"Idempotency-Key": "stale:1", "X-Case-No": second}
    body = {"field": ask["field"], "option": ask["options"][0]["value"] if ask["options"] else None, "text": "甲"}
    async with family.client.post(family._url("/commands/answer"), json=body, headers=headers) as response:
        outcome = await response.json()
    assert said(outcome) == ["case_changed"]
    assert outcome["ask"] == ask


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/materials"), ("GET", "/overview"), ("GET", "/photo"), ("POST", "/pay/prepare"), ("POST", "/pay/check")],
)
async def test_a_page_opened_for_one_person_is_refused_after_switching(family: Person, method: str, path: str) -> None:
    second = (await family.says("open"))["case"]["case_no"]
    first = (await family.says("switch_person"))["ask"]["options"][0]["value"]
    await family.says("switch_person", person=first)
    headers = {"X-Case-No": second, "Idempotency-Key": "stale:2"}
    async with family.client.request(method, family._url(path), headers=headers) as response:
        assert (response.status, (await response.json())["error"]["code"]) == (409, "case_changed")


async def test_nobody_can_switch_to_a_person_of_another_account(family: Person, client: Client) -> None:
    stranger = Person(client, "o_stranger")
    await stranger.binds("demo3")
    for guess in ("a_demo_1", "a_demo_2", "", "add'--", "王"):
        if guess:
            assert said(await stranger.says("switch_person", person=guess)) == ["person_unknown"]
    assert (await stranger.says("open"))["case"] is None


async def test_what_the_office_says_names_the_person_on_a_shared_account(family: Person, parts: Parts) -> None:
    async with parts.begin() as uow:
        case = await uow.cases.first(applicant_id="a_demo_1")
        assert case
        await push(uow, parts.texts, case, "payment_timeout", once="t")
        await uow.commit()
        rows = await uow.connection.execute(text("SELECT parts FROM wechat_outgoing"))  # type: ignore[attr-defined]
        assert rows.scalar_one()[0]["text"].startswith("【")


async def test_signing_out_asks_first_and_keeps_the_case(person: Person, client: Client) -> None:
    case_no = (await person.starts())["case"]["case_no"]
    asked = await person.says("unbind_account")
    assert asked["ask"]["field"] == "unbind"
    assert (await person.says("open"))["case"]["case_no"] == case_no
    assert said(await person.says("unbind_account", confirmed=True)) == ["unbound"]
    assert said(await person.says("progress")) == ["not_bound"]
    again = Person(client, "o_another_phone")
    await again.binds()
    assert (await again.says("open"))["case"]["case_no"] == case_no


async def test_signing_out_twice_is_harmless(person: Person) -> None:
    await person.starts()
    first = await person.says("unbind_account", confirmed=True, key="out:1")
    assert await person.says("unbind_account", confirmed=True, key="out:1") == first
    assert said(await person.says("unbind_account", confirmed=True)) == ["not_bound"]


async def test_when_one_signs_out_the_other_one_is_talked_about(family: Person) -> None:
    outcome = await family.says("unbind_account", confirmed=True)
    assert said(outcome) == ["unbound_others_stay"]
    assert outcome["case"] is not None
    assert (await family.says("open"))["person"] is None


async def test_who_moves_to_another_account_is_told_once_at_the_old_one(
    person: Person, client: Client, engine: AsyncEngine
) -> None:
    await person.starts()
    new = Person(client, "o_new_phone")
    for _ in range(2):
        await new.binds()
    async with engine.begin() as connection:
        told = await connection.execute(text("SELECT openid FROM wechat_outgoing WHERE dedupe_key LIKE 'signed_out%'"))
        assert [row[0] for row in told] == [person.openid]


async def test_messages_that_wait_for_a_person_follow_them_to_the_new_account(
    person: Person, client: Client, parts: Parts, engine: AsyncEngine
) -> None:
    await person.starts()
    async with parts.begin() as uow:
        case = await uow.cases.first()
        assert case
        await push(uow, parts.texts, case, "payment_timeout", once="t")
        await uow.commit()
    await Person(client, "o_new_phone").binds()
    async with engine.begin() as connection:
        waiting = await connection.execute(text("SELECT openid FROM wechat_outgoing WHERE dedupe_key LIKE 'payment%'"))
        assert [row[0] for row in waiting] == ["o_new_phone"]


async def test_messages_that_wait_for_who_signed_out_never_leave(
    person: Person, parts: Parts, engine: AsyncEngine
) -> None:
    await person.starts()
    async with parts.begin() as uow:
        case = await uow.cases.first()
        assert case
        await push(uow, parts.texts, case, "payment_timeout", once="t")
        await uow.commit()
    await person.says("unbind_account", confirmed=True)
    async with engine.begin() as connection:
        assert await connection.scalar(text("SELECT state FROM wechat_outgoing")) == "failed"


async def test_the_open_order_can_be_paid_from_the_new_account_only(
    person: Person, client: Client, parts: Parts
) -> None:
    await person.submits()
    await person.post("/pay/prepare")
    old = await the_order(parts)
    new = Person(client, "o_new_phone")
    await new.binds()
    assert (await person.post("/pay/prepare"))[0] == 409
    status, _ = await new.post("/pay/prepare")
    fresh = await the_order(parts)
    assert status == 200
    assert (fresh.openid, fresh.amount_fen, fresh.deadline) == ("o_new_phone", old.amount_fen, old.deadline)
    assert fresh.out_trade_no != old.out_trade_no


async def test_a_payment_that_was_on_its_way_at_the_old_account_counts(
    person: Person, client: Client, parts: Parts, pay: Any
) -> None:
    await person.submits()
    await person.post("/pay/prepare")
    old = await the_order(parts)
    new = Person(client, "o_new_phone")
    await new.binds()
    pay.paid[old.out_trade_no] = pay.success(old, parts.clock.now())
    status, answer = await new.post("/pay/prepare")
    assert (status, answer["error"]["code"]) == (409, "already_paid")
    assert (await the_order(parts)).state == "paid"


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    deeds=st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from(["bind1", "bind2", "switch", "out"])), max_size=8)
)
async def test_whatever_is_done_in_any_order_an_account_has_one_current_person_and_a_person_one_account(
    client: Client, parts: Parts, deeds: list[tuple[str, str]]
) -> None:
    """The invariant of the table, also tried by bindings in any order."""
    for number, (phone, deed) in enumerate(deeds):
        who = Person(client, f"o_{phone}")
        key = f"{number}:{id(deeds)}"
        if deed.startswith("bind"):
            await who.binds(f"demo{deed[-1]}")
        elif deed == "switch":
            outcome = await who.says("switch_person", key=f"{key}:0")
            options = (outcome["ask"] or {}).get("options") or ()
            if options and outcome["ask"]["field"] == "person":
                await who.says("switch_person", key=f"{key}:1", person=options[0]["value"])
        else:
            await who.says("unbind_account", key=key, confirmed=True)
    async with parts.begin() as uow:
        people = await uow.identities.where()
    accounts = {one.openid for one in people}
    assert len({one.applicant_id for one in people}) == len(people)
    assert sorted(one.openid for one in people if one.is_current) == sorted(accounts)


async def test_who_left_with_the_old_account_and_signs_in_with_a_new_one_is_not_erased(
    person: Person, client: Client, parts: Parts
) -> None:
    await person.starts()
    await person.post("/contacted", event="unsubscribe")
    await Person(client, "o_new_phone").binds()
    async with parts.begin() as uow:
        assert [one.state for one in await uow.data_requests.where()] == ["stopped"]
