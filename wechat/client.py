"""The async client of WeChat's API: wechatpy's groups over one coroutine (reference D.4, D.6).

`client.menu`, `client.user`, `client.qrcode` and the other groups of wechatpy are awaitable; the calls that wechatpy
lacks or gets wrong are methods here and in `wechat.media` and `wechat.web`.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
import structlog
from wechatpy.client.api import WeChatMenu, WeChatMessage, WeChatQRCode, WeChatTemplate, WeChatUser
from wechatpy.client.base import BaseWeChatClient

from wechat.errors import TokenRefused, WeChatRefused, WeChatUnavailable
from wechat.token import TokenOwner

TIMEOUT: Final = aiohttp.ClientTimeout(total=15, connect=3)
TOKEN_ERRORS: Final = frozenset({40001, 40014, 42001})
NO_MENU: Final = 46003
_PUBLIC_API: Final = "https://api.weixin.qq.com"
log = structlog.get_logger()


@dataclass(frozen=True)
class Upload:
    """A file as bytes, so that a second try sends it whole; the name is ASCII (41005 otherwise)."""

    name: str
    content: bytes
    content_type: str

    def __post_init__(self) -> None:
        if not (self.name.isascii() and "." in self.name):
            raise ValueError("WeChat wants an ASCII file name with its extension")


@dataclass(frozen=True)
class Answer:
    """What came back: the bytes, and the JSON object if it is one."""

    content: bytes
    content_type: str
    json: Mapping[str, Any] | None


class WeChatClient(BaseWeChatClient):  # type: ignore[misc]
    """Talks to WeChat as one official account; share one per process."""

    menu = WeChatMenu()
    message = WeChatMessage()
    qrcode = WeChatQRCode()
    template = WeChatTemplate()
    user = WeChatUser()

    def __init__(self, *, http: aiohttp.ClientSession, tokens: TokenOwner, api_url: str, app_id: str) -> None:
        # wechatpy's own __init__ would open a blocking session.
        self.appid = app_id
        self._http, self._tokens = http, tokens
        self._api_url = api_url.rstrip("/")
        self.API_BASE_URL = f"{self._api_url}/cgi-bin/"

    @property
    def access_token(self) -> str:
        raise AttributeError("the token is fetched inside each request")

    async def _request(self, method: str, url_or_endpoint: str, **kwargs: Any) -> Any:
        processor = kwargs.pop("result_processor", None)
        answer = await self.call(method, url_or_endpoint, **kwargs)
        if answer.json is None:
            raise WeChatUnavailable("WeChat answered with something that is not JSON")
        return processor(answer.json) if processor else answer.json

    async def call(self, method: str, url_or_endpoint: str, **kwargs: Any) -> Answer:
        """One API call with the access token; a refused token is replaced once.

        Raises:
            WeChatRefused: WeChat answered an error code.
            WeChatUnavailable: no usable answer came.
        """
        token = await self._tokens.current()
        try:
            return await self._once(method, url_or_endpoint, token, **kwargs)
        except WeChatRefused as error:
            if error.errcode not in TOKEN_ERRORS:
                raise
        try:
            return await self._once(method, url_or_endpoint, await self._tokens.replacement(token), **kwargs)
        except WeChatRefused as error:
            if error.errcode in TOKEN_ERRORS:
                raise TokenRefused("WeChat refuses a fresh access token") from error
            raise

    async def call_without_token(self, endpoint: str, params: Mapping[str, str]) -> Mapping[str, Any]:
        """A GET under the API host that is not authorised by the access token, such as OAuth's."""
        answer = await self._send("get", f"{self._api_url}{endpoint}", params=dict(params), body=None)
        if answer.json is None:
            raise WeChatUnavailable("WeChat answered with something that is not JSON")
        return answer.json

    async def _once(self, method: str, url_or_endpoint: str, token: str, **kwargs: Any) -> Answer:
        params = {**(kwargs.get("params") or {}), "access_token": token}
        body: Any = kwargs.get("data")
        if isinstance(body, Mapping | list):
            # Escapes like \u4f60 have been shown literally in chats (B.3).
            body = json.dumps(body, ensure_ascii=False).encode()
        if files := kwargs.get("files"):
            body = _form(files)
        return await self._send(
            method, self._url(url_or_endpoint, kwargs.get("api_base_url")), params=params, body=body
        )

    async def _send(self, method: str, url: str, *, params: Mapping[str, Any], body: Any) -> Answer:
        headers = {"Content-Type": "application/json; charset=utf-8"} if isinstance(body, bytes) else None
        try:
            async with self._http.request(
                method, url, params=params, data=body, headers=headers, timeout=TIMEOUT, allow_redirects=False
            ) as response:
                if response.status != 200:
                    raise WeChatUnavailable(f"WeChat answered HTTP {response.status}")
                answer = _answer(await response.read(), response.content_type)
        except (aiohttp.ClientError, TimeoutError, OSError):
            # The library's messages name the URL, and that carries the token.
            raise WeChatUnavailable("WeChat cannot be reached") from None
        if answer.json and (errcode := int(answer.json.get("errcode") or 0)):
            raise WeChatRefused(errcode)
        return answer

    def _url(self, url_or_endpoint: str, base: str | None) -> str:
        url = url_or_endpoint
        if not url.startswith(("http://", "https://")):
            url = f"{base or self.API_BASE_URL}{url}"
        return f"{self._api_url}{url.removeprefix(_PUBLIC_API)}" if url.startswith(_PUBLIC_API) else url

    async def send_text(self, openid: str, text: str) -> None:
        """A customer-service text message (B.3)."""
        await self.message.send_text(openid, text)

    async def send_image(self, openid: str, media_id: str) -> None:
        """A customer-service picture message (B.3)."""
        await self.message.send_image(openid, media_id)

    async def show_typing(self, openid: str) -> None:
        """Show “正在输入” for up to 15 s; it is a courtesy, so a refusal is no error."""
        try:
            await self.post("message/custom/typing", data={"touser": openid, "command": "Typing"})
        except (WeChatRefused, WeChatUnavailable):
            log.debug("typing_not_shown")

    async def send_template(
        self, openid: str, template_id: str, values: Mapping[str, str], *, url: str | None, client_msg_id: str
    ) -> int:
        """A template message (B.4); the same `client_msg_id` is delivered once in 10 minutes. Gives WeChat's msgid."""
        data: dict[str, Any] = {
            "touser": openid,
            "template_id": template_id,
            "client_msg_id": client_msg_id,
            "data": {key: {"value": value} for key, value in values.items()},
        }
        if url:
            data["url"] = url
        answer = await self.post("message/template/send", data=data)
        return int(answer["msgid"])

    async def current_menu(self) -> Mapping[str, Any] | None:
        """The account's menu, None when it has none (B.7)."""
        try:
            answer: Mapping[str, Any] = await self.get("menu/get")
        except WeChatRefused as error:
            if error.errcode == NO_MENU:
                return None
            raise
        menu: Mapping[str, Any] | None = answer.get("menu")
        return menu

    async def create_menu(self, menu: Mapping[str, Any]) -> None:
        await self.menu.create(dict(menu))

    async def create_qrcode(self, scene: str, *, life_s: int = 2_592_000) -> Mapping[str, Any]:
        """A temporary QR code whose scene comes back in subscribe and SCAN events (B.11)."""
        action = {"scene": {"scene_str": scene}}
        answer: Mapping[str, Any] = await self.qrcode.create(
            {"expire_seconds": life_s, "action_name": "QR_STR_SCENE", "action_info": action}
        )
        return answer

    async def user_info(self, openid: str) -> Mapping[str, Any]:
        """Whether the user follows, since when and from where (B.8)."""
        answer: Mapping[str, Any] = await self.user.get(openid)
        return answer


def _form(files: Mapping[str, Upload]) -> aiohttp.FormData:
    form = aiohttp.FormData(quote_fields=False)
    for field, file in files.items():
        form.add_field(field, io.BytesIO(file.content), filename=file.name, content_type=file.content_type)
    return form


def _answer(content: bytes, content_type: str) -> Answer:
    """Errors come with HTTP 200, also from binary calls: look at the bytes, not at the declared type (B.6)."""
    if content[:1] in (b"{", b"["):
        try:
            # A raw newline inside a string has been seen, hence not strict.
            decoded = json.loads(content.decode("utf-8", "replace"), strict=False)
        except ValueError:
            decoded = None
        if isinstance(decoded, dict):
            return Answer(content, content_type, decoded)
    return Answer(content, content_type, None)
