"""Checks that a request comes from WeChat, opens its envelope and seals our reply (reference A.1, A.2, A.6)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from wechatpy.crypto import PrpCrypto, WeChatCrypto

from wechat.errors import BadPush, BadSignature
from wechat.xml import parse_xml

BODY_LIMIT_BYTES: Final = 1024 * 1024


class _Cipher(PrpCrypto):  # type: ignore[misc]
    """wechatpy's cipher with random bytes from the system instead of `random.sample`."""

    def get_random_string(self) -> str:
        return secrets.token_hex(8)


class _Key:
    """One EncodingAESKey of one account."""

    def __init__(self, token: str, aes_key: str, app_id: str) -> None:
        self._app_id = app_id
        self._crypto = WeChatCrypto(token, aes_key, app_id)

    def decrypt(self, encrypted: str) -> str:
        return str(_Cipher(self._crypto.key).decrypt(encrypted, self._app_id))

    def encrypt(self, xml: str, *, timestamp: str, nonce: str) -> str:
        return str(self._crypto._encrypt_message(xml, nonce, timestamp, _Cipher))


@dataclass(frozen=True)
class Opened:
    """A push whose signature is right: its fields, and the key that our reply must use (None: plain)."""

    fields: Mapping[str, object]
    key: _Key | None


def signature(*parts: str) -> str:
    """WeChat's signature of some strings: SHA-1 of them sorted and joined."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


class Envelopes:
    """Opens and seals what an account with `token` and `aes_keys` (current first, then the previous) exchanges."""

    def __init__(self, *, app_id: str, token: str, aes_keys: Sequence[str], plain_allowed: bool = True) -> None:
        self._token = token
        self._keys = [_Key(token, aes_key, app_id) for aes_key in aes_keys]
        self._plain_allowed = plain_allowed

    def echo(self, query: Mapping[str, str]) -> str:
        """What to answer to the URL check (A.1).

        Raises:
            BadSignature: the check does not come from WeChat.
        """
        self._check(query.get("signature", ""), query.get("timestamp", ""), query.get("nonce", ""))
        return query.get("echostr", "")

    def open(self, query: Mapping[str, str], body: bytes) -> Opened:
        """The fields of a push in plain, compatible or secure mode.

        Raises:
            BadSignature: the push does not come from WeChat.
            BadPush: it does, but it is too big, not XML, nested too deep, or cannot be decrypted.
        """
        if len(body) > BODY_LIMIT_BYTES:
            raise BadPush("too_big")
        timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
        if query.get("encrypt_type", "raw") == "raw":
            self._check(query.get("signature", ""), timestamp, nonce)
            if not self._plain_allowed:
                raise BadPush("plain_not_allowed")
            return Opened(parse_xml(body), None)
        if not query.get("msg_signature"):
            raise BadSignature
        encrypted = parse_xml(body).get("Encrypt")
        if not isinstance(encrypted, str):
            raise BadPush("no_encrypt")
        self._check(query["msg_signature"], timestamp, nonce, encrypted)
        xml, key = self._decrypt(encrypted)
        return Opened(parse_xml(xml.encode()), key)

    def seal(self, opened: Opened, reply_xml: str, *, timestamp: int) -> str:
        """The reply as the push's mode wants it, encrypted with the key that decrypted the push."""
        if opened.key is None:
            return reply_xml
        return opened.key.encrypt(reply_xml, timestamp=str(timestamp), nonce=str(secrets.randbelow(10**9)))

    def _check(self, given: str, *parts: str) -> None:
        if not hmac.compare_digest(signature(self._token, *parts).encode(), given.encode("utf-8", "replace")):
            raise BadSignature

    def _decrypt(self, encrypted: str) -> tuple[str, _Key]:
        for key in self._keys:
            try:
                return key.decrypt(encrypted), key
            except Exception:  # noqa: S112 - wechatpy raises half a dozen kinds for junk (reference D.3)
                continue
        raise BadPush("cannot_decrypt")
