"""The platform's side of signatures and message encryption (reference A.1, A.6, B.10)."""

import base64
import hashlib
import struct
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK_BYTES: Final = 32


class Undecipherable(ValueError):
    """The text was not encrypted with this key for this account."""


def signature(*parts: str) -> str:
    """sha1 over the sorted parts."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def jssdk_signature(*, ticket: str, nonce: str, timestamp: str, url: str) -> str:
    """`url` without its fragment."""
    text = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url.partition('#')[0]}"
    return hashlib.sha1(text.encode()).hexdigest()


def encrypt(text: str, *, aes_key: str, app_id: str, random16: str) -> str:
    message = text.encode()
    body = random16.encode() + struct.pack(">I", len(message)) + message + app_id.encode()
    pad = BLOCK_BYTES - len(body) % BLOCK_BYTES
    encryptor = _cipher(aes_key).encryptor()
    return base64.b64encode(encryptor.update(body + bytes([pad]) * pad) + encryptor.finalize()).decode()


def decrypt(encrypted: str, *, aes_key: str, app_id: str) -> str:
    """Raises Undecipherable with the reason."""
    try:
        data = base64.b64decode(encrypted, validate=True)
        decryptor = _cipher(aes_key).decryptor()
        body = decryptor.update(data) + decryptor.finalize()
    except ValueError as error:
        raise Undecipherable("Encrypt is not base64 of whole AES blocks") from error
    if not body or not 1 <= body[-1] <= BLOCK_BYTES:
        raise Undecipherable("the padding is wrong: another AES key?")
    body = body[: -body[-1]]
    length = int.from_bytes(body[16:20], "big")
    message, suffix = body[20 : 20 + length], body[20 + length :]
    if suffix != app_id.encode():
        raise Undecipherable("the app id at the end is not ours")
    try:
        return message.decode()
    except UnicodeDecodeError as error:
        raise Undecipherable("the decrypted text is not UTF-8") from error


def _cipher(aes_key: str) -> Cipher[modes.CBC]:
    key = base64.b64decode(aes_key + "=")
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))
