"""Where talks are remembered: one small Redis key per applicant; losing it loses no answer (the backend has them)."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from redis.asyncio import Redis
from redis.exceptions import RedisError

from nlu.compaction import pack, unpack
from nlu.turn import Turn, current_turn

log = logging.getLogger(__name__)
PREFIX = "gongju:talk:"
KEPT_FOR_S = 200 * 24 * 3600  # half a year and some days: a talk that is resumed later starts from the backend
ANSWER_WITHIN_S = 1.0


class CompactTrackerStore(TrackerStore):
    """Keeps the state of a talk, the key of its last turn and that turn's replies, in one write.

    A Redis that is away is a Redis that forgot, and so is one that holds what nobody can read (an older version wrote
    it): the turn runs on an empty tracker and asks the backend.
    """

    def __init__(
        self,
        domain: Domain | None,
        host: str = "redis://127.0.0.1:6379/0",
        event_broker: EventBroker | None = None,
        kept_for_s: int = KEPT_FOR_S,
        **kwargs: Any,
    ) -> None:
        super().__init__(domain, event_broker, **kwargs)
        self._kept_for_s = int(kept_for_s)
        self._redis: Redis = Redis.from_url(
            host, socket_timeout=ANSWER_WITHIN_S, socket_connect_timeout=ANSWER_WITHIN_S, health_check_interval=0
        )

    @property
    def domain(self) -> Domain:
        return self._domain

    @domain.setter
    def domain(self, domain: Domain | None) -> None:
        self._domain = domain or Domain.empty()

    async def load(self, turn: Turn) -> dict[str, Any] | None:
        """The stored record of this turn's sender, read once per turn."""
        if not turn.is_loaded:
            turn.record = await self._read(turn.sender)
            turn.is_loaded = True
        return turn.record

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        turn = current_turn.get()
        record = await (self.load(turn) if turn and turn.sender == sender_id else self._read(sender_id))
        if record is None:
            return None
        try:
            return unpack(sender_id, record["state"], self.domain)
        except (KeyError, TypeError, AttributeError) as error:
            log.warning("talk_not_read: %s", type(error).__name__)
            return None

    async def save(self, tracker: DialogueStateTracker) -> None:
        turn = current_turn.get()
        if not tracker.events or (turn is not None and turn.is_unfinished):
            return
        await self.stream_events(tracker)
        record: dict[str, Any] = {"state": pack(tracker)}
        if turn is not None:
            record["turn"] = {"key": turn.key, "replies": turn.replies, "intent": turn.intent}
        try:
            text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
            await self._redis.set(PREFIX + tracker.sender_id, text, ex=self._kept_for_s)
        except (RedisError, OSError) as error:
            log.warning("talk_not_kept: %s", type(error).__name__)

    async def delete(self, sender_id: str) -> None:
        await self._redis.delete(PREFIX + sender_id)

    async def keys(self) -> Iterable[str]:
        return [key.decode()[len(PREFIX) :] async for key in self._redis.scan_iter(match=PREFIX + "*")]

    async def is_up(self) -> bool:
        try:
            return bool(await self._redis.ping())
        except (RedisError, OSError):
            return False

    async def _read(self, sender_id: str) -> dict[str, Any] | None:
        try:
            text = await self._redis.get(PREFIX + sender_id)
        except (RedisError, OSError) as error:
            log.warning("talk_not_read: %s", type(error).__name__)
            return None
        try:
            record = json.loads(text) if text else None
        except ValueError:
            record = None
        return record if isinstance(record, dict) else None
