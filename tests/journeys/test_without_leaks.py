"""After the journeys (this file sorts last): what is personal stands where it must, sealed, and nowhere else.

The test makes some traffic of its own first, so that it says something when it runs alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import psycopg
import pytest
import redis
from conftest import RunningStack
from people import Applicant
from psycopg import sql
from standard import binds, fills_in

from backend.seed import APPLICANTS, GIVEN, SURNAMES, demo_id_number

pytestmark = pytest.mark.journey

TYPED_ID = "11010519491231002X"
TYPED_PASSWORD = "Xq7-getippt-2026"
PASSWORDS = (TYPED_PASSWORD, "Gongju-2026", "geheim-1")
ID_NUMBERS = (TYPED_ID, *(demo_id_number(number) for number in range(1, APPLICANTS + 1)))
NAMES = tuple(SURNAMES[(number - 1) % len(SURNAMES)] + GIVEN[number % len(GIVEN)] for number in range(1, 61))
# What the standard applicant says of themselves.
TOLD = ("13800138000", "zhang@example.com", "li@example.com", "建国路1号院", "北京用友", "长春市十一高中")
# The simulator is the platform's side; the seed prints the demo's password on purpose.
NOT_OURS = ("simulator", "seed", "mail")
# What was said to a person in the chat may call them by name; it is erased after 30 days or when they leave.
CHAT = {"wechat_inbox.passive", "wechat_inbox.replies", "wechat_outgoing.parts"}
MAGIC = {b"\xff\xd8\xff": "JPEG", b"\x89PNG": "PNG", b"%PDF": "PDF", b"PK\x03\x04": "DOCX"}


@pytest.fixture(scope="module")
def told(running: RunningStack) -> Iterator[RunningStack]:
    """The stack after somebody has told it everything that must not get out."""
    running.do(_tells_everything(running))
    yield running


async def _tells_everything(running: RunningStack) -> None:
    applicant = await Applicant.joins(running.environment.url("SIMULATOR_PORT"), "小密")
    try:
        await binds(applicant, "demo54")
        await fills_in(applicant)
        await applicant.sends("id_front")
        await applicant.says(f"我的身份证号是{TYPED_ID}")
        await applicant.says(f"密码是{TYPED_PASSWORD}")
    finally:
        await applicant.leaves()


def _rows(running: RunningStack) -> Iterator[tuple[str, str]]:
    """Every value of every table: `table.column`, and its text; bytes as they are, character by character."""
    url = running.environment.variables["DATABASE_URL"].replace("+psycopg", "")
    with psycopg.connect(url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            found = connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table)))
            names = [column.name for column in found.description or ()]
            for row in found:
                for name, value in zip(names, row, strict=True):
                    if value is not None:
                        yield f"{table}.{name}", _text(value)


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _found(texts: Iterator[tuple[str, str]], secrets: tuple[str, ...]) -> set[str]:
    """Where one of the secrets stands; the secrets themselves are not repeated."""
    pattern = re.compile("|".join(re.escape(secret) for secret in secrets))
    return {place for place, text in texts if pattern.search(text)}


def _openids(running: RunningStack) -> tuple[str, ...]:
    url = running.environment.variables["DATABASE_URL"].replace("+psycopg", "")
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT openid FROM followers UNION SELECT openid FROM wechat_inbox").fetchall()
    return tuple(row[0] for row in rows)


def _logs(running: RunningStack) -> Iterator[tuple[str, str]]:
    for path in sorted(running.stack.logs.glob("*.log*")):
        if path.name.partition(".")[0] not in NOT_OURS:
            yield path.name, path.read_text(errors="replace")


def test_no_log_names_a_person_or_repeats_what_they_told(told: RunningStack) -> None:
    openids = _openids(told)
    assert openids
    assert _found(_logs(told), (*openids, *PASSWORDS, *ID_NUMBERS, *NAMES, *TOLD)) == set()


@pytest.mark.parametrize("port", ["BOT_PORT", "BOT_2_PORT", "BACKEND_PORT", "WORKER_PORT"])
async def test_no_metrics_page_names_a_person(told: RunningStack, port: str) -> None:
    async with aiohttp.ClientSession() as http, http.get(told.environment.url(port) + "/metrics") as answer:
        page = await answer.text()
    assert _found(iter([(port, page)]), (*_openids(told), *PASSWORDS, *ID_NUMBERS, *NAMES, *TOLD)) == set()


def test_no_password_and_no_id_number_stands_in_the_database(told: RunningStack) -> None:
    assert _found(_rows(told), (*PASSWORDS, *ID_NUMBERS)) == set()


def test_names_and_the_platforms_user_names_stand_in_the_database_sealed_alone(told: RunningStack) -> None:
    assert _found(_rows(told), NAMES) <= CHAT
    credentials = [text for place, text in _rows(told) if place == "credentials.username_sealed"]
    assert credentials
    assert not [text for text in credentials if "bjt" in text]


def test_redis_keeps_no_password_and_no_id_number(told: RunningStack) -> None:
    store = redis.Redis.from_url(told.environment.variables["REDIS_URL"])
    dumps = ((key.decode(), (store.dump(key) or b"").decode("latin-1")) for key in store.scan_iter())
    kept = [(key, _plain(store, key, dump)) for key, dump in dumps]
    assert kept
    assert _found(iter(kept), (*PASSWORDS, *ID_NUMBERS)) == set()
    store.close()


def _plain(store: redis.Redis, key: str, dump: str) -> str:
    """A string's value as it is (dumps of long ones are compressed); anything else as dumped."""
    if store.type(key) != b"string":
        return dump
    value = store.get(key)
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else ""


def test_stored_files_are_sealed(told: RunningStack) -> None:
    objects = [path for path in (told.environment.folder / "objects").rglob("*") if path.is_file()]
    assert objects
    assert {_kind(path) for path in objects} == {"sealed"}


def _kind(path: Path) -> str:
    head = path.read_bytes()[:4096]
    return next((kind for magic, kind in MAGIC.items() if magic in head[:16]), "sealed")
