"""Keeps temporary media: three days by the virtual clock (reference B.6)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from simulator.clock import VirtualClock
from simulator.ids import Ids

LIFETIME: Final = timedelta(days=3)
MAX_STORE_BYTES: Final = 512 * 1024 * 1024


@dataclass(frozen=True)
class Media:
    id: str
    data: bytes
    content_type: str
    filename: str
    kind: str
    created_at: datetime


class MediaStore:
    """What users sent and what the product uploaded; the oldest goes when 512 MiB are full."""

    def __init__(self, clock: VirtualClock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids
        self._media: dict[str, Media] = {}
        self._stored_bytes = 0

    def put(self, data: bytes, content_type: str = "image/jpeg", filename: str = "", kind: str = "image") -> str:
        media = Media(self._ids.new("media_id"), data, content_type, filename, kind, self._clock.now())
        self._media[media.id] = media
        self._stored_bytes += len(data)
        while self._stored_bytes > MAX_STORE_BYTES and len(self._media) > 1:
            self._stored_bytes -= len(self._media.pop(next(iter(self._media))).data)
        return media.id

    def all(self) -> list[Media]:
        return list(self._media.values())

    def put_back(self, media: Media) -> None:
        """What an earlier run of the same world kept."""
        self._media[media.id] = media
        self._stored_bytes += len(media.data)

    def get(self, media_id: str) -> Media | None:
        """None when it never was or is older than three days."""
        media = self._media.get(media_id)
        if media is None or self._clock.now() - media.created_at > LIFETIME:
            return None
        return media

    def shown(self, media_id: str) -> Media | None:
        """For the chat's own display: what was sent stays visible after it expired."""
        return self._media.get(media_id)
