"""Renewals and changes at the real backend: what is taken over and recorded, handing papers in later (F65–F72)."""

from __future__ import annotations

from typing import Any

import pytest

from backend.seed_earlier_cases import seed_earlier_cases
from backend.services.parts import Parts
from backend.services.records import AuditEntry, CaseRecord, Photo
from tests.backend.backend_world import (
    PASS_AGREED,
    SEEDED_PASSWORD,
    FakeMailer,
    FakePay,
    Person,
    a_picture,
    said,
    the_order,
)
from tests.backend.test_new_phone import the_code
from tests.backend.visit_world import with_calendars
from tests.conftest import MovableClock


@pytest.fixture
async def earlier_cases(parts: Parts) -> None:
    await seed_earlier_cases(parts, password=SEEDED_PASSWORD)


async def begins(person: Person, business: str, number: int = 61) -> dict[str, Any]:
    await person.binds(f"demo{number}")
    await person.says("start_case", business_type=business)
    await person.says("confirm_notice", eligible=True)
    await person.post("/credentials", username="wang", password="secret", agreed=PASS_AGREED)
    return await person.says("open")


async def the_case(parts: Parts) -> CaseRecord:
    async with parts.begin() as uow:
        found = await uow.cases.first(closed_at=None)
    assert found is not None
    return found


async def photo_of(parts: Parts, case_id: str) -> Photo:
    async with parts.begin() as uow:
        found = await uow.photos.get(case_id)
    assert found is not None
    return found


async def audit_of(parts: Parts, case: CaseRecord, action: str) -> list[AuditEntry]:
    async with parts.begin() as uow:
        return await uow.audit.where(case_id=case.id, action=action)


async def renews_until(person: Person, field: str) -> None:
    for _ in range(8):
        if person.last["ask"]["field"] == field:
            return
        await person._answers(person.last["ask"])
    raise AssertionError(person.last["ask"])


async def test_a_renewal_begins_with_everything_of_the_last_completed_case_but_the_credentials(
    person: Person, parts: Parts, earlier_cases: None
) -> None:
    await person.binds("demo61")
    started = await person.says("start_case", business_type="RENEW")
    assert said(started) == ["case_prefilled"]
    case = await the_case(parts)
    assert case.source_case_id == "c_demo_61"
    assert case.draft["answers"]["contact"]["phone"] == "13800138000"
    before, now = await photo_of(parts, "c_demo_61"), await photo_of(parts, case.id)
    assert (now.preview_file_id, now.x, now.y, now.w, now.h) == (
        before.preview_file_id, before.x, before.y, before.w, before.h,
    )  # fmt: skip
    async with parts.begin() as uow:
        assert await uow.credentials.get(case.id) is None


async def test_one_answer_skips_the_three_sections_and_names_the_case_they_come_from(
    person: Person, parts: Parts, earlier_cases: None
) -> None:
    await begins(person, "RENEW")
    await renews_until(person, "unchanged")
    outcome = await person.says("answer", field="unchanged", option="yes")
    assert said(outcome) == ["kept_as_before"]
    assert outcome["ask"]["field"] == "OT06"
    skipped = await audit_of(parts, await the_case(parts), "skip_section")
    assert [one.facts for one in skipped] == [
        {"skipped": True, "sections": ["personal", "photo", "education", "work"], "source_case": "c_demo_61"}
    ]


async def test_skipping_twice_is_recorded_once(person: Person, parts: Parts, earlier_cases: None) -> None:
    await begins(person, "RENEW")
    await renews_until(person, "unchanged")
    first = await person.says("skip", key="once:0")
    assert await person.says("skip", key="once:0") == first
    assert len(await audit_of(parts, await the_case(parts), "skip_section")) == 1


async def test_the_pages_show_nothing_of_the_bookkeeping(person: Person, earlier_cases: None) -> None:
    await begins(person, "ADDRESS", 64)
    _, told = await person.get("/overview")
    assert not told["data"]["answers"].keys() & {"earlier", "held", "ticked"}


async def test_a_renewal_is_submitted_with_one_file_in_the_bucket(
    person: Person, parts: Parts, earlier_cases: None
) -> None:
    await begins(person, "RENEW")
    await renews_until(person, "unchanged")
    await person.says("skip")
    refused = await person.says("submit")
    assert said(refused) == ["incomplete"]
    await person.sends_photo()
    asked = await person.says("missing")
    assert "advice_list" in said(asked)
    assert await _items(parts) == {"OT06": "uploaded"}
    submitted = await person.says("submit")
    assert submitted["case"]["stage"] == "awaiting_payment"


async def test_the_upload_page_offers_the_bucket(person: Person, earlier_cases: None) -> None:
    await begins(person, "GENERAL", 66)
    _, told = await person.get("/materials")
    assert [one["item"] for one in told["items"]] == ["OT06"]


async def test_a_renewal_of_2019_hands_its_papers_in_by_chat_after_paying(
    person: Person, parts: Parts, pay: FakePay, a_clock: MovableClock, earlier_cases: None
) -> None:
    await with_calendars(parts)
    await begins(person, "RENEW", 67)
    await renews_until(person, "unchanged")
    await person.says("skip")
    assert said(await person.says("submit")) == ["submitted_for_booking"]
    await person.says("book", number=1)
    order = await the_order(parts)
    await person.post("/pay/prepare")
    pay.paid[order.out_trade_no] = pay.success(order, a_clock.now())
    await person.post("/pay/check")
    asked = await person.says("open")
    assert (asked["case"]["stage"], asked["ask"]["field"]) == ("awaiting_materials_email", "OT06")
    assert "@" in asked["ask"]["facts"]["mailbox"]
    await person.sends_photo(10)
    await person.sends_photo(20)
    assert said(await person.says("undo_upload")) == ["upload_undone"]
    handed_in = await person.says("finish_item")
    assert said(handed_in) == ["materials_handed_in"]
    assert handed_in["case"]["stage"] == "agency_review"
    assert await _items(parts) == {"OT06": "uploaded"}


async def test_nothing_is_handed_in_while_the_bucket_is_empty(
    person: Person, parts: Parts, pay: FakePay, a_clock: MovableClock, earlier_cases: None
) -> None:
    await with_calendars(parts)
    await begins(person, "RENEW", 68)
    await renews_until(person, "unchanged")
    await person.says("skip")
    await person.says("submit")
    await person.says("book", number=1)
    order = await the_order(parts)
    pay.paid[order.out_trade_no] = pay.success(order, a_clock.now())
    await person.post("/pay/prepare")
    await person.post("/pay/check")
    refused = await person.says("submit")
    assert said(refused) == ["item_not_begun"]
    assert refused["case"]["stage"] == "awaiting_materials_email"


async def test_saying_what_a_picture_is_ticks_it(person: Person, parts: Parts, earlier_cases: None) -> None:
    await begins(person, "RENEW")
    await renews_until(person, "unchanged")
    await person.says("skip")
    status, told = await person.sends_file(a_picture(33))
    assert status == 201
    await person.says("upload", file_id=told["file_id"])
    assert said(await person.says("choose_item", item="WK01")) == ["paper_ticked"]
    listed = await person.says("missing")
    assert "✓ 劳动（聘用）合同" in next(one for one in listed["say"] if one["code"] == "advice_list")["facts"]["list"]


async def test_a_new_phone_of_a_general_change_is_proved_by_a_code_to_the_old_addresses(
    person: Person, parts: Parts, mailer: FakeMailer, earlier_cases: None
) -> None:
    await begins(person, "GENERAL", 66)
    await person.says("answer", text="手机号和邮箱")
    told = [{"field": "phone", "value": "13900139000"}, {"field": "emails", "value": "thief@example.net"}]
    asked = await person.says("answer", values=told, text="…")
    assert "phone_code_sent" in said(asked)
    assert (await the_case(parts)).draft["answers"]["contact"]["phone"] == "13800138000"
    await person.says("confirm_phone", code=await the_code(parts, mailer))
    assert mailer.sent[-1].recipients == ["sample@example.com"]
    case = await the_case(parts)
    assert case.draft["answers"]["contact"]["phone"] == "13900139000"
    assert case.draft["answers"]["held"]["phone"] == "13800138000"


async def _items(parts: Parts) -> dict[str, str]:
    case = await the_case(parts)
    async with parts.begin() as uow:
        return {item.code: item.state for item in await uow.items.where(case_id=case.id, active=True)}
