"""Says which part of the demo is ready, how long it took and about how long the rest will take."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

FILE: Final = "start-times.json"
# When each part of a first start is ready, in seconds from its beginning; later starts go by the start before them.
USUAL: Final = {
    "valkey": 1.0, "postgres": 1.5, "mail": 1.5, "simulator": 2.5, "actions": 3.0, "migrate": 5.0, "rasa": 6.0,
    "seed": 8.0, "backend": 10.0, "worker": 10.0, "front": 11.0, "bot": 12.0, "bot_2": 12.0,
}  # fmt: skip
SLACK_S: Final = 3.0


@dataclass
class Progress:
    """One line per part, when it is ready."""

    folder: Path
    say: Callable[[str], None]
    usual: dict[str, float] = field(init=False)
    ready_at: dict[str, float] = field(default_factory=dict, init=False)
    _began: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        self.usual = _read(self.folder / FILE) or dict(USUAL)

    def begin(self) -> None:
        self._began = time.monotonic()
        self.say(f"{len(self.usual)} parts, about {_whole(max(self.usual.values()))} s")

    def ready(self, name: str, took_s: float) -> None:
        """A part is ready `took_s` after it was started."""
        elapsed = time.monotonic() - self._began
        self.ready_at[name] = elapsed
        left = self.left_s(elapsed)
        rest = f"about {_whole(left)} s left" if len(self.ready_at) < len(self.usual) else f"all in {elapsed:.1f} s"
        self.say(f"{len(self.ready_at):2}/{len(self.usual)} {name:10} ready after {took_s:4.1f} s   {rest}")

    def left_s(self, elapsed: float) -> float:
        """What is left of the usual start from its first part that is not ready, at the pace of this start so far."""
        missing = [at for name, at in self.usual.items() if name not in self.ready_at]
        if not missing:
            return 0.0
        reached = max(self.usual.get(name, 0.0) for name in self.ready_at)
        return (max(self.usual.values()) - min(missing)) * (elapsed + SLACK_S) / (reached + SLACK_S)

    def end(self) -> None:
        """Remember this start for the next one's estimate."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / FILE).write_text(json.dumps({name: round(at, 1) for name, at in self.ready_at.items()}))


def _whole(seconds: float) -> int:
    return max(1, round(seconds))


def _read(file: Path) -> dict[str, float]:
    try:
        return {str(name): float(at) for name, at in json.loads(file.read_text()).items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}
