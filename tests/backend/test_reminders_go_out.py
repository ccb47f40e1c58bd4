"""Reminders through the outbox, on the Clock: each once, in bounded batches, by any number of workers."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, date, datetime

from sqlalchemy import text

from backend.domain.case import Event, Stage
from backend.domain.draft import Draft
from backend.services import reminding
from backend.services.clockwork_records import Reminder
from backend.services.parts import Parts
from backend.services.records import CaseRecord, Follower, SupplementRequest
from backend.services.reminding import remind
from backend.services.transitions_log import SYSTEM, record_transition
from tests.backend.backend_world import Person, a_case, pushed, said
from tests.conftest import MovableClock

ME = "o_reminded"


async def waits(parts: Parts, stage: Stage, *, number: int = 1, **changes: object) -> CaseRecord:
    """A case at `stage` whose reminders have just been woken."""
    case = replace(await a_case(parts, f"{ME}_{number}", stage=stage, number=number), **changes)  # type: ignore[arg-type]
    async with parts.begin() as uow:
        await uow.cases.save(case)
        await uow.reminders.add(Reminder(case.id, next_at=parts.clock.now()))
        await uow.commit()
    return case


async def looks_every_hour(parts: Parts, clock: MovableClock, *, days: int) -> list[str]:
    """The Beijing times at which something was queued."""
    found = []
    for _ in range(days * 24):
        before = len(await pushed(parts))
        await remind(parts)
        if len(await pushed(parts)) > before:
            found.append(f"{clock.now():%m-%d %H}")
        clock.advance(hours=1)
    return found


async def test_starting_a_case_and_leaving_it_brings_two_reminders_and_then_silence(
    parts: Parts, person: Person, a_clock: MovableClock
) -> None:
    await person.starts()
    assert await looks_every_hour(parts, a_clock, days=8) == ["03-17 02", "03-19 02"]
    assert await pushed(parts) == ["draft_idle", "draft_idle"]


async def test_going_on_puts_the_reminder_off(parts: Parts, person: Person, a_clock: MovableClock) -> None:
    await person.starts()
    a_clock.advance(hours=20)
    await person.says("confirm_notice", eligible=True)
    a_clock.advance(hours=20)
    await remind(parts)
    assert await pushed(parts) == []


async def test_who_does_not_meet_the_conditions_is_left_in_peace(
    parts: Parts, person: Person, a_clock: MovableClock
) -> None:
    await person.starts()
    told = await person.says("confirm_notice", eligible=False)
    assert "not_eligible" in said(told)
    a_clock.advance(hours=100)
    await remind(parts)
    assert await pushed(parts) == []


async def test_who_unfollowed_is_left_in_peace(parts: Parts, a_clock: MovableClock) -> None:
    await waits(parts, Stage.DRAFT)
    now = a_clock.now()
    async with parts.begin() as uow:
        await uow.followers.add(Follower(f"{ME}_1", False, now, now))
        await uow.commit()
    a_clock.advance(hours=100)
    await remind(parts)
    assert await pushed(parts) == []


async def test_a_bureau_s_request_is_reminded_of_before_its_end(parts: Parts, a_clock: MovableClock) -> None:
    case = await waits(parts, Stage.HR_FIRST_SUPPLEMENT)
    async with parts.begin() as uow:
        request = SupplementRequest(
            "s1", case.id, "hr_first", 1, "请补交", a_clock.now(), deadline=datetime(2026, 3, 31, 15, 59, tzinfo=UTC)
        )
        await uow.supplements.add(request)
        await uow.commit()
    assert await looks_every_hour(parts, a_clock, days=20) == ["03-19 02", "03-23 02", "03-29 02"]
    assert await pushed(parts) == ["supplement_waits", "supplement_waits", "supplement_due"]


async def test_a_granted_permit_is_reminded_of_three_times_and_not_after_a_new_application(
    parts: Parts, a_clock: MovableClock
) -> None:
    closed = {"closed_at": a_clock.now(), "valid_until": date(2029, 3, 15)}
    await waits(parts, Stage.COMPLETED, **closed)
    again = await waits(parts, Stage.COMPLETED, number=2, **closed)
    newer = replace(again, id="c_newer", case_no="GJ20290101-00009", stage="draft", closed_at=None, valid_until=None)
    a_clock.at = datetime(2028, 12, 10, 2, tzinfo=UTC)
    async with parts.begin() as uow:
        await uow.cases.add(replace(newer, created_at=a_clock.now()))
        await uow.commit()
    await looks_every_hour(parts, a_clock, days=100)
    assert await pushed(parts) == ["renewal", "renewal", "renewal"]


async def test_a_moved_clock_brings_only_the_latest_reminder(parts: Parts, a_clock: MovableClock) -> None:
    await waits(parts, Stage.AGENCY_REJECTED)
    await remind(parts)
    a_clock.advance(days=30)
    await remind(parts)
    await remind(parts)
    assert await pushed(parts) == ["supplement_waits"]


async def test_nothing_goes_out_at_night(parts: Parts, a_clock: MovableClock) -> None:
    await waits(parts, Stage.DRAFT)
    a_clock.at = datetime(2026, 3, 20, 15, 0, tzinfo=UTC)  # 23:00 in Beijing
    await remind(parts)
    assert await pushed(parts) == []
    a_clock.at = datetime(2026, 3, 21, 0, 30, tzinfo=UTC)
    await remind(parts)
    assert await pushed(parts) == ["draft_idle"]


async def test_entering_another_stage_ends_the_reminders_of_the_old_one(parts: Parts, a_clock: MovableClock) -> None:
    case = await waits(parts, Stage.HR_FIRST_SUPPLEMENT)
    await remind(parts)
    async with parts.begin() as uow:
        await record_transition(uow, case, Event.SUBMIT_SUPPLEMENT, SYSTEM, now=a_clock.now())
        await uow.commit()
    a_clock.advance(days=10)
    await remind(parts)
    assert await pushed(parts) == []


async def test_two_workers_at_once_say_it_once_and_a_batch_is_bounded(parts: Parts, a_clock: MovableClock) -> None:
    for number in range(1, 8):
        await waits(parts, Stage.DRAFT, number=number)
    a_clock.advance(days=4)
    await asyncio.gather(*(remind(parts) for _ in range(3)))
    while await remind(parts):
        pass
    assert await pushed(parts) == ["draft_idle"] * 7
    assert reminding.BATCH <= 200


async def test_every_reminder_has_a_text_and_a_template(parts: Parts, a_clock: MovableClock) -> None:
    await waits(parts, Stage.DRAFT)
    a_clock.advance(days=2)
    await remind(parts)
    async with parts.begin() as uow:
        rows = await uow.connection.execute(text("SELECT parts, template FROM wechat_outgoing"))  # type: ignore[attr-defined]
        ((message, template),) = rows.all()
    assert "新申请" in json.dumps(message, ensure_ascii=False)
    assert template["purpose"] == "progress"
    for code in parts.catalogues.current().reminders.codes:
        facts = {"case_no": "", "business": "", "stage_label": "", "deadline": "2026年3月1日", "left": 2}
        sent = parts.texts.push(code, facts)
        assert sent.text
        values = sent.template_values or {}
        assert all(len(value) <= 20 for name, value in values.items() if name.startswith("thing"))
        assert all(len(value) <= 5 for name, value in values.items() if name.startswith("phrase"))


async def test_somebody_who_is_a_little_too_early_hears_on_the_day_and_of_nothing_else(
    parts: Parts, person: Person, a_clock: MovableClock
) -> None:
    await person.starts()
    await says_in_the_draft(parts, notice={"eligible": "no", "ready_on": "2026-03-20"})
    assert await looks_every_hour(parts, a_clock, days=8) == ["03-20 02"]
    assert await pushed(parts) == ["conditions_met"]


async def test_who_left_an_employer_is_counted_down(parts: Parts, person: Person, a_clock: MovableClock) -> None:
    await person.starts()
    await says_in_the_draft(parts, conditions={"C_LEFT_DATE": "2026-02-20"})
    found = await looks_every_hour(parts, a_clock, days=40)
    assert [at for at in found if at > "03-20"] == ["03-22 02", "04-01 02", "04-14 02", "04-20 02"]
    assert (await pushed(parts)).count("change_employer_by") == 4


async def test_a_day_that_is_none_reminds_of_nothing(parts: Parts, person: Person, a_clock: MovableClock) -> None:
    await person.starts()
    await says_in_the_draft(parts, conditions={"C_LEFT_DATE": "2026-02-30"}, notice={"ready_on": "soon"})
    await looks_every_hour(parts, a_clock, days=8)
    assert set(await pushed(parts)) == {"draft_idle"}


async def says_in_the_draft(parts: Parts, **sections: dict[str, str]) -> None:
    """What another part of the talk has stored; the case is looked at anew."""
    async with parts.begin() as uow:
        case = await uow.cases.first(order_by="-created_at")
        assert case is not None
        draft = Draft.from_json(case.draft)
        for section, answers in sections.items():
            for name, value in answers.items():
                draft = draft.with_answer(section, name, value)
        await uow.cases.save(replace(case, draft=draft.to_json()))
        await reminding.wake_reminders(uow, case.id, parts.clock.now())
        await uow.commit()
