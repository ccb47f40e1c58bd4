"""我的数据 in the chat: told, copied, deleted, consents withdrawn; hostile and impatient people change nothing else."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from typing import Any

import pytest

from backend.services.erasure import erase_due
from backend.services.exporting import make_copies
from backend.services.orders import record_payment
from backend.services.parts import Parts
from backend.services.payment_window import remind_of_payment
from backend.services.records import DocumentView
from backend.services.reminding import remind
from backend.services.retention import delete_doomed, enforce
from backend.services.rights_records import Consent
from tests.backend.backend_world import FakePay, Person, a_picture, bound, pushed, said, tasks, the_order
from tests.backend.test_erasure import objects, rows
from tests.conftest import MovableClock

SPOUSE = "11010519491231002X"


async def a_copy(person: Person, parts: Parts) -> None:
    await person.says("export_my_data")
    await make_copies(parts)


async def opened(person: Person, number: str = "1") -> zipfile.ZipFile:
    status, content = await person.get(f"/data/copy/{number}")
    assert status == 200
    return zipfile.ZipFile(io.BytesIO(content))


async def test_what_is_held_is_told_with_its_time_and_a_page(person: Person) -> None:
    await person.submits()
    told = await person.says("my_data")
    facts = told["say"][0]["facts"]
    assert (said(told), told["link"]["purpose"]) == (["my_data"], "data")
    assert "材料和照片" in facts["list"] and "办结或取消后180天" in facts["list"]
    assert "还没有人打开过" in facts["looks"]


async def test_who_looked_is_told_by_role_and_day(person: Person, parts: Parts) -> None:
    await person.submits()
    case_id = (await the_order(parts)).case_id
    async with parts.begin() as uow:
        for _ in range(3):
            await uow.document_views.add(DocumentView(parts.clock.now(), "s_demo_reviewer", case_id, "identity"))
        await uow.commit()
    looks = (await person.says("my_data"))["say"][0]["facts"]["looks"]
    assert looks == "· 审核员看姓名和身份证号 3 次，最近2026年3月16日"
    _, page = await person.get("/data")
    assert page["looks"] == [{"who": "审核员", "what": "姓名和身份证号", "count": 3, "last": "2026年3月16日"}]
    assert "王审核" not in json.dumps(page, ensure_ascii=False)


async def test_whoever_is_not_bound_is_told_what_is_held_too(person: Person) -> None:
    await person.sends_file(a_picture())
    assert "没归类的文件 1 条" in (await person.says("my_data"))["say"][0]["facts"]["list"]


async def test_the_page_masks_the_person_and_explains_every_class(person: Person) -> None:
    await person.submits()
    _, page = await person.get("/data")
    assert "*" in page["name"] and "*" in page["id_no"]
    assert all(one["basis"] and one["until"] for one in page["classes"])
    assert {one["label"] for one in page["consents"]} == {"使用北京通账号", "服务条款", "使用身份证信息和证件材料"}


async def test_a_copy_has_the_answers_the_files_the_money_and_who_looked(
    person: Person, parts: Parts, a_clock: MovableClock, pay: FakePay
) -> None:
    await person.submits()
    await record_payment(parts, pay.success(await the_order(parts), a_clock.now()), source="notify")
    await a_copy(person, parts)
    copy = await opened(person)
    told = json.loads(copy.read("data.json"))
    case = told["cases"][0]
    assert told["account"]["name"] and len(told["account"]["id_no"]) == 18
    assert case["told"]["answers"]["contact"]["phone"] == "13800138000"
    assert [one["amount_fen"] for one in case["payments"]] == [(await the_order(parts)).amount_fen]
    assert case["timeline"] and told["consents"]
    pictures = [name for name in copy.namelist() if name.endswith(".jpg")]
    assert len(pictures) >= 18
    assert copy.read(pictures[0]).startswith(b"\xff\xd8\xff")
    assert "说明.txt" in copy.namelist()
    assert "secret" not in copy.read("data.json").decode()


async def test_an_id_number_of_somebody_else_is_masked_in_the_copy(person: Person, parts: Parts) -> None:
    await person.submits()
    async with parts.begin() as uow:
        case = await uow.cases.first()
        assert case
        await uow.cases.save(replace(case, draft={**case.draft, "spouse": SPOUSE}))
        await uow.commit()
    await a_copy(person, parts)
    copy = await opened(person)
    assert SPOUSE.encode() not in copy.read("data.json")


async def test_copies_are_sealed_and_told_when_they_are_ready(person: Person, parts: Parts, tmp_path: Any) -> None:
    await person.starts()
    before = set(objects(tmp_path))
    await a_copy(person, parts)
    assert await pushed(parts) == ["export_ready"]
    made = set(objects(tmp_path)) - before
    assert made and not [one for one in made if one.read_bytes().startswith(b"PK")]


async def test_asking_again_points_to_the_copy_that_is_there(person: Person, parts: Parts) -> None:
    await person.starts()
    assert said(await person.says("export_my_data")) == ["export_planned"]
    assert said(await person.says("export_my_data")) == ["export_planned"]
    await make_copies(parts)
    told = await person.says("export_my_data")
    assert (said(told), told["link"]["purpose"]) == (["export_there"], "data")
    assert len(await rows(parts, "data_requests")) == 1


async def test_a_copy_is_gone_after_its_day(person: Person, parts: Parts, a_clock: MovableClock, tmp_path: Any) -> None:
    await person.starts()
    before = set(objects(tmp_path))
    await a_copy(person, parts)
    a_clock.advance(hours=24, seconds=1)
    status, answer = await person.get("/data/copy/1")
    assert (status, answer["error"]["code"]) == (410, "export_gone")
    await enforce(parts)
    await delete_doomed(parts)
    assert set(objects(tmp_path)) == before


@pytest.mark.parametrize("number", ["0", "2", "-1", "x", "1e3", "９"])
async def test_a_number_that_the_copy_does_not_have_is_gone(person: Person, parts: Parts, number: str) -> None:
    await person.starts()
    await a_copy(person, parts)
    assert (await person.get(f"/data/copy/{number}"))[0] in (404, 410)


async def test_nobody_else_can_open_a_copy(person: Person, parts: Parts, client: Any) -> None:
    await person.starts()
    await a_copy(person, parts)
    for other in (Person(client, "o_unbound"), Person(client, "o_bound")):
        if other.openid == "o_bound":
            await other.binds("demo2")
        assert (await other.get("/data/copy/1"))[0] == 410


async def test_a_copy_that_keeps_failing_becomes_a_task(
    person: Person, parts: Parts, a_clock: MovableClock, tmp_path: Any
) -> None:
    await person.starts()
    await person.sends_photo()
    for one in objects(tmp_path):
        one.write_bytes(b"damaged")
    await person.says("export_my_data")
    for _ in range(4):
        try:
            await make_copies(parts)
        except Exception as error:
            assert type(error).__name__ == "CannotOpen"
        a_clock.advance(seconds=601)
    assert await tasks(parts) == ["data_export_failed"]


async def test_deleting_is_asked_about_before_it_is_done(
    person: Person, parts: Parts, a_clock: MovableClock, pay: FakePay
) -> None:
    await person.submits()
    await record_payment(parts, pay.success(await the_order(parts), a_clock.now()), source="notify")
    asked = await person.says("delete_my_data")
    facts = asked["ask"]["facts"]
    assert (asked["ask"]["form"], asked["ask"]["field"]) == ("rights_form", "delete")
    assert "付款记录" in facts["kept"] and "会一起取消" in facts["running"] and "退款" in facts["running"]
    assert await rows(parts, "data_requests") == []
    assert said(await person.says("leave_it")) == ["nothing_changed"]
    assert said(await person.says("delete_my_data", confirmed=True)) == ["deletion_planned"]
    assert said(await person.says("delete_my_data", confirmed=True)) == ["deletion_planned"]
    a_clock.advance(seconds=6)
    assert await erase_due(parts) == 1
    assert said(await person.says("open"))[0] in ("not_bound", "welcome_stranger")


async def test_deleting_during_an_export_leaves_no_copy(
    person: Person, parts: Parts, a_clock: MovableClock, tmp_path: Any
) -> None:
    await person.starts()
    await person.says("export_my_data")
    await person.says("delete_my_data", confirmed=True)
    a_clock.advance(seconds=6)
    await erase_due(parts)
    await make_copies(parts)
    await delete_doomed(parts)
    assert objects(tmp_path) == []
    assert {one["state"] for one in await rows(parts, "data_requests")} == {"done", "expired"}


async def test_consents_are_noted_by_purpose_and_version(person: Person, parts: Parts) -> None:
    await person.submits()
    noted = {(one["purpose"], one["version"], one["how"]) for one in await rows(parts, "consents")}
    assert noted == {
        ("service_terms", "2026.11", "bind"),
        ("sensitive_id", "2026.11", "bind"),
        ("beijing_pass", "2026.11", "credentials"),
    }


async def test_withdrawing_asks_which_then_says_what_follows_then_does_it(person: Person, parts: Parts) -> None:
    await person.submits()
    which = await person.says("withdraw_consent")
    assert [one["value"] for one in which["ask"]["options"]] == [
        "service_terms", "sensitive_id", "beijing_pass", "reminders", "no"
    ]  # fmt: skip
    sure = await person.says("withdraw_consent", purpose="beijing_pass")
    assert "马上删除" in sure["ask"]["facts"]["without"]
    assert len(await rows(parts, "credentials")) == 1
    done = await person.says("withdraw_consent", purpose="beijing_pass", confirmed=True)
    assert (said(done)[0], await rows(parts, "credentials")) == ("consent_withdrawn", [])
    assert done["case"]["stage"] == "awaiting_payment"


async def test_withdrawing_what_the_case_stands_on_cancels_it(person: Person, parts: Parts) -> None:
    await person.submits()
    asked = await person.says("withdraw_consent", purpose="sensitive_id")
    assert asked["ask"]["facts"]["cancels"] == "是"
    done = await person.says("withdraw_consent", purpose="sensitive_id", confirmed=True)
    assert said(done) == ["consent_withdrawn", "case_cancelled"]
    again = await person.says("start_case", business_type="NEW")
    assert (again["ask"]["form"], again["ask"]["field"]) == ("rights_form", "consent")
    assert said(await person.says("give_consent")) == ["consent_noted_begin"]
    assert said(await person.says("start_case", business_type="NEW"))[0] == "case_started"


async def test_a_consent_to_older_words_is_asked_for_again(person: Person, parts: Parts) -> None:
    await person.starts()
    await person.fills_in_everything()
    async with parts.begin() as uow:
        await uow.consents.remove(purpose="sensitive_id")
        now = parts.clock.now()
        await uow.consents.add(Consent("n_1", "a_demo_1", "sensitive_id", "2025.1", "bind", now))
        await uow.commit()
    asked = await person.says("submit")
    assert (asked["ask"]["field"], asked["ask"]["facts"]["count"]) == ("consent", 1)
    assert said(await person.says("give_consent")) == ["consent_noted"]
    assert said(await person.says("submit")) == ["submitted"]
    found = [one for one in await rows(parts, "consents") if one["purpose"] == "sensitive_id"]
    assert sorted((one["version"], one["withdrawn_at"] is None) for one in found) == [
        ("2025.1", False), ("2026.11", True)
    ]  # fmt: skip


async def test_reminders_stop_when_they_are_not_wanted(person: Person, parts: Parts, a_clock: MovableClock) -> None:
    await person.starts()
    await person.says("withdraw_consent", purpose="reminders", confirmed=True)
    a_clock.advance(days=3)
    await remind(parts)
    assert await pushed(parts) == []


async def test_what_is_to_be_paid_is_told_even_without_reminders(
    person: Person, parts: Parts, a_clock: MovableClock
) -> None:
    """The purpose is about going on, papers and renewing; a time that runs out is part of the service."""
    await person.submits()
    await person.says("withdraw_consent", purpose="reminders", confirmed=True)
    a_clock.advance(days=1, hours=-1)
    await remind(parts)
    await remind_of_payment(parts)
    assert await pushed(parts) == ["payment_reminder"]


async def test_whoever_signed_in_before_consents_were_kept_is_not_asked_again(person: Person, parts: Parts) -> None:
    await bound(parts, person.openid)
    assert said(await person.says("start_case", business_type="NEW"))[0] == "case_started"
