"""What the simulator must be told before it starts, read once from the environment."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

MODES: Final = ("plain", "compat", "secure")


class BadSettings(ValueError):
    """Every fault found in the environment, one per line."""


@dataclass(frozen=True)
class SimSettings:
    """Identity of the played account and where the product listens."""

    app_id: str = "wx5a1d0000000000a1"
    app_secret: str = "sim-app-secret"  # noqa: S105
    token: str = "simtoken"  # noqa: S105
    aes_key: str = "A" * 43
    original_id: str = "gh_5a1d000000a1"
    mode: str = "secure"
    callback_url: str = "http://127.0.0.1:8000/wechat"
    product_origin: str = "http://127.0.0.1:8000"
    host: str = "127.0.0.1"
    port: int = 9000
    public_url: str = ""
    seed: str = "gongju"
    strict_escapes: bool = True
    state_file: str = ""

    @property
    def base_url(self) -> str:
        """Where browsers reach the simulator, without a trailing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "SimSettings":
        """Raises BadSettings naming every fault at once."""
        fields = {name: env[key] for name, key in _TEXT_VARIABLES.items() if env.get(key)}
        faults = [f"{_TEXT_VARIABLES[n]} is missing" for n in _REQUIRED if n not in fields]
        faults += _faults(fields)
        port = env.get("SIMULATOR_PORT", "9000")
        if not port.isdigit():
            faults.append("SIMULATOR_PORT is not a number")
        if faults:
            raise BadSettings("\n".join(faults))
        return cls(**fields, port=int(port), strict_escapes=env.get("SIM_STRICT_ESCAPES", "1") != "0")

    def changed(self, wanted: Mapping[str, object]) -> "SimSettings":
        """With mode, token, aes_key, callback_url, strict_escapes as wanted. Raises BadSettings."""
        texts = {name: value for name in _CHANGEABLE if isinstance(value := wanted.get(name), str) and value}
        if faults := _faults(texts):
            raise BadSettings("\n".join(faults))
        strict = wanted.get("strict_escapes", self.strict_escapes)
        return replace(
            self,
            mode=texts.get("mode", self.mode),
            token=texts.get("token", self.token),
            aes_key=texts.get("aes_key", self.aes_key),
            callback_url=texts.get("callback_url", self.callback_url),
            strict_escapes=bool(strict),
        )


_CHANGEABLE: Final = ("mode", "token", "aes_key", "callback_url")
_TEXT_VARIABLES: Final = {
    "app_id": "WECHAT_APP_ID",
    "app_secret": "WECHAT_APP_SECRET",
    "token": "WECHAT_TOKEN",
    "aes_key": "WECHAT_AES_KEY",
    "original_id": "WECHAT_ORIGINAL_ID",
    "mode": "SIM_MODE",
    "callback_url": "SIM_CALLBACK_URL",
    "product_origin": "SIM_PRODUCT_ORIGIN",
    "host": "BIND_HOST",
    "public_url": "SIM_PUBLIC_URL",
    "seed": "SIM_SEED",
    "state_file": "SIM_STATE_FILE",
}
_REQUIRED: Final = ("app_id", "app_secret", "token", "aes_key", "original_id", "callback_url", "product_origin")


def _faults(fields: Mapping[str, str]) -> list[str]:
    faults = []
    if fields.get("mode", "secure") not in MODES:
        faults.append("SIM_MODE must be plain, compat or secure")
    if not _is_aes_key(fields.get("aes_key", "A" * 43)):
        faults.append("WECHAT_AES_KEY must be 43 characters of base64 that decode to 32 bytes")
    return faults


def _is_aes_key(key: str) -> bool:
    try:
        return len(key) == 43 and len(base64.b64decode(key + "=", validate=True)) == 32
    except binascii.Error:
        return False
