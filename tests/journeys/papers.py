"""Small files for journeys."""

from __future__ import annotations

import typst


def a_pdf() -> bytes:
    """A real one-page PDF."""
    return bytes(typst.compile(b"= Slip 20260316\nsample"))
