"""Refunds in parts: whatever is asked for and however each ends, no more goes back than was paid."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.payment import OrderState
from backend.domain.refunding import MOST_REFUNDS, Returned, left_fen, order_after, refund_number, returned_fen

ENDS = st.sampled_from(["success", "closed", "abnormal"])
TRIES = st.lists(st.tuples(st.integers(1, 120_000), ENDS), max_size=12)


@given(paid=st.integers(1, 100_000), tries=TRIES)
def test_parts_asked_one_after_the_other_never_sum_above_the_payment(paid: int, tries: list[tuple[int, str]]) -> None:
    refunds: list[Returned] = []
    for amount, end in tries:
        if amount <= left_fen(paid, refunds):
            assert left_fen(paid, [*refunds, Returned(amount, "processing")]) == 0, "one at a time"
            refunds.append(Returned(amount, end))
        assert returned_fen(refunds) <= paid
        assert left_fen(paid, refunds) == paid - returned_fen(refunds)


def test_no_number_is_used_twice() -> None:
    numbers = [refund_number("p_0123456789abcdef01234567", earlier) for earlier in range(MOST_REFUNDS)]
    assert len(set(numbers)) == MOST_REFUNDS
    assert all(len(number) <= 32 for number in numbers)


def test_after_fifty_refunds_a_person_has_to_use_the_platforms_own_page() -> None:
    assert left_fen(100, [Returned(1, "closed")] * MOST_REFUNDS) == 0


@given(paid=st.integers(1, 1000), parts=st.lists(st.tuples(st.integers(1, 500), ENDS), min_size=1, max_size=4))
def test_an_order_is_refunded_only_when_all_of_it_went_back(paid: int, parts: list[tuple[int, str]]) -> None:
    refunds = [Returned(*one) for one in parts]
    after = order_after(OrderState.REFUNDING, paid, refunds, kept=True)
    back = sum(one.amount_fen for one in refunds if one.state == "success")
    assert (after is OrderState.REFUNDED) == (back >= paid)
    assert order_after(OrderState.PAID, paid, refunds, kept=False) is OrderState.PAID


def examples() -> list[str]:
    page = Path(__file__).resolve().parents[2] / "docs" / "rules" / "refunds.md"
    (block,) = re.findall(r"```example\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    return str(block).strip().splitlines()


def fen(yuan: str) -> int:
    whole, _, part = yuan.partition(".")
    return int(whole) * 100 + int(part)


@pytest.mark.parametrize("line", examples())
def test_the_examples_of_the_refunds_page_hold(line: str) -> None:
    given, _, left = line.partition(" -> left ")
    _, paid, *told = given.split()
    refunds = [Returned(fen(amount), state) for state, amount in pairwise(told) if not state[0].isdigit()]
    assert left_fen(fen(paid), refunds) == fen(left)
