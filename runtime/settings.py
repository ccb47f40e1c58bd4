"""The settings that every process of ours reads, once, from environment variables."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, Json, SecretStr, ValidationError


class SettingsError(Exception):
    """Some settings are missing or malformed; the message names all of them, and no value."""

    @classmethod
    def of(cls, faults: Iterable[str]) -> SettingsError:
        return cls("these settings need attention:\n  " + "\n  ".join(faults))


def _blank_is_missing(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _has_32_bytes(encoded: str) -> bool:
    try:
        return len(base64.b64decode(encoded, validate=True)) == KEY_BYTES
    except (binascii.Error, ValueError):
        return False


def _aes_key(key: SecretStr) -> SecretStr:
    if not _has_32_bytes(key.get_secret_value() + "="):
        raise ValueError("should be the 43 letters and digits of WeChat's EncodingAESKey")
    return key


def _data_keys(keys: SecretStr) -> SecretStr:
    for entry in keys.get_secret_value().split(","):
        key_id, _, encoded = entry.strip().partition(":")
        if not key_id or not _has_32_bytes(encoded):
            raise ValueError("should be id:base64key[,id:base64key…] with keys of 32 bytes (openssl rand -base64 32)")
    return keys


KEY_BYTES: Final = 32
Url = Annotated[str, Field(pattern=r"^[a-z0-9+]+://\S+$")]
MaybeText = Annotated[str | None, BeforeValidator(_blank_is_missing)]
Text = Annotated[str, Field(min_length=1)]
AesKey = Annotated[SecretStr, AfterValidator(_aes_key)]
Port = Annotated[int, Field(ge=1, le=65535)]


class Settings(BaseModel):
    """One flat set of settings, the same for every process; names are the environment variables in lower case."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    database_url: Annotated[str, Field(pattern=r"^postgresql\+psycopg://\S+$")]
    redis_url: Annotated[str, Field(pattern=r"^(rediss?|unix)://\S+$")]
    object_store_url: Annotated[str, Field(pattern=r"^(file:///|s3://|gs://|az://|abfss?://)\S+$")]
    smtp_url: Annotated[str, Field(pattern=r"^smtp(s|\+starttls)?://\S+$")]
    mail_from: Text
    public_url: Url
    backend_url: Url
    rasa_url: Url
    actions_url: Url
    service_token: Annotated[SecretStr, Field(min_length=16)]
    data_keys: Annotated[SecretStr, AfterValidator(_data_keys)]
    wechat_app_id: Text
    wechat_app_secret: SecretStr
    wechat_token: Annotated[SecretStr, Field(min_length=3, max_length=32)]
    wechat_aes_key: AesKey
    wechat_aes_key_previous: Annotated[AesKey | None, BeforeValidator(_blank_is_missing)] = None
    wechat_plain_pushes: bool = False
    wechat_original_id: Text
    wechat_api_url: Url = "https://api.weixin.qq.com"
    wechat_open_url: Url = "https://open.weixin.qq.com"
    wechat_mp_url: Url = "https://mp.weixin.qq.com"
    wechat_res_url: Url = "https://res.wx.qq.com"
    wechat_message_limit: Annotated[int, Field(ge=1, le=100)] = 5
    wechat_click_limit: Annotated[int, Field(ge=0, le=100)] = 3
    wechat_staff_reserve: Annotated[int, Field(ge=0, le=10)] = 1
    wechatpay_api_url: Url = "https://api.mch.weixin.qq.com"
    wechatpay_mch_id: Text
    wechatpay_serial_no: Text
    wechatpay_private_key_file: Text
    wechatpay_apiv3_key: Annotated[SecretStr, Field(min_length=32, max_length=32)]
    wechatpay_public_key_file: Text
    wechatpay_public_key_id: Text
    wechat_template_ids: Annotated[Json[dict[str, str]], Field(validate_default=False)] = {}
    clock_url: MaybeText = None
    frame_ancestors: MaybeText = None
    bind_host: Text = "127.0.0.1"
    bot_port: Port = 8001
    backend_port: Port = 8002
    worker_port: Port = 8003

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Settings:
        """Read every setting.

        Raises:
            SettingsError: names each missing or malformed variable, all at once, without its value.
        """
        known: dict[str, Any] = {name: env[name.upper()] for name in cls.model_fields if name.upper() in env}
        try:
            return cls.model_validate(known)
        except ValidationError as error:
            raise SettingsError.of(
                f"{str(fault['loc'][0]).upper()}: {fault['msg'].removeprefix('Value error, ')}"
                for fault in error.errors(include_input=False)
            ) from None
