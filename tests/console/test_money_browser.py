"""Invoices, refunds in parts, the slip and the calendar's week in a real browser, without a fault."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page, expect

from backend.services.slot_opening import install_calendars, open_slots
from tests.console.console_world import World, a_pdf
from tests.console.test_console_browser import _shot, _sign_in, page
from tests.console.test_console_calendar import CALENDAR, a_visit
from tests.console.test_invoices_and_slips import NUMBER, completed, with_change, with_invoice
from tests.console.test_ledger_and_refunds import paid

__all__ = ["page"]


async def test_a_change_of_an_invoice_and_the_invoice_itself(page: Page, world: World, tmp_path: Path) -> None:
    await world.a_member_of_staff()
    case = await with_invoice(world)
    await with_change(world, case)
    await _sign_in(page)
    await page.goto(f"/console/cases/{case.case_no}")
    await _shot(page, "invoice-change")
    await page.get_by_role("button", name="改成新的信息").click()
    await expect(page.get_by_label("发票号码（数电发票 20 位，旧版 8 位）")).to_be_visible()
    (tmp_path / "paper.pdf").write_bytes(a_pdf())
    await page.get_by_label("发票号码（数电发票 20 位，旧版 8 位）").fill(NUMBER)
    await page.get_by_label("发票文件").set_input_files(tmp_path / "paper.pdf")
    await page.get_by_role("button", name="登记：已开具").click()
    await expect(page.get_by_role("link", name="查看发票")).to_be_visible()
    await _shot(page, "invoice-issued")


async def test_a_part_of_what_was_paid_goes_back(page: Page, world: World) -> None:
    await world.a_member_of_staff()
    case = await paid(world, fen=88000)
    await _sign_in(page)
    await page.goto(f"/console/cases/{case.case_no}")
    page.on("dialog", lambda dialog: dialog.accept())
    await page.get_by_text("退款…").click()
    await page.get_by_label("退款原因（付款人会看到）").fill("协商退一部分")
    await page.get_by_label("退多少").fill("300.5")
    await _shot(page, "refund-part")
    await page.get_by_role("button", name="退款", exact=True).click()
    await expect(page.get_by_text("¥300.50，待退（协商退一部分）")).to_be_visible()
    await _shot(page, "refund-part-done")


async def test_a_wrong_slip_is_replaced(page: Page, world: World, tmp_path: Path) -> None:
    case = await completed(world)
    await _sign_in(page)
    await page.goto(f"/console/cases/{case.case_no}")
    page.on("dialog", lambda dialog: dialog.accept())
    await page.get_by_text("传错了，更换确认单…").click()
    (tmp_path / "right.pdf").write_bytes(a_pdf(2))
    await page.get_by_label("正确的确认单").set_input_files(tmp_path / "right.pdf")
    await page.get_by_label("为什么更换（只在内部记录）").fill("传成了别人的")
    await _shot(page, "slip-replace")
    await page.get_by_role("button", name="更换确认单", exact=True).click()
    await expect(page.get_by_text("已换上新的确认单")).to_be_visible()
    superseded = [one.superseded_at is not None for one in await world.rows("confirmations", order_by="uploaded_at")]
    assert sorted(superseded) == [False, True]


async def test_the_week_of_a_calendar_is_changed_and_who_has_booked_is_listed(page: Page, world: World) -> None:
    await world.a_member_of_staff()
    await install_calendars(world.office.parts, {"calendars": [CALENDAR]})
    await open_slots(world.office.parts)
    case, _ = await a_visit(world)
    await _sign_in(page)
    await page.goto("/console/calendar")
    await page.get_by_label("周二").fill("14:00-16:00")
    await page.get_by_role("button", name="保存开放时间").click()
    await expect(page.get_by_role("link", name=case.case_no)).to_be_visible()
    await _shot(page, "calendar-week")
