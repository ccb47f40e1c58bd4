"""Who we are at WeChat Pay: the settings, with the keys read from the files that they name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from runtime.settings import Settings, SettingsError
from wechat.pay import Merchant


def merchant_of(settings: Settings) -> Merchant:
    """The merchant of these settings.

    Raises:
        SettingsError: names each file that cannot be read or holds no such key.
    """
    faults: list[str] = []
    private_key = _key_in("WECHATPAY_PRIVATE_KEY_FILE", settings.wechatpay_private_key_file, _is_private, faults)
    public_key = _key_in("WECHATPAY_PUBLIC_KEY_FILE", settings.wechatpay_public_key_file, _is_public, faults)
    if faults:
        raise SettingsError.of(faults)
    return Merchant(
        mch_id=settings.wechatpay_mch_id,
        app_id=settings.wechat_app_id,
        serial_no=settings.wechatpay_serial_no,
        private_key=private_key,
        apiv3_key=settings.wechatpay_apiv3_key.get_secret_value(),
        public_key=public_key,
        public_key_id=settings.wechatpay_public_key_id,
        notify_url=f"{settings.public_url.rstrip('/')}/pay/notify",
        api_url=settings.wechatpay_api_url,
    )


def _key_in(name: str, file: str, is_key: Callable[[bytes], bool], faults: list[str]) -> str:
    try:
        text = Path(file).read_text()
    except (OSError, ValueError):
        faults.append(f"{name}: this file cannot be read")
        return ""
    try:
        if is_key(text.encode()):
            return text
    except (ValueError, TypeError, UnsupportedAlgorithm):
        pass
    faults.append(f"{name}: this file holds no such RSA key in PEM")
    return ""


def _is_private(pem: bytes) -> bool:
    return isinstance(load_pem_private_key(pem, password=None), RSAPrivateKey)


def _is_public(pem: bytes) -> bool:
    return isinstance(load_pem_public_key(pem), RSAPublicKey)
