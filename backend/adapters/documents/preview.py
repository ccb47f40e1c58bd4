"""The first page of a PDF as a picture, because a chat shows pictures and no PDFs."""

from __future__ import annotations

import asyncio
import io
from threading import Lock
from typing import Final

import pypdfium2

WIDTH_PX: Final = 1240
_one_at_a_time: Final = Lock()


def first_page(pdf: bytes) -> bytes:
    """A JPEG, 1240 px wide, of a PDF that was checked when it was stored."""
    with _one_at_a_time, pypdfium2.PdfDocument(pdf) as opened:
        page = opened[0]
        picture = page.render(scale=WIDTH_PX / page.get_width()).to_pil().convert("RGB")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()


async def picture_for_chat(media_type: str, content: bytes) -> bytes:
    """A picture as it is; of a PDF its first page."""
    return await asyncio.to_thread(first_page, content) if media_type == "application/pdf" else content
