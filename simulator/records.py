"""Keeps what happened: the transcript of every request both ways, and the platform rules that the product broke."""

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from simulator.changes import Changes
from simulator.clock import VirtualClock

KEPT_ENTRIES: Final = 5000
KEPT_BODY_CHARACTERS: Final = 4000
_SECRET_NAMES: Final = r"access_token|secret|appsecret|refresh_token|ticket|code|(?:msg_)?signature|paySign"  # noqa: S105
_IN_QUERY: Final = re.compile(rf"\b({_SECRET_NAMES})=([^&\s\"]+)")
_IN_JSON: Final = re.compile(rf'("(?:{_SECRET_NAMES.replace("|code", "")})"\s*:\s*")[^"]*"')
_IN_HEADER: Final = re.compile(r'(signature=")[^"]*"')

Direction = Literal["to_product", "from_product"]


@dataclass(frozen=True)
class Entry:
    """One exchange. `to_product` is a push or callback of ours, `from_product` a call of the product."""

    seq: int
    at: str
    direction: Direction
    name: str
    request: str
    response: str
    status: int | None
    checks: tuple[str, ...]
    duration_ms: float | None
    openid: str

    def as_json(self) -> dict[str, object]:
        return {
            "seq": self.seq,
            "at": self.at,
            "direction": self.direction,
            "name": redacted(self.name),
            "request": redacted(self.request),
            "response": redacted(self.response),
            "status": self.status,
            "checks": list(self.checks),
            "duration_ms": self.duration_ms,
            "openid": self.openid,
        }


def redacted(text: str) -> str:
    """Tokens, secrets, codes and signatures replaced by `***`."""
    text = _IN_QUERY.sub(r"\1=***", text)
    return _IN_HEADER.sub(r'\1***"', _IN_JSON.sub(r'\1***"', text))


class Transcript:
    """The last 5000 exchanges; bodies are cut at 4000 characters, redacted when read."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._entries: deque[Entry] = deque(maxlen=KEPT_ENTRIES)
        self._seq = 0

    def add(
        self,
        direction: Direction,
        name: str,
        *,
        request: str = "",
        response: str = "",
        status: int | None = None,
        checks: Sequence[str] = (),
        duration_ms: float | None = None,
        openid: str = "",
    ) -> Entry:
        """`name` is "POST /path?query" or the name of a push; `checks` are the findings, empty when all is well."""
        self._seq += 1
        entry = Entry(
            seq=self._seq,
            at=self._clock.now().isoformat(timespec="milliseconds"),
            direction=direction,
            name=name,
            request=request[:KEPT_BODY_CHARACTERS],
            response=response[:KEPT_BODY_CHARACTERS],
            status=status,
            checks=tuple(checks),
            duration_ms=None if duration_ms is None else round(duration_ms, 1),
            openid=openid,
        )
        self._entries.append(entry)
        return entry

    def after(self, seq: int = 0) -> list[Entry]:
        return [entry for entry in self._entries if entry.seq > seq]


@dataclass(frozen=True)
class Violation:
    """A platform rule that the product broke; `fault` names the injected fault that may excuse it."""

    seq: int
    at: str
    rule: str
    detail: str
    fault: str | None

    def as_json(self) -> dict[str, object]:
        return {"seq": self.seq, "at": self.at, "rule": self.rule, "detail": self.detail, "fault": self.fault}


class Violations:
    """Every broken rule, in order."""

    def __init__(self, clock: VirtualClock, changes: Changes) -> None:
        self._clock = clock
        self._changes = changes
        self._found: list[Violation] = []
        self._seq = 0

    def add(self, rule: str, detail: str, *, fault: str | None = None) -> Violation:
        self._seq += 1
        at = self._clock.now().isoformat(timespec="milliseconds")
        violation = Violation(self._seq, at, rule, redacted(detail), fault)
        self._found.append(violation)
        self._changes.publish("violation", violation=violation.as_json())
        return violation

    def all(self) -> list[Violation]:
        return list(self._found)

    def clear(self) -> None:
        self._found.clear()
