"""Rate limits in Redis: what is lost here costs nothing but a pause."""

from __future__ import annotations

from redis.asyncio import Redis
from redis.exceptions import RedisError


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
