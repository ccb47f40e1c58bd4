"""发票 in the chat: asked about at any time, changed after the payment through the staff, nothing wrong is taken in."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.domain.case import Stage
from backend.domain.retention import Because
from backend.services.erasure import erase, request_erasure
from backend.services.files import NewFile, store_file
from backend.services.orders import record_payment
from backend.services.parts import Parts
from backend.services.records import CaseRecord, Invoice, InvoiceChange
from tests.backend.backend_world import FakePay, Person, a_case, said, tasks, the_order
from tests.conftest import MovableClock

COMPANY = "示例科技（北京）有限公司"
TAX_NO = "91110105MA0X5A9MF0"


async def paid(parts: Parts, pay: FakePay, person: Person) -> CaseRecord:
    case = await a_case(parts, person.openid)
    await record_payment(parts, pay.success(await the_order(parts), parts.clock.now()), source="notify")
    return case


async def tells(person: Person, **values: str) -> dict[str, Any]:
    told = [{"field": name, "value": value} for name, value in values.items()]
    return await person.says("invoice", values=told, text="…")


async def change_of(parts: Parts) -> InvoiceChange | None:
    async with parts.begin() as uow:
        return await uow.invoice_changes.first()


async def test_before_a_payment_and_for_a_stranger_it_is_told_how_an_invoice_is_had(
    person: Person, parts: Parts
) -> None:
    assert said(await person.says("invoice")) == ["invoice_how"]
    await a_case(parts, person.openid)
    assert said(await person.says("invoice")) == ["invoice_how"]


async def test_a_whole_invoice_told_after_the_payment_becomes_one_task(
    person: Person, parts: Parts, pay: FakePay
) -> None:
    await paid(parts, pay, person)
    assert said(await person.says("invoice")) == ["invoice_absent"]
    outcome = await tells(person, invoice_title=COMPANY, tax_no=TAX_NO)
    assert said(outcome) == ["invoice_change_asked"]
    assert outcome["say"][0]["facts"]["shown"] == f"{COMPANY}，税号 {TAX_NO}"
    await tells(person, invoice_email="b@example.com")
    change = await change_of(parts)
    assert change is not None
    assert (change.state, change.email, change.tax_no) == ("asked", "b@example.com", TAX_NO)
    assert await tasks(parts) == ["invoice_change"]


async def test_what_is_missing_is_asked_and_the_answer_completes_it(person: Person, parts: Parts, pay: FakePay) -> None:
    await paid(parts, pay, person)
    outcome = await tells(person, title_type="单位", invoice_title=COMPANY)
    assert (outcome["ask"]["form"], outcome["ask"]["field"]) == ("invoice_form", "tax_no")
    wrong = await person.says("answer", field="tax_no", text="91110105MA0X5A9MF1", values=[])
    assert wrong["ask"]["field"] == "tax_no"
    assert (await change_of(parts) or fail()).state == "told"
    done = await person.says("answer", field="tax_no", text=TAX_NO, values=[])
    assert said(done) == ["invoice_change_asked"]


async def test_a_person_needs_no_more_than_the_word(person: Person, parts: Parts, pay: FakePay) -> None:
    await paid(parts, pay, person)
    assert said(await tells(person, title_type="个人")) == ["invoice_change_asked"]
    change = await change_of(parts)
    assert change is not None
    assert (change.title_type, change.tax_no, change.email) == ("个人", "", "a@example.com")


async def test_an_answer_about_the_invoice_reaches_it_also_while_something_else_is_asked(
    person: Person, parts: Parts, pay: FakePay
) -> None:
    await paid(parts, pay, person)
    values = [{"field": "title_type", "value": "个人"}]
    assert said(await person.says("answer", field="phone", values=values, text="发票开个人")) == [
        "invoice_change_asked"
    ]


async def test_the_same_command_again_asks_the_staff_once(person: Person, parts: Parts, pay: FakePay) -> None:
    await paid(parts, pay, person)
    body = {"values": [{"field": "title_type", "value": "个人"}], "text": "个人"}
    first = await person.says("invoice", key="turn-x:turn", **body)
    assert await person.says("invoice", key="turn-x:turn", **body) == first
    assert await tasks(parts) == ["invoice_change"]


@pytest.mark.parametrize("number", ["911101085513850820", "1", "91110105MA0X5A9MF1", "0" * 18, "９１１１", "税号"])
async def test_a_tax_number_that_is_none_is_refused_with_its_reason_and_asks_nobody(
    person: Person, parts: Parts, pay: FakePay, number: str
) -> None:
    await paid(parts, pay, person)
    outcome = await tells(person, invoice_title=COMPANY, tax_no=number)
    assert "invoice_change_asked" not in said(outcome)
    assert await tasks(parts) == []


@settings(max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(
    told=st.lists(
        st.tuples(st.sampled_from(["title_type", "invoice_title", "tax_no", "invoice_email"]), st.text(max_size=40)),
        min_size=1,
        max_size=5,
    )
)
async def test_whatever_is_told_no_half_invoice_reaches_the_staff(
    person: Person, parts: Parts, pay: FakePay, told: list[tuple[str, str]]
) -> None:
    async with parts.begin() as uow:
        if await uow.orders.first() is None:
            await paid(parts, pay, person)
    values = [{"field": name, "value": value} for name, value in told if value.strip("\x00")]
    status, _ = await person.command("invoice", values=values, text="…")
    assert status in (200, 422)
    change = await change_of(parts)
    if change is not None and change.state == "asked":
        assert change.title
        assert change.email
        assert change.title_type == "个人" or change.tax_no


async def test_a_case_that_is_over_has_its_invoice_still(person: Person, parts: Parts, pay: FakePay) -> None:
    case = await paid(parts, pay, person)
    async with parts.begin() as uow:
        stored = await uow.cases.get(case.id)
        assert stored is not None
        await uow.cases.save(
            stored.__class__(**{**vars(stored), "stage": Stage.COMPLETED.value, "closed_at": parts.clock.now()})
        )
        await uow.commit()
    assert said(await tells(person, title_type="个人")) == ["invoice_change_asked"]


def fail() -> InvoiceChange:
    raise AssertionError("no change is kept")


async def test_an_erased_person_leaves_no_change_and_no_paper_of_an_invoice(
    person: Person, parts: Parts, pay: FakePay, a_clock: MovableClock
) -> None:
    case = await paid(parts, pay, person)
    await tells(person, title_type="个人")
    async with parts.begin() as uow:
        paper = NewFile("invoice", "console", b"%PDF-1.7 invoice")
        stored = await store_file(uow, parts, paper, applicant_id=case.applicant_id, openid=None)
        now = parts.clock.now()
        issued = Invoice(case.id, "个人", "张示例", "a@example.com", None, "issued", now, now, "12345678", stored.id)
        await uow.invoices.add(issued)
        (request,) = await request_erasure(uow, parts, person.openid, because=Because.ASKED)
        await erase(uow, parts, request, now=now)
        await uow.commit()
    async with parts.begin() as uow:
        assert await uow.invoice_changes.where() == []
        assert await uow.files.where(kind="invoice") == []
        (kept,) = await uow.invoices.where()
    assert (kept.number, kept.email, kept.file_id) == ("12345678", "", None)
