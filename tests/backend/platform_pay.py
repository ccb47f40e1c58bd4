"""WeChat Pay as the simulator's own book keeps it: orders, second payments, refunds in parts and the bill of a day."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

from backend.adapters.pay import WechatPayGateway
from backend.domain.bill import BillLine
from backend.services.errors import NotificationRefused, PaymentUnavailable
from backend.services.ports import PaymentReport, PaymentState, RefundReport, RefundState
from backend.services.records import Order, Payment, Refund
from simulator.ids import Ids
from simulator.pay import ledger as book
from simulator.pay.bills import trade_bill
from simulator.pay.errors import PayError
from tests.conftest import MovableClock
from wechat.pay import Merchant, WeChatPay

MERCHANT = Merchant("1900000001", "wxapp", "S", "", "", "", "P", "http://127.0.0.1/notify")


class _Bill:
    """As much of the kit's client as fetching a bill needs."""

    def __init__(self, text: str) -> None:
        self._text = text

    async def save_trade_bill(self, day: date, into: io.BytesIO) -> None:
        into.write(self._text.encode())


class PlatformPay:
    """Implements `services.ports.PaymentGateway` over the simulator's ledger.

    `twins` are second payments of an order: the platform should not take them, and it happens (reference C.6).
    """

    def __init__(self, clock: MovableClock) -> None:
        world: Any = SimpleNamespace(clock=clock, ids=Ids("money"), changes=SimpleNamespace(publish=lambda *a, **k: 0))
        self.book = book.Ledger(world)
        self.clock = clock
        self.twins: list[book.Order] = []
        self.app_id, self.mch_id = MERCHANT.app_id, MERCHANT.mch_id

    async def prepay(self, order: Order) -> str:
        request = {
            "appid": self.app_id, "mchid": self.mch_id, "out_trade_no": order.out_trade_no,
            "description": order.description, "amount": {"total": order.amount_fen}, "payer": {"openid": order.openid},
        }  # fmt: skip
        try:
            return self.book.place(request, expires_at=order.deadline).prepay_id
        except PayError as error:
            raise PaymentUnavailable from error

    def sheet(self, prepay_id: str) -> Mapping[str, str]:
        return {"package": f"prepay_id={prepay_id}"}

    async def query(self, out_trade_no: str) -> PaymentReport:
        try:
            order = self.book.find(out_trade_no)
        except PayError:
            return PaymentReport(out_trade_no, "UNKNOWN_ORDER")
        told = self.report(order) if order.paid_at else PaymentReport(out_trade_no, "NOTPAY")
        return replace(told, state=cast(PaymentState, order.state))

    def report(self, order: book.Order) -> PaymentReport:
        """What a callback says: also once a part went back, it was a success."""
        number, at = order.transaction_id, order.paid_at
        return PaymentReport(order.out_trade_no, "SUCCESS", self.app_id, self.mch_id, number, order.total_fen, at)

    async def close(self, out_trade_no: str) -> None:
        try:
            self.book.close(self.book.find(out_trade_no))
        except PayError as error:
            raise PaymentUnavailable from error

    async def refund(self, refund: Refund, payment: Payment) -> RefundReport:
        order = next(one for one in self.paid() if one.transaction_id == payment.transaction_id)
        known = next((one for one in order.refunds if one.out_refund_no == refund.out_refund_no), None)
        request = {"out_refund_no": refund.out_refund_no, "amount": {"refund": refund.amount_fen}}
        try:
            made = known or self.book.refund(order, request)[0]
        except PayError as error:
            raise PaymentUnavailable from error
        assert made.amount_fen == refund.amount_fen
        return self.report_refund(made)

    def report_refund(self, made: book.Refund) -> RefundReport:
        state: RefundState = made.status  # type: ignore[assignment]
        return RefundReport(made.out_refund_no, state, made.refund_id, accepted_at=made.created_at)

    async def trade_bill(self, day: date) -> AsyncIterator[Sequence[BillLine]]:
        client: WeChatPay = _Bill(self.bill(day))  # type: ignore[assignment]
        async for batch in WechatPayGateway(client, MERCHANT).trade_bill(day):
            yield batch

    def bill(self, day: date) -> str:
        return trade_bill([*self.book.all(), *self.twins], day, "ALL", mch_id=self.mch_id)

    def read_notification(self, headers: Mapping[str, str], body: bytes) -> PaymentReport | RefundReport:
        raise NotificationRefused

    # What the payer and the platform do.

    def pay(self, out_trade_no: str) -> None:
        """Pay it: in time, after our end of the order (a late success), or a second time."""
        try:
            order = self.book.find(out_trade_no)
        except PayError:
            return
        if order.paid_at is None:
            self.book.pay(order)
        elif not self.twins or self.twins[-1].out_trade_no != out_trade_no:
            twin = book.Order(order.out_trade_no, order.request, order.created_at, order.expires_at)
            self.book.pay(twin)
            self.twins.append(twin)

    def end_refunds(self, status: str) -> list[RefundReport]:
        """Every refund under way ends; the callbacks that tell it."""
        told = []
        for order in self.paid():
            for refund in order.refunds:
                if refund.status == "PROCESSING":
                    refund.status, refund.succeeded_at = status, self.clock.now()
                    told.append(self.report_refund(refund))
        return told

    def paid(self) -> list[book.Order]:
        return [one for one in (*self.book.all(), *self.twins) if one.paid_at]
