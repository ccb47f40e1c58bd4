"""A page's work and the event that lets the chat go on are stored together or not at all, wherever a process dies."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from backend.adapters.db.unit_of_work import PostgresUnitOfWork
from backend.services import binding
from backend.services.going_on import GoOn
from backend.services.parts import Parts
from tests.backend.backend_world import AGREED, PASS_AGREED, SEEDED_PASSWORD, Person, the_order
from tests.conftest import MovableClock

KEY = "page:l_1:bind"


class Killed(BaseException):
    """The process ends here."""


class DyingUnitOfWork(PostgresUnitOfWork):
    """A transaction whose process dies at a given point of the commit."""

    after: bool = False

    async def commit(self) -> None:
        if self.after:
            await super().commit()
        raise Killed


async def _events(engine: AsyncEngine) -> list[tuple[str, str, dict[str, Any]]]:
    async with engine.begin() as connection:
        rows = await connection.execute(text("SELECT openid, dedupe_key, push FROM wechat_inbox ORDER BY id"))
        return [tuple(row) for row in rows]  # type: ignore[misc]


@pytest.mark.parametrize(("after", "people", "events"), [(False, 0, 0), (True, 1, 1)])
async def test_a_process_killed_around_the_commit_leaves_both_or_nothing(
    parts: Parts, engine: AsyncEngine, a_clock: MovableClock, after: bool, people: int, events: int
) -> None:
    def dying() -> DyingUnitOfWork:
        uow = DyingUnitOfWork(engine, a_clock)
        uow.after = after
        return uow

    sign_in = binding.SignIn("demo1", SEEDED_PASSWORD, agreed=AGREED)
    with pytest.raises(Killed):
        await binding.bind(replace(parts, begin=dying), "o1", sign_in, go_on=GoOn(KEY))
    async with parts.begin() as uow:
        assert len(await uow.identities.where()) == people
    assert len(await _events(engine)) == events
    # The page is sent again: now both are there, once.
    await binding.bind(parts, "o1", sign_in, go_on=GoOn(KEY))
    assert [(openid, key) for openid, key, _ in await _events(engine)] == [("o1", KEY)]


Act = Callable[[Person], Awaitable[Any]]


async def _post(person: Person, path: str, wish: dict[str, Any], **body: Any) -> int:
    headers = {"X-Go-On": json.dumps(wish)}
    async with person.client.post(person._url(path), json=body, headers=headers) as response:
        return response.status


async def test_credentials_and_crop_let_the_chat_go_on_with_what_was_tapped(
    person: Person, engine: AsyncEngine
) -> None:
    await person.starts()
    await person.fills_in_everything(until="photo_form")
    before = len(await _events(engine))
    wish = {"key": "page:l_2:credentials"}
    assert await _post(person, "/credentials", wish, username="w", password="p", agreed=PASS_AGREED) == 200
    assert len(await _events(engine)) == before + 1
    await person.sends_photo()
    crop = {"key": "page:l_3:crop:1", "payload": "photo_accept"}
    status = await _post(person, "/photo/crop", crop, x=100, y=100, w=590, h=826)
    assert status == 200
    assert (await _events(engine))[-1][2] == {"event": "resume", "payload": "photo_accept"}


async def test_refused_work_lets_nothing_go_on(person: Person, engine: AsyncEngine) -> None:
    await person.starts()
    wish = {"key": "page:l_2:credentials"}
    assert await _post(person, "/credentials", wish, username="w", password="p", agreed={}) == 422
    assert await _events(engine) == []


@pytest.mark.parametrize(
    "wish",
    ["", "x", "[]", "{}", '{"key": "turn:1"}', '{"key": "page:a", "event": "subscribe"}', '{"key": "page:\\u4eba"}'],
)
async def test_a_malformed_wish_is_refused(person: Person, engine: AsyncEngine, wish: str) -> None:
    await person.starts()
    body = {"username": "w", "password": "p", "consent": True}
    async with person.client.post(person._url("/credentials"), json=body, headers={"X-Go-On": wish}) as response:
        assert response.status == 422
    assert await _events(engine) == []


async def test_a_payment_tells_the_talk_where_it_stands_however_it_was_reported(
    person: Person, parts: Parts, pay: Any, engine: AsyncEngine
) -> None:
    await person.submits()
    await person.post("/pay/prepare")
    order = await the_order(parts)
    pay.paid[order.out_trade_no] = pay.success(order, parts.clock.now())
    for _ in range(2):
        await person.post("/pay/check")
    assert [(key, push) for _, key, push in await _events(engine)] == [
        (f"paid:{order.id}", {"event": "resume", "quiet": True})
    ]
