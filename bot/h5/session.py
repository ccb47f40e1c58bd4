"""Who a page is open for: a signed, encrypted cookie that one redeemed link gives, for one purpose and a short time."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final

from aiohttp import web
from cryptography.fernet import Fernet, InvalidToken

COOKIE: Final = "gongju_h5"
LIFE: Final = timedelta(minutes=30)


class NoSession(Exception):
    """The page was opened without a link, or too long after it."""


@dataclass(frozen=True)
class PageSession:
    """What a redeemed one-time link allows: its openid, its purpose, its case; `done` is what was done with it."""

    openid: str
    purpose: str
    link_id: str
    case_no: str | None
    done: str = ""


class Sessions:
    """Seals sessions into cookies; nothing is kept on the server, so no cache flush ends a visit."""

    def __init__(self, service_token: str, *, is_https: bool) -> None:
        key = hashlib.sha256(b"gongju h5 sessions" + service_token.encode()).digest()
        self._fernet = Fernet(base64.urlsafe_b64encode(key))
        self._csrf_key = hashlib.sha256(b"gongju h5 csrf" + service_token.encode()).digest()
        self._is_https = is_https

    def put(self, response: web.StreamResponse, session: PageSession, *, now: datetime) -> None:
        token = self._fernet.encrypt_at_time(json.dumps(asdict(session)).encode(), int(now.timestamp()))
        response.set_cookie(
            COOKIE, token.decode(), max_age=int(LIFE.total_seconds()), httponly=True, samesite="Lax",
            secure=self._is_https, path="/h5",
        )  # fmt: skip

    def read(self, request: web.Request, *, now: datetime) -> PageSession:
        """The session of a request.

        Raises:
            NoSession: no cookie, a forged one, or one older than 30 minutes.
        """
        cookie = request.cookies.get(COOKIE, "")
        try:
            plain = self._fernet.decrypt_at_time(
                cookie.encode(), ttl=int(LIFE.total_seconds()), current_time=int(now.timestamp())
            )
        except (InvalidToken, ValueError) as error:
            raise NoSession from error
        return PageSession(**json.loads(plain))

    def csrf(self, session: PageSession) -> str:
        """The token that this session's forms carry."""
        return hmac.new(self._csrf_key, f"{session.link_id}:{session.openid}".encode(), "sha256").hexdigest()

    def is_csrf_right(self, session: PageSession, offered: str) -> bool:
        return hmac.compare_digest(self.csrf(session).encode(), offered.encode())
