"""A person's data goes when they ask, leave, or take their authorisation back; what the law needs stays, unnamed."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from backend.domain.case import Event, Stage
from backend.domain.retention import Because
from backend.domain.transitions import ROWS
from backend.services.erasure import erase_due, request_erasure
from backend.services.orders import record_payment
from backend.services.parts import Parts
from backend.services.payment_window import query_open_orders
from backend.services.records import CaseRecord, Credentials, DocumentView
from backend.services.retention import delete_doomed
from backend.services.transitions_log import SYSTEM, record_transition
from tests.backend.backend_world import FakePay, Person, a_case, a_picture, bound, pushed, tasks, the_order
from tests.conftest import MovableClock

NAMED = ("13800138000", "a@example.com", "示例路1号院", "长春市第十一高中", "示例一号有限公司")


async def plan(parts: Parts, openid: str, because: Because = Because.ASKED) -> None:
    async with parts.begin() as uow:
        await request_erasure(uow, parts, openid, because=because)
        await uow.commit()


async def erased(parts: Parts, a_clock: MovableClock, openid: str) -> None:
    await plan(parts, openid)
    a_clock.advance(seconds=6)
    while await erase_due(parts):
        pass
    while await delete_doomed(parts):
        pass


async def rows(parts: Parts, table: str, what: str = "*") -> list[dict[str, Any]]:
    async with parts.begin() as uow:
        found = await uow.connection.execute(text(f"SELECT {what} FROM {table}"))  # type: ignore[attr-defined]
        return [dict(row._mapping) for row in found]


async def everything(parts: Parts, but: Collection[str] = ()) -> str:
    """Every row of every table, as text."""
    async with parts.begin() as uow:
        names = await uow.connection.execute(  # type: ignore[attr-defined]
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'alembic%'")
        )
        tables = list(names.scalars())
    found = [row for table in tables if table not in but for row in await rows(parts, table)]
    return "\n".join(json.dumps(row, ensure_ascii=False, default=repr) for row in found)


def objects(tmp_path: Path) -> list[Path]:
    return [one for one in (tmp_path / "objects").rglob("*") if one.is_file()]


async def test_nothing_is_left_of_a_person_who_asked_but_what_the_law_needs(
    person: Person, parts: Parts, a_clock: MovableClock, pay: FakePay, tmp_path: Path
) -> None:
    await person.submits()
    order = await the_order(parts)
    await record_payment(parts, pay.success(order, a_clock.now()), source="notify")
    assert objects(tmp_path)
    await _every_turn_is_taken(parts)
    await erased(parts, a_clock, person.openid)
    left = await everything(parts)
    assert [word for word in NAMED if word in left] == []
    kept = {"wechat_inbox", "wechat_outgoing"}  # numbers of messages without their words, and the receipt
    assert person.openid not in await everything(parts, but=kept)
    assert [one["push"] for one in await rows(parts, "wechat_inbox") if one["push"]] == []
    assert await pushed(parts) == ["data_erased"]
    assert objects(tmp_path) == []
    for table in ("files", "item_files", "material_items", "photos", "credentials", "identities", "links", "mails"):
        assert await rows(parts, table) == [], table


async def _every_turn_is_taken(parts: Parts) -> None:
    async with parts.begin() as uow:
        taken = text("UPDATE wechat_inbox SET state = 'answered', answered_at = now()")
        await uow.connection.execute(taken)  # type: ignore[attr-defined]
        await uow.commit()


async def test_the_payment_stays_and_whoever_is_paid_back_is_paid_back(
    person: Person, parts: Parts, a_clock: MovableClock, pay: FakePay
) -> None:
    await person.submits()
    order = await the_order(parts)
    await record_payment(parts, pay.success(order, a_clock.now()), source="notify")
    await erased(parts, a_clock, person.openid)
    kept = await the_order(parts)
    assert (kept.out_trade_no, kept.amount_fen, kept.state, kept.openid) == (
        order.out_trade_no, order.amount_fen, "paid", ""
    )  # fmt: skip
    assert len(await rows(parts, "payments")) == 1
    assert "refund_review" in await tasks(parts)


async def test_a_payment_that_arrives_after_the_erasure_goes_back(
    person: Person, parts: Parts, a_clock: MovableClock, pay: FakePay
) -> None:
    await person.submits()
    await person.post("/pay/prepare")
    order = await the_order(parts)
    await erased(parts, a_clock, person.openid)
    pay.paid[order.out_trade_no] = pay.success(order, a_clock.now())
    a_clock.advance(seconds=60)
    await query_open_orders(parts)
    assert [one["amount_fen"] for one in await rows(parts, "refunds")] == [order.amount_fen]
    assert "late_payment" in await tasks(parts)


async def test_an_unpaid_order_is_closed_at_wechat_pay_too(
    person: Person, parts: Parts, a_clock: MovableClock, pay: FakePay
) -> None:
    await person.submits()
    await person.post("/pay/prepare")
    order = await the_order(parts)
    await erased(parts, a_clock, person.openid)
    a_clock.advance(seconds=60)
    await query_open_orders(parts)
    assert pay.closed == [order.out_trade_no]


async def test_the_receipt_is_the_last_thing_that_is_said(person: Person, parts: Parts, a_clock: MovableClock) -> None:
    await person.starts()
    await erased(parts, a_clock, person.openid)
    assert await pushed(parts) == ["data_erased"]


async def test_an_erased_account_opens_for_nobody(person: Person, parts: Parts, a_clock: MovableClock) -> None:
    await person.starts()
    await erased(parts, a_clock, person.openid)
    for username in ("demo1", "erased:a_demo_1"):
        status, answer = await person.binds(username)
        assert (status, answer["error"]["code"]) == (422, "wrong_password")
    assert (await person.says("open"))["say"][0]["code"] in ("not_bound", "welcome_stranger")


async def test_asking_twice_is_asking_once(person: Person, parts: Parts, a_clock: MovableClock) -> None:
    await person.starts()
    await plan(parts, person.openid)
    await erased(parts, a_clock, person.openid)
    await erased(parts, a_clock, person.openid)
    assert await pushed(parts) == ["data_erased"]
    assert [one["state"] for one in await rows(parts, "data_requests")] == ["done", "done"]


async def test_whoever_was_never_bound_is_forgotten_too(
    person: Person, parts: Parts, a_clock: MovableClock, tmp_path: Path
) -> None:
    await person.post("/contacted", event="message")
    await person.sends_file(a_picture())
    await erased(parts, a_clock, person.openid)
    assert (await rows(parts, "files"), await rows(parts, "followers"), objects(tmp_path)) == ([], [], [])


async def test_an_other_persons_data_stays(
    person: Person, parts: Parts, client: Any, a_clock: MovableClock, tmp_path: Path
) -> None:
    other = Person(client, "o_other")
    await other.binds("demo2")
    await other.says("start_case", business_type="NEW")
    await other.sends_file(a_picture(10))
    before = len(objects(tmp_path))
    await person.submits()
    await erased(parts, a_clock, person.openid)
    assert len(objects(tmp_path)) == before
    assert (await other.says("open"))["case"]["stage"] == "draft"


async def test_a_case_at_the_bureau_waits_for_a_manager(parts: Parts, a_clock: MovableClock) -> None:
    case = await a_case(parts, "o_1", stage=Stage.HR_FIRST_REVIEW)
    await erased(parts, a_clock, "o_1")
    assert await tasks(parts) == ["data_delete"]
    assert [one["state"] for one in await rows(parts, "data_requests")] == ["review"]
    assert [one["draft"] for one in await rows(parts, "cases") if one["id"] == case.id] != [{}]


async def test_leaving_starts_the_clock_and_following_again_stops_it(
    person: Person, parts: Parts, a_clock: MovableClock
) -> None:
    await person.starts()
    await person.post("/contacted", event="unsubscribe")
    a_clock.advance(days=29)
    assert await erase_due(parts) == 0
    await person.post("/contacted", event="subscribe")
    a_clock.advance(days=2)
    assert await erase_due(parts) == 0
    assert (await person.says("open"))["case"]["stage"] == "draft"


async def test_thirty_days_after_leaving_everything_is_gone_without_a_word(
    person: Person, parts: Parts, a_clock: MovableClock
) -> None:
    await person.starts()
    await person.post("/contacted", event="unsubscribe")
    a_clock.advance(days=30, seconds=60)
    assert await erase_due(parts) == 1
    assert (await rows(parts, "identities"), await pushed(parts)) == ([], [])


async def test_what_was_asked_for_is_not_stopped_by_following(person: Person, parts: Parts) -> None:
    await person.starts()
    await person.post("/contacted", event="unsubscribe")
    await plan(parts, person.openid)
    await person.post("/contacted", event="subscribe")
    assert [one["because"] for one in await rows(parts, "data_requests", "because")] == ["asked"]


async def test_a_paid_case_of_somebody_who_left_is_decided_by_a_manager(parts: Parts, a_clock: MovableClock) -> None:
    await a_case(parts, "o_1", stage=Stage.AGENCY_REVIEW)
    await plan(parts, "o_1", Because.UNFOLLOWED)
    a_clock.advance(days=31)
    await erase_due(parts)
    assert await tasks(parts) == ["data_delete"]


TERMINAL_ROWS = [
    row
    for row in ROWS
    if row.target.value in ("closed_timeout", "completed", "hr_refused", "cancelled") and row.source is not row.target
]


@pytest.mark.parametrize("row", TERMINAL_ROWS, ids=lambda row: f"{row.number}-{row.source}-{row.event}")
async def test_credentials_are_purged_on_every_way_to_an_end(parts: Parts, row: Any) -> None:
    case = await _with_credentials(parts, row.source)
    async with parts.begin() as uow:
        await record_transition(uow, case, Event(row.event), SYSTEM, now=parts.clock.now())
        await uow.commit()
    assert await rows(parts, "credentials") == []


async def _with_credentials(parts: Parts, stage: Stage) -> CaseRecord:
    case = await a_case(parts, "o_1", stage=stage)
    async with parts.begin() as uow:
        await uow.credentials.add(Credentials(case.id, b"u", b"p", parts.clock.now()))
        await uow.commit()
    return case


async def test_a_file_that_somebody_else_was_shown_leaves_the_fact_that_it_was_seen(
    person: Person, parts: Parts, a_clock: MovableClock
) -> None:
    await person.submits()
    case_id = (await the_order(parts)).case_id
    async with parts.begin() as uow:
        held = await uow.item_files.first()
        assert held
        view = DocumentView(parts.clock.now(), "s_demo_reviewer", case_id, "file", held.file_id)
        await uow.document_views.add(view)
        await uow.commit()
    await erased(parts, a_clock, person.openid)
    assert [(one["staff_id"], one["file_id"]) for one in await rows(parts, "document_views")] == [
        ("s_demo_reviewer", None)
    ]


async def test_bound_people_only_are_named_in_the_trail(parts: Parts) -> None:
    await bound(parts, "o_1")
    await plan(parts, "o_1")
    assert [one["action"] for one in await rows(parts, "audit")] == ["erasure_requested"]
