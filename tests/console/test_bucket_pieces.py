"""F70: a reviewer sends pieces of a bulk upload back under the names of materials."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.domain.case import Stage
from backend.domain.errors import ItemLocked, ItemUnknown, ReasonNeeded
from backend.services.records import CaseRecord
from backend.services.staff import bucket, review
from backend.services.staff.acting import Form
from backend.services.staff.refusals import FileUnknown
from backend.services.staff.sign_in import SignedIn
from tests.console.console_world import PASSWORD, Browser, World, a_picture

TICKED = {"answers": {"ticked": {"WK01": "2"}}}


@pytest.fixture
async def case(world: World) -> CaseRecord:
    """A renewal under review with three pictures in its bucket."""
    await world.a_member_of_staff()
    case = await world.a_case(items=(), business_type="RENEW", profile="2023_other", draft=TICKED)
    async with world.office.parts.begin() as uow:
        bucket_item = await world.an_item(uow, case, "OT06", a_picture("A"))
        for one in "BC":
            world.clock.advance(seconds=1)
            await world.add_file(uow, case, bucket_item, a_picture(one), round=1)
        await uow.commit()
    return case


async def form_for(world: World, case: CaseRecord) -> Form:
    now = await world.case(case)
    staff = (await world.rows("staff"))[0]
    who = SignedIn(staff.id, staff.username, staff.display_name, staff.role, "csrf")
    return Form(who, now.case_no, now.version, world.office.parts.ids.new("token"))


async def files_of(world: World, case: CaseRecord, code: str) -> list[str]:
    item = (await world.items(case))[code]
    return [
        one.file_id for one in await world.rows("item_files", item_id=item.id, removed_at=None, order_by="added_at")
    ]


async def reject(world: World, case: CaseRecord, code: str, files: list[str], reason: str = "缺签字页") -> None:
    await bucket.reject_pieces(world.office, await form_for(world, case), code=code, file_ids=files, reason=reason)


async def test_chosen_pieces_become_an_item_of_their_own_that_is_rejected(world: World, case: CaseRecord) -> None:
    files = await files_of(world, case, "OT06")
    await reject(world, case, "WK01", files[:2])
    items = await world.items(case)
    assert (items["WK01"].state, items["WK01"].reject_reason) == ("rejected", "缺签字页")
    assert await files_of(world, case, "WK01") == files[:2]
    assert await files_of(world, case, "OT06") == files[2:]
    assert items["OT06"].state == "uploaded"


async def test_without_files_a_material_that_was_never_sent_is_asked_for(world: World, case: CaseRecord) -> None:
    await reject(world, case, "ED01", [], "没有找到学历证书")
    assert (await world.items(case))["ED01"].state == "rejected"
    assert len(await files_of(world, case, "OT06")) == 3


async def test_what_the_applicant_said_of_a_picture_stays_with_it_when_others_get_a_name(
    world: World, case: CaseRecord, browser: Browser
) -> None:
    await reject(world, case, "BA01", (await files_of(world, case, "OT06"))[:1])
    await browser.sign_in(password=PASSWORD)
    _, page = await browser.get(f"/console/cases/{case.case_no}")
    assert "第 1 张（申请人说是：劳动（聘用）合同）" in page
    assert "第 2 张（申请人" not in page


async def test_an_emptied_bucket_no_longer_waits_for_a_decision(world: World, case: CaseRecord) -> None:
    await reject(world, case, "WK01", await files_of(world, case, "OT06"))
    await review.finish_review(world.office, await form_for(world, case))
    assert (await world.case(case)).stage == Stage.AGENCY_REJECTED


async def test_the_rest_of_the_bucket_has_to_be_decided_on_too(world: World, case: CaseRecord) -> None:
    await reject(world, case, "WK01", (await files_of(world, case, "OT06"))[:1])
    await review.pass_item(world.office, await form_for(world, case), code="OT06")
    await review.finish_review(world.office, await form_for(world, case))
    assert (await world.case(case)).stage == Stage.AGENCY_REJECTED
    message = (await world.pushes())[-1]
    assert "劳动（聘用）合同：缺签字页" in str(message["parts"])


@pytest.mark.parametrize("code", ["OT06", "SU01", "NO99"])
async def test_a_piece_is_only_called_by_a_material_of_the_business(world: World, case: CaseRecord, code: str) -> None:
    with pytest.raises(ItemUnknown):
        await reject(world, case, code, [])


async def test_a_reason_is_needed(world: World, case: CaseRecord) -> None:
    with pytest.raises(ReasonNeeded):
        await reject(world, case, "WK01", [], "  ")


async def test_files_of_another_item_are_refused_and_nothing_changes(world: World, case: CaseRecord) -> None:
    with pytest.raises(FileUnknown):
        await reject(world, case, "WK01", ["f_of_somebody_else"])
    assert set(await world.items(case)) == {"OT06"}


async def test_what_was_passed_in_an_earlier_round_is_not_taken_apart(world: World, case: CaseRecord) -> None:
    await review.pass_item(world.office, await form_for(world, case), code="OT06")
    await reject(world, case, "ED01", [])
    async with world.office.parts.begin() as uow:
        now = await uow.cases.get(case.id)
        assert now is not None
        world.clock.advance(hours=1)
        await uow.cases.save(replace(now, stage_since=world.clock.now(), round=2))
        await uow.commit()
    with pytest.raises(ItemLocked):
        await reject(world, case, "WK01", (await files_of(world, case, "OT06"))[:1])


async def test_a_case_without_a_bucket_has_no_pieces(world: World) -> None:
    await world.a_member_of_staff()
    other = await world.a_case(number=2)
    with pytest.raises(ItemUnknown):
        await reject(world, other, "WK01", [])


async def test_the_page_offers_the_pieces_with_what_the_applicant_said_of_them(
    world: World, case: CaseRecord, browser: Browser
) -> None:
    await browser.sign_in(password=PASSWORD)
    _, page = await browser.get(f"/console/cases/{case.case_no}")
    assert "第 2 张（申请人说是：劳动（聘用）合同）" in page
    assert f"/console/cases/{case.case_no}/items/OT06/reject" not in page
    files = await files_of(world, case, "OT06")
    status, _ = await browser.press(
        page, f"/console/cases/{case.case_no}/pieces/reject", item="WK01", files=files[1], reason="看不清"
    )
    assert status == 303
    assert (await world.items(case))["WK01"].reject_reason == "看不清"
