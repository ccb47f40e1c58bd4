"""A manager decides about the erasure of a running case on the page of tasks, in a real browser."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from playwright.async_api import Page, expect

from backend.services import records as r
from backend.services.erasure import erase_due
from backend.services.ports import RateLimiter
from backend.services.pushes import open_task
from backend.services.rights_records import DataRequest
from tests.console.console_world import OPENID, World
from tests.console.test_console_browser import _shot, _sign_in, page

__all__ = ["page"]


class Talks:
    """The dialogue's side: whose talk was forgotten."""

    def __init__(self) -> None:
        self.forgotten: list[str] = []

    async def forget_talk(self, openid: str) -> None:
        self.forgotten.append(openid)


async def _a_running_case_to_decide_on(world: World) -> r.CaseRecord:
    case, now = await world.a_case(), world.clock.now()
    async with world.office.parts.begin() as uow:
        await uow.data_requests.add(
            DataRequest("q_1", "delete", "review", OPENID, "asked", now, applicant_id=case.applicant_id)
        )
        note = "申请人要求删除数据，材料在人社局，请主管决定"
        await open_task(uow, "t_1", "data_delete", note, once="q_1", now=now, case=case)
        await uow.commit()
    return case


async def test_an_erasure_is_declined_with_a_reason_in_the_page(page: Page, world: World) -> None:
    await world.a_member_of_staff(role="manager")
    await _a_running_case_to_decide_on(world)
    await _sign_in(page)
    await page.get_by_role("link", name="待办").click()
    await expect(page.get_by_role("article", name="数据删除")).to_contain_text("请主管决定")
    await _shot(page, "erasure-task")
    await page.get_by_label("决定的理由").fill("材料已报送，办结后再删")
    await page.get_by_role("button", name="暂不删除").click()
    await expect(page.get_by_text("没有待办")).to_be_visible()
    (request,) = await world.rows("data_requests")
    assert (request.state, request.reason) == ("declined", "材料已报送，办结后再删")


async def test_an_erasure_that_is_allowed_in_the_page_is_carried_out_down_to_the_rows(page: Page, world: World) -> None:
    await world.a_member_of_staff(role="manager")
    case = await _a_running_case_to_decide_on(world)
    await _sign_in(page)
    await page.get_by_role("link", name="待办").click()
    await page.get_by_label("决定的理由").fill("已联系人社局撤回")
    await page.get_by_role("button", name="取消申请并删除").dblclick()
    await expect(page.get_by_text("没有待办")).to_be_visible()
    talks = Talks()
    await erase_due(replace(world.office.parts, limiter=cast(RateLimiter, talks)))
    assert talks.forgotten == [OPENID]
    (request,) = await world.rows("data_requests")
    assert request.state == "done"
    assert await world.rows("item_files") == []
    (person,) = await world.rows("applicants", id=case.applicant_id)
    assert person.erased_at is not None
    await page.goto("/console/tasks?done=1")
    await expect(page.get_by_text("已随资料一起删除")).to_be_visible()
    await page.goto(f"/console/people/{case.applicant_id}")
    await expect(page.get_by_text("没有找到这位申请人")).to_be_visible()
