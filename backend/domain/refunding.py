"""How much of a payment can still go back, and what its order is then: sums never exceed what was paid (A8)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from backend.domain.payment import OrderState

MOST_REFUNDS: Final = 50
"""As many as WeChat Pay takes for one payment (reference C.8)."""
_RUNNING: Final = frozenset({"queued", "processing"})


@dataclass(frozen=True)
class Returned:
    """One refund of a payment: its state is the record's (`queued processing success abnormal closed`)."""

    amount_fen: int
    state: str

    @property
    def counts(self) -> bool:
        """A refund that WeChat Pay closed gave nothing back; one that is stuck there is out of our hands."""
        return self.state != "closed"


def returned_fen(refunds: Iterable[Returned]) -> int:
    """What went back, is on its way or is stuck on it."""
    return sum(one.amount_fen for one in refunds if one.counts)


def left_fen(paid_fen: int, refunds: Iterable[Returned]) -> int:
    """What can still go back: nothing while a refund is under way, so that two of them never cross."""
    told = list(refunds)
    if len(told) >= MOST_REFUNDS or any(one.state in _RUNNING for one in told):
        return 0
    return max(0, paid_fen - returned_fen(told))


def order_after(order: OrderState, paid_fen: int, refunds: Iterable[Returned], *, kept: bool) -> OrderState:
    """What an order is once a refund has ended: paid again while a part of the money stays with us.

    An order whose second payment goes back (`kept` is false) stays what it is: paid.
    """
    told = list(refunds)
    if order is not OrderState.REFUNDING or any(one.state in _RUNNING for one in told):
        return order
    if sum(one.amount_fen for one in told if one.state == "success") >= paid_fen:
        return OrderState.REFUNDED
    if not kept or any(one.state == "abnormal" for one in told):
        return order
    return OrderState.PAID


def refund_number(payment_id: str, earlier: int) -> str:
    """The number of a payment's next refund: the same as long as that refund lives, never one that was used before."""
    stem = f"R{payment_id.removeprefix('p_')}"
    return f"{stem[:28]}x{earlier}" if earlier else stem[:32]
