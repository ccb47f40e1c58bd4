"""A chat shows no PDF: its first page goes there as a picture."""

from __future__ import annotations

import io

import typst
from PIL import Image

from backend.adapters.documents.preview import picture_for_chat


async def test_a_pdf_becomes_a_picture_of_its_first_page() -> None:
    pdf = bytes(typst.compile(b"= Slip\n#pagebreak()\nsecond"))
    with Image.open(io.BytesIO(await picture_for_chat("application/pdf", pdf))) as picture:
        assert picture.format == "JPEG"
        assert picture.width == 1240


async def test_a_picture_stays_as_it_is() -> None:
    assert await picture_for_chat("image/jpeg", b"\xff\xd8\xff") == b"\xff\xd8\xff"
