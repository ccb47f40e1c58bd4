"""Checks a PDF that somebody uploads: that it is one, that it opens without a password, that it has pages."""

from __future__ import annotations

import asyncio
from typing import Final

import pypdfium2
from pypdfium2 import raw

from backend.adapters.documents.pdfium import PDFIUM
from backend.services.staff.refusals import PdfRefused

MAX_PDF_BYTES: Final = 20 * 1024 * 1024
MAX_PAGES: Final = 20
NOT_ENCRYPTED: Final = -1


class PdfiumInspector:
    """Implements the port `PdfInspector` with PDFium."""

    async def pages(self, content: bytes) -> int:
        if not content.startswith(b"%PDF-"):
            raise PdfRefused("not_pdf")
        if len(content) > MAX_PDF_BYTES:
            raise PdfRefused("too_big")
        count = await asyncio.to_thread(_count_pages, content)
        if not 1 <= count <= MAX_PAGES:
            raise PdfRefused("empty" if count < 1 else "too_long")
        return count


def _count_pages(content: bytes) -> int:
    try:
        with PDFIUM, pypdfium2.PdfDocument(content) as opened:
            if raw.FPDF_GetSecurityHandlerRevision(opened) != NOT_ENCRYPTED:
                raise PdfRefused("encrypted")
            return len(opened)
    except pypdfium2.PdfiumError as error:
        raise PdfRefused("encrypted" if error.err_code == raw.FPDF_ERR_PASSWORD else "broken") from error
