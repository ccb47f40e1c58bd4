"""Which installation runs in a folder, so that a second launcher joins it instead of breaking its database."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from launcher.environment import Environment

FILE: Final = "running.json"


@dataclass(frozen=True)
class Running:
    """The installation of another launcher; not `is_ready` while it still starts."""

    pid: int
    environment: Environment
    is_ready: bool


def note_running(environment: Environment, *, is_ready: bool) -> None:
    """Write down that this process starts or runs the installation of `environment`."""
    file = environment.folder / FILE
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    noted = {"pid": os.getpid(), "is_ready": is_ready, "variables": dict(environment.variables)}
    file.write_text(json.dumps(noted))


def forget_running(folder: Path) -> None:
    (folder / FILE).unlink(missing_ok=True)


def running_in(folder: Path) -> Running | None:
    """The installation that runs in `folder`; None when there is none or its launcher is gone."""
    try:
        noted = json.loads((folder / FILE).read_text())
        pid, environment = int(noted["pid"]), Environment(folder, noted["variables"])
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Running(pid, environment, bool(noted["is_ready"])) if b"launcher" in command else None
