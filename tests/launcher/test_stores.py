"""The embedded stores are real, and die with the process that started them."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import redis

SLEEPER = """
import asyncio, sys
from pathlib import Path
from launcher.stores import postgres
from launcher.process import free_port

async def main():
    part = postgres(Path(sys.argv[1]) / "pg", port=free_port(), log_dir=Path(sys.argv[1]), durable=False)
    await part.start()
    print(part.pid, flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


def test_the_database_is_a_real_postgresql(database_url: str) -> None:
    with psycopg.connect(database_url.replace("+psycopg", "")) as connection:
        row = connection.execute("SELECT version(), current_setting('server_encoding')").fetchone()
    assert row is not None
    assert row[0].startswith("PostgreSQL 1") and row[1] == "UTF8"


def test_valkey_answers_as_redis(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        client.set("k", "v", ex=5)
        assert client.get("k") == b"v"


def test_postgres_does_not_outlive_a_launcher_that_was_killed(tmp_path: Path) -> None:
    launcher = subprocess.Popen(
        [sys.executable, "-c", SLEEPER, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    )
    assert launcher.stdout is not None
    postgres_pid = int(launcher.stdout.readline())
    launcher.send_signal(signal.SIGKILL)
    launcher.wait()
    launcher.stdout.close()
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and _is_alive(postgres_pid):
        time.sleep(0.05)
    assert not _is_alive(postgres_pid)


def test_a_first_start_that_was_interrupted_is_begun_anew(tmp_path: Path) -> None:
    from launcher.stores import init_database

    half = tmp_path / "pg.half"
    half.mkdir()
    (half / "PG_VERSION").write_text("18")
    init_database(tmp_path / "pg")
    assert (tmp_path / "pg" / "global" / "pg_control").exists()
    assert not half.exists()


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return b"Z (zombie)" not in Path(f"/proc/{pid}/status").read_bytes()


def test_a_part_that_cannot_start_says_which_log_to_read(tmp_path: Path) -> None:
    from launcher.process import Part, PartFailed

    async def never() -> bool:
        return False

    part = Part(
        name="broken", command=["/bin/sh", "-c", "echo no luck; exit 3"], env=os.environ, ready=never, log_dir=tmp_path
    )
    try:
        asyncio.run(part.start())
    except PartFailed as failure:
        assert "broken.log" in str(failure) and "no luck" in str(failure)
    else:
        raise AssertionError("the part claimed to be ready")
