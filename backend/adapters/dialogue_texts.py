"""The sentences of the dialogue as their files have them: `utter_` names with their variations (data/domain)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import yaml

FOLDER: Final = Path(__file__).resolve().parents[2] / "data" / "domain"
PREFIX: Final = "utter_"


def load_dialogue_texts(folder: Path = FOLDER) -> Mapping[str, Sequence[str]]:
    """Name → the texts of its variations, in the order of the files; those without words are left out."""
    found: dict[str, Sequence[str]] = {}
    for path in sorted(folder.glob("*.yml")):
        responses = yaml.safe_load(path.read_text(encoding="utf-8")).get("responses") or {}
        for name, variations in responses.items():
            texts = [str(one["text"]) for one in variations if one.get("text")]
            if texts and len(texts) == len(variations):
                found[name] = texts
    return found
