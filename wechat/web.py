"""WeChat in the phone's browser: OAuth, which tells a page's openid, and the JS-SDK's signatures (B.9, B.10)."""

from __future__ import annotations

import hashlib
import json
import secrets
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from redis.asyncio import Redis
from redis.exceptions import RedisError

from runtime.clock import Clock
from wechat.client import WeChatClient
from wechat.errors import WeChatUnavailable

REFRESH_BELOW: Final = timedelta(seconds=120)


def authorize_url(open_url: str, *, app_id: str, redirect_uri: str, state: str) -> str:
    """Where to send a browser so that it comes back with `code` and `state`; nobody has to tap anything."""
    query = urlencode(
        {
            "appid": app_id,
            "redirect_uri": redirect_uri,
            "response_type": "code",
            "scope": "snsapi_base",
            "state": state,
        }
    )
    return f"{open_url.rstrip('/')}/connect/oauth2/authorize?{query}#wechat_redirect"


async def openid_of_code(client: WeChatClient, *, app_id: str, secret: str, code: str) -> str:
    """Who opened the page; a code works once, for 5 minutes.

    Raises:
        WeChatRefused: 40029 for an unknown code, 40163 for a used one, 42003 for an expired one.
        WeChatUnavailable: no usable answer.
    """
    answer = await client.call_without_token(
        "/sns/oauth2/access_token",
        {"appid": app_id, "secret": secret, "code": code, "grant_type": "authorization_code"},
    )
    if openid := answer.get("openid"):
        return str(openid)
    raise WeChatUnavailable("WeChat named no openid")


def jssdk_signature(*, ticket: str, nonce: str, timestamp: int, url: str) -> str:
    """The signature for `wx.config` on the page `url` (its fragment does not count)."""
    text = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url.partition('#')[0]}"
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


class JsTickets:
    """Signs pages with the account's one ticket, kept in Redis."""

    def __init__(self, *, client: WeChatClient, redis: Redis, clock: Clock, app_id: str) -> None:
        self._client, self._redis, self._clock, self._app_id = client, redis, clock, app_id
        self._key = f"wechat:{app_id}:jsapi_ticket"

    async def config(self, url: str) -> dict[str, Any]:
        """What `wx.config` needs on the page `url`: appId, timestamp, nonceStr, signature."""
        nonce, timestamp = secrets.token_hex(8), int(self._clock.now().timestamp())
        signed = jssdk_signature(ticket=await self._ticket(), nonce=nonce, timestamp=timestamp, url=url)
        return {"appId": self._app_id, "timestamp": timestamp, "nonceStr": nonce, "signature": signed}

    async def _ticket(self) -> str:
        stored = await self._stored()
        if stored:
            return stored
        answer = await self._client.get("ticket/getticket", params={"type": "jsapi"})
        ticket, life_s = str(answer["ticket"]), int(answer["expires_in"])
        expires_at = self._clock.now() + timedelta(seconds=life_s)
        value = json.dumps({"ticket": ticket, "expires_at": expires_at.isoformat()})
        with suppress(RedisError):  # the ticket is good all the same; the next page fetches one again
            await self._redis.set(self._key, value, ex=max(1, life_s))
        return ticket

    async def _stored(self) -> str | None:
        try:
            stored = await self._redis.get(self._key)
        except RedisError:
            return None
        if not stored:
            return None
        value = json.loads(stored)
        is_fresh = datetime.fromisoformat(value["expires_at"]) - self._clock.now() >= REFRESH_BELOW
        return str(value["ticket"]) if is_fresh else None
