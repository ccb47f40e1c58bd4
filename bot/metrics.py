"""What the bot counts; no label ever names a person."""

from __future__ import annotations

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

ACK_SECONDS: Final = Histogram(
    "gongju_bot_ack_seconds",
    "From a push's arrival to our answer to WeChat",
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 4, 4.5, 5, 10),
)
PUSHES: Final = Counter("gongju_bot_pushes_total", "Pushes by what became of them", ["outcome"])
BAD_PUSHES: Final = Counter("gongju_bot_bad_pushes_total", "Pushes that were refused", ["reason"])
TURNS: Final = Counter("gongju_bot_turns_total", "Turns by outcome", ["outcome"])
TURN_SECONDS: Final = Histogram(
    "gongju_bot_turn_seconds",
    "One turn, from claim to answer",
    buckets=(0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32),
)
OUTAGES: Final = Counter("gongju_bot_outages_total", "Turns put off because a part was away", ["part"])
HEALED: Final = Counter("gongju_bot_healed_turns_total", "Turns taken over from a process that died")
CIRCUIT_OPEN: Final = Gauge("gongju_bot_circuit_open", "1 while the dialogue is known to be away")
