"""Chat messages go into the outbox of the WeChat kit, in the transaction of the change that caused them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from backend.services.ports import Push
from runtime.clock import Clock
from wechat.going_on import put_event
from wechat.outgoing import Choice, Outgoing, Reply, Template, enqueue, redirect


class WechatOutbox:
    """Implements `services.ports.ChatOutbox`."""

    def __init__(self, connection: AsyncConnection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    async def push(self, openid: str, dedupe_key: str, push: Push, *, staff: bool = False) -> None:
        choices = tuple(Choice(title, payload) for title, payload in push.choices)
        template = Template(push.template_purpose, push.template_values or {}) if push.template_purpose else None
        message = Outgoing(
            openid=openid,
            dedupe_key=dedupe_key,
            parts=(Reply(text=push.text, choices=choices),),
            template=template,
            priority="staff" if staff else "system",
            at=self._clock.now(),
        )
        await enqueue(self._connection, message)

    async def go_on(self, openid: str, key: str, facts: Mapping[str, object], *, now: datetime) -> None:
        await put_event(self._connection, openid, {**facts, "event": "resume"}, key, now=now)

    async def move(self, marks: Sequence[str], *, from_openid: str, to_openid: str | None) -> None:
        await redirect(self._connection, marks, from_openid=from_openid, to_openid=to_openid)
