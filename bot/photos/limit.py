"""How many pictures one applicant may send per hour, so that nobody fills the store or the photo workers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from redis.asyncio import Redis
from redis.exceptions import RedisError

PHOTOS_PER_HOUR: Final = 120  # eighteen materials of several pages, some of them sent twice
HOUR_S: Final = 3600


@dataclass(frozen=True)
class PhotoLimit:
    """Counts in Redis; a Redis that is away or was flushed forgives."""

    redis: Redis
    per_hour: int = PHOTOS_PER_HOUR

    async def allows(self, openid: str, turn_key: str) -> bool:
        """Whether this turn's picture may be taken; a repeated turn is counted once."""
        name = f"photos:{openid}"
        try:
            async with self.redis.pipeline() as pipe:
                pipe.sadd(name, turn_key)
                pipe.expire(name, HOUR_S, nx=True)
                pipe.scard(name)
                count = (await pipe.execute())[-1]
        except (RedisError, OSError):
            return True
        return int(count) <= self.per_hour
