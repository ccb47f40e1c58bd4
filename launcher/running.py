"""Who works in a folder: one launcher at a time, so that a second one joins it instead of breaking its database."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from launcher.environment import Environment

FILE: Final = "running.json"
LOCK: Final = "launcher.lock"
NOTED_WITHIN_S: Final = 5.0


@dataclass(frozen=True)
class Running:
    """What another launcher does (`run`, `talk`, `db`); its `environment` is there once it is chosen."""

    pid: int
    does: str
    environment: Environment | None
    is_ready: bool


class Occupied(Exception):
    """Another launcher works in this folder."""

    def __init__(self, by: Running) -> None:
        super().__init__(f"another `make {by.does}` (process {by.pid}) works here")
        self.by = by


@contextmanager
def alone_in(folder: Path, does: str) -> Iterator[None]:
    """Be the one launcher of `folder` while the context is open; the kernel frees it when this process dies.

    Raises:
        Occupied: there is one already.
        OSError: nothing can be written there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Occupied(_noted(folder)) from None
        _write(folder, {"pid": os.getpid(), "does": does, "is_ready": False})
        try:
            yield
        finally:
            (folder / FILE).unlink(missing_ok=True)


def note_running(environment: Environment, does: str, *, is_ready: bool) -> None:
    """Write down for others what this process, alone in the folder of `environment`, starts or runs there."""
    noted = {"pid": os.getpid(), "does": does, "is_ready": is_ready, "variables": dict(environment.variables)}
    _write(environment.folder, noted)


def _write(folder: Path, noted: dict[str, object]) -> None:
    new = folder / f"{FILE}.new"
    new.unlink(missing_ok=True)
    new.touch(mode=0o600)
    new.write_text(json.dumps(noted))
    new.replace(folder / FILE)


def _noted(folder: Path) -> Running:
    """The note of whoever holds the lock; it may be writing it just now."""
    give_up_at = time.monotonic() + NOTED_WITHIN_S
    while True:
        try:
            noted = json.loads((folder / FILE).read_text())
            variables = noted.get("variables")
            environment = Environment(folder, variables) if variables else None
            return Running(int(noted["pid"]), str(noted["does"]), environment, bool(noted["is_ready"]))
        except (OSError, ValueError, KeyError, TypeError):
            if time.monotonic() > give_up_at:
                return Running(0, "run", None, is_ready=False)
            time.sleep(0.05)
