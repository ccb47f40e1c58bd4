"""The one owner of the account's access token, shared by every process through Redis (reference B.1).

A token is fetched with `stable_token` by whoever holds the lock; the others wait and read. A token that WeChat
refused is replaced once; when the fresh one is refused as well, nobody asks again for a minute, so that a fault
elsewhere cannot burn the day's quota.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import aiohttp
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from runtime.clock import Clock
from wechat.errors import TokenRefused, WeChatRefused, WeChatUnavailable

REFRESH_BELOW: Final = timedelta(seconds=120)
LOCK_S: Final = 10
REFUSED_PAUSE_S: Final = 60
FETCH_TIMEOUT: Final = aiohttp.ClientTimeout(total=8, connect=3)
_UNLOCK: Final = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"
log = structlog.get_logger()


@dataclass(frozen=True)
class Token:
    value: str
    expires_at: datetime

    def is_fresh(self, now: datetime) -> bool:
        return self.expires_at - now >= REFRESH_BELOW


class TokenOwner:
    """Gives out the access token; one instance per process."""

    def __init__(
        self, *, redis: Redis, http: aiohttp.ClientSession, clock: Clock, api_url: str, app_id: str, secret: str
    ) -> None:
        self._redis, self._http, self._clock = redis, http, clock
        self._url = f"{api_url.rstrip('/')}/cgi-bin/stable_token"
        self._app_id, self._secret = app_id, secret
        self._key = f"wechat:{app_id}:token"
        self._known: Token | None = None
        self._one_at_a_time = asyncio.Lock()

    async def current(self) -> str:
        """The access token to use now.

        Raises:
            WeChatUnavailable: none is known and none can be fetched.
        """
        if self._known and self._known.is_fresh(self._clock.now()):
            return self._known.value
        return await self._renew(failing=None)

    async def replacement(self, failing: str) -> str:
        """Another token than `failing`, which WeChat refused just now.

        Raises:
            TokenRefused: the account's newest token is the refused one.
            WeChatUnavailable: none can be fetched.
        """
        if self._known and self._known.value != failing and self._known.is_fresh(self._clock.now()):
            return self._known.value
        return await self._renew(failing=failing)

    async def _renew(self, *, failing: str | None) -> str:
        async with self._one_at_a_time, self._lock():
            shared = await self._shared()
            if shared is None or shared.value == failing or not shared.is_fresh(self._clock.now()):
                if failing is not None and await self._is_paused():
                    raise TokenRefused("a fresh access token was refused; waiting before the next try")
                shared = await self._fetch()
                if shared.value == failing:
                    await self._pause()
                    raise TokenRefused("WeChat refuses the newest access token")
                await self._share(shared)
            self._known = shared
            return shared.value

    async def _fetch(self) -> Token:
        body = {
            "grant_type": "client_credential",
            "appid": self._app_id,
            "secret": self._secret,
            "force_refresh": False,
        }
        try:
            async with self._http.post(self._url, json=body, timeout=FETCH_TIMEOUT) as response:
                answer: Any = json.loads(await response.read())
                value, life_s = answer.get("access_token"), int(answer.get("expires_in", 0))
        except (aiohttp.ClientError, TimeoutError, ValueError, AttributeError):
            raise WeChatUnavailable("no access token: WeChat cannot be reached") from None
        if not value:
            log.error("wechat_token_refused", errcode=answer.get("errcode"))
            raise WeChatUnavailable("no access token") from WeChatRefused(int(answer.get("errcode", 0)))
        log.info("wechat_token_fetched", life_s=life_s)
        return Token(str(value), self._clock.now() + timedelta(seconds=life_s))

    async def _shared(self) -> Token | None:
        try:
            stored = await self._redis.get(self._key)
        except RedisError:
            return self._known
        if not stored:
            return None
        value = json.loads(stored)
        return Token(value["token"], datetime.fromisoformat(value["expires_at"]))

    async def _share(self, token: Token) -> None:
        life_s = max(1, int((token.expires_at - self._clock.now()).total_seconds()))
        value = json.dumps({"token": token.value, "expires_at": token.expires_at.isoformat()})
        await self._quietly(self._redis.set(self._key, value, ex=life_s))

    async def _pause(self) -> None:
        log.error("wechat_token_refused_again")
        await self._quietly(self._redis.set(f"{self._key}:refused", "1", ex=REFUSED_PAUSE_S))

    async def _is_paused(self) -> bool:
        return bool(await self._quietly(self._redis.exists(f"{self._key}:refused")))

    @asynccontextmanager
    async def _lock(self) -> AsyncIterator[None]:
        """Hold the shared lock; without Redis `stable_token` itself makes sure that nobody loses a token."""
        mine = secrets.token_hex(8)
        name = f"{self._key}:lock"
        try:
            async with asyncio.timeout(LOCK_S):
                while not await self._redis.set(name, mine, nx=True, ex=LOCK_S):  # noqa: ASYNC110 - held elsewhere
                    await asyncio.sleep(0.05)
        except (RedisError, TimeoutError):
            log.warning("wechat_token_without_lock")
        try:
            yield
        finally:
            await self._quietly(self._redis.eval(_UNLOCK, 1, name, mine))

    async def _quietly(self, command: Any) -> Any:
        try:
            return await command
        except RedisError:
            return None
