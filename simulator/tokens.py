"""Issues and checks API access tokens: the `token` line and the `stable_token` line, each on its own (B.1)."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from aiohttp import web

from simulator.errors import ApiError
from simulator.quota import BEIJING
from simulator.world import World

LIFETIME: Final = timedelta(seconds=7200)
OVERLAP: Final = timedelta(minutes=5)
FORCED_APART: Final = timedelta(seconds=30)
FORCED_PER_DAY: Final = 20


@dataclass
class Token:
    value: str
    expires_at: datetime
    revoked: bool = False


class Tokens:
    """Every token ever issued, so that expired and revoked ones are told apart.

    They outlive a reset of the world: the product goes on with the token it keeps.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._issued: dict[str, Token] = {}
        self._plain: Token | None = None
        self._stable: Token | None = None
        self._forced_at: datetime | None = None
        self._forced: Counter[str] = Counter()

    def new_plain(self) -> Token:
        """A new token; the one before dies after five minutes."""
        now = self._world.clock.now()
        if self._plain is not None:
            self._plain.expires_at = min(self._plain.expires_at, now + OVERLAP)
        self._plain = self._issue()
        return self._plain

    def stable(self, *, force: bool) -> Token:
        """The same token until five minutes before its end. Raises ApiError when forced too often."""
        if force:
            return self._force()
        now = self._world.clock.now()
        current = self._stable
        if current is None or current.revoked or current.expires_at - now <= OVERLAP:
            current = self._stable = self._issue()
        return current

    def seconds_left(self, token: Token) -> int:
        return max(math.ceil((token.expires_at - self._world.clock.now()).total_seconds()), 0)

    def require(self, value: str) -> None:
        """Raises ApiError 41001, 40014, 40001 or 42001 unless the token is good."""
        if not value:
            raise ApiError(41001)
        token = self._issued.get(value)
        if token is None:
            raise ApiError(40014 if len(value) < 16 else 40001)
        if token.revoked:
            raise ApiError(40001)
        if self._world.clock.now() >= token.expires_at:
            raise ApiError(42001)

    def revoke_all(self) -> None:
        """Every token out there turns invalid."""
        for token in self._issued.values():
            token.revoked = True

    def _force(self) -> Token:
        now = self._world.clock.now()
        day = now.astimezone(BEIJING).date().isoformat()
        if self._forced_at is not None and now - self._forced_at < FORCED_APART:
            raise ApiError(45011)
        if self._forced[day] >= FORCED_PER_DAY:
            raise ApiError(45009)
        self._forced[day] += 1
        self._forced_at = now
        if self._stable is not None:
            self._stable.revoked = True
        self._stable = self._issue()
        return self._stable

    def _issue(self) -> Token:
        value = self._world.ids.nth("access_token", len(self._issued) + 1)
        token = Token(value, self._world.clock.now() + LIFETIME)
        self._issued[token.value] = token
        return token


TOKENS: web.AppKey[Tokens] = web.AppKey("tokens", Tokens)


def check_account(world: World, app_id: str, secret: str) -> None:
    """Raises ApiError 41002, 41004, 40013 or 40125."""
    if not app_id:
        raise ApiError(41002)
    if not secret:
        raise ApiError(41004)
    if app_id != world.settings.app_id:
        raise ApiError(40013)
    if secret != world.settings.app_secret:
        raise ApiError(40125)
