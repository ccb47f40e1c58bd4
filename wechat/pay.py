"""WeChat Pay v3 for one merchant, with the guards that the library lacks (reference C.9).

Every call either gives the decoded answer or raises: `PayRefused` with WeChat Pay's code, `PayUnavailable` for
everything whose outcome is unknown (repeat with the same numbers), `BadNotification` for callbacks.
"""

from __future__ import annotations

import io
import json
import secrets
import zlib
from collections.abc import Awaitable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import httpx
from wechatpayv3.async_ import AsyncWeChatPay, WeChatPayType

from wechat.errors import BadNotification, PayRefused, PayUnavailable
from wechat.unpacking import Unpacker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from runtime.clock import Clock

SKEW_S: Final = 300
TIMEOUT: Final = (3, 8)
NOTIFICATION_LIMIT_BYTES: Final = 64 * 1024


@dataclass(frozen=True)
class Merchant:
    """Who we are at WeChat Pay; keys are PEM texts."""

    mch_id: str
    app_id: str
    serial_no: str
    private_key: str
    apiv3_key: str
    public_key: str
    public_key_id: str
    notify_url: str
    api_url: str = "https://api.mch.weixin.qq.com"


@dataclass(frozen=True)
class Notification:
    """A genuine callback: `event_type` such as `TRANSACTION.SUCCESS`, and its decrypted resource."""

    id: str
    event_type: str
    resource: Mapping[str, Any]


class WeChatPay:
    """The payment client; open it with `running`."""

    def __init__(self, merchant: Merchant, clock: Clock) -> None:
        self._merchant, self._clock = merchant, clock
        self._pay = AsyncWeChatPay(
            WeChatPayType.JSAPI,
            mchid=merchant.mch_id,
            private_key=merchant.private_key,
            cert_serial_no=merchant.serial_no,
            appid=merchant.app_id,
            apiv3_key=merchant.apiv3_key,
            notify_url=merchant.notify_url,
            public_key=merchant.public_key,
            public_key_id=merchant.public_key_id,
            timeout=TIMEOUT,
        )
        self._pay._core._gate_way = merchant.api_url.rstrip("/")

    @asynccontextmanager
    async def running(self) -> AsyncIterator[WeChatPay]:
        async with self._pay:
            client = self._pay._core._client
            client.event_hooks = {"request": [self._sign_request], "response": [self._check_response]}
            yield self

    async def create_jsapi_order(
        self,
        *,
        out_trade_no: str,
        amount_fen: int,
        description: str,
        openid: str,
        expires_at: datetime | None = None,
        attach: str | None = None,
    ) -> str:
        """Place the order and give its `prepay_id`, good for 2 h; the same call with the same values is safe."""
        answer = await self._call(
            self._pay.pay(
                description=description,
                out_trade_no=out_trade_no,
                amount={"total": amount_fen, "currency": "CNY"},
                payer={"openid": openid},
                time_expire=expires_at.replace(microsecond=0).isoformat() if expires_at else None,
                attach=attach,
            )
        )
        try:
            return str(answer["prepay_id"])
        except KeyError:
            raise PayUnavailable("the order call gave no prepay_id") from None

    def jsapi_params(self, prepay_id: str) -> dict[str, str]:
        """What the page hands to `getBrandWCPayRequest` (C.4)."""
        timestamp, nonce = str(int(self._clock.now().timestamp())), secrets.token_hex(16)
        package = f"prepay_id={prepay_id}"
        return {
            "appId": self._merchant.app_id,
            "timeStamp": timestamp,
            "nonceStr": nonce,
            "package": package,
            "signType": "RSA",
            "paySign": self._pay.sign([self._merchant.app_id, timestamp, nonce, package]),
        }

    async def query(self, out_trade_no: str) -> Mapping[str, Any]:
        """The order as WeChat Pay knows it; `trade_state` is NOTPAY, SUCCESS, REFUND or CLOSED (C.7)."""
        return await self._call(self._pay.query(out_trade_no=out_trade_no))

    async def close(self, out_trade_no: str) -> None:
        """Close an unpaid order; may be repeated. It does not stop a payment in flight: query afterwards."""
        await self._call(self._pay.close(out_trade_no))

    async def refund(
        self,
        *,
        transaction_id: str,
        out_refund_no: str,
        refund_fen: int,
        total_fen: int,
        reason: str | None = None,
        notify_url: str | None = None,
    ) -> Mapping[str, Any]:
        """Ask for a refund of one payment; accepted is not done. The same `out_refund_no` never refunds twice (C.8)."""
        return await self._call(
            self._pay.refund(
                out_refund_no=out_refund_no,
                amount={"refund": refund_fen, "total": total_fen, "currency": "CNY"},
                transaction_id=transaction_id,
                reason=reason,
                notify_url=notify_url,
            )
        )

    async def query_refund(self, out_refund_no: str) -> Mapping[str, Any]:
        return await self._call(self._pay.query_refund(out_refund_no))

    async def trade_bill(self, day: date) -> bytes:
        """The day's bill, unpacked; from 10:00 of the next day. Raises as `save_trade_bill`."""
        into = io.BytesIO()
        await self.save_trade_bill(day, into)
        return into.getvalue()

    async def save_trade_bill(self, day: date, into: BinaryIO) -> None:
        """Write the day's bill into a file, unpacked, piece by piece; nothing in it counts before this returns.

        Raises:
            PayRefused: `NO_STATEMENT_EXIST` when nothing happened on that day, `STATEMENT_CREATING` before 10:00.
            PayUnavailable: the bill does not have the SHA-1 that was announced, or could not be fetched whole.
        """
        told = await self._call(self._pay.trade_bill(day.isoformat(), tar_type="GZIP"))
        unpacker = Unpacker()
        async for piece in self._download(str(told.get("download_url", ""))):
            try:
                for plain in unpacker.feed(piece):
                    into.write(plain)
            except zlib.error:
                raise PayUnavailable("the bill cannot be unpacked") from None
        # Which form the announced hash belongs to is not settled (C.8), so either will do.
        if str(told.get("hash_value", "")).lower() not in unpacker.hashes or not unpacker.is_whole:
            raise PayUnavailable("the bill is not what its hash promises")

    def read_notification(self, headers: Mapping[str, str], body: bytes) -> Notification:
        """A callback, checked and decrypted; `headers` must be case-insensitive, `body` the raw bytes.

        Raises:
            BadNotification: answer 4xx; WeChat Pay repeats genuine ones.
        """
        if len(body) > NOTIFICATION_LIMIT_BYTES:
            raise BadNotification("too_big")
        if headers.get("Wechatpay-Serial") != self._merchant.public_key_id:
            raise BadNotification("unknown_serial")
        if not self._is_recent(headers.get("Wechatpay-Timestamp", "")):
            raise BadNotification("stale")
        try:
            read = self._pay.callback(headers, body)
        except Exception:  # the library raises plain Exceptions of many kinds (C.9)
            raise BadNotification("unreadable") from None
        if not read:
            raise BadNotification("not_genuine")
        try:
            return Notification(str(read["id"]), str(read["event_type"]), dict(read["resource"]))
        except (KeyError, TypeError, ValueError):
            raise BadNotification("incomplete") from None

    async def _call(self, call: Awaitable[tuple[int, Any]]) -> Mapping[str, Any]:
        try:
            status, text = await call
        except PayUnavailable:
            raise
        except Exception as error:
            # Network trouble and wrong signatures both come as exceptions whose texts may hold the request.
            raise PayUnavailable(f"WeChat Pay cannot be trusted or reached ({type(error).__name__})") from None
        if status == 204:
            return {}
        try:
            answer = json.loads(text)
        except (ValueError, TypeError):
            answer = None
        if status >= 500 or not isinstance(answer, dict):
            raise PayUnavailable(f"WeChat Pay answered HTTP {status}")
        if status >= 300:
            raise PayRefused(status, str(answer.get("code", "UNKNOWN")))
        return answer

    async def _download(self, url: str) -> AsyncIterator[bytes]:
        """The file in pieces; its answer is not signed (C.3), its hash is."""
        try:
            headers = {"Accept": "application/json", "Wechatpay-Serial": self._merchant.public_key_id}
            async with self._pay._core._client.stream("GET", url, headers=headers) as response:
                if response.status_code != 200:
                    raise PayUnavailable(f"the bill cannot be fetched (HTTP {response.status_code})")
                async for piece in response.aiter_bytes():
                    yield piece
        except httpx.HTTPError as error:
            raise PayUnavailable(f"the bill cannot be fetched ({type(error).__name__})") from None

    async def _sign_request(self, request: httpx.Request) -> None:
        """Sign by our clock and over the very bytes that leave; the library signs by the machine's time (C.3)."""
        timestamp, nonce = str(int(self._clock.now().timestamp())), secrets.token_hex(16)
        body = (await request.aread()).decode()
        signed = self._pay.sign([request.method, request.url.raw_path.decode(), timestamp, nonce, body])
        request.headers["Authorization"] = (
            f'WECHATPAY2-SHA256-RSA2048 mchid="{self._merchant.mch_id}",nonce_str="{nonce}",signature="{signed}",'
            f'timestamp="{timestamp}",serial_no="{self._merchant.serial_no}"'
        )

    async def _check_response(self, response: httpx.Response) -> None:
        signed = response.headers.get("Wechatpay-Timestamp")
        if signed is not None and not self._is_recent(signed):
            raise PayUnavailable("WeChat Pay's answer carries a wrong time")

    def _is_recent(self, timestamp: str) -> bool:
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
            return False
        return abs(self._clock.now().timestamp() - int(timestamp)) <= SKEW_S
