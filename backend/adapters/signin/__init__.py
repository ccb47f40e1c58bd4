"""Secrets at sign-in: argon2 password hashes, captchas drawn with Pillow, ids and tokens from the system's chance."""

from __future__ import annotations

import asyncio
import io
import random
import secrets
from typing import Final

from argon2 import PasswordHasher as Argon2
from argon2.exceptions import InvalidHashError, VerificationError
from PIL import Image, ImageDraw, ImageFont

# Without letters and digits that look alike in a distorted picture.
CODE_ALPHABET: Final = "23456789abcdefghjkmnpqrstuvwxyz"
_WIDTH: Final = 168
_HEIGHT: Final = 60


class Argon2Passwords:
    """Implements `services.ports.PasswordHasher`; hashing runs in a thread because it takes its time on purpose."""

    def __init__(self, hasher: Argon2 | None = None) -> None:
        self._argon2 = hasher or Argon2()

    async def hash(self, password: str) -> str:
        return await asyncio.to_thread(self._argon2.hash, password)

    async def verify(self, password_hash: str, password: str) -> bool:
        return await asyncio.to_thread(self._verify, password_hash, password)

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            return self._argon2.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False


class SystemIds:
    """Implements `services.ports.Ids`."""

    def new(self, prefix: str) -> str:
        return f"{prefix}_{secrets.token_hex(12)}"

    def token(self) -> str:
        return secrets.token_urlsafe(32)

    def code(self, length: int) -> str:
        return "".join(secrets.choice(CODE_ALPHABET) for _ in range(length))


class PillowCaptchas:
    """Implements `services.ports.CaptchaArtist`."""

    async def draw(self, answer: str) -> bytes:
        return await asyncio.to_thread(_draw, answer)


def _draw(answer: str) -> bytes:
    chance = random.SystemRandom()
    picture = Image.new("RGB", (_WIDTH, _HEIGHT), (250, 250, 248))
    font = ImageFont.load_default(size=38)
    step = (_WIDTH - 20) // len(answer)
    for place, letter in enumerate(answer):
        tile = Image.new("RGBA", (48, 56), (0, 0, 0, 0))
        ink = tuple(chance.randrange(20, 110) for _ in range(3))
        ImageDraw.Draw(tile).text((10, 2), letter, font=font, fill=(*ink, 255))
        tile = tile.rotate(chance.uniform(-24, 24), resample=Image.Resampling.BICUBIC)
        picture.paste(tile, (10 + place * step - 8, chance.randrange(-2, 6)), tile)
    pen = ImageDraw.Draw(picture)
    for _ in range(4):
        line = [(chance.randrange(_WIDTH), chance.randrange(_HEIGHT)) for _ in range(3)]
        pen.line(line, fill=tuple(chance.randrange(120, 190) for _ in range(3)), width=2)
    for _ in range(180):
        pen.point((chance.randrange(_WIDTH), chance.randrange(_HEIGHT)), fill=(140, 140, 140))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
