"""Runs the inbox's turns: in order and one at a time per openid, several openids at once, on any number of bots."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from bot import metrics, sentences
from bot.circuit import Circuit
from bot.conversation import Conversation
from bot.inbox import Given, Inbox, Work
from bot.reading import is_awaiting_an_answer
from bot.turns import Outage
from runtime.logs import REQUEST_ID, who
from wechat.presence import Presence
from wechat.replies import Reply
from wechat.tables import ANSWERED_CHANNEL, INBOX_CHANNEL

AT_ONCE: Final = 32
POLL_EVERY_S: Final = 1.0
HEAL_EVERY_S: Final = 2.0
PURGE_EVERY_S: Final = 3600.0
KEEP_CHATS: Final = timedelta(days=30)
LONGEST_BACK_OFF_S: Final = 30.0
# After so many tries, while others are served well, the trouble is this turn's own.
GIVE_UP_AFTER: Final = 8
log = structlog.get_logger()


class Waiter:
    """Somebody who can still put the answer into our response to WeChat, until the moment `until` (monotonic)."""

    def __init__(self, until: float) -> None:
        self.until = until
        self._something = asyncio.Event()
        self._given: Given | None = None

    def tell(self, given: Given | None) -> None:
        """The answer, or None: something changed, look into the inbox."""
        self._given = self._given or given
        self._something.set()

    async def wait(self, seconds: float) -> Given | None:
        """The answer; None when there is no more than a hint, or when the time is over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, seconds)):
                await self._something.wait()
        self._something.clear()
        return self._given

    def can_still_answer(self) -> bool:
        return time.monotonic() < self.until - 0.1


class Runner:
    """One bot process's share of the work."""

    def __init__(
        self,
        *,
        inbox: Inbox,
        conversation: Conversation,
        circuit: Circuit,
        database_url: str,
        at_once: int = AT_ONCE,
    ) -> None:
        self._inbox, self._conversation, self._circuit = inbox, conversation, circuit
        self._presence = Presence(
            database_url, {INBOX_CHANNEL: lambda _: self.wake(), ANSWERED_CHANNEL: lambda turn: self._tell(turn, None)}
        )
        self._at_once = at_once
        self._under_way: dict[asyncio.Task[None], int] = {}
        self._waiters: dict[str, list[Waiter]] = {}
        self._wake = asyncio.Event()
        self._heal_at = self._purge_at = 0.0

    def wake(self) -> None:
        """Something new is in the inbox."""
        self._wake.set()

    def wait_for(self, turn_key: str, *, until: float) -> Waiter:
        """Register before the push is stored, so that no answer is missed."""
        waiter = Waiter(until)
        self._waiters.setdefault(turn_key, []).append(waiter)
        return waiter

    def stop_waiting(self, turn_key: str, waiter: Waiter) -> None:
        waiters = self._waiters.get(turn_key, [])
        waiters.remove(waiter)
        if not waiters:
            self._waiters.pop(turn_key, None)

    async def is_at_work(self) -> bool:
        """Whether turns are taken here: a bot that only stores pushes is not ready."""
        return self._presence.is_here

    async def run(self) -> None:
        """Work for ever; what is under way when this is cancelled is taken over by whoever comes next."""
        async with self._presence.running():
            try:
                while True:
                    try:
                        await self._round()
                    except Exception as error:
                        log.error("round_broke", error=type(error).__name__)
                        await asyncio.sleep(POLL_EVERY_S)
            finally:
                for task in self._under_way:
                    task.cancel()
                await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _round(self) -> None:
        self._wake.clear()
        works: list[Work] = []
        try:
            await self._keep_house()
            works = await self._claim()
        except IntegrityError:
            self._wake.set()  # another bot was faster with one of these openids
            await asyncio.sleep(0.01)
        except SQLAlchemyError as error:
            log.warning("inbox_unreachable", error=type(error).__name__)
            await asyncio.sleep(POLL_EVERY_S)
        for work in works:
            task = asyncio.create_task(self._run_turn(work))
            self._under_way[task] = work.id
            task.add_done_callback(self._done)
        if not works:
            with suppress(TimeoutError):
                # Not wait_for: before Python 3.12 it can swallow our cancellation.
                async with asyncio.timeout(self._circuit.wait_s() or POLL_EVERY_S):
                    await self._wake.wait()

    async def _claim(self) -> list[Work]:
        free = self._at_once - len(self._under_way)
        if self._circuit.is_open:
            free = 0 if self._under_way or self._circuit.wait_s() else 1
        return await self._inbox.claim(self._presence.number, at_most=free) if free > 0 else []

    async def _keep_house(self) -> None:
        now = time.monotonic()
        if now >= self._heal_at:
            self._heal_at = now + HEAL_EVERY_S
            if healed := await self._inbox.heal(self._presence.number, under_way=list(self._under_way.values())):
                metrics.HEALED.inc(healed)
                log.info("turns_healed", turns=healed)
        if now >= self._purge_at:
            self._purge_at = now + PURGE_EVERY_S
            await self._inbox.purge(older_than=KEEP_CHATS)

    async def _run_turn(self, work: Work) -> None:
        REQUEST_ID.set(work.turn_key)
        started = time.monotonic()
        try:
            await self._take_turn(work)
        except Exception as error:
            log.error("turn_broke", turn=work.turn_key, kind=work.kind, error=type(error).__name__)
            # A database that is away takes no note either: the turn is dropped, and healed once it is there again.
            with suppress(SQLAlchemyError):
                await self._put_off(work, Outage("bot", is_hard=False))
        finally:
            metrics.TURN_SECONDS.observe(time.monotonic() - started)

    async def _take_turn(self, work: Work) -> None:
        try:
            replies = await self._conversation.take(work)
        except Outage as outage:
            await self._put_off(work, outage)
            return
        if self._circuit.succeeded():
            metrics.CIRCUIT_OPEN.set(0)
            log.info("dialogue_is_back")
            await self._inbox.retry_now()
        await self._finish(work, replies, outcome="answered" if replies else "silent")

    async def _put_off(self, work: Work, outage: Outage) -> None:
        metrics.OUTAGES.labels(outage.part).inc()
        log.warning("turn_put_off", turn=work.turn_key, who=who(work.openid), part=outage.part, tries=work.attempts)
        if work.attempts >= GIVE_UP_AFTER and self._circuit.has_worked_lately():
            log.error("turn_given_up", turn=work.turn_key, kind=work.kind)
            replies = [] if work.kind == "event" else [Reply(text=sentences.BUG)]
            await self._finish(work, replies, outcome="given_up")
            return
        if outage.part in ("dialogue", "backend"):
            self._circuit.failed(work.openid, hard=outage.is_hard)
            metrics.CIRCUIT_OPEN.set(int(self._circuit.is_open))
        metrics.TURNS.labels("put_off").inc()
        given = await self._inbox.postpone(
            work,
            self._presence.number,
            seconds=min(LONGEST_BACK_OFF_S, 0.5 * 2 ** min(work.attempts, 10)),
            excuse=sentences.OUTAGE if is_awaiting_an_answer(work.kind, work.kept) else None,
            passive_ok=self._is_awaited(work.turn_key),
        )
        self._tell(work.turn_key, given)

    async def _finish(self, work: Work, replies: list[Reply], *, outcome: str) -> None:
        metrics.TURNS.labels(outcome).inc()
        passive_ok = self._is_awaited(work.turn_key)
        given = await self._inbox.finish(work, self._presence.number, replies, passive_ok=passive_ok)
        self._tell(work.turn_key, given)

    def _is_awaited(self, turn_key: str) -> bool:
        return any(waiter.can_still_answer() for waiter in self._waiters.get(turn_key, ()))

    def _tell(self, turn_key: str, given: Given | None) -> None:
        for waiter in self._waiters.get(turn_key, ()):
            waiter.tell(given)

    def _done(self, task: asyncio.Task[None]) -> None:
        del self._under_way[task]
        self._wake.set()
