"""Managers publish fees, notices, materials and sentences: checked, previewed, in use at once, never lost."""

from __future__ import annotations

import re
from typing import Any, cast

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from backend.domain.catalogue import Mark
from backend.domain.profile import BusinessType
from backend.services.parts import Parts
from backend.services.publishing import texts_after
from backend.services.records import Employer
from backend.services.staff.content.publish import _contents
from backend.services.staff.office import Office
from backend.services.staff.sign_in import SignedIn
from tests.conftest import MovableClock
from tests.console.console_world import Browser, World, hidden
from tests.console.content_world import parts, publishing_parts

__all__ = ["parts"]
FEES = "/console/content/fees/standard"
TEXT = "/console/content/text/utter_phone_wrong"
NOTICE = "/console/content/notice/NEW"
MATERIAL = "/console/content/material/HO04"
MESSAGE = "/console/content/message/waitlist_passed"


@pytest.fixture
async def manager(browser: Browser, world: World) -> Browser:
    await world.a_member_of_staff(role="manager")
    await browser.sign_in()
    return browser


def fields_of(page: str) -> dict[str, str]:
    """Every field of the form as it stands on the page."""
    form = page.partition('aria-label="修改"')[2].partition("</form>")[0]
    found = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', form))
    found |= dict(re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>(.*?)</textarea>', form, re.S))
    for name, options in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="(\w+)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return found


async def publishes(browser: Browser, url: str, *, note: str = "按新通知", **changes: str) -> tuple[int, str]:
    _, page = await browser.get(url)
    return await browser.post(url, {**fields_of(page), **changes, "note": note, "step": "publish"})


async def previews(browser: Browser, url: str, **changes: str) -> tuple[int, str]:
    _, page = await browser.get(url)
    return await browser.post(url, {**fields_of(page), **changes, "step": "preview"})


# In use at once


async def test_a_published_fee_is_the_price_of_cases_opened_from_then_on(manager: Browser, world: World) -> None:
    catalogues = world.office.parts.catalogues
    before = catalogues.current().version
    assert (await publishes(manager, FEES, price_NEW="1,080.50"))[0] == 303
    now = catalogues.current()
    assert now.fee.fen_for(BusinessType.NEW) == 108050
    assert now.version == f"{before}+1"
    assert catalogues.at(before).fee.fen_for(BusinessType.NEW) == 98000
    (row,) = await world.rows("audit", action="content_published")
    assert row.facts == {"kind": "fees", "key": "standard", "number": 1}


async def test_another_process_follows_with_the_next_look_and_knows_every_version(
    manager: Browser, parts: Parts, engine: AsyncEngine, a_clock: MovableClock
) -> None:
    await publishes(manager, FEES, price_NEW="1000")
    await publishes(manager, FEES, price_NEW="1100")
    other = publishing_parts(parts, engine, a_clock)
    assert other.published
    base = other.catalogues.current().version
    await other.published.refresh()
    assert other.catalogues.current().fee.fen_for(BusinessType.NEW) == 110000
    assert other.catalogues.at(f"{base}+1").fee.fen_for(BusinessType.NEW) == 100000
    assert other.catalogues.at(base).fee.fen_for(BusinessType.NEW) == 98000
    assert other.catalogues.at(f"{base}+9") is other.catalogues.current()


async def test_an_agreed_price_holds_for_its_employer_only_and_can_end(manager: Browser, world: World) -> None:
    uscc = "91110108551385082Q"
    async with world.office.parts.begin() as uow:
        await uow.employers.add(Employer("e_9", "示例九号公司", "海淀区", uscc, True, world.clock.now()))
        await uow.commit()
    url = f"/console/content/fees/{uscc}"
    _, page = await manager.get(url)
    assert 'value="880"' in page
    assert (await publishes(manager, url, price_NEW="800", price_RENEW=""))[0] == 303
    fee = world.office.parts.catalogues.current().fee
    assert fee.fen_for(BusinessType.NEW, employer=uscc) == 80000
    assert fee.fen_for(BusinessType.RENEW, employer=uscc) == 58000
    assert fee.fen_for(BusinessType.NEW) == 98000
    nothing = {f"price_{one.value}": "" for one in BusinessType}
    assert (await publishes(manager, url, **nothing))[0] == 303
    assert world.office.parts.catalogues.current().fee.fen_for(BusinessType.NEW, employer=uscc) == 98000


async def test_a_published_notice_is_a_new_version_to_confirm(manager: Browser, world: World) -> None:
    before = world.office.parts.catalogues.current().notice_for(BusinessType.NEW)
    assert (await publishes(manager, NOTICE, title="新申请须知（2027）"))[0] == 303
    after = world.office.parts.catalogues.current().notice_for(BusinessType.NEW)
    assert (after.title, after.paragraphs) == ("新申请须知（2027）", before.paragraphs)
    assert after.version == f"{before.version}.1"


async def test_a_published_material_changes_words_counts_and_who_hands_it_in(manager: Browser, world: World) -> None:
    assert (await publishes(manager, MATERIAL, hint="租期要剩 6 个月以上", most="12", mark_GENERAL="none"))[0] == 303
    material = world.office.parts.catalogues.current().materials["HO04"]
    assert (material.hint, material.files_max) == ("租期要剩 6 个月以上", 12)
    assert BusinessType.GENERAL not in material.marks
    assert material.marks[BusinessType.NEW] in set(Mark)


async def test_a_published_sentence_goes_to_the_dialogue_with_the_next_question(manager: Browser, world: World) -> None:
    published = world.office.parts.published
    assert published
    assert texts_after(published, 0) == {"number": 0, "texts": None}
    assert (await publishes(manager, TEXT, text_0="手机号要 11 位，请再发一次。"))[0] == 303
    told = texts_after(published, 0)
    assert told["number"] == 1
    assert told["texts"]["utter_phone_wrong"][0] == "手机号要 11 位，请再发一次。"
    assert len(told["texts"]["utter_phone_wrong"]) == 2
    assert texts_after(published, 1)["texts"] is None


async def test_a_published_message_is_what_leaves_next(manager: Browser, world: World) -> None:
    assert (await publishes(manager, MESSAGE, text="空位已给下一位，想等说“候补”。"))[0] == 303
    push = world.office.parts.texts.push("waitlist_passed", {})
    assert push.text == "空位已给下一位，想等说“候补”。"
    assert len(push.choices) == 2


# Preview, history, going back


async def test_a_preview_shows_before_and_after_and_changes_nothing(manager: Browser, world: World) -> None:
    status, page = await previews(manager, FEES, price_NEW="1200")
    assert status == 200
    changes = page.partition('class="list small changes"')[2].partition("</table>")[0]
    assert "<td>980</td><td>1200</td>" in changes
    assert changes.count("<tr>") == 2
    assert await world.rows("publications") == []
    assert world.office.parts.catalogues.current().fee.fen_for(BusinessType.NEW) == 98000


async def test_every_version_stays_and_an_earlier_one_can_be_published_again(manager: Browser, world: World) -> None:
    for price in ("1000", "1100"):
        await publishes(manager, FEES, price_NEW=price)
    _, page = await manager.get(FEES)
    assert page.count("恢复到这一版") == 1
    assert (await manager.press(page, f"{FEES}/back"))[0] == 303
    assert world.office.parts.catalogues.current().fee.fen_for(BusinessType.NEW) == 100000
    _, page = await manager.get(FEES)
    fields = {"csrf": hidden(page, "csrf"), "token": "t" * 32, "seen": hidden(page, "seen"), "number": "0"}
    assert (await manager.post(f"{FEES}/back", fields))[0] == 303
    assert world.office.parts.catalogues.current().fee.fen_for(BusinessType.NEW) == 98000
    _, page = await manager.get("/console/content")
    assert page.count("收费标准：收费标准") == 4
    assert "恢复到第 1 版" in page


async def test_two_managers_at_once_the_later_one_is_asked_to_look_and_loses_nothing(
    manager: Browser, another_browser: Browser, world: World
) -> None:
    await world.a_member_of_staff("li", "李主管", role="manager")
    await another_browser.sign_in("li")
    _, page = await manager.get(FEES)
    mine = {**fields_of(page), "price_NEW": "1500", "note": "我的", "step": "publish"}
    assert (await publishes(another_browser, FEES, price_NEW="1300"))[0] == 303
    status, refused = await manager.post(FEES, mine)
    assert (status, "同事刚刚发布过" in refused, 'value="1500"' in refused) == (409, True, True)
    assert world.office.parts.catalogues.current().fee.fen_for(BusinessType.NEW) == 130000


async def test_a_form_that_is_sent_twice_publishes_once(manager: Browser, world: World) -> None:
    _, page = await manager.get(FEES)
    fields = {**fields_of(page), "price_NEW": "1500", "note": "一次", "step": "publish"}
    assert (await manager.post(FEES, fields))[0] == 303
    await manager.post(FEES, fields)
    assert len(await world.rows("publications")) == 1


# What cannot be


@pytest.mark.parametrize(
    ("url", "changes", "why"),
    [
        (FEES, {"price_NEW": ""}, "980"),
        (FEES, {"price_NEW": "免费"}, "980"),
        (FEES, {"price_NEW": "0"}, "大于 0"),
        (FEES, {"price_NEW": "-5"}, "980"),
        (FEES, {"price_NEW": "1000000"}, "10 万元"),
        (FEES, {"name": " "}, "不能空着"),
        (FEES, {}, "一样"),
        (NOTICE, {"paragraphs": "\n \n"}, "不能空着"),
        (NOTICE, {"summary": "交了钱保证通过"}, "不能承诺"),
        (NOTICE, {"button_yes": "不符合"}, "不一样"),
        (NOTICE, {"paragraphs": "\n".join(["一段"] * 21)}, "最多 20 段"),
        (MATERIAL, {"least": "5", "most": "2"}, "不能比最少的少"),
        (MATERIAL, {"most": "101"}, "整数"),
        (MATERIAL, {"most": "两"}, "整数"),
        (MATERIAL, {"mark_NEW": "sometimes"}, "从选项里选"),
        (MATERIAL, {f"mark_{one.value}": "none" for one in BusinessType}, "至少要有一种"),
        ("/console/content/material/BA01", {"least": "1"}, "分 2 面"),
        (TEXT, {"text_0": ""}, "不能空着"),
        (TEXT, {"text_0": "您好 {phone}"}, "不认识 {phone}"),
        (TEXT, {"text_0": "您好 {"}, "花括号"),
        (TEXT, {"text_0": "长" * 601}, "最多 600"),
        (MESSAGE, {"text": "{case_no} 空位"}, "不认识"),
    ],
)
async def test_what_cannot_be_published_is_named_and_what_was_typed_stays(
    manager: Browser, world: World, url: str, changes: dict[str, str], why: str
) -> None:
    status, page = await publishes(manager, url, **changes)
    assert (status, why in page) == (409, True)
    kept = fields_of(page)
    assert all(kept[name].strip() == value.strip() for name, value in changes.items() if name.startswith("price"))
    assert await world.rows("publications") == []


async def test_publishing_needs_a_reason(manager: Browser, world: World) -> None:
    assert (await publishes(manager, FEES, note=" ", price_NEW="1000"))[0] == 409
    assert await world.rows("publications") == []


async def test_only_managers_see_and_publish_content(browser: Browser, world: World) -> None:
    await world.a_member_of_staff()
    await browser.sign_in()
    for url in ("/console/content", "/console/content/fees", FEES):
        assert (await browser.get(url))[0] == 409
    _, page = await browser.get("/console/queue")
    assert "/console/content" not in page
    fields = {"csrf": hidden(page, "csrf"), "token": "t" * 32, "seen": "0", "step": "publish", "note": "x"}
    assert (await browser.post(FEES, fields))[0] == 409
    assert await world.rows("publications") == []


@pytest.mark.parametrize(
    "url", ["fees/nobody", "nothing", "nothing/at", "text/utter_none", "material/ZZ99", "notice/RICH", "message/none"]
)
async def test_content_that_is_not_there_is_not_found(manager: Browser, url: str) -> None:
    assert (await manager.get(f"/console/content/{url}"))[0] == 404


async def test_a_sentence_is_found_by_what_it_says(manager: Browser) -> None:
    _, page = await manager.get("/console/content/text?q=手机号不对")
    assert "utter_phone_wrong" in page
    assert "utter_email_wrong" not in page


async def test_everything_that_is_delivered_would_be_accepted_as_it_stands(office: Office) -> None:
    who = cast(SignedIn, type("Manager", (), {"role": "manager", "staff_id": "s"}))
    for kind, content in (await _contents(office, who)).items():
        for entry in _all(content):
            told = {field.name: field.value for field in content.form(entry, None).fields}
            assert content.read(entry, told), (kind, entry)


def _all(content: Any) -> list[str]:
    if hasattr(content, "_files"):
        return list(content._files)
    if hasattr(content, "_rows"):
        return list(content._rows)
    return ["standard"]
