"""The account may write only so often (reference B.3, B.12)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from simulator.clock import VirtualClock
from simulator.quota import Quota
from tests.simulator.conftest import Sim, sealed, text_reply


async def test_after_a_message_five_may_be_sent_and_the_sixth_is_45047(sim: Sim) -> None:
    await sim.deed("say", text="你好")
    assert [await sim.send_text() for _ in range(6)] == [0, 0, 0, 0, 0, 45047]
    assert await sim.rules_broken() == ["quota_exceeded"]


async def test_after_48_hours_nothing_may_be_sent(sim: Sim) -> None:
    await sim.deed("say", text="你好")
    await sim.post("/_sim/clock", {"advance_s": 48 * 3600 + 1})
    assert await sim.send_text() == 45015


async def test_after_a_follow_three_may_be_sent_within_a_minute(sim: Sim) -> None:
    await sim.deed("follow")
    assert [await sim.send_text() for _ in range(4)] == [0, 0, 0, 45047]
    await sim.post("/_sim/clock", {"advance_s": 61})
    assert await sim.send_text() == 45015


async def test_tapping_a_menu_link_opens_the_short_window_only(sim: Sim) -> None:
    await sim.deed("say", text="继续", menu_id="continue")
    await sim.post("/_sim/clock", {"advance_s": 61})
    assert await sim.send_text() == 45015


async def test_a_click_leaves_the_long_window_as_it_was(sim: Sim) -> None:
    await sim.deed("say", text="你好")
    await sim.deed("scan", scene="poster")
    assert [await sim.send_text() for _ in range(9)] == [0] * 8 + [45047]


async def test_a_new_message_gives_five_again(sim: Sim) -> None:
    await sim.deed("say", text="你好")
    for _ in range(5):
        await sim.send_text()
    await sim.deed("say", text="还在")
    assert await sim.send_text() == 0


async def test_a_passive_reply_costs_nothing(sim: Sim) -> None:
    sim.product.reply = lambda fields: sealed(text_reply(fields, "好"))
    await sim.deed("say", text="你好")
    assert [await sim.send_text() for _ in range(5)] == [0] * 5


async def test_the_ledger_can_be_seen(sim: Sim) -> None:
    await sim.deed("say", text="你好")
    await sim.send_text()
    (window,) = (await sim.get(f"/_sim/users/{sim.openid}"))["windows"]
    assert (window["trigger"], window["used"], window["left"]) == ("message", 1, 4)


async def test_the_daily_limit_ends_at_midnight_in_beijing(sim: Sim) -> None:
    await sim.deed("say", text="你好")
    await sim.post("/_sim/rules", {"daily_limits": {"/cgi-bin/message/custom/send": 1}})
    assert [await sim.send_text(), await sim.send_text()] == [0, 45009]
    await sim.post("/_sim/clock", {"advance_s": 86400})
    assert await sim.send_text() == 0


@given(deeds=st.lists(st.sampled_from(["message", "click", "send", "minute"]), max_size=40))
def test_no_more_than_the_windows_allow_is_ever_sent(deeds: list[str]) -> None:
    clock = VirtualClock()
    quota = Quota(clock)
    allowed = sent = 0
    for deed in deeds:
        if deed == "message":
            quota.message("o")
            allowed += 5
        elif deed == "click":
            quota.click("o")
            allowed += 3
        elif deed == "minute":
            clock.offset_s += 61
        elif quota.spend("o") == 0:
            sent += 1
    assert sent <= allowed
