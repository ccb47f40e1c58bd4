"""Choice ids as ready parses: `intent` or `intent:entity=value[,entity=value…]` (contracts.md, section 1)."""

from __future__ import annotations

import re
from typing import Any

PAYLOAD = re.compile(r"[a-zA-Z0-9_.:=,-]{1,128}")
NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
EVENT_INTENTS = {"subscribe": "start_application", "scan": "start_application", "resume": "resume"}
FILES_INTENT = "upload_item"


class PayloadMalformed(ValueError):
    """The choice id does not follow the grammar; its text is not repeated."""


def parse_of_payload(payload: str) -> dict[str, Any]:
    """The parse that a tapped choice stands for.

    Raises:
        PayloadMalformed: unknown characters, no intent, or a part without `=`.
    """
    intent, _, rest = payload.partition(":")
    if not PAYLOAD.fullmatch(payload) or not NAME.fullmatch(intent):
        raise PayloadMalformed("payload_malformed")
    return parse_of_intent(intent, [_entity(part) for part in rest.split(",") if part])


def parse_of_intent(intent: str, entities: list[dict[str, Any]] | None = None, text: str = "") -> dict[str, Any]:
    """A parse that needs no guessing."""
    return {
        "text": text,
        "intent": {"name": intent, "confidence": 1.0},
        "entities": entities or [],
        "intent_ranking": [{"name": intent, "confidence": 1.0}],
    }


def _entity(part: str) -> dict[str, Any]:
    name, separator, value = part.partition("=")
    if not separator or not NAME.fullmatch(name):
        raise PayloadMalformed("payload_malformed")
    return {"entity": name, "value": value, "extractor": "payload", "start": 0, "end": 0}
