"""Writes the day's trade bill out of the ledger (C.8): in yuan, each value behind a backtick, totals at the end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from simulator.pay.ledger import Order, Refund
from simulator.pay.signing import BEIJING

HEAD: Final = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,"
    "代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,"
    "申请退款金额,费率备注"
)
TOTALS: Final = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
FEE_PER_MILLE: Final = 6


def trade_bill(orders: Sequence[Order], day: date, bill_type: str, *, mch_id: str) -> str:
    """`bill_type` is ALL, SUCCESS or REFUND; the day is Beijing's."""
    paid = [o for o in orders if o.paid_at and o.paid_at.astimezone(BEIJING).date() == day and bill_type != "REFUND"]
    refunds = [
        (o, r)
        for o in orders
        for r in o.refunds
        if r.created_at.astimezone(BEIJING).date() == day and bill_type != "SUCCESS"
    ]
    rows = [_row(order, None, mch_id) for order in paid] + [_row(order, refund, mch_id) for order, refund in refunds]
    fees = sum(_fee(o.total_fen) for o in paid) - sum(_fee(r.amount_fen) for _, r in refunds)
    refunded = sum(r.amount_fen for _, r in refunds)
    sales = sum(o.total_fen for o in paid)
    totals = [
        str(len(rows)),
        *(yuan(v) for v in (sales, refunded, 0)),
        f"{fees / 100:.5f}",
        yuan(sales),
        yuan(refunded),
    ]
    return "\r\n".join([HEAD, *rows, TOTALS, _ticked(totals)]) + "\r\n"


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def _fee(fen: int) -> int:
    return (fen * FEE_PER_MILLE + 500) // 1000


def _row(order: Order, refund: Refund | None, mch_id: str) -> str:
    moment = refund.created_at if refund else order.paid_at
    fee = _fee(refund.amount_fen) if refund else _fee(order.total_fen)
    return _ticked(
        [
            f"{moment.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}" if moment else "",
            order.request["appid"],
            mch_id,
            "0",
            "",
            order.transaction_id,
            order.out_trade_no,
            order.payer,
            "JSAPI",
            "REFUND" if refund else "SUCCESS",
            "OTHERS",
            "CNY",
            yuan(0 if refund else order.total_fen),
            "0.00",
            refund.refund_id if refund else "0",
            refund.out_refund_no if refund else "0",
            yuan(refund.amount_fen if refund else 0),
            "0.00",
            "ORIGINAL" if refund else "",
            refund.status if refund else "",
            order.request["description"],
            order.request.get("attach", ""),
            f"{'-' if refund else ''}{fee / 100:.5f}",
            f"{FEE_PER_MILLE / 10:.2f}%",
            yuan(0 if refund else order.total_fen),
            yuan(refund.amount_fen if refund else 0),
            "",
        ]
    )


def _ticked(values: Sequence[object]) -> str:
    return ",".join(f"`{str(value).replace(',', ' ')}" for value in values)
