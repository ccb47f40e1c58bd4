"""Work that must not end is begun again; only cancelling ends it."""

from __future__ import annotations

import asyncio

import pytest

from runtime.lasting import kept_alive


async def test_a_job_that_fails_or_ends_is_begun_again() -> None:
    tries: list[int] = []
    enough = asyncio.Event()

    async def job() -> None:
        tries.append(len(tries))
        if len(tries) == 1:
            raise TimeoutError
        if len(tries) == 3:
            enough.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(kept_alive("job", job, after_s=0))
    await asyncio.wait_for(enough.wait(), 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert tries == [0, 1, 2]
