"""Which of several like things a tap belongs to, although the list has been put in order since."""

from __future__ import annotations

from zlib import crc32


def mark_of(text: str) -> str:
    """Eight letters for a text, the same ones for the same text; who offers a tap computes them too (contract 3)."""
    return f"{crc32(text.encode()):08x}"
