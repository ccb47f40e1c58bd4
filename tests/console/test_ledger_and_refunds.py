"""The ledger's sums are the bill's, its CSV runs no formula, and staff give money back once, with a reason."""

from __future__ import annotations

import asyncio
import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from backend.console.ledger import cell, csv_lines
from backend.domain.case import Stage
from backend.services import records as r
from backend.services.clockwork_records import BillDay
from backend.services.orders import yuan
from backend.services.ports import RefundReport
from backend.services.refunds import record_refund
from backend.services.staff.acting import Form
from backend.services.staff.ledger import day_ledger, ledger_rows, month_ledger
from backend.services.staff.refunding import read_refund_amount, refund_case
from backend.services.staff.refusals import NothingToRefund, RefundAmountWrong, StaffRefusal
from backend.services.staff.sign_in import SignedIn
from tests.console.console_world import Browser, World

DAY = date(2026, 3, 15)
LATE = datetime(2026, 3, 15, 15, 59, 59, tzinfo=UTC)  # 23:59:59 in Beijing


async def paid(
    world: World, number: int = 1, *, at: datetime = LATE, fen: int = 88000, stage: Stage = Stage.CANCELLED
) -> r.CaseRecord:
    """A case with a paid order, ended unless told otherwise."""
    closed = {"closed_at": world.clock.now()} if stage is Stage.CANCELLED else {}
    case = await world.a_case(stage, number=number, items=(), **closed)
    order = r.Order(f"o{number}", case.id, "o_x", f"GJ{number:06}", fen, "服务费", at, at, state="paid", paid_at=at)
    async with world.office.parts.begin() as uow:
        await uow.orders.add(order)
        await uow.payments.add(r.Payment(f"p_{number}", order.id, f"4200{number}", fen, at, "notify", True, at))
        await uow.commit()
    return case


async def refunded(world: World, number: int, *, at: datetime, billed_on: date | None = None) -> None:
    async with world.office.parts.begin() as uow:
        payment = await uow.payments.get(f"p_{number}")
        assert payment is not None
        refund = r.Refund(
            f"r_{number}", payment.id, f"R{number:06}", payment.amount_fen, "多付", at, state="success",
            accepted_at=at, finished_at=at, billed_on=billed_on,
        )  # fmt: skip
        await uow.refunds.add(refund)
        await uow.commit()


async def form(world: World, case: r.CaseRecord, *, token: str = "t" * 32, username: str = "wang") -> Form:
    async with world.office.parts.begin() as uow:
        staff = await uow.staff.first(username=username)
    staff = staff or await world.a_member_of_staff(username)
    who = SignedIn(staff.id, staff.username, staff.display_name, staff.role, "csrf")
    return Form(who, case.case_no, (await world.case(case)).version, token)


async def test_a_day_in_the_ledger_is_beijings_and_its_sums_are_the_bills(world: World) -> None:
    await paid(world, 1, at=LATE)
    await paid(world, 2, at=LATE + timedelta(seconds=1), fen=1)
    await paid(world, 3, at=LATE - timedelta(hours=5), fen=28005)
    await refunded(world, 3, at=LATE + timedelta(seconds=10), billed_on=DAY)
    bill = BillDay(DAY, "checked", payments=2, paid_fen=116005, refunds=1, refunded_fen=28005)
    async with world.office.parts.begin() as uow:
        await uow.bill_days.add(bill)
        await uow.commit()
    ledger = await month_ledger(world.office, date(2026, 3, 1))
    last, first = ledger.days
    assert (first.ours.day, first.ours.payments, first.ours.paid_fen, first.ours.refunded_fen) == (
        DAY,
        2,
        116005,
        28005,
    )
    assert first.agrees is True
    assert (last.ours.day, last.ours.paid_fen, last.agrees) == (date(2026, 3, 16), 1, None)
    assert ledger.total.paid_fen == 116006
    rows = (await day_ledger(world.office, DAY)).rows
    assert [row.kind for row in rows] == ["payment", "payment", "refund"]


async def test_a_fen_of_difference_is_seen(world: World) -> None:
    await paid(world, 1)
    async with world.office.parts.begin() as uow:
        await uow.bill_days.add(BillDay(DAY, "checked", payments=1, paid_fen=88001))
        await uow.commit()
    assert (await month_ledger(world.office, date(2026, 3, 1))).days[0].agrees is False


async def test_rows_of_one_second_are_all_told_over_several_pages(world: World) -> None:
    for number in range(1, 8):
        await paid(world, number)
    pages = [page async for page in ledger_rows(world.office, DAY, DAY, at_once=3)]
    assert [len(page) for page in pages] == [3, 3, 1]
    assert len({row.id for page in pages for row in page}) == 7


async def test_the_pages_link_the_case_and_the_csv_can_be_counted_on_with(world: World, browser: Browser) -> None:
    await world.a_member_of_staff()
    case = await paid(world, 1)
    await browser.sign_in()
    status, page = await browser.get("/console/ledger?month=2026-03")
    assert (status, "¥880.00" in page) == (200, True)
    status, page = await browser.get("/console/ledger/days/2026-03-15")
    assert (status, f"/console/cases/{case.case_no}" in page) == (200, True)
    for path in ("/console/ledger/days/2026-03-15.csv", "/console/ledger/months/2026-03.csv"):
        status, text = await browser.get(path)
        head, row = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
        told = dict(zip(head, row, strict=True))
        assert (status, told["收款（元）"], told["申请编号"], told["状态"]) == (200, "880.00", case.case_no, "已收")


@pytest.mark.parametrize(
    "path", ["/console/ledger", "/console/ledger/days/2026-03-15", "/console/ledger/months/2026-03.csv"]
)
async def test_the_ledger_is_for_staff_only(browser: Browser, path: str) -> None:
    assert (await browser.get(path))[0] == 302


@pytest.mark.parametrize(
    "path",
    [
        "/console/ledger/days/soon", "/console/ledger/months/2026-99.csv", "/console/ledger/months/9999-12.csv",
        "/console/ledger/days/9999-12-31", "/console/ledger/days/0001-01-01",
    ],
)  # fmt: skip
async def test_a_day_that_is_none_is_not_found(world: World, browser: Browser, path: str) -> None:
    await world.a_member_of_staff()
    await browser.sign_in()
    assert (await browser.get(path))[0] == 404


@pytest.mark.parametrize("month", ["%27%3B--", "9999-12", "0001-01"])
async def test_an_unknown_month_shows_the_present_one(world: World, browser: Browser, month: str) -> None:
    await world.a_member_of_staff()
    await browser.sign_in()
    status, page = await browser.get(f"/console/ledger?month={month}")
    assert (status, "账目 2026-03" in page) == (200, True)


@given(value=st.text(max_size=20))
def test_no_cell_of_the_csv_begins_like_a_formula(value: str) -> None:
    shown = cell(value)
    assert not shown.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))
    assert shown.endswith(value)


def test_a_hostile_reason_stays_one_cell() -> None:
    hostile = '=HYPERLINK("http://x")","'
    ((shown,),) = csv.reader(io.StringIO(csv_lines([(hostile,)]).decode()))
    assert shown == f"'{hostile}"


async def test_a_paid_case_that_was_cancelled_is_refunded_with_a_reason(world: World, browser: Browser) -> None:
    await world.a_member_of_staff()
    case = await paid(world)
    async with world.office.parts.begin() as uow:
        now = world.clock.now()
        await uow.staff_tasks.add(
            r.StaffTask("t1", "refund_review", "", f"refund_review:{case.id}", now, case_id=case.id)
        )
        await uow.commit()
    await browser.sign_in()
    action = f"/console/cases/{case.case_no}/refund"
    _, page = await browser.get(f"/console/cases/{case.case_no}")
    assert (await browser.press(page, action, reason="双方协商退款"))[0] == 303
    _, page = await browser.get(f"/console/cases/{case.case_no}")
    assert "双方协商退款" in page
    assert action not in page
    (refund,) = await world.rows("refunds")
    assert (refund.amount_fen, refund.state, refund.reason) == (88000, "queued", "双方协商退款")
    (task,) = await world.rows("staff_tasks", kind="refund_review")
    assert task.state == "done"
    assert [push["dedupe_key"].partition(":")[0] for push in await world.pushes()] == ["refund_started"]


@pytest.mark.parametrize(
    ("state", "amount", "wanted"),
    [
        ("issued", "", ["请红冲", "不用再开"]),
        ("issued", "300", ["请红冲", "剩下 580.00 元按实开具"]),
        ("requested", "", ["发票还没开", "不用再开"]),
        ("failed", "", []),
    ],
)
async def test_money_that_goes_back_takes_its_invoice_along(
    world: World, state: str, amount: str, wanted: list[str]
) -> None:
    case = await paid(world)
    now = world.clock.now()
    async with world.office.parts.begin() as uow:
        await uow.invoices.add(
            r.Invoice(case.id, "个人", "样张三", "a@example.com", None, state, now, number="12345678")
        )
        await uow.staff_tasks.add(r.StaffTask("t9", "invoice", "请开具发票", "invoice:1", now, case_id=case.id))
        await uow.commit()
    await refund_case(world.office, await form(world, case), reason="协商", amount=amount)
    open_ones = [one for one in await world.rows("staff_tasks", kind="invoice") if one.state == "open"]
    assert len(open_ones) == 1
    assert (open_ones[0].id == "t9") is not bool(wanted)
    assert all(words in open_ones[0].note for words in wanted)


async def test_a_refund_needs_a_reason(world: World) -> None:
    case = await paid(world)
    with pytest.raises(StaffRefusal):
        await refund_case(world.office, await form(world, case), reason="  ")
    assert await world.rows("refunds") == []


async def test_two_clicks_and_two_colleagues_refund_once(world: World) -> None:
    case = await paid(world)
    same = await form(world, case)
    other = await form(world, case, token="u" * 32, username="li")
    results = await asyncio.gather(
        *(refund_case(world.office, one, reason="协商") for one in (same, same, other, other)), return_exceptions=True
    )
    assert len(await world.rows("refunds")) == 1
    assert all(one is None or isinstance(one, StaffRefusal) for one in results)
    with pytest.raises(NothingToRefund):
        await refund_case(world.office, await form(world, case, token="v" * 32), reason="再退一次")


async def test_a_part_goes_back_and_then_the_rest_never_more_than_was_paid(world: World, browser: Browser) -> None:
    await world.a_member_of_staff()
    case = await paid(world, fen=88000)
    await browser.sign_in()
    action = f"/console/cases/{case.case_no}/refund"
    _, page = await browser.get(f"/console/cases/{case.case_no}")
    assert (await browser.press(page, action, reason="协商退一部分", amount="￥300.5"))[0] == 303
    _, page = await browser.get(f"/console/cases/{case.case_no}")
    assert "¥300.50" in page
    assert action not in page, "one refund at a time"
    await ended(world, "SUCCESS")
    _, page = await browser.get(f"/console/cases/{case.case_no}")
    assert "最多 579.50" in page
    _, refused = await browser.press(page, action, reason="再退", amount="579.51")
    assert "最多 579.50 元" in refused
    assert (await browser.press(page, action, reason="退余下的"))[0] == 303
    await ended(world, "SUCCESS")
    refunds = await world.rows("refunds")
    assert sorted(one.amount_fen for one in refunds) == [30050, 57950]
    assert len({one.out_refund_no for one in refunds}) == 2
    (order,) = await world.rows("orders")
    (payment,) = await world.rows("payments")
    assert (order.state, payment.returned_fen) == ("refunded", 88000)


async def test_an_order_of_which_a_part_went_back_is_still_paid(world: World) -> None:
    case = await paid(world)
    await refund_case(world.office, await form(world, case), reason="协商", amount="1")
    await ended(world, "SUCCESS")
    (order,) = await world.rows("orders")
    assert order.state == "paid"


async def test_the_database_refuses_more_back_than_was_paid(world: World) -> None:
    await paid(world, fen=100)
    (payment,) = await world.rows("payments")
    async with world.office.parts.begin() as uow:
        with pytest.raises(IntegrityError):
            await uow.payments.save(replace(payment, returned_fen=101))


async def ended(world: World, state: Literal["SUCCESS", "CLOSED"]) -> None:
    """WeChat Pay tells how the refund under way has ended."""
    (running,) = await world.rows("refunds", state="queued")
    await record_refund(world.office.parts, RefundReport(running.out_refund_no, state, "50"))


@given(text=st.one_of(st.text(max_size=12), st.from_regex(r"[¥0-9.,元 -]{0,12}")), left=st.integers(1, 10_000_000))
def test_what_is_typed_as_an_amount_is_refused_or_lies_within_what_is_left(text: str, left: int) -> None:
    try:
        amount = read_refund_amount(text, left_fen=left)
    except RefundAmountWrong as refusal:
        assert refusal.left == yuan(left)
    else:
        assert 0 < amount <= left


@pytest.mark.parametrize(
    ("text", "fen"),
    [("", 88000), ("880", 88000), ("￥12.3", 1230), ("1,0", 1000), ("０．０１", 1), ("300元", 30000), ("0.10", 10)],
)
def test_an_amount_is_read_to_the_fen(text: str, fen: int) -> None:
    assert read_refund_amount(text, left_fen=88000) == fen


@pytest.mark.parametrize("text", ["0", "-1", "880.01", "1e3", "0.001", "一百", "１２３４５６７８", "1..2", ".5", "NaN"])
def test_an_amount_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(RefundAmountWrong):
        read_refund_amount(text, left_fen=88000)


@pytest.mark.parametrize("stage", [Stage.AGENCY_REVIEW, Stage.HR_FINAL_REVIEW])
async def test_a_case_that_goes_on_is_not_refunded(world: World, stage: Stage) -> None:
    case = await paid(world, stage=stage)
    with pytest.raises(NothingToRefund):
        await refund_case(world.office, await form(world, case), reason="协商")


async def test_a_refund_that_wechat_pay_closed_is_asked_for_under_a_new_number(world: World) -> None:
    case = await paid(world)
    await refund_case(world.office, await form(world, case), reason="协商")
    (first,) = await world.rows("refunds")
    async with world.office.parts.begin() as uow:
        await uow.refunds.save(replace(first, state="closed", finished_at=world.clock.now(), next_try_at=None))
        await uow.commit()
    await refund_case(world.office, await form(world, case, token="w" * 32), reason="再试")
    numbers = {refund.out_refund_no for refund in await world.rows("refunds")}
    assert len(numbers) == 2
