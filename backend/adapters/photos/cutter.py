"""Cuts a one-inch photo (295×413 px, 300 dpi, JPEG) out of a picture."""

from __future__ import annotations

import asyncio
import io
from typing import Final

from PIL import Image, ImageOps

ONE_INCH_PX: Final = (295, 413)
DPI: Final = (300, 300)
QUALITY: Final = 92


def cut_one_inch(jpeg: bytes, *, x: int, y: int, w: int, h: int) -> bytes:
    """The box (5:7, in upright pixels) as a one-inch photo without any metadata (fields.md 5.6)."""
    with Image.open(io.BytesIO(jpeg), formats=["JPEG", "PNG"]) as opened:
        picture = ImageOps.exif_transpose(opened).convert("RGB")
    photo = picture.resize(ONE_INCH_PX, Image.Resampling.LANCZOS, box=(x, y, x + w, y + h), reducing_gap=3.0)
    photo.info.clear()
    out = io.BytesIO()
    photo.save(out, "JPEG", quality=QUALITY, subsampling=0, dpi=DPI)
    return out.getvalue()


class PillowPhotoCutter:
    """The port `PhotoCutter`, off the event loop."""

    async def cut(self, jpeg: bytes, *, x: int, y: int, w: int, h: int) -> bytes:
        return await asyncio.to_thread(cut_one_inch, jpeg, x=x, y=y, w=w, h=h)
