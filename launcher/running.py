"""Which installation runs in a folder, so that a second launcher joins it instead of breaking its database."""

from __future__ import annotations

import json
import os
from pathlib import Path

from launcher.environment import Environment

FILE = "running.json"


def note_running(environment: Environment) -> None:
    """Write down that this process runs the installation of `environment`."""
    file = environment.folder / FILE
    file.touch(mode=0o600)
    file.write_text(json.dumps({"pid": os.getpid(), "variables": dict(environment.variables)}))


def forget_running(folder: Path) -> None:
    (folder / FILE).unlink(missing_ok=True)


def running_in(folder: Path) -> Environment | None:
    """The environment of the installation that runs in `folder`; None when its launcher is gone."""
    try:
        noted = json.loads((folder / FILE).read_text())
        command = Path(f"/proc/{int(noted['pid'])}/cmdline").read_bytes()
    except (OSError, ValueError, KeyError):
        return None
    return Environment(folder, noted["variables"]) if b"launcher" in command else None
