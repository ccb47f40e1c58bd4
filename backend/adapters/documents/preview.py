"""The first page of a PDF as a picture, because a chat shows pictures and no PDFs."""

from __future__ import annotations

import asyncio
import io
from typing import Final

import pypdfium2

from backend.adapters.documents.pdfium import PDFIUM

WIDTH_PX: Final = 1240
# A page of a metre by a kilometre costs no more than one of A4.
TALLEST_PX: Final = 4 * WIDTH_PX


def first_page(pdf: bytes) -> bytes:
    """A JPEG, 1240 px wide (less of a very tall page), of a PDF that was checked when it was stored."""
    with PDFIUM, pypdfium2.PdfDocument(pdf) as opened:
        page = opened[0]
        scale = min(WIDTH_PX / page.get_width(), TALLEST_PX / page.get_height())
        picture = page.render(scale=scale).to_pil().convert("RGB")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()


async def picture_for_chat(media_type: str, content: bytes) -> bytes:
    """A picture as it is; of a PDF its first page."""
    return await asyncio.to_thread(first_page, content) if media_type == "application/pdf" else content
