"""The whole way of a bill: the simulator writes it, the kit fetches it, the adapter reads it, the sums agree."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import pytest

from backend.adapters.pay import WechatPayGateway
from backend.domain.bill import BillKind
from backend.services.errors import PaymentUnavailable
from simulator.pay.bills import HEAD, TOTALS, trade_bill
from simulator.pay.ledger import Order
from wechat.errors import PayRefused, PayUnavailable
from wechat.pay import Merchant, WeChatPay

DAY = date(2026, 3, 15)
MERCHANT = Merchant("1900000001", "wxapp", "S", "", "", "", "P", "http://127.0.0.1/notify")


class SavedBill:
    """As much of the kit's client as fetching a bill needs."""

    def __init__(self, answer: bytes | Exception) -> None:
        self.answer = answer

    async def save_trade_bill(self, day: date, into: io.BytesIO) -> None:
        if isinstance(self.answer, Exception):
            raise self.answer
        into.write(self.answer)


def gateway(answer: bytes | Exception) -> WechatPayGateway:
    client: WeChatPay = SavedBill(answer)  # type: ignore[assignment]
    return WechatPayGateway(client, MERCHANT)


async def lines_of(answer: bytes | Exception) -> list[tuple[BillKind, int]]:
    found: AsyncIterator[object] = gateway(answer).trade_bill(DAY)
    return [(line.kind, line.amount_fen) async for batch in found for line in batch]  # type: ignore[attr-defined]


def a_bill(count: int, *, told: int | None = None) -> bytes:
    """As the simulator writes it."""
    begin = datetime(2026, 3, 15, 1, tzinfo=UTC)
    orders = [
        Order(
            out_trade_no=f"GJ{number:08d}",
            request={
                "appid": "wxapp",
                "description": "服务费,加急",
                "amount": {"total": 30000 + number},
                "payer": {"openid": "o_x"},
            },
            created_at=begin,
            expires_at=begin,
            transaction_id=f"42{number}",
            paid_at=begin + timedelta(seconds=number),
        )
        for number in range(count)
    ]
    text = trade_bill(orders, DAY, "ALL", mch_id="1900000001")
    return text.replace(f"`{count},", f"`{told},").encode() if told is not None else text.encode()


async def test_every_line_of_the_simulators_bill_is_read_to_the_fen() -> None:
    found = await lines_of(a_bill(1203))
    assert len(found) == 1203
    assert sum(amount for _, amount in found) == sum(30000 + number for number in range(1203))


async def test_a_day_without_business_is_an_empty_bill() -> None:
    assert await lines_of(PayRefused(400, "NO_STATEMENT_EXIST")) == []
    assert await lines_of(f"{HEAD}\r\n{TOTALS}\r\n`0,`0.00,`0.00,`0.00,`0.00,`0.00,`0.00\r\n".encode()) == []


@pytest.mark.parametrize(
    "answer",
    [
        PayRefused(400, "STATEMENT_CREATING"),
        PayUnavailable("away"),
        a_bill(7, told=8),
        b"\xff\xfe not text",
        b"",
    ],
)
async def test_what_is_not_a_whole_bill_gives_no_line_at_all(answer: bytes | Exception) -> None:
    with pytest.raises(PaymentUnavailable):
        await lines_of(answer)
