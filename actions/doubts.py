"""What was inferred from a relative or loose wording (去年六月, 住望京) is taken, shown plainly, and changed with one tap."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from zlib import crc32

from actions.moves import Command
from actions.reading import Question, Reading
from actions.speech import LISTS, Utterance

SAVED: Final = "utter_saved_value"
SEVERAL: Final = "utter_saved_values"
CHANGE: Final = "改一下"
_MONTH: Final = re.compile(r"(\d{4})-(\d{2})")


@dataclass(frozen=True)
class Inferred:
    """A value that was concluded, beside the words it was concluded from."""

    field: str
    said: str
    value: str
    index: int | None = None

    @property
    def shown(self) -> str:
        return _MONTH.sub(lambda found: f"{found[1]}年{int(found[2])}月", self.value)

    @property
    def payload(self) -> str:
        """An entry may be put in another place afterwards: its value tells which one was meant."""
        place = "" if self.index is None else f",index={self.index},mark={crc32(self.value.encode()):08x}"
        return f"edit_field:field={self.field}{place}"


def inferred(reading: Reading, command: Command, question: Question) -> list[Inferred]:
    """The values of an answer that were not said in so many words."""
    told: Sequence[Mapping[str, Any]] = command.body.get("values") or () if command.name == "answer" else ()
    found = []
    for entity in reading.entities:
        sent = next((one for one in told if _is_of(one, entity, question)), None)
        if entity.get("confirm") and sent is not None:
            said = reading.text[int(entity.get("start") or 0) : int(entity.get("end") or 0)]
            found.append(Inferred(str(sent["field"]), said, str(sent["value"]), _index(sent, question)))
    return found


def shown_plainly(said: Sequence[Utterance], doubts: Sequence[Inferred]) -> list[Utterance]:
    """The sentence that a value was saved says what it was concluded from, and brings the tap to change it."""
    if not doubts or not any(one.name in (SAVED, SEVERAL) for one in said):
        return list(said)
    plain = [
        Utterance(
            "utter_inferred", (SAVED,), {"said": one.said, "shown": one.shown},
            options=[{"title": CHANGE, "payload": one.payload}],
        )
        for one in doubts
    ]  # fmt: skip
    at = next(at for at, one in enumerate(said) if one.name in (SAVED, SEVERAL))
    kept = [] if said[at].name == SAVED else [said[at]]
    return [*said[:at], *kept, *plain, *said[at + 1 :]]


def _is_of(sent: Mapping[str, Any], entity: Mapping[str, Any], question: Question) -> bool:
    names = {str(entity["entity"]), question.field}
    group = entity.get("group")
    same_entry = group is None or sent.get("index") is None or not sent.get("relative") or int(group) == sent["index"]
    return sent["field"] in names and str(sent["value"]) == str(entity.get("value")) and same_entry


def _index(sent: Mapping[str, Any], question: Question) -> int | None:
    """Which entry of a list the value went into; None outside of lists."""
    if question.form not in LISTS:
        return None
    index = int(sent.get("index") or 0)
    return index + (question.index or 0) if sent.get("relative") or sent.get("index") is None else index
