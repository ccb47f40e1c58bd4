"""Which words a response name gets: the operators' texts in data/domain, with stand-ins, variations and choices."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

PLACEHOLDER = re.compile(r"\{([a-zA-Z_][a-zA-Z0-9_]*)\}")
LAST_RESORT = "utter_said"
CHOICE = "utter_choice_"


class OperatorTexts(TemplatedNaturalLanguageGenerator):
    """`utter_<name>`, else what stands in for it; never a sentence with a hole in it.

    A caller may pass `otherwise` (names that stand in), `round` (how often this was said already: another variation
    each time), `options` (title and payload) and `choices` (names of `utter_choice_…`).
    """

    def __init__(self, endpoint_config: EndpointConfig | None = None, domain: Domain | None = None) -> None:
        super().__init__(domain.responses if domain else {})
        self.published: dict[str, list[dict[str, Any]]] = {}

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **facts: Any
    ) -> dict[str, Any] | None:
        names = [*_about(utter_action, tracker), utter_action, *(facts.get("otherwise") or ())]
        variation = self._variation([*names, LAST_RESORT], int(facts.get("round") or 0))
        if variation is None:
            return None
        return self._filled(variation, facts)

    def _variation(self, names: Iterable[str], round_: int) -> Mapping[str, Any] | None:
        """The variation for this round: the first name's, then its stand-ins', then the last ones in turn."""
        known: list[list[dict[str, Any]]] = [found for found in map(self._said, names) if found]
        if len(known) > 1 and known[-1] is self._said(LAST_RESORT):
            known.pop()
        left = round_
        for variations in known:
            if left < len(variations):
                return variations[left]
            left -= len(variations)
        return known[-1][left % len(known[-1])] if known else None

    def _said(self, name: str) -> list[dict[str, Any]]:
        """The variations of a name: those that operators published, else those of the files."""
        return self.published.get(name) or self.responses.get(name) or []

    def _filled(self, variation: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
        draft: dict[str, Any] = {"text": fill(str(variation.get("text") or ""), facts)}
        if facts.get("link"):
            draft["custom"] = {"title": self._link_title(str(facts["link"].get("purpose")))}
        buttons = [*(facts.get("options") or ()), *(variation.get("buttons") or ())]
        buttons += [button for button in map(self._choice, facts.get("choices") or ()) if button is not None]
        if buttons:
            draft["buttons"] = _without_repeats(buttons)
        return draft

    def _link_title(self, purpose: str) -> str:
        """What the tappable words of a link say, wherever it appears."""
        for name in (f"utter_link_{purpose}", "utter_link"):
            for variation in self._said(name):
                if (variation.get("custom") or {}).get("title"):
                    return str(variation["custom"]["title"])
        return "打开"

    def _choice(self, name: str) -> dict[str, Any] | None:
        variations = self._said(CHOICE + name)
        if not variations:
            return None
        custom = variations[0].get("custom") or {}
        return {"title": str(variations[0]["text"]), "payload": str(custom.get("payload") or name)}


def fill(text: str, facts: Mapping[str, Any]) -> str:
    """The text with its facts; a line whose facts are all missing is left out, a lone missing fact is empty."""
    lines = [_filled_line(line, facts) for line in text.split("\n")]
    return "\n".join(line for line in lines if line is not None).strip()


def _filled_line(line: str, facts: Mapping[str, Any]) -> str | None:
    wanted = PLACEHOLDER.findall(line)
    if wanted and not any(_has(facts, name) for name in wanted):
        return None
    return PLACEHOLDER.sub(lambda found: str(facts[found[1]]) if _has(facts, found[1]) else "", line)


def _has(facts: Mapping[str, Any], name: str) -> bool:
    return facts.get(name) not in (None, "", [])


def _about(name: str, tracker: DialogueStateTracker) -> tuple[str, ...]:
    """`utter_out_of_scope_settlement` when the sentence named that topic, before `utter_out_of_scope`."""
    entities = tracker.latest_message.entities if tracker.latest_message else []
    return tuple(f"{name}_{one['value']}" for one in entities if one.get("entity") in ("topic", "business_type"))


def _without_repeats(buttons: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return list({str(button["payload"]): dict(button) for button in buttons}.values())
