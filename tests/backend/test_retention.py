"""Every class of catalogue/retention.yml goes at its time, in batches, without orphans; the dry run changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from backend.adapters.catalogue_files import load_purposes, load_retention
from backend.adapters.db.privacy_scopes import BLANKED, OF_CASES, all_classes
from backend.adapters.objects import BlobStore
from backend.domain.case import Stage
from backend.domain.errors import CatalogueFaulty
from backend.domain.retention import Because, Ending, read_retention
from backend.services.binding import draw_captcha
from backend.services.errors import StorageUnavailable
from backend.services.parts import Parts
from backend.services.retention import delete_doomed, enforce, sweep_objects, what_is_over
from backend.services.rights_records import DoomedObject
from tests.backend.backend_world import Person, a_case, a_picture, stage_of
from tests.backend.test_erasure import objects, rows
from tests.conftest import MovableClock

RETENTION = load_retention()


async def enforced(parts: Parts) -> dict[str, int]:
    gone = dict(await enforce(parts))
    while await delete_doomed(parts):
        pass
    return gone


def test_every_class_of_the_table_is_enforced_and_no_other() -> None:
    assert set(RETENTION.classes) == all_classes()


def test_what_the_table_says_is_done_is_what_is_done() -> None:
    ends = {name: one.does for name, one in RETENTION.classes.items()}
    whole_cases = {name for name in OF_CASES if name != "case_files"}  # of its cases only the files go
    assert {name for name, does in ends.items() if does is Ending.BLANK} == set(BLANKED)
    assert {name for name, does in ends.items() if does is Ending.ANONYMISE} == whole_cases


def test_what_is_kept_by_law_says_by_which() -> None:
    assert [name for name in RETENTION.kept_by_law if "法" not in RETENTION.classes[name].basis] == []


def test_the_table_is_refused_with_every_fault_named() -> None:
    with pytest.raises(CatalogueFaulty) as refused:
        read_retention({"version": "1", "classes": [{"name": "x"}], "kept_by_law": ["y"], "erasure": {}})
    assert len(refused.value.faults) == 2 + len(Because)


def test_every_purpose_says_what_it_is_for_and_what_is_lost_without_it() -> None:
    purposes = load_purposes()
    assert {"service_terms", "sensitive_id", "beijing_pass", "reminders"} <= set(purposes)
    assert all(one.needed_for and one.without for one in purposes.values())


async def test_a_class_that_cannot_be_let_go_keeps_no_other(
    person: Person, parts: Parts, engine: AsyncEngine, a_clock: MovableClock
) -> None:
    await draw_captcha(parts)
    await person.says("open")
    a_clock.advance(days=200)
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '40P01'; END $$"
            )
        )
        await connection.execute(
            text("CREATE TRIGGER refuse BEFORE DELETE ON captchas FOR EACH ROW EXECUTE FUNCTION refuse()")
        )
    try:
        gone = await enforce(parts)
    finally:
        async with engine.begin() as connection:
            await connection.execute(text("DROP TRIGGER refuse ON captchas"))
    assert ("captchas" in gone, gone["links"], gone["answers"]) == (False, 1, 1)


async def test_nothing_counts_as_gone_while_the_store_is_away(parts: Parts, tmp_path: Path) -> None:
    class Away(BlobStore):
        async def delete(self, object_key: str) -> None:
            raise StorageUnavailable

    async with parts.begin() as uow:
        await uow.doomed_objects.add(DoomedObject("files/2026/02/o_1", parts.clock.now()))
        await uow.commit()
    assert await delete_doomed(replace(parts, objects=Away(None))) == 0
    assert len(await rows(parts, "doomed_objects")) == 1


async def test_a_draft_that_nobody_touches_goes_after_ninety_days(
    person: Person, parts: Parts, a_clock: MovableClock, tmp_path: Path
) -> None:
    await person.starts()
    await person.fills_in_everything(until="education_form")
    a_clock.advance(days=89)
    assert "drafts" not in await enforced(parts)
    a_clock.advance(days=2)
    assert (await enforced(parts))["drafts"] == 1
    (case,) = await rows(parts, "cases")
    assert (case["stage"], case["draft"]) == ("archived", {})
    await enforced(parts)
    assert objects(tmp_path) == []


async def test_files_of_a_closed_case_go_before_its_answers(
    person: Person, parts: Parts, a_clock: MovableClock, tmp_path: Path
) -> None:
    await person.submits()
    await person.says("cancel_case", confirmed=True)
    kept = len(objects(tmp_path))
    a_clock.advance(days=179)
    await enforced(parts)
    assert len(objects(tmp_path)) == kept
    a_clock.advance(days=2)
    gone = await enforced(parts)
    assert gone["case_files"] == gone["unfinished_cases"] == 1
    assert objects(tmp_path) == []
    assert [one["draft"] for one in await rows(parts, "cases")] == [{}]


async def test_a_completed_case_keeps_its_answers_for_the_renewal(parts: Parts, a_clock: MovableClock) -> None:
    case = await a_case(parts, "o_1", stage=Stage.COMPLETED)
    async with parts.begin() as uow:
        closed = text("UPDATE cases SET closed_at = :now")
        await uow.connection.execute(closed, {"now": a_clock.now()})  # type: ignore[attr-defined]
        await uow.commit()
    a_clock.advance(days=1184)
    await enforced(parts)
    assert await stage_of(parts, case) == "completed"
    a_clock.advance(days=2)
    assert (await enforced(parts))["completed_cases"] == 1
    assert await stage_of(parts, case) == "archived"


async def test_a_file_that_belongs_to_nothing_goes_after_thirty_days(
    person: Person, parts: Parts, a_clock: MovableClock, tmp_path: Path
) -> None:
    await person.sends_file(a_picture())
    a_clock.advance(days=31)
    assert (await enforced(parts))["loose_files"] == 1
    assert (await rows(parts, "files"), objects(tmp_path)) == ([], [])


async def test_what_was_typed_is_blanked_a_day_after_its_answer(parts: Parts) -> None:
    async with parts.begin() as uow:
        told = text(
            "INSERT INTO wechat_inbox (dedupe_key, turn_key, openid, kind, push, received_at, state, delivery, passive,"
            " answered_at) SELECT 'k' || n, 'k' || n, 'o_1', 'text', '{\"text\": \"hello\"}', now(), 'answered',"
            " 'passive', '{\"text\": \"hello\"}', clock_timestamp() - make_interval(hours => n)"
            " FROM unnest(ARRAY[1, 3000]) n"
        )
        await uow.connection.execute(told)  # type: ignore[attr-defined]
        await uow.commit()
    # The answers' moments are the database's own.
    parts.clock.at = datetime.now(UTC)  # type: ignore[attr-defined]
    gone = await enforced(parts)
    assert (gone["chat_rows"], len(await rows(parts, "wechat_inbox"))) == (1, 1)
    parts.clock.advance(days=2)  # type: ignore[attr-defined]
    assert (await enforced(parts))["chat_texts"] == 1
    (row,) = await rows(parts, "wechat_inbox")
    assert (row["push"], row["passive"]) == ({}, None)


async def test_payment_records_stay_ten_years(person: Person, parts: Parts, a_clock: MovableClock) -> None:
    await person.submits()
    a_clock.advance(days=3649)
    await enforced(parts)
    assert len(await rows(parts, "orders")) == 1
    a_clock.advance(days=2)
    assert (await enforced(parts))["payment_records"] == 1
    assert await rows(parts, "orders") == []


async def test_the_dry_run_counts_what_enforcing_would_do_and_changes_nothing(
    person: Person, parts: Parts, a_clock: MovableClock
) -> None:
    await person.submits()
    await person.says("cancel_case", confirmed=True)
    a_clock.advance(days=400)
    before = [len(await rows(parts, name)) for name in ("cases", "files", "links", "commands", "audit")]
    over = await what_is_over(parts)
    assert [len(await rows(parts, name)) for name in ("cases", "files", "links", "commands", "audit")] == before
    gone = await enforced(parts)
    # Files that lose their case become loose, so that a later class finds more than was counted.
    assert {name: over[name] for name in gone if name not in ("loose_files", "audit")} == {
        name: count for name, count in gone.items() if name not in ("loose_files", "audit")
    }


async def test_enforcing_again_finds_nothing(person: Person, parts: Parts, a_clock: MovableClock) -> None:
    await person.submits()
    await person.says("cancel_case", confirmed=True)
    a_clock.advance(days=200)
    for _ in range(2):
        await enforced(parts)
    assert await enforced(parts) == {}


async def test_the_sweep_deletes_what_no_row_knows_and_nothing_else(
    person: Person, parts: Parts, a_clock: MovableClock, tmp_path: Path
) -> None:
    await person.starts()
    await person.sends_file(a_picture())
    await parts.objects.put("files/orphan", b"sealed")
    known = len(objects(tmp_path)) - 1
    a_clock.at = datetime.now(UTC)
    assert await sweep_objects(parts, is_dry=False) == {"seen": 0, "orphans": 0, "deleted": 0}
    a_clock.at += timedelta(hours=25)
    assert (await sweep_objects(parts, is_dry=True))["orphans"] == 1
    assert len(objects(tmp_path)) == known + 1
    assert (await sweep_objects(parts, is_dry=False))["deleted"] == 1
    assert len(objects(tmp_path)) == known


async def test_an_object_that_the_store_keeps_back_is_tried_again(
    person: Person, parts: Parts, a_clock: MovableClock, tmp_path: Path
) -> None:
    await person.sends_file(a_picture())
    a_clock.advance(days=31)
    await enforce(parts)
    assert len(await rows(parts, "doomed_objects")) == len(objects(tmp_path)) == 1
    await delete_doomed(parts)
    assert (await rows(parts, "doomed_objects"), objects(tmp_path)) == ([], [])
