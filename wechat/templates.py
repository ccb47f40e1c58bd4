"""Template messages: values cut to WeChat's rules (reference B.4), so that one long name does not lose the message."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from wechat.xml import without_control_characters

# Longest value per kind of key; 47003 otherwise.
_LONGEST: Final[Mapping[str, int]] = {
    "thing": 20,
    "character_string": 32,
    "number": 32,
    "letter": 32,
    "symbol": 5,
    "phone_number": 17,
    "car_number": 8,
    "name": 10,
    "phrase": 5,
}
_KEY: Final = re.compile(r"([a-z_]+?)\d*")


def fitted(values: Mapping[str, str]) -> dict[str, str]:
    """The values as WeChat takes them: on one line, never empty, not too long."""
    return {key: _fitted(key, value) for key, value in values.items()}


def _fitted(key: str, value: str) -> str:
    line = " ".join(without_control_characters(value).split()) or "-"
    kind = _KEY.fullmatch(key)
    longest = _LONGEST.get(kind.group(1)) if kind else None
    if longest is None or len(line) <= longest:
        return line
    return line[: longest - 1] + "…" if kind and kind.group(1) == "thing" else line[:longest]
