"""Makes every identifier, the same ones in the same order for the same seed."""

import hashlib
from collections import Counter
from typing import Final

URL_SAFE: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
ALPHANUMERIC: Final = URL_SAFE[:62]
HEX: Final = "0123456789abcdef"
DIGITS: Final = "0123456789"

# kind: (prefix, length of what follows, alphabet)
SHAPES: Final[dict[str, tuple[str, int, str]]] = {
    "openid": ("o", 27, URL_SAFE),
    "unionid": ("o", 27, URL_SAFE),
    "access_token": ("99_", 133, URL_SAFE),
    "oauth_token": ("88_", 100, URL_SAFE),
    "refresh_token": ("77_", 100, URL_SAFE),
    "ticket": ("", 86, URL_SAFE),
    "qr_ticket": ("gQ", 94, URL_SAFE),
    "qr_url": ("", 20, ALPHANUMERIC),
    "media_id": ("", 64, URL_SAFE),
    "template_id": ("", 43, URL_SAFE),
    "code": ("0", 31, ALPHANUMERIC),
    "nonce": ("1", 9, DIGITS),
    "random16": ("", 16, HEX),
}


class Ids:
    """`new(kind)`: unknown kinds get 32 letters and digits; `msgid` is a 64-bit number in decimal."""

    def __init__(self, seed: str) -> None:
        self.seed = seed
        self.made: Counter[str] = Counter()

    def new(self, kind: str) -> str:
        self.made[kind] += 1
        number = self.made[kind]
        if kind == "msgid":
            return str((24 << 50) + number * 1_000_003 + self._digest(kind, 0)[0])
        if kind == "rid":
            text = self.text(kind, number, 24, HEX)
            return f"{text[:8]}-{text[8:16]}-{text[16:]}"
        return self.nth(kind, number)

    def nth(self, kind: str, number: int) -> str:
        """The id with this number, for kinds that are counted by whoever makes them."""
        prefix, length, alphabet = SHAPES.get(kind, ("", 32, ALPHANUMERIC))
        return prefix + self.text(kind, number, length, alphabet)

    def next_number(self, kind: str) -> int:
        """1, 2, 3 … per kind."""
        self.made[kind] += 1
        return self.made[kind]

    def text(self, kind: str, number: int, length: int, alphabet: str) -> str:
        digest = self._digest(kind, number)
        while len(digest) < length:
            digest += hashlib.sha256(digest).digest()
        return "".join(alphabet[byte % len(alphabet)] for byte in digest[:length])

    def _digest(self, kind: str, number: int) -> bytes:
        return hashlib.sha256(f"{self.seed}:{kind}:{number}".encode()).digest()
