"""The console in a real browser: keyboard, pictures, decisions without reloading, no script error, no CSP fault.

With SCREENSHOTS set to a folder the pages are kept there (docs/images of the manual come from here).
"""

from __future__ import annotations

import io
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web
from PIL import Image, ImageFilter
from playwright.async_api import Page, expect

from backend.domain.case import STAGES, TERMINAL, Stage
from backend.services.files import NewFile, store_file
from backend.services.ports import UnitOfWork
from backend.services.pushes import open_task, push
from backend.services.records import AuditEntry, CaseRecord, Order, Photo, Staff
from backend.services.staff.acting import Form, take_case
from backend.services.staff.sign_in import SignedIn
from backend.services.transitions_log import SYSTEM, a_staff_member, an_applicant
from launcher.browser import Browser
from simulator.samples import make
from tests.browsing import DESK, browsing
from tests.console.console_world import OPENID, PASSWORD, World
from wechat.budget import open_window

SHOTS = os.environ.get("SCREENSHOTS")


@pytest.fixture
async def page(app: web.Application, chromium: Browser) -> AsyncIterator[Page]:
    """A signed-out browser at the console; it fails the test when the page breaks its own rules."""
    async with browsing(app, chromium, DESK, tolerated="status of 4") as page:
        yield page


async def _sign_in(page: Page) -> None:
    await page.goto("/console/")
    await page.get_by_label("用户名").fill("wang")
    await page.get_by_label("密码").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await _arrives_at(page, "申请")


async def _arrives_at(page: Page, heading: str) -> None:
    """The page is there with its script, which listens to the keys."""
    await expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    await page.wait_for_load_state()


async def _shot(page: Page, name: str) -> None:
    if SHOTS:
        await page.screenshot(path=Path(SHOTS) / f"{name}.png", animations="disabled")


async def test_a_reviewer_works_through_a_case_with_the_keyboard(page: Page, world: World) -> None:
    await world.a_member_of_staff()
    case = await world.a_case()
    await _sign_in(page)
    await page.keyboard.press("/")
    await page.keyboard.type("00001")
    await page.keyboard.press("Enter")
    await _arrives_at(page, case.case_no)
    await page.keyboard.press("j")
    await page.keyboard.press("p")
    await expect(page.locator("#decision-BA01 .pill")).to_have_text("通过")
    await page.keyboard.press("r")
    await page.keyboard.press("ArrowDown")
    await page.locator("#decision-HO04 textarea").fill("缺签字页")
    await page.locator("#decision-HO04").get_by_role("button", name="退回这一项").click()
    await expect(page.locator("#decision-HO04 .reason")).to_contain_text("照片不清晰，请重拍；缺签字页")
    await page.locator("#item-WK01").get_by_role("button", name="通过", exact=True).click()
    await page.get_by_role("button", name="完成审核：通知补交 1 项").click()
    await expect(page.locator("#case-head .pill")).to_have_text("中智审核不合格")
    assert (await world.case(case)).stage == Stage.AGENCY_REJECTED


async def test_pictures_open_in_the_viewer_and_turn_pages(page: Page, world: World) -> None:
    await world.a_member_of_staff()
    case = await world.a_case()
    await _sign_in(page)
    await page.goto(f"/console/cases/{case.case_no}")
    await page.keyboard.press("j")
    await page.keyboard.press("o")
    await expect(page.locator("#viewer img")).to_be_visible()
    await expect(page.locator("[data-viewer-name]")).to_have_text("居民身份证（正反面）")
    await page.keyboard.press("t")
    await expect(page.locator("#viewer img")).to_have_class("turn-1")
    await page.keyboard.press("Escape")
    await expect(page.locator("#viewer")).to_be_hidden()


async def test_pieces_of_a_bulk_upload_are_sent_back_by_name(page: Page, world: World) -> None:
    """F70: two of five pictures become the labour contract; the rest is passed as a whole."""
    await world.a_member_of_staff()
    ticked = {"answers": {"ticked": {"WK01": "2", "BA01": "1"}}}
    case = await world.a_case(items=(), business_type="RENEW", profile="2023_other", draft=ticked)
    async with world.office.parts.begin() as uow:
        await world.an_item(uow, case, "OT06", *(make(one) for one in ("id_front", "contract", "diploma", "lease")))
        await uow.commit()
    await _sign_in(page)
    await page.goto(f"/console/cases/{case.case_no}")
    await page.get_by_text("按材料项退回").click()
    await page.get_by_label("第 2 张（申请人说是：劳动（聘用）合同）").check()
    await page.get_by_label("第 3 张").check()
    await page.get_by_label("是哪一项材料").select_option("WK01")
    await page.locator("#piece-reason").fill("缺签字页")
    await _shot(page, "bucket")
    await page.get_by_role("button", name="列为单独一项并退回").click()
    await expect(page.locator("#decision-WK01 .pill")).to_have_text("未通过")
    await page.get_by_role("button", name="其余都合格").click()
    await expect(page.locator("#decision-OT06 .pill")).to_have_text("通过")
    await _shot(page, "bucket-decided")
    await page.get_by_role("button", name="完成审核：通知补交 1 项").click()
    await expect(page.locator("#case-head .pill")).to_have_text("中智审核不合格")


async def test_a_decision_on_a_page_that_is_out_of_date_shows_the_case_as_it_is_now(page: Page, world: World) -> None:
    await world.a_member_of_staff()
    case = await world.a_case()
    await _sign_in(page)
    await page.goto(f"/console/cases/{case.case_no}")
    async with world.office.parts.begin() as uow:
        await uow.cases.save(replace(await world.case(case), version=9))
        await uow.commit()
    await page.locator("#item-BA01").get_by_role("button", name="通过", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("刚刚有了变化")
    await page.locator("#item-BA01").get_by_role("button", name="通过", exact=True).click()
    await expect(page.locator("#decision-BA01 .pill")).to_have_text("通过")


async def test_a_wrong_password_keeps_the_user_name(page: Page, world: World) -> None:
    await world.a_member_of_staff()
    await page.goto("/console/")
    await page.get_by_label("用户名").fill("wang")
    await page.get_by_label("密码").fill("wrong")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("用户名或密码不对")
    await expect(page.get_by_label("用户名")).to_have_value("wang")
    await _shot(page, "sign-in")


async def test_a_task_is_finished_in_the_page(page: Page, world: World) -> None:
    await world.a_member_of_staff()
    case = await world.a_case()
    async with world.office.parts.begin() as uow:
        await open_task(uow, "t_1", "human", "申请人要求人工服务（asked）", once="1", now=world.clock.now(), case=case)
        await uow.commit()
    await _sign_in(page)
    await page.get_by_role("link", name="待办").click()
    await _shot(page, "tasks")
    await page.get_by_label("办理结果").fill("已电话答复")
    await page.get_by_role("button", name="办完了").click()
    await expect(page.get_by_text("没有待办")).to_be_visible()


async def test_the_pages_fit_a_tablet(page: Page, world: World) -> None:
    await world.a_member_of_staff()
    case = await world.a_case()
    await _sign_in(page)
    await page.set_viewport_size({"width": 768, "height": 1024})
    for path in ("/console/queue", f"/console/cases/{case.case_no}", "/console/tasks"):
        await page.goto(path)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await _shot(page, f"tablet-{path.rsplit('/', 1)[1][:2]}")


async def test_the_demo_pages_of_the_manual(page: Page, world: World) -> None:
    await _a_working_day(world)
    await _sign_in(page)
    await expect(page.get_by_role("row")).to_have_count(6)
    await page.set_viewport_size({"width": 1280, "height": 520})
    await _shot(page, "console-queue")
    await page.set_viewport_size({"width": 1280, "height": 900})
    await page.get_by_role("link", name="GJ20260316-00001").click()
    await page.locator("#item-HO04 img").last.scroll_into_view_if_needed()
    await page.evaluate("scrollTo(0, 0)")
    await page.wait_for_load_state("networkidle")
    await page.keyboard.press("j")
    await _shot(page, "console-case")
    await page.locator("#item-HO04 .thumb").last.click()
    await expect(page.locator("#viewer [data-pane='before'] img")).to_be_visible()
    await _shot(page, "viewer")


async def _a_working_day(world: World) -> None:
    """Seven cases at several stages; the first came back after a supplement."""
    wang = await world.a_member_of_staff()
    now = world.clock.now()
    waiting = (
        ("示例控股有限公司", timedelta(days=2, hours=5), Stage.AGENCY_REVIEW),
        ("样本科技（北京）有限公司", timedelta(hours=20), Stage.AGENCY_REVIEW),
        ("范例医药研究院", timedelta(hours=9), Stage.AGENCY_PASSED),
        ("示范智能装备有限公司", timedelta(hours=4), Stage.APPROVED),
        ("样例教育咨询有限公司", timedelta(minutes=35), Stage.AGENCY_REVIEW),
        ("示例控股有限公司", timedelta(days=6), Stage.HR_FIRST_REVIEW),
        ("样本科技（北京）有限公司", timedelta(days=1), Stage.AGENCY_REJECTED),
    )
    cases = [
        await world.a_case(
            stage, number=number, items=(), company=company, stage_since=now - wait, round=2 if number == 1 else 1
        )
        for number, (company, wait, stage) in enumerate(waiting, start=1)
    ]
    await _fill(world, cases[0], wang)
    zhao = SignedIn((await world.a_member_of_staff("zhao", "赵审核")).id, "zhao", "赵审核", "reviewer", "")
    await take_case(world.office, Form(zhao, cases[1].case_no, 1, "demo"))


async def test_every_stage_has_a_page_that_opens(page: Page, world: World) -> None:
    await world.a_member_of_staff()
    for number, stage in enumerate(Stage, start=1):
        closed = {"closed_at": world.clock.now()} if stage in TERMINAL else {}
        await world.a_case(stage, number=number, **closed)
    await _sign_in(page)
    for number, stage in enumerate(Stage, start=1):
        await page.goto(f"/console/cases/GJ20260316-{number:05}")
        await expect(page.locator("#case-head .pill")).to_have_text(STAGES[stage].label)
        for summary in await page.locator("#steps summary").all():
            await summary.click()
        await _shot(page, f"stage-{stage}")


async def _fill(world: World, case: CaseRecord, wang: Staff) -> None:
    earlier = world.clock.now() - timedelta(days=3)
    passed = {"state": "passed", "decided_by": wang.id, "decided_at": earlier}
    async with world.office.parts.begin() as uow:
        await world.an_item(uow, case, "BA01", make("id_front"), make("id_back"), **passed)
        await world.an_item(uow, case, "BA02", make("hukou"), **passed)
        await world.an_item(uow, case, "BA08", make("declaration_personal"))
        lease = await world.an_item(uow, case, "HO04", _blurred(make("lease")))
        await world.add_file(uow, case, lease, make("lease"), round=2)
        await world.add_file(uow, case, lease, make("landlord_deed"), round=2)
        await world.an_item(uow, case, "WK01", make("contract"), **passed)
        await world.an_item(uow, case, "ED01", make("diploma"), **passed)
        await _portrait(world, uow, case)
        await _trail(world, uow, case, wang)
        await uow.commit()
    async with world.engine.begin() as connection:
        await open_window(connection, OPENID, "message", now=world.clock.now())


def _blurred(picture: bytes) -> bytes:
    out = io.BytesIO()
    Image.open(io.BytesIO(picture)).filter(ImageFilter.GaussianBlur(9)).save(out, "JPEG", quality=70)
    return out.getvalue()


async def _portrait(world: World, uow: UnitOfWork, case: CaseRecord) -> None:
    new = NewFile(kind="photo", source="chat", content=make("portrait"))
    stored = await store_file(uow, world.office.parts, new, applicant_id=case.applicant_id, openid=None)
    await uow.photos.add(Photo(case.id, stored.id, 100, 140, 0, 0, 100, 140, {}, stored.id, world.clock.now()))


async def _trail(world: World, uow: UnitOfWork, case: CaseRecord, wang: Staff) -> None:
    now = world.clock.now()
    applicant, reviewer = an_applicant(case.applicant_id), a_staff_member(wang.id)
    await uow.orders.add(
        Order(
            id="o_demo", case_id=case.id, openid=OPENID, out_trade_no="GJ2026031600001demo", amount_fen=30000,
            description="预审服务费", deadline=now, created_at=now - timedelta(days=4), state="paid",
            paid_at=now - timedelta(days=4),
        )
    )  # fmt: skip
    steps = (
        (timedelta(days=4, hours=1), "submit", applicant, "draft", "awaiting_payment", None),
        (timedelta(days=4), "payment_succeeded", SYSTEM, "awaiting_payment", "agency_review", None),
        (timedelta(days=3), "item_reject", reviewer, None, None, "照片不清晰，请重拍"),
        (
            timedelta(days=3),
            "finish_review_rejected",
            a_staff_member(wang.id),
            "agency_review",
            "agency_rejected",
            None,
        ),
        (timedelta(days=2, hours=5), "resubmit", applicant, "agency_rejected", "agency_review", None),
    )
    for ago, action, who, source, target, reason in steps:
        facts = {"item": "HO04"} if action == "item_reject" else {}
        entry = AuditEntry(now - ago, who.kind.value, who.id, action, case.id, source, target, reason, facts)
        await uow.audit.add(entry)
    texts = world.office.parts.texts
    told = {"count": 1, "items": "· 房屋租赁合同：照片不清晰，请重拍"}
    await push(uow, texts, case, "review_rejected", told, once="demo", staff=True)
