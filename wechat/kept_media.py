"""Media ids of pictures that were uploaded lately: the same one is not uploaded at every showing (reference B.6)."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from runtime.clock import Clock
from wechat import media
from wechat.client import WeChatClient
from wechat.errors import WeChatRefused

# WeChat keeps temporary media for 3 days; an hour is left for the message to be sent.
KEPT_FOR: Final = timedelta(days=3, hours=-1)
MOST: Final = 500
UNKNOWN_MEDIUM: Final = 40007


@dataclass
class KeptMedia:
    """The ids that this process got, by the picture's content; they grow no further than `MOST`."""

    client: WeChatClient
    clock: Clock
    _ids: OrderedDict[bytes, tuple[str, datetime]] = field(default_factory=OrderedDict)

    async def id_of(self, content: bytes) -> str:
        """The id under which WeChat has this picture, uploaded now if need be.

        Raises:
            WeChatRefused: WeChat answered an error.
            WeChatUnavailable: WeChat is busy or cannot be reached.
        """
        key = sha256(content).digest()
        return self._known(key) or await self._upload(key, content)

    async def send(self, openid: str, content: bytes, media_id: str) -> None:
        """Send a picture by the id that `id_of` gave; one that WeChat no longer knows is replaced once."""
        try:
            await self.client.send_image(openid, media_id)
        except WeChatRefused as error:
            if error.errcode != UNKNOWN_MEDIUM:
                raise
            await self.client.send_image(openid, await self._upload(sha256(content).digest(), content))

    def _known(self, key: bytes) -> str | None:
        media_id, until = self._ids.get(key, ("", self.clock.now()))
        return media_id if until > self.clock.now() else None

    async def _upload(self, key: bytes, content: bytes) -> str:
        media_id = await media.upload_image(self.client, content)
        self._ids[key] = (media_id, self.clock.now() + KEPT_FOR)
        self._ids.move_to_end(key)
        while len(self._ids) > MOST:
            self._ids.popitem(last=False)
        return media_id
