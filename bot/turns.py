"""The call that hands one turn to the dialogue (contract 2)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import aiohttp

from runtime.logs import REQUEST_ID
from runtime.web import REQUEST_ID_HEADER
from wechat.replies import Reply

TIMEOUT: Final = aiohttp.ClientTimeout(total=60, connect=2)


class Outage(Exception):
    """A part is away; the turn can be repeated later. `is_hard`: it does not even answer."""

    def __init__(self, part: str, *, is_hard: bool) -> None:
        super().__init__(part)
        self.part = part
        self.is_hard = is_hard


class TurnRejected(Exception):
    """The dialogue calls the turn malformed: our bug, repeating it changes nothing."""


@dataclass(frozen=True)
class Turn:
    """One turn; exactly one of text, payload, event and file_id is set."""

    sender: str
    key: str
    received_at: datetime
    text: str | None = None
    payload: str | None = None
    event: str | None = None
    file_id: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "sender": self.sender,
            "key": self.key,
            "text": self.text,
            "payload": self.payload,
            "event": self.event,
            "files": [{"file_id": self.file_id, "kind": "image"}] if self.file_id else [],
            "received_at": self.received_at.isoformat().replace("+00:00", "Z"),
        }


class Dialogue:
    """Rasa's turn endpoint."""

    def __init__(self, *, http: aiohttp.ClientSession, rasa_url: str, service_token: str) -> None:
        self._http = http
        self._url = f"{rasa_url.rstrip('/')}/webhooks/gongju/turn"
        self._headers = {"Authorization": f"Bearer {service_token}"}

    async def take(self, turn: Turn) -> list[Reply]:
        """The replies; the same turn key always has the same effect.

        Raises:
            Outage: the dialogue is away, or cannot take this turn now.
            TurnRejected: the turn is malformed.
        """
        headers = {**self._headers, REQUEST_ID_HEADER: REQUEST_ID.get() or turn.key}
        try:
            async with self._http.post(
                self._url, json=turn.to_json(), headers=headers, timeout=TIMEOUT, allow_redirects=False
            ) as response:
                status, content = response.status, await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError):
            raise Outage("dialogue", is_hard=True) from None
        if status == 400:
            raise TurnRejected
        if status != 200:
            raise Outage("dialogue", is_hard=status not in (500, 503))
        return _replies(content)


def _replies(content: bytes) -> list[Reply]:
    try:
        replies = [Reply.from_json(reply) for reply in json.loads(content)["replies"]]
    except (ValueError, KeyError, TypeError):
        raise Outage("dialogue", is_hard=False) from None
    if not replies:
        raise Outage("dialogue", is_hard=False)
    return replies
