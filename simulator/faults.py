"""Decides which calls go wrong on purpose."""

import time
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Final

KINDS: Final = ("errcode", "latency", "drop", "garbage", "http500", "html", "revoke_token")
LINGERS_S: Final = 20.0


class BadFault(ValueError):
    """The fault asked for does not exist."""


@dataclass
class Fault:
    """`endpoint` is a path, may end in `*`; `push` is a push to the product. `times` None: until removed."""

    id: int
    endpoint: str
    kind: str
    value: int | float | str | None
    times: int | None
    applied: int = 0

    def as_json(self) -> dict[str, object]:
        return asdict(self)


class Faults:
    """First match wins; a fault used up disappears."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._made = 0
        self._last: tuple[float, Fault] | None = None

    def add(self, endpoint: str, kind: str, value: int | float | str | None = None, times: int | None = 1) -> Fault:
        if kind not in KINDS:
            raise BadFault(f"kind must be one of {', '.join(KINDS)}")
        if kind == "latency" and not isinstance(value, (int, float)):
            raise BadFault("latency needs a value in seconds")
        if kind == "errcode" and not isinstance(value, int) and not endpoint.startswith("/v3/"):
            raise BadFault("errcode needs a number (on /v3/ paths a code such as SYSTEM_ERROR)")
        if kind == "http500" and not (value is None or (isinstance(value, int) and 400 <= value <= 599)):
            raise BadFault("http500 takes a status from 400 to 599")
        if times is not None and times < 1:
            raise BadFault("times must be at least 1, or null for ever")
        self._made += 1
        fault = Fault(self._made, endpoint, kind, value, times)
        self._faults.append(fault)
        return fault

    def check(self, endpoint: str) -> Fault | None:
        """The fault that this call meets, used up by one."""
        if not self._faults:
            return None
        fault = next((f for f in self._faults if fnmatchcase(endpoint, f.endpoint)), None)
        if fault is None:
            return None
        fault.applied += 1
        if fault.times is not None and fault.applied >= fault.times:
            self._faults.remove(fault)
        self._last = (time.monotonic(), fault)
        return fault

    def recent(self) -> Fault | None:
        """The fault applied in the last 20 real seconds: what a late answer may be blamed on."""
        if self._last and time.monotonic() - self._last[0] < LINGERS_S:
            return self._last[1]
        return None

    def all(self) -> list[Fault]:
        return list(self._faults)

    def clear(self, *, fault_id: int | None = None, endpoint: str | None = None) -> int:
        before = len(self._faults)
        self._faults = [
            f
            for f in self._faults
            if (fault_id is not None and f.id != fault_id) or (endpoint is not None and f.endpoint != endpoint)
        ]
        return before - len(self._faults)
