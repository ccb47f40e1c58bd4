"""PDFium, which is one for the whole process and not made for threads: whoever calls it holds this lock."""

from __future__ import annotations

from threading import Lock
from typing import Final

PDFIUM: Final = Lock()
