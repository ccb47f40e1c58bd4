"""The signatures and the encryption of WeChat Pay v3, in public-key mode (C.3 to C.6)."""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from simulator.pay.errors import PayError
from simulator.pay.settings import PaySettings

SCHEME: Final = "WECHATPAY2-SHA256-RSA2048"
TOLERANCE_S: Final = 300
BEIJING: Final = timezone(timedelta(hours=8))
_PART: Final = re.compile(r'(\w+)="([^"]*)"')


@dataclass(frozen=True)
class Authorization:
    """What the Authorization header of a merchant's request says."""

    mchid: str
    nonce: str
    signature: str
    timestamp: str
    serial_no: str


def parse_authorization(header: str) -> Authorization:
    scheme, _, rest = header.partition(" ")
    parts = dict(_PART.findall(rest))
    names = ("mchid", "nonce_str", "signature", "timestamp", "serial_no")
    if scheme != SCHEME or any(not parts.get(name) for name in names):
        raise refused("Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》")
    return Authorization(*(parts[name] for name in names))


def refused(message: str, detail: dict[str, object] | None = None) -> PayError:
    return PayError("SIGN_ERROR", message, detail=detail, breaks_rule="pay_signature")


def check_request(
    settings: PaySettings, header: str, *, method: str, raw_path: str, body: bytes, now_s: float, machine_now_s: float
) -> None:
    """Check a request's signature over its exact bytes.

    Five minutes either way. While the played clock runs ahead of the machine's, anything between the two passes: a
    caller may follow the moved clock with a delay, or sign by the machine's time.

    Raises:
        PayError: SIGN_ERROR, saying what is wrong.
    """
    given = parse_authorization(header)
    if given.mchid != settings.mch_id:
        raise refused("Http头Authorization中的mchid与商户号不一致")
    if given.serial_no.upper() != settings.serial_no.upper():
        raise refused("商户证书序列号有误。请使用签名私钥匹配的证书序列号")
    stamp = int(given.timestamp) if given.timestamp.isdigit() else 0
    if not min(now_s, machine_now_s) - TOLERANCE_S <= stamp <= max(now_s, machine_now_s) + TOLERANCE_S:
        raise refused("Http头Authorization中的timestamp与发起请求的时间不得超过5分钟")
    message = b"".join(
        part + b"\n"
        for part in (method.encode(), raw_path.encode(), given.timestamp.encode(), given.nonce.encode(), body)
    )
    if not verify(settings.merchant_public_key, message, given.signature):
        raise refused("签名错误，请检查后再试", _sign_information(method, raw_path, message))


def _sign_information(method: str, raw_path: str, message: bytes) -> dict[str, object]:
    shown = message[:64].decode("utf-8", "replace")
    return {
        "field": "signature",
        "issue": "sign not match",
        "location": "authorization",
        "sign_information": {
            "method": method,
            "url": raw_path,
            "truncated_sign_message": shown,
            "sign_message_length": len(message),
        },
    }


def verify(key: rsa.RSAPublicKey, message: bytes, signature: str) -> bool:
    try:
        key.verify(base64.b64decode(signature, validate=True), message, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def sign(key: rsa.RSAPrivateKey, message: bytes) -> str:
    return base64.b64encode(key.sign(message, padding.PKCS1v15(), hashes.SHA256())).decode()


def answer_headers(settings: PaySettings, body: bytes, *, timestamp: int, nonce: str) -> dict[str, str]:
    """The five Wechatpay-* headers for an answer or a callback."""
    message = f"{timestamp}\n{nonce}\n".encode() + body + b"\n"
    return {
        "Wechatpay-Timestamp": str(timestamp),
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Signature": sign(settings.private_key, message),
        "Wechatpay-Serial": settings.public_key_id,
        "Wechatpay-Signature-Type": SCHEME,
    }


def encrypt(settings: PaySettings, plain: dict[str, object], *, kind: str, nonce: str) -> dict[str, object]:
    """The `resource` of a callback: AES-256-GCM with the APIv3 key; `nonce` has 12 characters."""
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()
    sealed = AESGCM(settings.apiv3_key.encode()).encrypt(nonce.encode(), text, kind.encode())
    return {
        "original_type": kind,
        "algorithm": "AEAD_AES_256_GCM",
        "ciphertext": base64.b64encode(sealed).decode(),
        "associated_data": kind,
        "nonce": nonce,
    }


def pay_sign_is_right(
    settings: PaySettings, *, app_id: str, timestamp: str, nonce: str, package: str, sign: str
) -> bool:
    """The paySign of the JSAPI parameters (C.4)."""
    return verify(settings.merchant_public_key, f"{app_id}\n{timestamp}\n{nonce}\n{package}\n".encode(), sign)


def rfc3339(moment: datetime) -> str:
    """In Beijing time, whole seconds, as the platform writes its dates."""
    return moment.astimezone(BEIJING).isoformat(timespec="seconds")
