"""The keys and tokens of one local installation, made once and kept in its folder; production brings its own."""

from __future__ import annotations

import base64
import json
import secrets
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def local_secrets(folder: Path) -> dict[str, str]:
    """Environment variables with this installation's secrets; the same on every call for the same `folder`."""
    file = folder / "secrets.json"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        file.write_text(json.dumps(_make(folder), indent=1))
        file.chmod(0o600)
    made: dict[str, str] = json.loads(file.read_text())
    return made


def _make(folder: Path) -> dict[str, str]:
    _key_pair(folder, "merchant")
    _key_pair(folder, "platform")
    return {
        "SERVICE_TOKEN": secrets.token_urlsafe(32),
        "DATA_KEYS": f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}",
        "WECHAT_APP_ID": "wx" + secrets.token_hex(8),
        "WECHAT_APP_SECRET": secrets.token_hex(16),
        "WECHAT_TOKEN": _text(24),
        "WECHAT_AES_KEY": base64.b64encode(secrets.token_bytes(32))
        .decode()
        .rstrip("=")
        .replace("+", "A")
        .replace("/", "B"),
        "WECHAT_ORIGINAL_ID": "gh_" + secrets.token_hex(6),
        "WECHATPAY_MCH_ID": "1900000109",
        "WECHATPAY_SERIAL_NO": secrets.token_hex(20).upper(),
        "WECHATPAY_APIV3_KEY": _text(32),
        "WECHATPAY_PUBLIC_KEY_ID": "PUB_KEY_ID_0" + "".join(secrets.choice("0123456789") for _ in range(30)),
        "WECHATPAY_PRIVATE_KEY_FILE": str(folder / "merchant-private.pem"),
        "WECHATPAY_PUBLIC_KEY_FILE": str(folder / "platform-public.pem"),
        "SIM_PAY_PRIVATE_KEY_FILE": str(folder / "platform-private.pem"),
        "SIM_PAY_MCH_PUBLIC_KEY_FILE": str(folder / "merchant-public.pem"),
    }


def _text(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def _key_pair(folder: Path, name: str) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private, public = folder / f"{name}-private.pem", folder / f"{name}-public.pem"
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    private.chmod(0o600)
    public.write_bytes(
        key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
