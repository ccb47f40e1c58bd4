"""The picture of a QR code arrives whole, however many pieces it comes in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from backend.adapters.qr import MAX_BYTES, WechatQrCodes
from backend.services.staff.refusals import QrUnavailable

HEAD = b"\x89PNG\r\n\x1a\n"


class Tickets:
    """Stands in for the account's client: it gives any scene a ticket."""

    async def create_qrcode(self, scene: str, *, life_s: int) -> Mapping[str, Any]:
        return {"ticket": "t"}


@pytest.fixture
async def codes() -> AsyncIterator[Any]:
    pieces: list[bytes] = []

    async def show(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for piece in pieces:
            await response.write(piece)
            await asyncio.sleep(0.05)
        return response

    app = web.Application()
    app.router.add_get("/cgi-bin/showqrcode", show)
    async with TestServer(app) as server, aiohttp.ClientSession() as http:

        def of(*sent: bytes) -> WechatQrCodes:
            pieces.extend(sent)
            return WechatQrCodes(http, Tickets(), mp_url=str(server.make_url("")))  # type: ignore[arg-type]

        yield of


async def test_a_picture_in_several_pieces_arrives_whole(codes: Any) -> None:
    _, picture = await codes(HEAD, b"middle", b"end").make("scene", life_s=60)
    assert picture == HEAD + b"middleend"


async def test_a_picture_that_is_far_too_large_is_none(codes: Any) -> None:
    with pytest.raises(QrUnavailable):
        await codes(HEAD, bytes(MAX_BYTES)).make("scene", life_s=60)
