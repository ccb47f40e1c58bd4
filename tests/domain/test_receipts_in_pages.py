"""Receipts: the latest first, every one on exactly one page, however strange the page that is asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from backend.domain.receipts import PAGE, Receipt, page_of

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)


@given(count=st.integers(0, 40), asked=st.integers(-(10**9), 10**9))
def test_every_receipt_is_on_one_page_and_any_number_shows_a_page(count: int, asked: int) -> None:
    receipts = [Receipt(NOON + timedelta(minutes=at), f"第{at}张", "收到") for at in range(count)]
    shown: list[str] = []
    number: int | None = 1
    while number is not None:
        page = page_of(receipts, number)
        shown += page.lines
        assert len(page.lines) <= PAGE
        number = page.following
    assert len(shown) == len(set(shown)) == count
    strange = page_of(receipts, asked)
    assert strange.total == count
    assert bool(strange.lines) == bool(count)


def test_a_line_says_when_what_and_what_became_of_it() -> None:
    assert page_of([Receipt(NOON, "身份证 2 张", "审核通过")], 1).lines == ["· 11月22日 12:00 身份证 2 张：审核通过"]
