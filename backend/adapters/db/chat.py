"""Chat messages go into the outbox of the WeChat kit, in the transaction of the change that caused them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from wechat.outgoing import Outgoing, enqueue


class WechatOutbox:
    """Implements `services.ports.ChatOutbox`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def push(
        self, openid: str, dedupe_key: str, text: str, *, template: Mapping[str, Any] | None = None, staff: bool = False
    ) -> None:
        message = Outgoing(
            openid=openid,
            dedupe_key=dedupe_key,
            parts=[{"text": text}],
            template=None if template is None else dict(template),
            priority="staff" if staff else "system",
        )
        await enqueue(self._connection, message)
