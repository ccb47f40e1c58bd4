"""The platform's book of orders and refunds: what may happen to an order, and what an inquiry answers (C.2, C.7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from simulator.ids import DIGITS, HEX
from simulator.pay.errors import REENTRY, PayError
from simulator.pay.signing import BEIJING, rfc3339
from simulator.world import World

PREPAY_LIVES: Final = timedelta(hours=2)
PAYABLE_FOR: Final = timedelta(days=7)
REFUNDS_PER_ORDER: Final = 50
TRADE_STATE_DESC: Final = {"SUCCESS": "支付成功", "NOTPAY": "订单未支付", "CLOSED": "订单已关闭", "REFUND": "转入退款"}


@dataclass
class Refund:
    refund_id: str
    out_refund_no: str
    amount_fen: int
    request: dict[str, Any]
    created_at: datetime
    status: str = "PROCESSING"
    succeeded_at: datetime | None = None


@dataclass
class Order:
    """One order. `request` is the first order call's body; amounts are in fen."""

    out_trade_no: str
    request: dict[str, Any]
    created_at: datetime
    expires_at: datetime
    prepay_id: str = ""
    prepay_expires_at: datetime | None = None
    state: str = "NOTPAY"
    transaction_id: str = ""
    paid_at: datetime | None = None
    refunds: list[Refund] = field(default_factory=list)
    callback_delay_s: float = 0.0
    callback_lost: bool = False
    callbacks: list[dict[str, object]] = field(default_factory=list)

    @property
    def total_fen(self) -> int:
        return int(self.request["amount"]["total"])

    @property
    def payer(self) -> str:
        return str(self.request["payer"]["openid"])

    @property
    def refunded_fen(self) -> int:
        return sum(refund.amount_fen for refund in self.refunds if refund.status != "CLOSED")


class Ledger:
    def __init__(self, world: World) -> None:
        self._world = world
        self._orders: dict[str, Order] = {}

    def clear(self) -> None:
        self._orders.clear()

    def put_back(self, orders: list[Order]) -> None:
        """What an earlier run of the same world had booked."""
        self._orders.update({order.out_trade_no: order for order in orders})

    def all(self) -> list[Order]:
        for order in self._orders.values():
            self._close_if_expired(order)
        return list(self._orders.values())

    def place(self, request: dict[str, Any], *, expires_at: datetime | None) -> Order:
        """Book a new order, or give a known one its prepay_id again when every parameter is the same (C.2).

        Raises:
            PayError: the order was placed with other parameters, is paid, closed or expired.
        """
        now = self._world.clock.now()
        order = self._orders.get(request["out_trade_no"])
        if order is None:
            order = Order(request["out_trade_no"], request, now, expires_at or now + PAYABLE_FOR)
            self._orders[order.out_trade_no] = order
        else:
            self._check_reentry(order, request)
        if order.prepay_expires_at is None or order.prepay_expires_at <= now:
            order.prepay_id = self._prepay_id(now)
            order.prepay_expires_at = now + PREPAY_LIVES
        self.publish(order)
        return order

    def find(self, out_trade_no: str) -> Order:
        """Raises PayError ORDER_NOT_EXIST."""
        order = self._orders.get(out_trade_no)
        if order is None:
            raise PayError("ORDER_NOT_EXIST", "订单不存在")
        self._close_if_expired(order)
        return order

    def by_transaction(self, transaction_id: str) -> Order:
        for order in self._orders.values():
            if order.transaction_id == transaction_id:
                return order
        raise PayError("ORDER_NOT_EXIST", "订单不存在")

    def by_prepay(self, prepay_id: str) -> Order | None:
        for order in self.all():
            if order.prepay_id == prepay_id:
                return order
        return None

    def close(self, order: Order) -> None:
        """Close an unpaid order; closing it again is allowed (C.7)."""
        if order.state in ("SUCCESS", "REFUND"):
            raise PayError("ORDERPAID", "该订单已支付")
        order.state = "CLOSED"
        self.publish(order)

    def pay(self, order: Order) -> None:
        now = self._world.clock.now()
        order.state, order.paid_at = "SUCCESS", now
        number = self._world.ids.next_number("transaction_id")
        tail = self._world.ids.text("transaction_id", number, 15, DIGITS)
        order.transaction_id = f"42000{now.astimezone(BEIJING):%Y%m%d}{tail}"
        self.publish(order)

    def refund(self, order: Order, request: dict[str, Any]) -> tuple[Refund, bool]:
        """The refund of that number, and whether it is new; the same number never refunds twice (C.8)."""
        known = next(
            (r for o in self._orders.values() for r in o.refunds if r.out_refund_no == request["out_refund_no"]), None
        )
        if known is not None:
            if known.request != request:
                raise PayError(
                    "INVALID_REQUEST", "请求重入时，参数与首次请求时不一致", number=REENTRY, breaks_rule="pay_reentry"
                )
            return known, False
        if order.state not in ("SUCCESS", "REFUND"):
            raise PayError("TRADE_ERROR", "订单未支付，不能退款")
        wanted = int(request["amount"]["refund"])
        if order.refunded_fen + wanted > order.total_fen:
            raise PayError("INVALID_REQUEST", "申请退款金额大于订单可退金额")
        if len(order.refunds) >= REFUNDS_PER_ORDER:
            raise PayError("RULE_LIMIT", "一笔订单最多部分退款50次")
        now = self._world.clock.now()
        number = self._world.ids.next_number("refund_id")
        refund_id = f"503{now.astimezone(BEIJING):%Y%m%d}" + self._world.ids.text("refund_id", number, 18, DIGITS)
        refund = Refund(refund_id, request["out_refund_no"], wanted, request, now)
        order.refunds.append(refund)
        order.state = "REFUND"
        self.publish(order)
        return refund, True

    def find_refund(self, out_refund_no: str) -> tuple[Order, Refund]:
        for order in self._orders.values():
            for refund in order.refunds:
                if refund.out_refund_no == out_refund_no:
                    return order, refund
        raise PayError("RESOURCE_NOT_EXISTS", "退款单不存在")

    def publish(self, order: Order) -> None:
        self._world.changes.publish("order", order=summary(order))

    def _check_reentry(self, order: Order, request: dict[str, Any]) -> None:
        self._close_if_expired(order)
        if order.state in ("SUCCESS", "REFUND"):
            raise PayError("ORDERPAID", "该订单已支付")
        if order.state == "CLOSED":
            raise PayError("ORDER_CLOSED", "订单已关闭")
        first = {key: value for key, value in order.request.items() if key != "time_expire"}
        if first != {key: value for key, value in request.items() if key != "time_expire"}:
            raise PayError(
                "INVALID_REQUEST", "请求重入时，参数与首次请求时不一致", number=REENTRY, breaks_rule="pay_reentry"
            )

    def _close_if_expired(self, order: Order) -> None:
        if order.state == "NOTPAY" and self._world.clock.now() >= order.expires_at:
            order.state = "CLOSED"
            self.publish(order)

    def _prepay_id(self, now: datetime) -> str:
        number = self._world.ids.next_number("prepay_id")
        return f"wx{now.astimezone(BEIJING):%d%H%M%S}" + self._world.ids.text("prepay_id", number, 26, HEX)


def order_object(order: Order, *, mch_id: str) -> dict[str, object]:
    """What an inquiry and a payment callback carry; an unpaid order has neither transaction nor payer (C.7)."""
    body: dict[str, object] = {
        "appid": order.request["appid"],
        "mchid": mch_id,
        "out_trade_no": order.out_trade_no,
        "trade_state": order.state,
        "trade_state_desc": TRADE_STATE_DESC[order.state],
        "promotion_detail": [],
        "amount": {"total": order.total_fen, "currency": "CNY", "payer_currency": "CNY"},
        "scene_info": {"device_id": ""},
    }
    if order.paid_at is None:
        return body
    return body | {
        "transaction_id": order.transaction_id,
        "trade_type": "JSAPI",
        "bank_type": "OTHERS",
        "attach": order.request.get("attach", ""),
        "success_time": rfc3339(order.paid_at),
        "payer": {"openid": order.payer},
        "amount": {
            "total": order.total_fen,
            "payer_total": order.total_fen,
            "currency": "CNY",
            "payer_currency": "CNY",
        },
    }


def refund_object(order: Order, refund: Refund) -> dict[str, object]:
    body: dict[str, object] = {
        "refund_id": refund.refund_id,
        "out_refund_no": refund.out_refund_no,
        "transaction_id": order.transaction_id,
        "out_trade_no": order.out_trade_no,
        "channel": "ORIGINAL",
        "user_received_account": "支付用户零钱",
        "create_time": rfc3339(refund.created_at),
        "status": refund.status,
        "funds_account": "AVAILABLE",
        "promotion_detail": [],
        "amount": {
            "total": order.total_fen,
            "refund": refund.amount_fen,
            "from": [],
            "payer_total": order.total_fen,
            "payer_refund": refund.amount_fen,
            "settlement_refund": refund.amount_fen,
            "settlement_total": order.total_fen,
            "discount_refund": 0,
            "currency": "CNY",
        },
    }
    return body | ({"success_time": rfc3339(refund.succeeded_at)} if refund.succeeded_at else {})


def summary(order: Order) -> dict[str, object]:
    """One line of `GET /_sim/pay/orders`."""
    return {
        "out_trade_no": order.out_trade_no,
        "openid": order.payer,
        "description": order.request["description"],
        "total_fen": order.total_fen,
        "state": order.state,
        "prepay_id": order.prepay_id,
        "transaction_id": order.transaction_id,
        "created_at": rfc3339(order.created_at),
        "expires_at": rfc3339(order.expires_at),
        "paid_at": rfc3339(order.paid_at) if order.paid_at else None,
        "refunds": [
            {"out_refund_no": r.out_refund_no, "amount_fen": r.amount_fen, "status": r.status} for r in order.refunds
        ],
        "callbacks": order.callbacks,
    }
