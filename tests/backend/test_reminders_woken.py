"""Reminders that fell asleep because nobody could or wanted to be reached wake up with the reason (T4, 2.3)."""

from __future__ import annotations

from backend.services.clockwork_records import Reminder
from backend.services.followers import note_contact
from backend.services.parts import Parts
from backend.services.reminding import remind
from tests.backend.backend_world import Person, pushed, said
from tests.conftest import MovableClock


async def asleep(parts: Parts) -> list[Reminder]:
    async with parts.begin() as uow:
        return [one for one in await uow.reminders.where() if one.next_at is None]


async def a_day_passes(parts: Parts, clock: MovableClock) -> None:
    for _ in range(30):
        clock.advance(hours=1)
        await remind(parts)


async def test_a_new_consent_wakes_what_its_withdrawal_had_put_to_sleep(
    parts: Parts, person: Person, a_clock: MovableClock
) -> None:
    await person.starts()
    await person.says("withdraw_consent", purpose="reminders", confirmed=True)
    await a_day_passes(parts, a_clock)
    assert (await asleep(parts), await pushed(parts)) != ([], [])
    assert said(await person.says("give_consent", purpose="reminders")) == ["consent_given_again"]
    assert await asleep(parts) == []
    await a_day_passes(parts, a_clock)
    assert "draft_idle" in await pushed(parts)


async def test_who_follows_again_is_reminded_again(parts: Parts, person: Person, a_clock: MovableClock) -> None:
    await person.starts()
    for event in ("subscribe", "unsubscribe"):
        async with parts.begin() as uow:
            await note_contact(uow, parts, person.openid, event, None)
            await uow.commit()
    await a_day_passes(parts, a_clock)
    assert len(await asleep(parts)) == 1
    async with parts.begin() as uow:
        await note_contact(uow, parts, person.openid, "subscribe", None)
        await uow.commit()
    assert await asleep(parts) == []


async def test_a_consent_that_is_given_on_a_page_is_not_given_in_the_chat(parts: Parts, person: Person) -> None:
    await person.says("withdraw_consent", purpose="beijing_pass", confirmed=True)
    assert said(await person.says("give_consent", purpose="beijing_pass")) != ["consent_given_again"]
