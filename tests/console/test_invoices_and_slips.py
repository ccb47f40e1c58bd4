"""Staff note what became of an invoice and take changes over; a wrong confirmation slip is replaced and gone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from backend.domain.case import Stage
from backend.services import records as r
from backend.services.errors import FileUnknown
from backend.services.files import show_file
from backend.services.staff.acting import Form
from backend.services.staff.confirmation import replace_confirmation, upload_confirmation
from backend.services.staff.invoicing import answer_change, fail_invoice, issue_invoice
from backend.services.staff.refusals import (
    InvoiceNumberWrong,
    NoInvoiceOpen,
    PdfRefused,
    SlipNotThere,
    SlipTheSame,
    StaffRefusal,
    TextNeeded,
)
from backend.services.staff.sign_in import SignedIn
from tests.console.console_world import OPENID, Browser, World, a_pdf

NUMBER = "26112000000012345678"
COMPANY = "示例科技（北京）有限公司"
SLIP = a_pdf()
NO_NUMBERS = ["", "1", "abc", "1234567890123456789", "１２３４５６７８", NUMBER + "0", "12345678;-"]


async def with_invoice(world: World, state: str = "requested", **changes: Any) -> r.CaseRecord:
    case = await world.a_case(Stage.AGENCY_REVIEW, items=())
    now = world.clock.now()
    kept = r.Invoice(case.id, "单位", "示例控股有限公司", "fp@example.com", "91110105MA0QRCW7H0", state, now)
    async with world.office.parts.begin() as uow:
        await uow.invoices.add(replace(kept, **changes))
        task = r.StaffTask(f"t_{case.id}", "invoice", "请开具发票", f"invoice:{case.id}", now, case_id=case.id)
        await uow.staff_tasks.add(task)
        await uow.commit()
    return case


async def with_change(world: World, case: r.CaseRecord) -> None:
    now = world.clock.now()
    change = r.InvoiceChange(
        "ic1", case.id, "单位", COMPANY, "b@example.com", now, "91110105MA0X5A9MF0", "asked", now
    )  # fmt: skip
    async with world.office.parts.begin() as uow:
        await uow.invoice_changes.add(change)
        await uow.staff_tasks.add(r.StaffTask("tc1", "invoice_change", "", "invoice_change:ic1", now, case_id=case.id))
        await uow.commit()


async def form(world: World, case: r.CaseRecord, token: str = "t") -> Form:
    async with world.office.parts.begin() as uow:
        staff = await uow.staff.first(username="wang")
    staff = staff or await world.a_member_of_staff()
    who = SignedIn(staff.id, staff.username, staff.display_name, staff.role, "csrf")
    return Form(who, case.case_no, (await world.case(case)).version, token * 32)


async def invoice_of(world: World, case: r.CaseRecord) -> r.Invoice:
    found: list[r.Invoice] = await world.rows("invoices", case_id=case.id)
    return found[0]


async def told(world: World) -> list[str]:
    return [push["dedupe_key"].partition(":")[0] for push in await world.pushes()]


async def test_an_issued_invoice_is_noted_with_its_number_and_mailed_with_its_file(world: World) -> None:
    case = await with_invoice(world)
    await issue_invoice(world.office, await form(world, case), number=f" {NUMBER} ", content=a_pdf())
    invoice = await invoice_of(world, case)
    assert (invoice.state, invoice.number) == ("issued", NUMBER)
    assert invoice.file_id
    (mail,) = await world.rows("mails")
    assert (mail.recipients, len(mail.attachments)) == (["fp@example.com"], 1)
    assert await told(world) == ["invoice_issued"]
    (task,) = await world.rows("staff_tasks", kind="invoice")
    assert task.state == "done"


async def test_an_invoice_without_a_file_is_noted_all_the_same(world: World) -> None:
    case = await with_invoice(world)
    await issue_invoice(world.office, await form(world, case), number="12345678", content=None)
    assert (await invoice_of(world, case)).file_id is None
    assert await world.rows("mails") == []


@pytest.mark.parametrize(
    "number", ["", "1", "abc", "1234567890123456789", "１２３４５６７８", NUMBER + "0", "12345678;-"]
)
async def test_a_number_that_no_invoice_has_is_refused_and_nothing_is_noted(world: World, number: str) -> None:
    case = await with_invoice(world)
    with pytest.raises(InvoiceNumberWrong):
        await issue_invoice(world.office, await form(world, case), number=number, content=None)
    assert (await invoice_of(world, case)).state == "requested"


async def test_a_file_that_is_no_pdf_is_refused_and_nothing_is_noted(world: World) -> None:
    case = await with_invoice(world)
    with pytest.raises(PdfRefused):
        await issue_invoice(world.office, await form(world, case), number=NUMBER, content=b"<html>")
    assert (await invoice_of(world, case)).state == "requested"


async def test_an_invoice_is_issued_once(world: World) -> None:
    case = await with_invoice(world)
    await issue_invoice(world.office, await form(world, case), number=NUMBER, content=None)
    with pytest.raises(NoInvoiceOpen):
        await issue_invoice(world.office, await form(world, case, "u"), number="12345678", content=None)
    assert (await invoice_of(world, case)).number == NUMBER


async def test_one_that_could_not_be_issued_tells_why_and_can_be_issued_later(world: World) -> None:
    case = await with_invoice(world)
    with pytest.raises(TextNeeded):
        await fail_invoice(world.office, await form(world, case), reason=" ")
    await fail_invoice(world.office, await form(world, case, "u"), reason="税号与抬头不符")
    assert (await invoice_of(world, case)).fault == "税号与抬头不符"
    assert await told(world) == ["invoice_failed"]
    await issue_invoice(world.office, await form(world, case, "v"), number=NUMBER, content=None)
    assert (await invoice_of(world, case)).fault is None


async def test_a_change_that_is_taken_over_leads_to_a_new_invoice_and_is_told(world: World) -> None:
    case = await with_invoice(world, state="issued", number=NUMBER)
    await with_change(world, case)
    await answer_change(world.office, await form(world, case), accept=True)
    invoice = await invoice_of(world, case)
    assert (invoice.state, invoice.title, invoice.number) == ("requested", COMPANY, None)
    tasks = {task.dedupe_key: task for task in await world.rows("staff_tasks")}
    assert tasks["invoice_change:ic1"].state == "done"
    assert "红冲" in tasks["invoice:ic1"].note
    assert await told(world) == ["invoice_changed"]


async def test_a_change_that_is_refused_leaves_the_invoice_and_tells_why(world: World) -> None:
    case = await with_invoice(world, state="issued", number=NUMBER)
    await with_change(world, case)
    with pytest.raises(TextNeeded):
        await answer_change(world.office, await form(world, case), accept=False)
    await answer_change(world.office, await form(world, case, "u"), accept=False, words="已跨月，不能红冲")
    assert (await invoice_of(world, case)).number == NUMBER
    assert await told(world) == ["invoice_change_refused"]
    with pytest.raises(NoInvoiceOpen):
        await answer_change(world.office, await form(world, case, "v"), accept=True)


async def test_the_console_walks_a_change_and_the_invoice(world: World, browser: Browser) -> None:
    await world.a_member_of_staff()
    case = await with_invoice(world)
    await with_change(world, case)
    await browser.sign_in()
    page_url = f"/console/cases/{case.case_no}"
    _, page = await browser.get(page_url)
    assert COMPANY in page
    assert f"{page_url}/invoice/issued" not in page, "the change first"
    assert (await browser.press(page, f"{page_url}/invoice/change", accept="yes"))[0] == 303
    _, page = await browser.get(page_url)
    _, refused = await browser.press(page, f"{page_url}/invoice/issued", number="12")
    assert "数电发票 20 位" in refused
    _, page = await browser.get(page_url)
    assert (await browser.press(page, f"{page_url}/invoice/issued", number=NUMBER))[0] == 303
    _, page = await browser.get(page_url)
    assert NUMBER in page


# The confirmation slip


async def completed(world: World) -> r.CaseRecord:
    case = await world.a_case(Stage.APPROVED, items=())
    await upload_confirmation(world.office, await form(world, case), content=SLIP)
    return case


async def slips(world: World) -> list[r.Confirmation]:
    found: list[r.Confirmation] = await world.rows("confirmations")
    return found


async def test_a_wrong_slip_is_replaced_kept_audited_and_can_no_longer_be_downloaded(world: World) -> None:
    case = await completed(world)
    (wrong,) = await slips(world)
    parts = world.office.parts
    assert (await show_file(parts, OPENID, wrong.file_id))[0] == "application/pdf"
    await replace_confirmation(world.office, await form(world, case, "u"), content=a_pdf(2), reason="传成了别人的")
    (right,) = [one for one in await slips(world) if one.superseded_at is None]
    with pytest.raises(FileUnknown):
        await show_file(parts, OPENID, wrong.file_id)
    assert (await show_file(parts, OPENID, right.file_id))[0] == "application/pdf"
    assert len(await slips(world)) == 2
    (entry,) = await world.rows("audit", action="slip_replaced")
    assert (entry.reason, entry.facts["old"]) == ("传成了别人的", wrong.id)
    assert (await told(world))[-1] == "slip_replaced"


async def test_the_same_slip_again_and_a_slip_before_there_is_one_are_refused(world: World) -> None:
    case = await completed(world)
    with pytest.raises(SlipTheSame):
        await replace_confirmation(world.office, await form(world, case, "u"), content=SLIP, reason="再传一次")
    other = await world.a_case(Stage.AGENCY_REVIEW, number=2, items=())
    with pytest.raises(SlipNotThere):
        await replace_confirmation(world.office, await form(world, other, "v"), content=a_pdf(2), reason="更换")


@pytest.mark.parametrize("content", [b"", b"%PDF-broken", b"\xff\xd8\xff"])
async def test_what_is_no_pdf_replaces_nothing(world: World, content: bytes) -> None:
    case = await completed(world)
    with pytest.raises(StaffRefusal):
        await replace_confirmation(world.office, await form(world, case, "u"), content=content, reason="更换")
    assert [one.superseded_at for one in await slips(world)] == [None]


async def test_the_slip_is_replaced_from_the_page(world: World, browser: Browser) -> None:
    await world.a_member_of_staff()
    case = await completed(world)
    await browser.sign_in()
    _, page = await browser.get(f"/console/cases/{case.case_no}")
    _, refused = await browser.upload(page, f"/console/cases/{case.case_no}/slip", "slip", a_pdf(2))
    assert "请写明内容" in refused
