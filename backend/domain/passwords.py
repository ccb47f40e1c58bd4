"""Which passwords are good enough to be set; what is set already is never looked at again."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import ClassVar, Final

from backend.domain.errors import DomainError

SHORTEST: Final = 8
LONGEST: Final = 64
COMMON: Final = frozenset(
    {"password1", "passw0rd", "qwerty123", "abc12345", "abcd1234", "a1234567", "aa123456", "woaini520", "1q2w3e4r"}
)


@dataclass(eq=False)
class PasswordWeak(DomainError):
    """Too short or long, without a letter or a digit, the user name itself, or one that everybody tries."""

    code: ClassVar[str] = "password_weak"
    why: str


def checked_password(password: str, *, username: str) -> str:
    """The password as it is kept (NFKC, so that full-width typing works the same).

    Raises:
        PasswordWeak: `why` is one of `length mix name common`.
    """
    plain = unicodedata.normalize("NFKC", password)
    if not SHORTEST <= len(plain) <= LONGEST:
        raise PasswordWeak("length")
    if not (any(c.isalpha() for c in plain) and any(c.isdigit() for c in plain)) or not plain.isprintable():
        raise PasswordWeak("mix")
    if len(username) >= 4 and username.strip().lower() in plain.lower():
        raise PasswordWeak("name")
    if plain.lower() in COMMON or len(set(plain)) < 4:
        raise PasswordWeak("common")
    return plain
