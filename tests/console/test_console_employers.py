"""Employer accounts in the console: managers add and change them, everybody sees them, wrong fields change nothing."""

from __future__ import annotations

import re

import pytest

from backend.domain.numbers import credit_check_character
from tests.console.console_world import Browser, World

CODE = "91110105MA0X5A9MF"
USCC = CODE + credit_check_character(CODE)
FILLED = {
    "name": "示例云科技有限公司", "uscc": USCC, "district": "海淀区", "unit_kind": "high_tech", "quota": "3",
    "active": "yes",
}  # fmt: skip


@pytest.fixture
async def manager(browser: Browser, world: World) -> Browser:
    await world.a_member_of_staff(role="manager")
    await browser.sign_in()
    return browser


async def save(browser: Browser, path: str = "/console/employers", **changes: str) -> tuple[int, str]:
    _, page = await browser.get("/console/employers")
    found = [re.search(rf'name="{name}" value="([^"]*)"', page) for name in ("csrf", "token")]
    hidden = {name: one[1] for name, one in zip(("csrf", "token"), found, strict=True) if one}
    return await browser.post(path, {**hidden, **FILLED, **changes})


async def test_a_manager_adds_an_account_and_it_is_written_down(manager: Browser, world: World) -> None:
    await save(manager)
    [one] = await world.rows("employers", uscc=USCC)
    assert (one.name, one.district, one.unit_kind, one.quota, one.active) == (
        "示例云科技有限公司", "海淀区", "high_tech", 3, True,
    )  # fmt: skip
    assert len(await world.rows("audit", action="employer_added")) == 1
    _, page = await manager.get("/console/employers")
    assert "高新技术企业" in page


async def test_a_change_keeps_what_the_form_does_not_show(manager: Browser, world: World) -> None:
    await save(manager)
    [before] = await world.rows("employers", uscc=USCC)
    await save(manager, f"/console/employers/{before.id}", quota="", unit_kind="social", district="大兴")
    [after] = await world.rows("employers", uscc=USCC)
    assert (after.quota, after.unit_kind, after.district, after.id) == (None, "social", "大兴区", before.id)
    assert (after.manual, after.created_at) == (before.manual, before.created_at)


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("name", "  ", "写"),
        ("uscc", "91110105MA0X5A9M00", "统一社会信用代码"),
        ("district", "天津", "区县"),
        ("unit_kind", "club", "单位类型"),
        ("quota", "-1", "新办指标"),
        ("quota", "9" * 6, "新办指标"),
        ("quota", "３", "新办指标"),
    ],
)
async def test_a_wrong_field_is_named_and_changes_nothing(
    manager: Browser, world: World, field: str, value: str, told: str
) -> None:
    status, page = await save(manager, **{field: value})
    assert status == 409
    assert told in page
    assert await world.rows("employers", uscc=USCC) == []


async def test_one_credit_code_has_one_account(manager: Browser, world: World) -> None:
    await save(manager)
    status, page = await save(manager, name="另一家有限公司")
    assert (status, "已经有立户" in page) == (409, True)
    assert len(await world.rows("employers", uscc=USCC)) == 1


async def test_a_reviewer_sees_the_accounts_and_changes_none(browser: Browser, world: World) -> None:
    await world.a_member_of_staff()
    await browser.sign_in()
    _, page = await browser.get("/console/employers")
    assert "添加立户" not in page
    csrf = re.search(r'name="csrf" value="([^"]*)"', page)
    assert csrf
    status, _ = await browser.post("/console/employers", {"csrf": csrf[1], "token": "t" * 32, **FILLED})
    assert status == 409
    assert await world.rows("employers", uscc=USCC) == []


async def test_the_case_page_shows_the_self_check_and_who_comes_along(manager: Browser, world: World) -> None:
    told = {
        "answers": {
            "notice": {"version": "2026.11-new", "hukou": "no", "joined": "2025-03"},
            "conditions": {"C_CHILD": "with_1"},
            "family": {"spouse_name": "李小花"},
        },
        "entries": {"children": [{"child_name": "王小宝", "child_born": "2018-03"}]},
    }
    case = await world.a_case(draft=told)
    _, page = await manager.get(f"/console/cases/{case.case_no}")
    assert all(part in page for part in ("2026.11-new", "2025-03", "李小花", "王小宝，2018-03"))
