"""Who the played merchant is and which keys sign, read from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa


class BadPaySettings(ValueError):
    """Every fault found, one per line."""


@dataclass(frozen=True)
class PaySettings:
    mch_id: str
    serial_no: str
    apiv3_key: str = field(repr=False)
    public_key_id: str
    private_key: rsa.RSAPrivateKey = field(repr=False)
    merchant_public_key: rsa.RSAPublicKey = field(repr=False)
    merchant_name: str = "工居代办（演示商户）"

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> PaySettings | None:
        """None when nothing of WeChat Pay is set: then the simulator plays a merchant without payment.

        Raises:
            BadPaySettings: something is set, but not all, or a key file cannot be read.
        """
        if not any(env.get(name) for name in _NEEDED):
            return None
        faults = [f"{name} is missing" for name in _NEEDED if not env.get(name)]
        if len(env.get("WECHATPAY_APIV3_KEY", "").encode()) != 32:
            faults.append("WECHATPAY_APIV3_KEY must be 32 bytes")
        if faults:
            raise BadPaySettings("\n".join(faults))
        return cls(
            mch_id=env["WECHATPAY_MCH_ID"],
            serial_no=env["WECHATPAY_SERIAL_NO"],
            apiv3_key=env["WECHATPAY_APIV3_KEY"],
            public_key_id=env["WECHATPAY_PUBLIC_KEY_ID"],
            private_key=_private_key(env["SIM_PAY_PRIVATE_KEY_FILE"]),
            merchant_public_key=_public_key(env["SIM_PAY_MCH_PUBLIC_KEY_FILE"]),
            merchant_name=env.get("SIM_PAY_MERCHANT_NAME") or cls.merchant_name,
        )


_NEEDED: Final = (
    "SIM_PAY_PRIVATE_KEY_FILE",
    "SIM_PAY_MCH_PUBLIC_KEY_FILE",
    "WECHATPAY_MCH_ID",
    "WECHATPAY_SERIAL_NO",
    "WECHATPAY_APIV3_KEY",
    "WECHATPAY_PUBLIC_KEY_ID",
)


def _private_key(path: str) -> rsa.RSAPrivateKey:
    try:
        key = serialization.load_pem_private_key(Path(path).read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise BadPaySettings(f"SIM_PAY_PRIVATE_KEY_FILE cannot be read: {error}") from error
    if not isinstance(key, rsa.RSAPrivateKey):
        raise BadPaySettings("SIM_PAY_PRIVATE_KEY_FILE holds no RSA key")
    return key


def _public_key(path: str) -> rsa.RSAPublicKey:
    try:
        key = serialization.load_pem_public_key(Path(path).read_bytes())
    except (OSError, ValueError) as error:
        raise BadPaySettings(f"SIM_PAY_MCH_PUBLIC_KEY_FILE cannot be read: {error}") from error
    if not isinstance(key, rsa.RSAPublicKey):
        raise BadPaySettings("SIM_PAY_MCH_PUBLIC_KEY_FILE holds no RSA key")
    return key
