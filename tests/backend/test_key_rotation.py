"""Rotating DATA_KEYS by command: everything ends under the new key, processes read meanwhile, a stop costs nothing."""

from __future__ import annotations

import asyncio
import base64
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from backend.adapters.keys import CannotOpen, DataKeyring
from backend.adapters.objects import BlobStore
from backend.adapters.rotation import SEALED, rotate_keys, sealed_columns
from backend.main import main
from backend.services.binding import applicant_name
from backend.services.exporting import make_copies
from backend.services.files import read_file
from backend.services.parts import Parts
from backend.services.retention import delete_doomed
from launcher.environment import local_environment
from tests.backend.backend_world import Person
from tests.guards.test_settings_are_documented import example

ROOT = Path(__file__).resolve().parents[2]
OLD, NEW = b"k" * 32, b"n" * 32
BOTH = DataKeyring({"new": NEW, "test": OLD})


class Stopped(Exception):
    """The process was killed here."""


class BreakingStore(BlobStore):
    """Dies at the third object."""

    puts = 0

    async def put(self, object_key: str, content: bytes) -> None:
        self.puts += 1
        if self.puts > 3:
            raise Stopped
        await super().put(object_key, content)


def test_every_sealed_column_is_rotated() -> None:
    assert sealed_columns() == {f"{one.column.table.name}.{one.column.name}" for one in SEALED}


def test_a_new_key_can_be_known_before_it_is_used() -> None:
    old, new = (base64.b64encode(one).decode() for one in (OLD, NEW))
    alone = DataKeyring.from_text(f"k1:{old}")
    known = DataKeyring.from_text(f"k1:{old},k2:{new},k1:{old}")
    used = DataKeyring.from_text(f"k2:{new},k1:{old}")
    assert known.open(used.seal(b"x", context="c"), context="c") == b"x"
    assert known.current_prefix == alone.current_prefix != used.current_prefix
    assert {one.fingerprint("a") for one in (alone, known, used)} == {alone.fingerprint("a")}


async def everything_opens(parts: Parts, keys: DataKeyring) -> int:
    """How many values and files open with these keys; raises CannotOpen at the first that does not."""
    read, opened = replace(parts, keys=keys), 0
    async with parts.begin() as uow:
        for applicant in await uow.applicants.where():
            assert applicant_name(read, applicant)
            opened += 1
        for kept in await uow.credentials.where():
            keys.open(kept.username_sealed, context=f"credentials.username:{kept.case_id}")
            opened += 1
        for stored in await uow.files.where():
            assert await read_file(read, stored)
            opened += 1
        for request in await uow.data_requests.where():
            for one in request.objects:
                key = str(one["object_key"])
                keys.open(await parts.objects.get(key), context=key)
                opened += 1
    return opened


@pytest.fixture
async def told(person: Person, parts: Parts) -> Parts:
    await person.submits()
    await person.says("export_my_data")
    await make_copies(parts)
    return parts


async def test_after_the_rotation_the_old_key_opens_nothing_any_more(told: Parts, engine: AsyncEngine) -> None:
    with pytest.raises(CannotOpen):
        await everything_opens(told, DataKeyring({"new": NEW}))
    counts = await rotate_keys(engine, BOTH, told.objects)
    assert counts["files"] > 15 and counts["applicants.name_sealed"] >= 60 and counts["exports"] == 1
    assert await everything_opens(told, DataKeyring({"new": NEW})) > 80


async def test_processes_with_both_keys_read_before_during_and_after(told: Parts, engine: AsyncEngine) -> None:
    before = await everything_opens(told, BOTH)
    with pytest.raises(Stopped):
        await rotate_keys(engine, BOTH, BreakingStore.at(_url(told)))
    assert await everything_opens(told, BOTH) == before
    await rotate_keys(engine, BOTH, told.objects)
    assert await everything_opens(told, BOTH) == before


async def test_a_rotation_that_was_killed_goes_on_where_it_was(told: Parts, engine: AsyncEngine) -> None:
    with pytest.raises(Stopped):
        await rotate_keys(engine, BOTH, BreakingStore.at(_url(told)))
    rest = await rotate_keys(engine, BOTH, told.objects)
    assert rest["applicants.name_sealed"] == 0 and rest["files"] > 0
    assert set((await rotate_keys(engine, BOTH, told.objects)).values()) == {0}


async def test_a_rotation_that_was_killed_with_minus_nine_goes_on_where_it_was(
    told: Parts, engine: AsyncEngine, migrated_url: str, redis_url: str, tmp_path: Path
) -> None:
    """A real process, killed while it waits for a row that somebody else holds."""
    before = await everything_opens(told, BOTH)
    texts = [f"{name}:{base64.b64encode(key).decode()}" for name, key in (("new", NEW), ("test", OLD))]
    environment = {
        **os.environ, **local_environment(tmp_path / "settings", fixed_ports=False).variables,
        "DATABASE_URL": migrated_url, "REDIS_URL": redis_url, "OBJECT_STORE_URL": _url(told),
        "DATA_KEYS": ",".join(texts),
    }  # fmt: skip
    command = [sys.executable, "-m", "backend.main", "rotate-keys"]
    async with engine.begin() as holding:
        await holding.execute(text("SELECT 1 FROM files ORDER BY id DESC LIMIT 1 FOR UPDATE"))
        running = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        try:
            await _waits_for_a_row(engine, running)
        finally:
            running.kill()
            running.wait()
    with pytest.raises(CannotOpen):
        await everything_opens(told, DataKeyring({"new": NEW}))
    assert await everything_opens(told, BOTH) == before
    assert subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=False).returncode == 0
    assert await everything_opens(told, DataKeyring({"new": NEW})) == before


async def _waits_for_a_row(engine: AsyncEngine, process: subprocess.Popen[bytes]) -> None:
    asked = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    waits = 0
    async with asyncio.timeout(60):
        while process.poll() is None and not waits:
            await asyncio.sleep(0.1)
            # A transaction sees what others do as it was at its first look.
            async with engine.connect() as connection:
                waits = await connection.scalar(asked)
    assert process.poll() is None, "it ended before it came to the row"


async def test_a_file_that_was_erased_meanwhile_does_not_come_back(told: Parts, engine: AsyncEngine) -> None:
    async with told.begin() as uow:
        await uow.privacy.erase_files_of([one.id for one in await uow.cases.where()], now=told.clock.now())
        await uow.commit()
    while await delete_doomed(told):
        pass
    counts = await rotate_keys(engine, BOTH, told.objects)
    assert counts["files"] == 0


async def test_a_key_that_is_missing_is_said_and_nothing_is_lost(told: Parts, engine: AsyncEngine) -> None:
    with pytest.raises(CannotOpen):
        await rotate_keys(engine, DataKeyring({"new": NEW}), told.objects)
    assert await everything_opens(told, DataKeyring({"test": OLD})) > 80


async def test_what_is_written_during_the_rotation_is_found_by_the_next_run(told: Parts, engine: AsyncEngine) -> None:
    await rotate_keys(engine, BOTH, told.objects)
    # A process that was not restarted yet has the same keys in the old order, and writes once more.
    late = DataKeyring({"test": OLD, "new": NEW})
    async with told.begin() as uow:
        await uow.commands.begin("o_1:late", "open")
        await uow.commands.finish("o_1:late", 200, late.seal(b"{}", context="command:o_1:late"))
        await uow.commit()
    assert (await rotate_keys(engine, BOTH, told.objects))["commands.body_sealed"] > 0


def _url(parts: Parts) -> str:
    prefix = str(parts.objects._store.prefix)  # type: ignore[attr-defined]
    return f"file://{prefix}"


@pytest.mark.parametrize("password", [None, "Gongju-2026", "short"])
def test_demo_accounts_on_a_public_address_need_a_password_of_their_own(
    monkeypatch: Any, capsys: Any, password: str | None
) -> None:
    for name, value in example().items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("SEED_PASSWORD", raising=False)
    if password is not None:
        monkeypatch.setenv("SEED_PASSWORD", password)
    assert main(["seed"]) == 1
    assert "SEED_PASSWORD" in capsys.readouterr().err


def test_the_command_line_explains_itself() -> None:
    environment = {**os.environ, **example()}
    asked = [sys.executable, "-m", "backend.main", "retention", "--wet-run"]
    told = subprocess.run(asked, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert told.returncode == 2 and "rotate-keys" in told.stderr
