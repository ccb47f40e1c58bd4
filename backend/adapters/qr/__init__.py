"""Parametric QR codes of the official account (reference B.11): made by WeChat, fetched as a picture."""

from __future__ import annotations

from typing import Final

import aiohttp

from backend.services.staff.refusals import QrUnavailable
from wechat.client import WeChatClient
from wechat.errors import TokenRefused, WeChatRefused, WeChatUnavailable

TIMEOUT: Final = aiohttp.ClientTimeout(total=10, connect=3)
MAX_BYTES: Final = 1024 * 1024
_PICTURES: Final = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png"}


class WechatQrCodes:
    """Implements `services.staff.office.QrCodes`."""

    def __init__(self, http: aiohttp.ClientSession, client: WeChatClient, *, mp_url: str) -> None:
        self._http, self._client, self._mp_url = http, client, mp_url.rstrip("/")

    async def make(self, scene: str, *, life_s: int) -> tuple[str, bytes]:
        try:
            answer = await self._client.create_qrcode(scene, life_s=life_s)
            url, params = f"{self._mp_url}/cgi-bin/showqrcode", {"ticket": str(answer["ticket"])}
            async with self._http.get(url, params=params, timeout=TIMEOUT, allow_redirects=False) as response:
                picture = await _whole(response) if response.status == 200 else b""
        except (WeChatRefused, WeChatUnavailable, TokenRefused, KeyError, aiohttp.ClientError, TimeoutError, OSError):
            raise QrUnavailable from None
        for magic, media_type in _PICTURES.items():
            if picture.startswith(magic):
                return media_type, picture
        raise QrUnavailable


async def _whole(response: aiohttp.ClientResponse) -> bytes:
    """All that came; nothing when it is larger than any QR code. One read gives what has arrived so far."""
    pieces = bytearray()
    async for piece in response.content.iter_any():
        pieces += piece
        if len(pieces) > MAX_BYTES:
            return b""
    return bytes(pieces)


class NoQrCodes:
    """Where no WeChat is at hand."""

    async def make(self, scene: str, *, life_s: int) -> tuple[str, bytes]:
        raise QrUnavailable
