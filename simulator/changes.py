"""Tells every listener what changed: the feed behind live pages."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

Change = dict[str, object]
BACKLOG: Final = 1000


class Changes:
    """A change is a dict with a `type`; a listener too slow for BACKLOG changes gets one of type `lost`."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[Change]] = set()
        self.count = 0  # of all that was ever published

    def publish(self, type_: str, **facts: object) -> None:
        self.count += 1
        if not self._listeners:
            return
        change: Change = {"type": type_, **facts}
        for queue in self._listeners:
            if queue.qsize() >= BACKLOG:
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait({"type": "lost"})
            queue.put_nowait(change)

    async def subscribe(self) -> AsyncIterator[Change]:
        queue: asyncio.Queue[Change] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            self._listeners.discard(queue)
