"""The list of e-mail addresses that materials and feedback are sent to (F20)."""

from __future__ import annotations

import re
from typing import Final

from backend.domain.errors import EmailsTooMany, EmailWrong

_SEPARATORS: Final = re.compile(r"[;；,，、\s]+")
_LOCAL: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN: Final = re.compile(r"([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}")
_LONGEST: Final = 254
_ENCODED_WORD: Final = "=?"
"""Begins an encoded word of a mail's head, which a mailer may read as other addresses."""
_WIDE: Final = str.maketrans("＠．", "@.")


def read_emails(text: str, *, limit: int) -> tuple[str, ...]:
    """Split at any usual separator, check each, drop repeats (the domain's case does not count).

    Raises:
        EmailWrong: one of them cannot be an address, or there is none.
        EmailsTooMany: more than `limit` different ones.
    """
    found: dict[str, str] = {}
    for address in filter(None, _SEPARATORS.split(text.translate(_WIDE).strip())):
        if not is_email(address):
            raise EmailWrong
        local, _, domain = address.rpartition("@")
        found.setdefault(f"{local}@{domain.lower()}", f"{local}@{domain.lower()}")
    if not found:
        raise EmailWrong
    if len(found) > limit:
        raise EmailsTooMany(limit=limit)
    return tuple(found.values())


def is_email(address: str) -> bool:
    local, at, domain = address.rpartition("@")
    if not at or len(address) > _LONGEST or len(local) > 64 or _ENCODED_WORD in local:
        return False
    return bool(_LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain))
