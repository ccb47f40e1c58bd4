"""Amounts as people type them."""

from __future__ import annotations

import re
from typing import Final

_SIGNS: Final = str.maketrans("０１２３４５６７８９．。", "0123456789..", "¥￥元, ，\u3000")
_AMOUNT: Final = re.compile(r"([0-9]{1,7})(?:\.([0-9]{1,2}))?")


def read_yuan(text: str) -> int:
    """Fen from `12.5`, `¥1,300`, `980元`.

    Raises:
        ValueError: it is no amount, or nothing.
    """
    found = _AMOUNT.fullmatch(text.translate(_SIGNS))
    if found is None:
        raise ValueError("no amount")
    amount_fen = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))
    if amount_fen <= 0:
        raise ValueError("nothing")
    return amount_fen
