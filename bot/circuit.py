"""Whether the dialogue is known to be away, so that nobody waits for an answer that cannot come."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

FIRST_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 5.0
RECENT_S: Final = 60.0


class Circuit:
    """Opens after one hard failure (refused, timeout) or soft ones (503) of two applicants in a row.

    One soft failure alone may be that applicant's own trouble, and must not silence the others. While open, one turn
    at a time is tried after growing pauses; the first success closes it.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._is_open = False
        self._pause_s = FIRST_PAUSE_S
        self._retry_at = 0.0
        self._soft_failures: set[str] = set()
        self._succeeded_at: float | None = None

    @property
    def is_open(self) -> bool:
        return self._is_open

    def wait_s(self) -> float:
        """How long until a turn may be tried; 0 when at once."""
        return max(0.0, self._retry_at - self._now()) if self._is_open else 0.0

    def has_worked_lately(self) -> bool:
        """Closed, and others were served within the last minute: a turn that fails now fails for its own reasons."""
        return not self._is_open and self._succeeded_at is not None and self._now() - self._succeeded_at < RECENT_S

    def failed(self, openid: str, *, hard: bool) -> None:
        """A turn could not be taken."""
        self._soft_failures.add(openid)
        if self._is_open:
            self._pause_s = min(LONGEST_PAUSE_S, self._pause_s * 2)
        elif not hard and len(self._soft_failures) < 2:
            return
        self._is_open = True
        self._retry_at = self._now() + self._pause_s

    def succeeded(self) -> bool:
        """A turn was taken; True when this closes the circuit."""
        was_open, self._is_open = self._is_open, False
        self._pause_s = FIRST_PAUSE_S
        self._soft_failures.clear()
        self._succeeded_at = self._now()
        return was_open
