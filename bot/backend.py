"""The bot's calls to the backend (contract 4) that belong to the chat: contacts and pictures."""

from __future__ import annotations

import io
import json
from typing import Any, Final
from urllib.parse import quote

import aiohttp

from bot.photos.guard import CleanPhoto
from bot.turns import Outage
from runtime.logs import REQUEST_ID
from runtime.web import REQUEST_ID_HEADER

TIMEOUT: Final = aiohttp.ClientTimeout(total=20, connect=2)
# Wrong token, timeout, a call of the same key under way, too many calls: these can go away by themselves.
MAY_CHANGE: Final = frozenset({401, 403, 408, 409, 425, 429})


STORE_AWAY: Final = 503


class Rejected(Exception):
    """The backend does not take what we sent; sending it again changes nothing."""


class Backend:
    """The backend's internal API."""

    def __init__(self, *, http: aiohttp.ClientSession, backend_url: str, service_token: str) -> None:
        self._http = http
        self._url = f"{backend_url.rstrip('/')}/internal/v1/applicants"
        self._headers = {"Authorization": f"Bearer {service_token}"}

    async def contacted(self, openid: str, turn_key: str, event: str, scene: str | None) -> None:
        """Tell that the applicant did something; may be repeated.

        Raises:
            Outage: the backend is away.
            Rejected: it does not understand this contact.
        """
        body = {"event": event, **({"scene": scene} if scene else {})}
        await self._post(f"{quote(openid)}/contacted", f"{turn_key}:contacted", json=body)

    async def upload(self, openid: str, turn_key: str, photo: CleanPhoto) -> str:
        """Store a cleaned picture; gives its file id, the same one for the same turn.

        Raises:
            Outage: the backend is away.
            Rejected: it does not take this file.
        """
        meta = {
            "kind": "image",
            "sha256": photo.sha256,
            "width": photo.width,
            "height": photo.height,
            "source": "chat",
        }
        form = aiohttp.FormData(quote_fields=False)
        form.add_field("meta", json.dumps(meta), content_type="application/json")
        form.add_field("file", io.BytesIO(photo.content), filename="photo.jpg", content_type="image/jpeg")
        answer = await self._post(f"{quote(openid)}/files", f"{turn_key}:file", data=form)
        try:
            return str(answer["file_id"])
        except (KeyError, TypeError):
            raise Outage("backend", is_hard=False) from None

    async def _post(self, path: str, key: str, **body: Any) -> Any:
        headers = {
            **self._headers,
            "Idempotency-Key": key,
            REQUEST_ID_HEADER: REQUEST_ID.get() or key.partition(":")[0],
        }
        try:
            async with self._http.post(
                f"{self._url}/{path}", headers=headers, timeout=TIMEOUT, allow_redirects=False, **body
            ) as response:
                status, content = response.status, await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError):
            # The library's messages name the URL, and that carries the openid.
            raise Outage("backend", is_hard=True) from None
        if 400 <= status < 500 and status not in MAY_CHANGE:
            raise Rejected
        if status == STORE_AWAY:
            # Only files are concerned: nobody's words have to wait.
            raise Outage("files", is_hard=False)
        if not 200 <= status < 300:
            raise Outage("backend", is_hard=status >= 500)
        try:
            return json.loads(content) if content else {}
        except ValueError:
            raise Outage("backend", is_hard=False) from None
