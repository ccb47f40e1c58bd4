"""Pictures per hour: enough for every material, an end for a flood, and no harm when Redis is away."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from bot.photos.limit import PhotoLimit
from launcher.process import free_port

OPENID = "oUSER0000000000000000000001"


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    connection = Redis.from_url(redis_url, decode_responses=True)
    await connection.flushall()
    yield connection
    await connection.aclose()


async def test_the_hours_last_picture_is_taken_and_the_next_is_not(redis: Redis) -> None:
    limit = PhotoLimit(redis, per_hour=3)
    assert [await limit.allows(OPENID, f"turn{number}") for number in range(4)] == [True, True, True, False]


async def test_a_repeated_turn_counts_once(redis: Redis) -> None:
    limit = PhotoLimit(redis, per_hour=1)
    assert [await limit.allows(OPENID, "turn") for _ in range(3)] == [True] * 3


async def test_the_count_ends_after_an_hour(redis: Redis) -> None:
    await PhotoLimit(redis).allows(OPENID, "turn")
    assert 3590 <= await redis.ttl(f"photos:{OPENID}") <= 3600


async def test_a_redis_that_is_away_refuses_no_picture() -> None:
    async with Redis.from_url(f"redis://127.0.0.1:{free_port()}/0") as away:
        assert await PhotoLimit(away, per_hour=0).allows(OPENID, "turn")
