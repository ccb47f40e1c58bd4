"""Rate limits in Redis: what is lost here costs nothing but a pause."""

from __future__ import annotations

from redis.asyncio import Redis
from redis.exceptions import RedisError


class RedisRateLimiter:
    """Implements `services.ports.RateLimiter` with fixed windows; a Redis that is away allows everything."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def allow(self, key: str, *, every_s: int, times: int = 1) -> bool:
        name = f"gongju:limit:{key}"
        try:
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.set(name, 0, ex=every_s, nx=True)
                pipe.incr(name)
                _, count = await pipe.execute()
        except RedisError:
            return True
        return bool(count <= times)
