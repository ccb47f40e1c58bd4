"""Where a case is on its way, a manager decides about an erasure; the looks of a case are listed."""

from __future__ import annotations

import pytest

from backend.domain.case import Stage
from backend.services.parts import Parts
from backend.services.records import DocumentView
from backend.services.staff.data_rights import decide_erasure, looks_of
from backend.services.staff.office import Office
from backend.services.staff.refusals import NotAllowed, TaskUnknown, TextNeeded
from backend.services.staff.sign_in import SignedIn
from backend.services.staff.tasks import finish_task
from tests.backend.backend_world import a_case, pushed, tasks
from tests.backend.test_erasure import erased, rows
from tests.conftest import MovableClock

MANAGER = SignedIn("s_demo_manager", "manager", "李主管", "manager", "csrf")
REVIEWER = SignedIn("s_demo_reviewer", "reviewer", "王审核", "reviewer", "csrf")


def office(parts: Parts) -> Office:
    return Office(parts=parts, pdfs=None, board=None, chat_log=None, qr=None)  # type: ignore[arg-type]


@pytest.fixture
async def task_id(parts: Parts, a_clock: MovableClock) -> str:
    await a_case(parts, "o_1", stage=Stage.HR_FIRST_REVIEW)
    await erased(parts, a_clock, "o_1")
    return str((await rows(parts, "staff_tasks", "id"))[0]["id"])


async def test_a_manager_carries_it_out_and_the_case_is_cancelled(
    parts: Parts, a_clock: MovableClock, task_id: str
) -> None:
    await decide_erasure(office(parts), MANAGER, task_id, erase=True, reason="已联系人社局撤回")
    await erased(parts, a_clock, "o_nobody")
    (case,) = await rows(parts, "cases")
    assert (case["stage"], case["draft"]) == ("archived", {})
    assert await tasks(parts) == ["data_delete", "refund_review"]


async def test_a_declined_one_is_told_with_its_reason_and_everything_stays(parts: Parts, task_id: str) -> None:
    await decide_erasure(office(parts), MANAGER, task_id, erase=False, reason="材料已报送，办结后再删")
    assert await pushed(parts) == ["erasure_declined"]
    assert [one["stage"] for one in await rows(parts, "cases")] == ["hr_first_review"]
    assert [one["state"] for one in await rows(parts, "data_requests")] == ["declined"]


async def test_nobody_but_a_manager_decides_and_not_without_a_reason_and_only_once(parts: Parts, task_id: str) -> None:
    with pytest.raises(NotAllowed):
        await decide_erasure(office(parts), REVIEWER, task_id, erase=True, reason="x")
    with pytest.raises(TextNeeded):
        await decide_erasure(office(parts), MANAGER, task_id, erase=True, reason=" ")
    with pytest.raises(TaskUnknown):
        await finish_task(office(parts), MANAGER, task_id, result="办完了")
    await decide_erasure(office(parts), MANAGER, task_id, erase=False, reason="x")
    with pytest.raises(TaskUnknown):
        await decide_erasure(office(parts), MANAGER, task_id, erase=True, reason="x")


async def test_who_opened_what_of_a_case_is_listed(parts: Parts) -> None:
    case = await a_case(parts, "o_1", stage=Stage.AGENCY_REVIEW)
    async with parts.begin() as uow:
        await uow.document_views.add(DocumentView(parts.clock.now(), "s_demo_reviewer", case.id, "identity"))
        await uow.commit()
    looks = await looks_of(office(parts), case.case_no)
    assert [(one.who, one.what) for one in looks] == [("王审核", "姓名和身份证号")]
