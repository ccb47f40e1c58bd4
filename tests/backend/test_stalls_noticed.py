"""What stalls is noticed by the product itself: one task each, never two."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import text

from backend.domain.case import Stage
from backend.services.files import NewFile, store_file
from backend.services.parts import Parts
from backend.services.pushes import push
from backend.services.records import ItemFile, ItemRecord, Mail
from backend.services.watching import notice_stalls
from tests.backend.backend_world import a_case, a_picture, pushed, tasks
from tests.conftest import MovableClock

ME = "o_stalled"


async def test_a_case_that_waits_for_us_for_three_days_becomes_one_task(parts: Parts, a_clock: MovableClock) -> None:
    await a_case(parts, ME, stage=Stage.AGENCY_REVIEW)
    await a_case(parts, f"{ME}_2", stage=Stage.AGENCY_REJECTED, number=2)
    await a_case(parts, f"{ME}_3", stage=Stage.HR_FIRST_REVIEW, number=3)
    a_clock.advance(hours=71)
    assert await notice_stalls(parts) == 0
    a_clock.advance(hours=1)
    assert await notice_stalls(parts) == 1
    a_clock.advance(hours=500)
    assert await notice_stalls(parts) == 0
    assert await tasks(parts) == ["case_stalled"]


async def test_waiting_again_after_a_round_is_a_new_cause(parts: Parts, a_clock: MovableClock) -> None:
    case = await a_case(parts, ME, stage=Stage.AGENCY_REVIEW)
    a_clock.advance(hours=80)
    await notice_stalls(parts)
    async with parts.begin() as uow:
        await uow.cases.save(replace(case, stage_since=a_clock.now(), round=2))
        await uow.commit()
    a_clock.advance(hours=90)
    await notice_stalls(parts)
    assert (await tasks(parts)).count("case_stalled") == 2


async def outgoing(parts: Parts, key: str, state: str, *, hours: int, error: str | None = None) -> None:
    async with parts.begin() as uow:
        statement = text(
            "INSERT INTO wechat_outgoing (openid, dedupe_key, parts, state, error, created_at) "
            "VALUES (:openid, :key, '[]', :state, :error, :at)"
        )
        at = parts.clock.now() - timedelta(hours=hours)
        values = {"openid": ME, "key": key, "state": state, "error": error, "at": at}
        await uow.connection.execute(statement, values)  # type: ignore[attr-defined]
        await uow.commit()


async def test_messages_that_failed_or_are_held_for_a_day_become_a_task_each(parts: Parts) -> None:
    await a_case(parts, ME, stage=Stage.AGENCY_REJECTED)
    await outgoing(parts, "a", "failed", hours=0, error="errcode 40003")
    await outgoing(parts, "b", "held", hours=25)
    await outgoing(parts, "c", "held", hours=23)
    await outgoing(parts, "d", "sent", hours=99)
    await outgoing(parts, "e", "failed", hours=99, error="unsubscribed")
    assert await notice_stalls(parts) == 2
    assert await notice_stalls(parts) == 0
    async with parts.begin() as uow:
        found = await uow.staff_tasks.where(kind="push_failed")
    assert all(task.case_id and task.openid == ME for task in found)
    assert not any(ME in task.note for task in found)


async def test_mails_that_failed_or_wait_for_hours_become_a_task_each(parts: Parts, a_clock: MovableClock) -> None:
    case = await a_case(parts, ME, stage=Stage.AGENCY_REJECTED)
    async with parts.begin() as uow:
        mail = Mail("m1", ["a@example.com"], "s", "b", a_clock.now(), case_id=case.id, state="failed")
        await uow.mails.add(mail)
        await uow.mails.add(replace(mail, dedupe_key="m2", state="pending", case_id=None))
        await uow.mails.add(replace(mail, dedupe_key="m3", state="sent"))
        await uow.commit()
    assert await notice_stalls(parts) == 1
    a_clock.advance(hours=6)
    assert await notice_stalls(parts) == 1
    assert await tasks(parts) == ["mail_failed", "mail_failed"]


async def test_files_that_belong_to_nothing_become_one_task_for_their_case(parts: Parts, a_clock: MovableClock) -> None:
    case = await a_case(parts, ME, stage=Stage.AGENCY_REJECTED)
    async with parts.begin() as uow:
        stored = [
            await store_file(
                uow, parts, NewFile("image", source, a_picture(shade)), applicant_id=case.applicant_id, openid=ME
            )
            for shade, source in enumerate(["chat", "chat", "h5", "made"])
        ]
        await uow.items.add(ItemRecord("i1", case.id, "BA01", "uploaded"))
        await uow.item_files.add(ItemFile("x1", "i1", stored[0].id, 1, a_clock.now()))
        await uow.commit()
    a_clock.advance(hours=23)
    assert await notice_stalls(parts) == 0
    a_clock.advance(hours=1)
    assert await notice_stalls(parts) == 1
    assert await notice_stalls(parts) == 0
    async with parts.begin() as uow:
        (task,) = await uow.staff_tasks.where()
    assert (task.kind, "2 个文件" in task.note) == ("files_loose", True)


async def test_a_message_of_ours_ages_with_the_moved_clock(parts: Parts, a_clock: MovableClock) -> None:
    case = await a_case(parts, ME, stage=Stage.AGENCY_REJECTED)
    async with parts.begin() as uow:
        await push(uow, parts.texts, case, "payment_timeout", once="x")
        await uow.commit()
    a_clock.advance(hours=23)
    assert await notice_stalls(parts) == 0
    a_clock.advance(hours=2)
    assert await notice_stalls(parts) == 1


async def test_the_applicant_hears_of_what_stalls_once_and_by_day(parts: Parts, a_clock: MovableClock) -> None:
    await a_case(parts, ME, stage=Stage.AGENCY_REVIEW)
    a_clock.advance(hours=85)  # 23:00 in Beijing
    assert await notice_stalls(parts) == 0
    a_clock.advance(hours=10)
    assert await notice_stalls(parts) == 1
    assert await notice_stalls(parts) == 0
    assert await pushed(parts) == ["case_slow"]
