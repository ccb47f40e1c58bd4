"""Rate limits in Redis: what is lost here costs nothing but a pause."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from redis.asyncio import Redis
from redis.exceptions import RedisError

# Where the dialogue keeps its state, one key per openid (nlu/tracker_store.py; a guard compares the two).
TALKS: Final = "gongju:talk:"


class RedisRateLimiter:
    """Implements `services.ports.RateLimiter` with fixed windows; a Redis that is away allows everything."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def allow(self, key: str, *, every_s: int, times: int = 1) -> bool:
        return await self.count(key, within_s=every_s) <= times

    async def count(self, key: str, *, within_s: int) -> int:
        name = f"gongju:limit:{key}"
        try:
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.set(name, 0, ex=within_s, nx=True)
                pipe.incr(name)
                _, count = await pipe.execute()
        except RedisError:
            return 1
        return int(count)

    async def remember(self, key: str, text: str, *, for_s: int) -> None:
        with suppress(RedisError):
            await self._redis.set(f"gongju:kept:{key}", text, ex=for_s)

    async def recall(self, key: str) -> str | None:
        try:
            kept = await self._redis.get(f"gongju:kept:{key}")
        except RedisError:
            return None
        return kept.decode() if isinstance(kept, bytes) else kept

    async def forget_talk(self, openid: str) -> None:
        with suppress(RedisError):
            await self._redis.delete(TALKS + openid)
