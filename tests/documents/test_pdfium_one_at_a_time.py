"""PDFium breaks its process when two threads are in it: whatever reads a PDF waits for whoever else does."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable

import pypdfium2
import pytest
from PIL import Image

from backend.adapters.documents.checked_pdf import PdfiumInspector
from backend.adapters.documents.pdfium import PDFIUM
from backend.adapters.documents.preview import TALLEST_PX, first_page, picture_for_chat


def a_pdf(width: float = 595, height: float = 842) -> bytes:
    document = pypdfium2.PdfDocument.new()
    document.new_page(width, height)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "read",
    [PdfiumInspector().pages, lambda content: picture_for_chat("application/pdf", content)],
    ids=["checking", "previewing"],
)
async def test_a_pdf_is_read_when_no_other_one_is(read: Callable[[bytes], Awaitable[object]]) -> None:
    content = a_pdf()
    with PDFIUM:
        reading = asyncio.ensure_future(read(content))
        done, _ = await asyncio.wait({reading}, timeout=0.3)
        assert done == set()
    assert await reading


def test_a_page_that_is_far_too_tall_is_shown_small() -> None:
    with Image.open(io.BytesIO(first_page(a_pdf(10, 14_000)))) as picture:
        assert picture.height <= TALLEST_PX
