"""Envelope encryption with rotatable keys: what is personal is sealed before it reaches a disk."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Mapping
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_VERSION: Final = b"\x01"
_NONCE_BYTES: Final = 12
_WRAPPED_BYTES: Final = 32 + 16


class KeysMalformed(ValueError):
    """DATA_KEYS is not `id:base64key[,id:base64key…]` with keys of 32 bytes."""


class CannotOpen(Exception):
    """The bytes are damaged, belong to another context, or their key is no longer in DATA_KEYS."""


class DataKeyring:
    """Implements `services.ports.Keyring` with AES-256-GCM.

    Each sealed value has a data key of its own, wrapped by the current master key, so that `rewrap` rotates keys
    without touching the content. The first key of DATA_KEYS seals; the last one also makes fingerprints, so it stays
    in the last place for as long as fingerprints are looked up. It may stand in the first place as well (`old,new,old`:
    a new key is known and not used yet).
    """

    def __init__(self, keys: Mapping[str, bytes], *, lookup: str | None = None) -> None:
        self._keys = dict(keys)
        self._current = next(iter(self._keys))
        oldest = self._keys[lookup or list(self._keys)[-1]]
        self._lookup_key = hmac.new(oldest, b"gongju lookup", hashlib.sha256).digest()

    @classmethod
    def from_text(cls, data_keys: str) -> DataKeyring:
        """Read DATA_KEYS.

        Raises:
            KeysMalformed: without naming any key.
        """
        keys: dict[str, bytes] = {}
        for entry in data_keys.split(","):
            key_id, found, encoded = entry.strip().partition(":")
            try:
                key = base64.b64decode(encoded, validate=True)
            except (binascii.Error, ValueError):
                raise KeysMalformed("a key of DATA_KEYS is not base64") from None
            if not found or not key_id or len(key_id) > 32 or len(key) != 32 or keys.get(key_id, key) != key:
                raise KeysMalformed("DATA_KEYS is id:base64key[,id:base64key…] with keys of 32 bytes")
            keys[key_id] = key
        return cls(keys, lookup=data_keys.rsplit(",", 1)[-1].strip().partition(":")[0])

    def seal(self, plain: bytes, *, context: str) -> bytes:
        data_key = AESGCM.generate_key(256)
        nonce = os.urandom(_NONCE_BYTES)
        content = nonce + AESGCM(data_key).encrypt(nonce, plain, context.encode())
        return self._header(data_key, context) + content

    def open(self, sealed: bytes, *, context: str) -> bytes:
        """Decrypt.

        Raises:
            CannotOpen: see there.
        """
        data_key, rest = self._unwrap(sealed, context)
        try:
            return AESGCM(data_key).decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], context.encode())
        except (InvalidTag, ValueError) as error:
            raise CannotOpen("sealed content does not open") from error

    def rewrap(self, sealed: bytes, *, context: str) -> bytes:
        """The same content under the current master key."""
        data_key, rest = self._unwrap(sealed, context)
        return self._header(data_key, context) + rest

    @property
    def current_prefix(self) -> bytes:
        """What every value begins with that is sealed under the first key of DATA_KEYS."""
        name = self._current.encode()
        return _VERSION + bytes([len(name)]) + name

    def fingerprint(self, text: str) -> str:
        return hmac.new(self._lookup_key, text.encode(), hashlib.sha256).hexdigest()

    def _header(self, data_key: bytes, context: str) -> bytes:
        name = self._current.encode()
        nonce = os.urandom(_NONCE_BYTES)
        wrapped = AESGCM(self._keys[self._current]).encrypt(nonce, data_key, b"wrap:" + context.encode())
        return _VERSION + bytes([len(name)]) + name + nonce + wrapped

    def _unwrap(self, sealed: bytes, context: str) -> tuple[bytes, bytes]:
        if len(sealed) < 2 or sealed[:1] != _VERSION:
            raise CannotOpen("not a sealed value")
        start = 2 + sealed[1]
        key = self._keys.get(sealed[2:start].decode(errors="replace"))
        if key is None:
            raise CannotOpen("the key that sealed this is not in DATA_KEYS")
        nonce, rest = sealed[start : start + _NONCE_BYTES], sealed[start + _NONCE_BYTES :]
        try:
            data_key = AESGCM(key).decrypt(nonce, rest[:_WRAPPED_BYTES], b"wrap:" + context.encode())
        except (InvalidTag, ValueError) as error:
            raise CannotOpen("sealed content does not open") from error
        return data_key, rest[_WRAPPED_BYTES:]
