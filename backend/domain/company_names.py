"""Company names as people type them: which of them mean the same company, and how a Chinese one is kept."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_LEFT_OUT: Final = re.compile(r"北京|股份|有限责任|有限|公司|市|[()\s]")


def kept_company_name(text: str) -> str:
    """A Chinese name with full-width brackets, as the business licence writes it; any other as it was typed."""
    if not _HAN.search(text):
        return text
    return text.replace("(", "（").replace(")", "）")


def is_same_company(one: str, other: str) -> bool:
    """Whether two names differ in width, brackets or spaces only."""
    return _plain(one) == _plain(other)


def core_of(name: str) -> str:
    """The name without place and legal form, to recognise a short form of it."""
    return _LEFT_OUT.sub("", _plain(name))


def _plain(name: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", name)).casefold()
