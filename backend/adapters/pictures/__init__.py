"""Cuts the one-inch photo out of a picture (fields.md 5.6): 295×413 at 300 dpi, a JPEG of at most 200 KB."""

from __future__ import annotations

import asyncio
import io
from typing import Final

from PIL import Image, UnidentifiedImageError

from backend.services.errors import FileRefused

PHOTO_SIZE: Final = (295, 413)
PHOTO_MAX_BYTES: Final = 200 * 1024
MAX_PIXELS: Final = 50_000_000
QUALITIES: Final = (92, 88, 82, 75)


class PillowCutter:
    """Implements `services.ports.PhotoCutter`; a few pictures at a time, in threads."""

    def __init__(self, at_once: int = 2) -> None:
        self._turns = asyncio.Semaphore(at_once)

    async def cut(self, jpeg: bytes, *, x: int, y: int, w: int, h: int) -> bytes:
        async with self._turns:
            return await asyncio.to_thread(_cut, jpeg, (x, y, x + w, y + h))


def _cut(jpeg: bytes, box: tuple[int, int, int, int]) -> bytes:
    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG", "PNG")) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise FileRefused
            photo = picture.convert("RGB").resize(PHOTO_SIZE, Image.Resampling.LANCZOS, box=box)
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise FileRefused from error
    encoded = b""
    for quality in QUALITIES:
        out = io.BytesIO()
        photo.save(out, "JPEG", quality=quality, dpi=(300, 300), optimize=True)
        encoded = out.getvalue()
        if len(encoded) <= PHOTO_MAX_BYTES:
            break
    return encoded
