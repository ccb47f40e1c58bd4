"""WeChat Pay as the use cases see it: the kit's client with our records in and our reports out."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import IO, Any, Final, cast, get_args

from backend.domain.bill import BillLine, BillReader, BillUnreadable
from backend.services.errors import NotificationRefused, PaymentUnavailable
from backend.services.ports import PaymentReport, PaymentState, RefundReport, RefundState
from backend.services.records import Order, Payment, Refund
from wechat.errors import BadNotification, PayRefused, PayUnavailable
from wechat.pay import Merchant, WeChatPay

BILL_BATCH: Final = 500
_UNKNOWN_ORDER: Final = frozenset({"ORDER_NOT_EXIST", "RESOURCE_NOT_EXISTS"})
_NOTHING_TO_CLOSE: Final = _UNKNOWN_ORDER | {"ORDER_CLOSED"}


class WechatPayGateway:
    """Implements `services.ports.PaymentGateway`."""

    def __init__(self, pay: WeChatPay, merchant: Merchant) -> None:
        self._pay = pay
        self._notify_url = merchant.notify_url
        self.app_id = merchant.app_id
        self.mch_id = merchant.mch_id

    async def prepay(self, order: Order) -> str:
        try:
            return await self._pay.create_jsapi_order(
                out_trade_no=order.out_trade_no,
                amount_fen=order.amount_fen,
                description=order.description,
                openid=order.openid,
                expires_at=order.deadline,
            )
        except (PayRefused, PayUnavailable) as error:
            raise PaymentUnavailable from error

    def sheet(self, prepay_id: str) -> Mapping[str, str]:
        return self._pay.jsapi_params(prepay_id)

    async def query(self, out_trade_no: str) -> PaymentReport:
        try:
            return _payment(await self._pay.query(out_trade_no))
        except PayRefused as error:
            if error.code in _UNKNOWN_ORDER:
                return PaymentReport(out_trade_no, "UNKNOWN_ORDER")
            raise PaymentUnavailable from error
        except (PayUnavailable, KeyError, ValueError, TypeError) as error:
            raise PaymentUnavailable from error

    async def close(self, out_trade_no: str) -> None:
        try:
            await self._pay.close(out_trade_no)
        except PayRefused as error:
            if error.code not in _NOTHING_TO_CLOSE:
                raise PaymentUnavailable from error
        except PayUnavailable as error:
            raise PaymentUnavailable from error

    async def refund(self, refund: Refund, payment: Payment) -> RefundReport:
        try:
            told = await self._pay.refund(
                transaction_id=payment.transaction_id,
                out_refund_no=refund.out_refund_no,
                refund_fen=refund.amount_fen,
                total_fen=payment.amount_fen,
                reason=refund.reason[:80],
                notify_url=self._notify_url,
            )
            return _refund(told, told["status"])
        except (PayRefused, PayUnavailable, KeyError, ValueError) as error:
            raise PaymentUnavailable from error

    async def trade_bill(self, day: date) -> AsyncIterator[Sequence[BillLine]]:
        with tempfile.TemporaryFile() as kept:
            try:
                await self._pay.save_trade_bill(day, kept)
            except PayRefused as error:
                if error.code == "NO_STATEMENT_EXIST":
                    return
                raise PaymentUnavailable from error
            except PayUnavailable as error:
                raise PaymentUnavailable from error
            # The totals are at the end, so it is read twice: what does not add up is not told at all.
            for _ in batched(_lines(kept), BILL_BATCH):
                await asyncio.sleep(0)
            for batch in batched(_lines(kept), BILL_BATCH):
                yield batch

    def read_notification(self, headers: Mapping[str, str], body: bytes) -> PaymentReport | RefundReport:
        try:
            told = self._pay.read_notification(headers, body)
            if told.event_type.startswith("REFUND."):
                return _refund(told.resource, told.resource["refund_status"])
            return _payment(told.resource)
        except (BadNotification, KeyError, ValueError, TypeError) as error:
            raise NotificationRefused from error


def _lines(kept: IO[bytes]) -> Iterator[BillLine]:
    kept.seek(0)
    reader = BillReader()
    try:
        for text in kept:
            line = reader.read(text.decode())
            if line is not None:
                yield line
        reader.finish()
    except (BillUnreadable, UnicodeDecodeError, ValueError) as error:
        raise PaymentUnavailable from error


def batched(lines: Iterator[BillLine], size: int) -> Iterator[list[BillLine]]:
    """Lists of at most `size` lines."""
    while batch := list(islice(lines, size)):
        yield batch


def _payment(told: Mapping[str, Any]) -> PaymentReport:
    state = str(told["trade_state"])
    if state not in get_args(PaymentState):
        # USERPAYING and the like: not decided yet.
        state = "NOTPAY"
    paid_at = told.get("success_time")
    return PaymentReport(
        out_trade_no=str(told["out_trade_no"]),
        state=cast(PaymentState, state),
        app_id=str(told.get("appid", "")),
        mch_id=str(told.get("mchid", "")),
        transaction_id=str(told.get("transaction_id", "")),
        amount_fen=int(told.get("amount", {}).get("total", 0)),
        paid_at=datetime.fromisoformat(paid_at) if paid_at else None,
    )


def _refund(told: Mapping[str, Any], state: str) -> RefundReport:
    if state not in get_args(RefundState):
        raise ValueError("unknown refund state")
    accepted_at = told.get("create_time")
    return RefundReport(
        out_refund_no=str(told["out_refund_no"]),
        state=cast(RefundState, state),
        refund_id=str(told.get("refund_id", "")),
        accepted_at=datetime.fromisoformat(accepted_at) if accepted_at else None,
    )
