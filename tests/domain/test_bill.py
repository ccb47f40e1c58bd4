"""The daily bill is read line by line, to the fen, and not believed when its totals do not add up."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.bill import BillKind, BillLine, BillReader, BillUnreadable, fen
from backend.domain.quiet_hours import BEIJING
from backend.domain.reconciliation import KnownRefund, judge_payment, judge_refund

PAGE = Path(__file__).resolve().parents[2] / "docs" / "rules" / "reconciliation.md"
HEAD = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,"
    "代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,"
    "申请退款金额,费率备注"
)
TOTALS = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"


def row(number: str, yuan: str, *, state: str = "SUCCESS", back: str = "0.00", name: str = "服务费") -> str:
    values = (
        f"2026-03-15 10:00:00,wxapp,1900000001,0,,4200{number},{number},o_x,JSAPI,{state},OTHERS,CNY,{yuan},0.00,"
        f"50{number},R{number},{back},0.00,ORIGINAL,SUCCESS,{name},,0.60000,0.60%,{yuan},{back},"
    ).split(",")
    return ",".join(f"`{value}" for value in values)


def read(*lines: str) -> list[BillLine]:
    reader = BillReader()
    found = [line for text in lines if (line := reader.read(text))]
    reader.finish()
    return found


def test_payments_and_refunds_are_read_in_fen_and_beijing_time() -> None:
    paid, back = read(
        "\ufeff" + HEAD + "\r\n",
        row("GJ1", "880.00"),
        row("GJ2", "0.00", state="REFUND", back="280.50"),
        TOTALS,
        "`2,`880.00,`280.50,`0.00,`0.60000,`880.00,`280.50",
    )
    assert (paid.kind, paid.amount_fen, paid.out_trade_no, paid.out_refund_no) == (BillKind.PAYMENT, 88000, "GJ1", "")
    assert (back.kind, back.amount_fen, back.out_refund_no) == (BillKind.REFUND, 28050, "RGJ2")
    assert (paid.at.tzinfo, paid.at.hour) == (BEIJING, 10)


def test_a_comma_in_a_product_s_name_moves_no_column() -> None:
    values = row("GJ1", "1.00", name="服务费#").replace("#", ",加急")
    (line,) = read(HEAD, values, TOTALS, "`1,`1.00,`0.00,`0.00,`0.01000,`1.00,`0.00")
    assert line.amount_fen == 100


@pytest.mark.parametrize(
    "lines",
    [
        (HEAD, row("GJ1", "1.00")),
        (HEAD, row("GJ1", "1.00"), TOTALS, "`2,`1.00,`0.00,`0.00,`0.01,`1.00,`0.00"),
        (HEAD, row("GJ1", "1.00"), TOTALS, "`1,`1.01,`0.00,`0.00,`0.01,`1.01,`0.00"),
        (HEAD, "`2026-03-15 10:00:00,`wx"),
        (HEAD, row("GJ1", "-1.00")),
        (HEAD, row("GJ1", "1.00").replace("2026-03-15", "soon")),
        ("a,b,c", row("GJ1", "1.00")),
    ],
)
def test_a_bill_that_is_cut_off_or_does_not_add_up_is_refused(lines: tuple[str, ...]) -> None:
    with pytest.raises(BillUnreadable):
        read(*lines)


@given(st.integers(0, 10**12))
def test_yuan_with_two_digits_become_the_same_fen(amount: int) -> None:
    assert fen(f"{amount // 100}.{amount % 100:02d}") == amount


def test_the_examples_of_the_reconciliation_page_hold() -> None:
    lines = re.search(r"```example\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert lines
    for line in lines[1].strip().splitlines():
        given_, expected = line.split(" -> ")
        assert _judged(given_.split()) == expected


def _judged(words: list[str]) -> str:
    match words:
        case ["bill", "payment", yuan, "here", here]:
            (line,) = read(HEAD, row("GJ1", yuan), TOTALS, f"`1,`{yuan},`0.00,`0.00,`0.00,`{yuan},`0.00")
            orders = () if here == "nothing" else ("GJ1",)
            recorded = None if here in ("nothing", "order") else fen(here)
            return judge_payment(line, recorded_fen=recorded, orders=orders).value
        case ["bill", "refund", yuan, state, "here", *here]:
            line = BillLine(
                BillKind.REFUND, read_at(), "wx", "1", "GJ1", "42", fen(yuan), "RGJ1", "50", refund_state=state
            )
            known = KnownRefund(fen(here[0]), here[1]) if len(here) == 2 else None
            return judge_refund(line, known).value
        case _:
            raise AssertionError(words)


def read_at():  # type: ignore[no-untyped-def]
    return read(HEAD, row("GJ1", "1.00"), TOTALS, "`1,`1.00,`0.00,`0.00,`0.00,`1.00,`0.00")[0].at
