"""The console as a browser without scripts sees it: from sign-in to the slip."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from aiohttp.test_utils import TestClient, TestServer

from backend.adapters.kept_catalogues import KeptCatalogues
from backend.console import OFFICE, add_routes
from backend.domain.case import Stage
from backend.http.app import build_app
from backend.services import records as r
from backend.services.staff.case_page import case_page
from backend.services.staff.office import Office
from backend.services.staff.sign_in import SignedIn
from tests.console.console_world import A_DRAFT, Browser, World, a_pdf, kept_fields


async def test_a_case_goes_from_review_to_the_slip(browser: Browser, world: World) -> None:
    await world.a_member_of_staff()
    case = await world.a_case()
    url = f"/console/cases/{case.case_no}"
    assert (await browser.sign_in())[0] == 303
    for code in ("BA01", "HO04", "WK01"):
        _, page = await browser.get(url)
        assert (await browser.press(page, f"{url}/items/{code}/pass"))[0] == 303
    for event in ("finish_review", "file_to_bureau", "pass_first", "pass_final"):
        _, page = await browser.get(url)
        assert (await browser.press(page, f"{url}/events/{event}"))[0] == 303
    _, page = await browser.get(url)
    assert (await browser.upload(page, f"{url}/events/upload_confirmation", "slip", a_pdf()))[0] == 303
    assert (await world.case(case)).stage == Stage.COMPLETED


async def test_a_request_of_the_bureau_is_shown_with_its_words_and_materials(browser: Browser, world: World) -> None:
    await world.a_member_of_staff()
    case = await world.a_case(Stage.HR_FIRST_REVIEW)
    url = f"/console/cases/{case.case_no}"
    await browser.sign_in()
    _, page = await browser.get(url)
    fields = kept_fields(page, f"{url}/events/request_supplement")
    sent = [*fields.items(), ("text", "<b>请补交</b>"), ("items", "HO04"), ("items", "WK01"), ("due_on", "2026-04-01")]
    assert (await browser.post(f"{url}/events/request_supplement", sent))[0] == 303
    _, page = await browser.get(url)
    assert "&lt;b&gt;请补交&lt;/b&gt;" in page
    assert "涉及：房屋租赁合同、劳动（聘用）合同" in page
    assert "截止 2026-04-01" in page


async def test_a_deadline_that_is_no_day_is_refused_instead_of_left_out(browser: Browser, world: World) -> None:
    await world.a_member_of_staff()
    case = await world.a_case(Stage.HR_FIRST_REVIEW)
    url = f"/console/cases/{case.case_no}"
    await browser.sign_in()
    _, page = await browser.get(url)
    _, page = await browser.press(page, f"{url}/events/request_supplement", text="请补交", due_on="下周五")
    assert "截止日期看不懂" in page
    assert (await world.case(case)).stage == Stage.HR_FIRST_REVIEW


async def test_a_refused_step_shows_the_case_with_the_reason(browser: Browser, world: World) -> None:
    await world.a_member_of_staff()
    case = await world.a_case(Stage.APPROVED)
    url = f"/console/cases/{case.case_no}"
    await browser.sign_in()
    _, page = await browser.get(url)
    status, page = await browser.upload(page, f"{url}/events/upload_confirmation", "slip", b"no pdf at all")
    assert status == 200
    assert "这不是 PDF 文件" in page
    assert (await world.case(case)).stage == Stage.APPROVED


async def test_a_slip_that_is_too_big_is_answered_kindly(browser: Browser, world: World) -> None:
    await world.a_member_of_staff()
    case = await world.a_case(Stage.APPROVED)
    url = f"/console/cases/{case.case_no}"
    await browser.sign_in()
    _, page = await browser.get(url)
    huge = b"%PDF-" + b"0" * (21 * 1024 * 1024)
    status, page = await browser.upload(page, f"{url}/events/upload_confirmation", "slip", huge)
    assert status == 413
    assert "文件太大" in page


async def test_the_console_lives_beside_the_internal_api(office: Office) -> None:
    app = build_app(office.parts, service_token="t" * 32, checks={})
    app[OFFICE] = office
    add_routes(app)
    async with TestClient(TestServer(app)) as client:
        async with client.get("/console", allow_redirects=False) as response:
            assert response.headers["Location"] == "/console/sign-in"
        async with client.get("/console/sign-in") as response:
            assert "审核工作台" in await response.text()
        async with client.get("/console/static/vendor/htmx.min.js") as response:
            assert response.status == 200


async def test_the_queue_shows_the_longest_wait_first(browser: Browser, world: World) -> None:
    await world.a_member_of_staff()
    now = world.clock.now()
    await world.a_case(number=1, stage_since=now - timedelta(hours=1))
    await world.a_case(number=2, stage_since=now - timedelta(days=3))
    await browser.sign_in()
    _, page = await browser.get("/console/queue")
    assert page.index("GJ20260316-00002") < page.index("GJ20260316-00001")
    assert "3 天" in page


async def test_the_queue_can_be_narrowed_to_one_stage(browser: Browser, world: World) -> None:
    await world.a_member_of_staff()
    await world.a_case(number=1)
    await world.a_case(Stage.AGENCY_PASSED, number=2)
    await browser.sign_in()
    _, page = await browser.get("/console/queue?lane=ours&stage=agency_passed")
    assert "GJ20260316-00002" in page
    assert "GJ20260316-00001" not in page


async def test_a_case_is_found_by_its_last_digits(browser: Browser, world: World) -> None:
    await world.a_member_of_staff()
    await world.a_case(number=7)
    await browser.sign_in()
    async with browser.client.get("/console/find?q=00007", allow_redirects=False) as response:
        assert response.headers["Location"] == "/console/cases/GJ20260316-00007"


async def test_a_number_that_nobody_has_is_answered_kindly(browser: Browser, world: World) -> None:
    await world.a_member_of_staff()
    await browser.sign_in()
    _, page = await browser.get("/console/find?q=99999")
    assert "没有找到这个申请编号" in page


async def test_the_case_page_shows_no_full_id_number_phone_or_address_of_mail(browser: Browser, world: World) -> None:
    await world.a_member_of_staff()
    case = await world.a_case()
    await browser.sign_in()
    _, page = await browser.get(f"/console/cases/{case.case_no}")
    assert "2201*****3344" in page
    for secret in ("220101198501013344", "13800138000", "a@example.com", "样张三"):
        assert secret not in page


async def test_revealing_the_id_number_is_written_down(browser: Browser, world: World) -> None:
    await world.a_member_of_staff()
    case = await world.a_case()
    await browser.sign_in()
    _, page = await browser.get(f"/console/cases/{case.case_no}")
    token = page.split('"X-CSRF-Token": "')[1].split('"')[0]
    _, shown = await browser.post(f"/console/cases/{case.case_no}/reveal/identity", {}, headers={"X-CSRF-Token": token})
    assert "220101198501013344" in shown
    assert [view.what for view in await world.rows("document_views", case_id=case.id)] == ["identity"]


async def test_looking_at_a_file_is_written_down(browser: Browser, world: World) -> None:
    await world.a_member_of_staff()
    case = await world.a_case()
    await browser.sign_in()
    item = (await world.items(case))["BA01"]
    held = (await world.rows("item_files", item_id=item.id))[0]
    async with browser.client.get(f"/console/cases/{case.case_no}/files/{held.file_id}") as response:
        assert response.content_type == "image/jpeg"
        assert (await response.read()).startswith(b"\xff\xd8\xff")
    assert [view.file_id for view in await world.rows("document_views", case_id=case.id)] == [held.file_id]


async def test_a_file_of_another_case_is_not_shown(browser: Browser, world: World) -> None:
    await world.a_member_of_staff()
    mine, other = await world.a_case(number=1), await world.a_case(number=2)
    await browser.sign_in()
    item = (await world.items(other))["BA01"]
    held = (await world.rows("item_files", item_id=item.id))[0]
    status, page = await browser.get(f"/console/cases/{mine.case_no}/files/{held.file_id}")
    assert status == 404
    assert "没有找到这个文件" in page


async def test_an_unknown_page_is_answered_kindly(browser: Browser, world: World) -> None:
    await world.a_member_of_staff()
    await browser.sign_in()
    status, page = await browser.get("/console/nowhere")
    assert status == 404
    assert "没有这个页面" in page


async def test_the_case_page_reads_the_real_catalogue(world: World) -> None:
    catalogues = KeptCatalogues()
    office = replace(world.office, parts=replace(world.office.parts, catalogues=catalogues))
    staff = await world.a_member_of_staff()
    version = catalogues.current().version
    draft = {**A_DRAFT, "answers": {**A_DRAFT["answers"], "conditions": {"C_PATH": "degree"}}}
    case = await world.a_case(catalogue_version=version, draft=draft, items=("WK01", "BA01", "HO04"))
    page = await case_page(office, SignedIn(staff.id, "wang", "王审核", "reviewer", ""), case.case_no)
    assert [item.code for item in page.items] == ["BA01", "HO04", "WK01"]
    assert all(item.category for item in page.items)
    assert page.reject_reasons


async def test_more_tasks_than_a_page_are_counted_and_the_oldest_listed(browser: Browser, world: World) -> None:
    await world.a_member_of_staff()
    now = world.clock.now()
    async with world.office.parts.begin() as uow:
        await uow.staff_tasks.add_all_new(
            [r.StaffTask(f"t{n}", "human", f"第{n}件", f"human:{n}", now + timedelta(seconds=n)) for n in range(103)]
        )
        await uow.commit()
    await browser.sign_in()
    _, page = await browser.get("/console/tasks")
    assert "<b>103</b>" in page
    assert "先列出最早的 100 件" in page
    assert ("第0件" in page, "第102件" in page) == (True, False)
    status, refused = await browser.press(page, "/console/tasks/t0/done", result="长" * 501)
    assert (status, "长" * 501 in refused) == (409, True)
