"""我都发了什么: everything received is listed with what became of it, and nothing of anybody else."""

from __future__ import annotations

from backend.services.orders import record_payment
from backend.services.parts import Parts
from backend.services.records import Invoice, ItemFile, ItemRecord, Mail, SupplementFile, SupplementRequest
from tests.backend.backend_world import FakePay, Person, a_case, a_picture, bound, said, the_order


async def test_with_nothing_sent_that_is_said(person: Person, parts: Parts) -> None:
    await bound(parts, person.openid)
    assert said(await person.says("receipts")) == ["nothing_received"]


async def test_papers_money_invoice_and_mails_are_listed_with_what_became_of_them(
    person: Person, parts: Parts, pay: FakePay
) -> None:
    case = await a_case(parts, person.openid)
    now = parts.clock.now()
    await record_payment(parts, pay.success(await the_order(parts), now), source="notify")
    _, front = await person.sends_file(a_picture(1))
    _, back = await person.sends_file(a_picture(2))
    _, extra = await person.sends_file(a_picture(3))
    _, loose = await person.sends_file(a_picture(4))
    assert loose
    async with parts.begin() as uow:
        await uow.items.add(ItemRecord("i1", case.id, "BA01", "rejected", reject_reason="缺页"))
        for number, told in enumerate((front, back)):
            await uow.item_files.add(ItemFile(f"x{number}", "i1", told["file_id"], 1, now))
        await uow.supplements.add(SupplementRequest("s1", case.id, "hr_first", 1, "补", now, state="submitted"))
        await uow.supplement_files.add(SupplementFile("y1", "s1", extra["file_id"], now))
        await uow.invoices.add(
            Invoice(case.id, "个人", "张示例", "a@example.com", None, "issued", now, now, "12345678")
        )
        await uow.mails.add(Mail("m1", ["a@example.com"], "材料模板", "b", now, case_id=case.id, state="failed"))
        await uow.commit()
    outcome = await person.says("receipts")
    facts = next(one["facts"] for one in outcome["say"] if one["code"] == "receipts")
    for words in (
        "2 张：没通过，要补（缺页）",
        "人社局要的补充材料 1 张：已交，等人社局",
        "付款 300 元：已收到",
        "发票：开好了，号码 12345678",
        "邮件“材料模板”：没有发到",
    ):
        assert words in facts["list"]
    assert "a@example.com" not in facts["list"]
    assert facts["loose"] == 1
    assert outcome["link"]["purpose"] == "overview"


async def test_many_papers_come_in_pages_and_the_next_one_is_a_tap(person: Person, parts: Parts) -> None:
    case = await a_case(parts, person.openid)
    _, told = await person.sends_file(a_picture())
    async with parts.begin() as uow:
        for number in range(12):
            await uow.items.add(ItemRecord(f"i{number}", case.id, f"BA{number:02d}", "uploaded"))
            await uow.item_files.add(ItemFile(f"x{number}", f"i{number}", told["file_id"], 1, parts.clock.now()))
        await uow.commit()
    first = (await person.says("receipts"))["say"][0]["facts"]
    assert [tap["payload"] for tap in first["taps"]] == ["ask_receipts:option=2"]
    second = (await person.says("receipts", page=2))["say"][0]["facts"]
    assert second["taps"] == []
    assert not set(first["list"].splitlines()) & set(second["list"].splitlines())


async def test_a_page_that_is_none_is_refused_by_the_contract(person: Person, parts: Parts) -> None:
    await a_case(parts, person.openid)
    for page in (0, -1, 10**9, "2"):
        status, _ = await person.command("receipts", page=page)
        assert status == 422


async def test_another_persons_things_are_not_listed(person: Person, parts: Parts) -> None:
    case = await a_case(parts, person.openid)
    stranger = Person(person.client, "o_person_2")
    await a_case(parts, stranger.openid, number=2)
    async with parts.begin() as uow:
        await uow.mails.add(Mail("m1", ["a@example.com"], "别人的", "b", parts.clock.now(), case_id=case.id))
        await uow.commit()
    told = await stranger.says("receipts")
    assert "别人的" not in str(told)
