"""Owns the virtual time and everything that falls due at a moment of it."""

import asyncio
import heapq
import itertools
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

Action = Callable[[], Awaitable[None]]
log = logging.getLogger("simulator")


class VirtualClock:
    """Real time plus an offset that the control API moves."""

    def __init__(self) -> None:
        self.offset_s: float = 0.0

    def now(self) -> datetime:
        """Aware, UTC."""
        return datetime.now(UTC) + timedelta(seconds=self.offset_s)

    def epoch(self) -> int:
        """Whole seconds since 1970, as WeChat's CreateTime."""
        return int(time.time() + self.offset_s)


@dataclass(order=True)
class Timer:
    """One thing due at a virtual moment; `cancel` it while it has not run."""

    due_at: datetime
    order: int
    name: str = field(compare=False)
    action: Action = field(compare=False)
    cancelled: bool = field(default=False, compare=False)

    def cancel(self) -> None:
        self.cancelled = True


class Timers:
    """Runs actions when the clock passes them, or at once when the clock is moved past them."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._heap: list[Timer] = []
        self._order = itertools.count()
        self._changed = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()

    def at(self, due_at: datetime, action: Action, *, name: str = "") -> Timer:
        timer = Timer(due_at, next(self._order), name, action)
        heapq.heappush(self._heap, timer)
        self._changed.set()
        return timer

    def after(self, seconds: float, action: Action, *, name: str = "") -> Timer:
        return self.at(self._clock.now() + timedelta(seconds=seconds), action, name=name)

    def clear(self) -> None:
        self._heap.clear()
        self._changed.set()

    def waiting(self) -> list[Timer]:
        return sorted(timer for timer in self._heap if not timer.cancelled)

    async def run_due(self) -> None:
        """Run all that is due, and what those actions make due, in order of their moments."""
        while due := self._pop_due():
            await asyncio.gather(*(self._run(timer) for timer in due))

    async def run_forever(self) -> None:
        """The background task: never waits for a slow action."""
        while True:
            for timer in self._pop_due():
                task = asyncio.create_task(self._run(timer))
                self._running.add(task)
                task.add_done_callback(self._running.discard)
            await self._sleep_until_next()

    async def _sleep_until_next(self) -> None:
        self._changed.clear()
        wait_s = (self._heap[0].due_at - self._clock.now()).total_seconds() if self._heap else 3600.0
        try:
            async with asyncio.timeout(max(wait_s, 0.0)):
                await self._changed.wait()
        except TimeoutError:
            pass

    def _pop_due(self) -> list[Timer]:
        now, due = self._clock.now(), []
        while self._heap and self._heap[0].due_at <= now:
            timer = heapq.heappop(self._heap)
            if not timer.cancelled:
                due.append(timer)
        return due

    async def _run(self, timer: Timer) -> None:
        try:
            await timer.action()
        except Exception:
            log.exception("timer %s failed", timer.name)
