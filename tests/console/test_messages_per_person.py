"""What was sent is shown to staff per person: an account may have several people, and may have had others before."""

from __future__ import annotations

from sqlalchemy import text

from backend.services import records as r
from backend.services.pushes import push
from tests.console.console_world import OPENID, Browser, World


async def _two_on_one_account(world: World) -> tuple[r.CaseRecord, r.CaseRecord]:
    mine, theirs = await world.a_case(number=1, items=()), await world.a_case(number=2, items=())
    async with world.engine.begin() as connection:
        moved = {"openid": OPENID, "theirs": theirs.applicant_id}
        await connection.execute(
            text("UPDATE identities SET openid = :openid, is_current = false WHERE applicant_id = :theirs"), moved
        )
    for case, words in ((mine, "给张三的话"), (theirs, "给李四的话")):
        async with world.office.parts.begin() as uow:
            await push(uow, world.office.parts.texts, case, "staff_message", {"text": words}, once="t1")
            await uow.commit()
    return mine, theirs


async def test_the_case_page_lists_what_was_sent_to_its_own_person_only(browser: Browser, world: World) -> None:
    mine, theirs = await _two_on_one_account(world)
    await world.a_member_of_staff()
    await browser.sign_in()
    for case, own, other in ((mine, "给张三的话", "给李四的话"), (theirs, "给李四的话", "给张三的话")):
        _, page = await browser.get(f"/console/cases/{case.case_no}")
        assert own in page
        assert other not in page
