from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from wechat.budget import Ledger, Limits, choose, closed, left, opened, spent

NOON = datetime(2026, 3, 16, 4, 0, tzinfo=UTC)
LIMITS = Limits()


def drained(ledger: Ledger, *, now: datetime, priority: str = "system") -> int:
    count = 0
    while window := choose(ledger, LIMITS, now=now, priority=priority):  # type: ignore[arg-type]
        ledger, count = spent(ledger, window), count + 1
    return count


def test_a_written_message_allows_four_to_the_system() -> None:
    assert drained(opened(Ledger(), "message", now=NOON), now=NOON) == 4


def test_staff_may_use_the_one_in_reserve() -> None:
    assert drained(opened(Ledger(), "message", now=NOON), now=NOON, priority="staff") == 5


def test_a_click_allows_three_within_the_minute() -> None:
    assert drained(opened(Ledger(), "click", now=NOON), now=NOON) == 3


def test_a_minute_after_a_click_nothing_is_allowed() -> None:
    assert drained(opened(Ledger(), "click", now=NOON), now=NOON + timedelta(seconds=60)) == 0


def test_the_click_window_is_used_first() -> None:
    both = opened(opened(Ledger(), "message", now=NOON), "click", now=NOON)
    assert choose(both, LIMITS, now=NOON, priority="system") == "click"


def test_after_48_hours_nothing_is_allowed() -> None:
    assert drained(opened(Ledger(), "message", now=NOON), now=NOON + timedelta(hours=48)) == 0


def test_a_new_message_opens_the_window_again() -> None:
    used = spent(opened(Ledger(), "message", now=NOON), "message", 5)
    assert drained(opened(used, "message", now=NOON), now=NOON) == 4


def test_when_wechat_says_no_nothing_is_allowed() -> None:
    assert drained(closed(opened(Ledger(), "message", now=NOON)), now=NOON, priority="staff") == 0


@given(
    st.lists(st.sampled_from(["message", "click", "send", "wait"]), max_size=40),
    st.integers(0, 5),
    st.integers(0, 3),
)
def test_no_window_ever_takes_more_than_wechats_number(steps: list[str], count: int, clicks: int) -> None:
    limits = Limits(message_count=count, click_count=clicks)
    ledger, now, sent = Ledger(), NOON, {"message": 0, "click": 0}
    for step in steps:
        if step == "wait":
            now += timedelta(seconds=20)
        elif step == "send":
            if window := choose(ledger, limits, now=now, priority="staff"):
                ledger = spent(ledger, window)
                sent[window] += 1
        else:
            ledger = opened(ledger, step, now=now)  # type: ignore[arg-type]
            sent[step] = 0
        assert sent["message"] <= count
        assert sent["click"] <= clicks


def test_what_is_left_is_never_negative() -> None:
    overspent = spent(opened(Ledger(), "message", now=NOON), "message", 9)
    assert left(overspent, "message", LIMITS, now=NOON, priority="staff") == 0
