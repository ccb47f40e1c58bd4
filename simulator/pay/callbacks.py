"""Tells the merchant what became of payments and refunds, and tells him again until he has heard (C.6)."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import aiohttp

from simulator.ids import ALPHANUMERIC
from simulator.pay.ledger import Order, Refund, order_object
from simulator.pay.settings import PaySettings
from simulator.pay.signing import answer_headers, encrypt, rfc3339
from simulator.world import World

RETRY_DELAYS_S: Final = (
    15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600,
)  # fmt: skip
TIMEOUT_S: Final = 5.0
STALE_BY_S: Final = 600
WRONG_WAYS: Final = ("tamper", "stale", "signtest")


@dataclass(frozen=True)
class Notification:
    """One event to tell; `body` is sealed once, so that every try carries the same id and ciphertext."""

    url: str
    body: bytes
    event: str
    order: Order


class Notifier:
    def __init__(self, world: World, settings: PaySettings) -> None:
        self._world, self._settings = world, settings
        self._told: dict[str, Notification] = {}
        self._offset_s = 0.0
        self.clock_follows_s = 0.5

    def clear(self) -> None:
        self._told.clear()
        self._offset_s = 0.0

    def payment_succeeded(self, order: Order) -> None:
        """Begin to tell it now, or after the delay that was asked for; a lost one is only remembered."""
        plain = order_object(order, mch_id=self._settings.mch_id)
        notification = self._seal(order, str(order.request["notify_url"]), "TRANSACTION.SUCCESS", "支付成功", plain)
        self._told[order.out_trade_no] = notification
        if not order.callback_lost:
            self._begin(notification, self._world.clock.now() + timedelta(seconds=order.callback_delay_s))

    def refund_ended(self, order: Order, refund: Refund) -> None:
        url = refund.request.get("notify_url")
        if not url:
            return
        plain: dict[str, object] = {
            "mchid": self._settings.mch_id,
            "transaction_id": order.transaction_id,
            "out_trade_no": order.out_trade_no,
            "refund_id": refund.refund_id,
            "out_refund_no": refund.out_refund_no,
            "refund_status": refund.status,
            "user_received_account": "支付用户零钱",
            "amount": {
                "total": order.total_fen,
                "refund": refund.amount_fen,
                "payer_total": order.total_fen,
                "payer_refund": refund.amount_fen,
            },
        }
        if refund.succeeded_at:
            plain["success_time"] = rfc3339(refund.succeeded_at)
        notification = self._seal(order, str(url), f"REFUND.{refund.status}", "退款成功", plain)
        self._begin(notification, self._world.clock.now())

    async def again(self, out_trade_no: str, how: str, count: int) -> list[int | None]:
        """Send the payment's callback `count` more times, right or wrong in the way `how`; the statuses answered.

        Raises:
            KeyError: the order has not been paid.
        """
        notification = self._told[out_trade_no]
        statuses = [await self._send(notification, how) for _ in range(count)]
        if how in WRONG_WAYS and any(status is not None and 200 <= status < 300 for status in statuses):
            self._world.violation("pay_callback_unchecked", f"a callback with a wrong signature ({how}) was accepted")
        return statuses

    def _begin(self, notification: Notification, moment: datetime) -> None:
        self._world.timers.at(moment, lambda: self._try(notification, moment, 0), name=notification.event)

    async def _try(self, notification: Notification, moment: datetime, tries: int) -> None:
        """Each wait counts from the planned moment of the try before, so that a moved clock catches up with all."""
        status = await self._send(notification, "right")
        if status in (200, 204) or tries >= len(RETRY_DELAYS_S):
            return
        following = moment + timedelta(seconds=RETRY_DELAYS_S[tries])
        self._world.timers.at(following, lambda: self._try(notification, following, tries + 1), name=notification.event)

    async def _send(self, notification: Notification, how: str) -> int | None:
        """The status answered; None without an answer in 5 s or when a fault drops the callback."""
        if self._world.faults.check("pay_callback"):
            notification.order.callbacks.append(
                {"at": rfc3339(self._world.clock.now()), "how": "dropped", "status": None}
            )
            return None
        await self._let_clocks_follow()
        body, headers = self._dressed(notification, how)
        began = time.monotonic()
        status, text = await self._post(notification.url, body, headers)
        self._world.transcript.add(
            "to_product",
            f"POST {notification.url}",
            request=f"{notification.event} {notification.order.out_trade_no} ({how})",
            response=text,
            status=status,
            duration_ms=(time.monotonic() - began) * 1000,
            openid=notification.order.payer,
        )
        notification.order.callbacks.append({"at": rfc3339(self._world.clock.now()), "how": how, "status": status})
        self._world.changes.publish("callback", out_trade_no=notification.order.out_trade_no, how=how, status=status)
        return status

    async def _let_clocks_follow(self) -> None:
        """After the clock was moved, listeners need a moment to notice, or they would call a fresh callback stale."""
        if self._world.clock.offset_s != self._offset_s:
            self._offset_s = self._world.clock.offset_s
            await asyncio.sleep(self.clock_follows_s)

    async def _post(self, url: str, body: bytes, headers: dict[str, str]) -> tuple[int | None, str]:
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
        try:
            async with self._world.http().post(
                url, data=body, headers=headers, timeout=timeout, allow_redirects=False
            ) as answer:
                return answer.status, (await answer.content.read(4000)).decode("utf-8", "replace")
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            return None, type(error).__name__

    def _dressed(self, notification: Notification, how: str) -> tuple[bytes, dict[str, str]]:
        now_s = self._world.clock.epoch() - (STALE_BY_S if how == "stale" else 0)
        nonce = self._world.ids.text("pay_nonce", self._world.ids.next_number("pay_nonce"), 32, ALPHANUMERIC)
        body = notification.body
        headers = answer_headers(self._settings, body, timestamp=now_s, nonce=nonce)
        if how == "tamper":
            body = _tampered(body)
        if how == "signtest":
            headers["Wechatpay-Signature"] = "WECHATPAY/SIGNTEST/" + headers["Wechatpay-Signature"][19:]
        return body, headers | {
            "Content-Type": "application/json",
            "Accept": "*/*",
            "User-Agent": "Mozilla/4.0",
            "Pragma": "no-cache",
            "Request-ID": f"{nonce[:24]}-0",
        }

    def _seal(self, order: Order, url: str, event: str, summary: str, plain: dict[str, object]) -> Notification:
        number = self._world.ids.next_number("pay_event")
        now = self._world.clock.now()
        kind = "transaction" if event.startswith("TRANSACTION") else "refund"
        body = {
            "id": f"EV-{now:%Y%m%d%H%M%S}{number:012d}",
            "create_time": rfc3339(now),
            "resource_type": "encrypt-resource",
            "event_type": event,
            "summary": summary,
            "resource": encrypt(
                self._settings, plain, kind=kind, nonce=self._world.ids.text("seal_nonce", number, 12, ALPHANUMERIC)
            ),
        }
        return Notification(url, json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(), event, order)


def _tampered(body: bytes) -> bytes:
    """One character of the ciphertext changed after signing."""
    at = body.index(b'"ciphertext":"') + len(b'"ciphertext":"')
    return body[:at] + (b"B" if body[at : at + 1] == b"A" else b"A") + body[at + 1 :]
