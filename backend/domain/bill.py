"""Reading WeChat Pay's daily trade bill (reference C.8): one line at a time, in fen, its totals checked at the end."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from backend.domain.quiet_hours import BEIJING

_YUAN: Final = re.compile(r"(\d+)(?:\.(\d{1,2})0*)?")
_TOTALS: Final = "总交易单数"
_NEEDED: Final = (
    "交易时间", "公众账号ID", "商户号", "微信订单号", "商户订单号", "交易状态", "订单金额",
    "微信退款单号", "商户退款单号", "申请退款金额", "退款状态",
)  # fmt: skip


class BillUnreadable(Exception):
    """The bill is not what the format promises, or incomplete; nothing of it may be trusted."""


class BillKind(StrEnum):
    PAYMENT = "payment"
    REFUND = "refund"


@dataclass(frozen=True)
class BillLine:
    """A payment, or a refund of one; `amount_fen` is what was paid or what goes back."""

    kind: BillKind
    at: datetime
    app_id: str
    mch_id: str
    out_trade_no: str
    transaction_id: str
    amount_fen: int
    out_refund_no: str = ""
    refund_id: str = ""
    refund_state: str = ""


@dataclass
class BillReader:
    """Takes the bill line by line, in bounded memory.

    Raises:
        BillUnreadable: from any of its methods.
    """

    lines: int = 0
    paid_fen: int = 0
    refunded_fen: int = 0
    _columns: dict[str, int] = field(default_factory=dict)
    _totals: list[str] | None = None
    _after_totals: bool = False

    def read(self, text: str) -> BillLine | None:
        """The line that `text` is; None for headings, totals and empty lines."""
        text = text.strip("\ufeff\r\n ")
        if not text:
            return None
        if not self._columns:
            self._columns = {name: at for at, name in enumerate(text.split(","))}
            if missing := [name for name in _NEEDED if name not in self._columns]:
                raise BillUnreadable(f"no column {missing[0]}")
            return None
        if text.startswith(_TOTALS):
            self._after_totals = True
            return None
        values = text.removeprefix("`").split(",`")
        if self._after_totals:
            self._totals = values
            return None
        return self._count(self._line(values))

    def finish(self) -> None:
        """Everything was read: the bill's own totals must agree with its lines."""
        if self._totals is None or len(self._totals) < 7:
            raise BillUnreadable("no totals")
        told = int(self._totals[0]), fen(self._totals[5]), fen(self._totals[6])
        if told != (self.lines, self.paid_fen, self.refunded_fen):
            raise BillUnreadable("the totals do not agree with the lines")

    def _line(self, values: list[str]) -> BillLine | None:
        if len(values) < len(self._columns):
            raise BillUnreadable("a line is too short")
        told = {name: values[self._columns[name]] for name in _NEEDED}
        is_refund = told["交易状态"] == "REFUND"
        if not is_refund and told["交易状态"] != "SUCCESS":
            self.lines += 1  # REVOKED: no money moved for good
            return None
        return BillLine(
            kind=BillKind.REFUND if is_refund else BillKind.PAYMENT,
            at=_moment(told["交易时间"]),
            app_id=told["公众账号ID"],
            mch_id=told["商户号"],
            out_trade_no=told["商户订单号"],
            transaction_id=told["微信订单号"],
            amount_fen=fen(told["申请退款金额" if is_refund else "订单金额"]),
            out_refund_no=told["商户退款单号"] if is_refund else "",
            refund_id=told["微信退款单号"] if is_refund else "",
            refund_state=told["退款状态"] if is_refund else "",
        )

    def _count(self, line: BillLine | None) -> BillLine | None:
        if line is not None:
            self.lines += 1
            if line.kind is BillKind.REFUND:
                self.refunded_fen += line.amount_fen
            else:
                self.paid_fen += line.amount_fen
        return line


def fen(yuan: str) -> int:
    """`"300.00"` is 30000; no float on the way."""
    found = _YUAN.fullmatch(yuan.strip())
    if found is None:
        raise BillUnreadable("an amount is no amount")
    return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))


def _moment(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING)
    except ValueError:
        raise BillUnreadable("a time is no time") from None
