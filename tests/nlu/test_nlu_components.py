"""The Rasa classes: entities as the dialogue gets them, a model that survives being stored."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nlu import without_tensorflow


@pytest.fixture(scope="module")
def rasa() -> Iterator[Any]:
    without_tensorflow.leave_out()
    pytest.importorskip("rasa")
    from rasa.shared.nlu.training_data.message import Message

    yield Message


def parsed(message_class: Any, text: str, metadata: dict[str, Any] | None = None) -> Any:
    from nlu.components.reading import ReadingExtractor

    message = message_class(data={"text": text, "metadata": metadata or {}})
    return ReadingExtractor({}).process([message])[0]


def test_an_entity_points_into_the_text_as_it_was_typed(rasa: Any) -> None:
    message = parsed(rasa, "嗯😀，本科 吉大")
    school = next(entity for entity in message.get("entities") if entity["entity"] == "school")
    assert school["value"] == "吉林大学" and message.get("text")[school["start"] : school["end"]] == "吉大" and school["group"] == "0"


def test_the_asked_field_and_the_day_come_with_the_metadata(rasa: Any) -> None:
    message = parsed(rasa, "去年六月", {"asked": "education.end", "received_at": "2024-12-31T20:00:00Z"})
    assert [(e["entity"], e["value"]) for e in message.get("entities") if e["entity"] == "end"] == [("end", "2024-06")]


def test_a_typed_id_number_stays_out_of_the_entities(rasa: Any) -> None:
    message = parsed(rasa, "身份证130102199208201214")
    assert "130102199208201214" not in str(message.get("entities"))
    assert any(entity["entity"] == "secret_typed" for entity in message.get("entities"))


def test_a_stored_classifier_tells_the_same_intent(rasa: Any, tmp_path: Path) -> None:
    from rasa.engine.graph import ExecutionContext
    from rasa.engine.storage.local_model_storage import LocalModelStorage
    from rasa.engine.storage.resource import Resource
    from rasa.shared.nlu.training_data.training_data import TrainingData

    from nlu.components.intent import ShortChineseClassifier

    told = [("我想查进度呀", "ask_progress"), ("帮我看看办到哪了", "ask_progress"), ("要准备什么材料呢", "ask_materials"), ("资料要哪些东西", "ask_materials")]
    storage, resource = LocalModelStorage(tmp_path), Resource("classifier")
    context = ExecutionContext(None, None)  # type: ignore[arg-type]
    trained = ShortChineseClassifier.create({}, storage, resource, context)
    trained.train(TrainingData([rasa(data={"text": text, "intent": intent}) for text, intent in told]))
    loaded = ShortChineseClassifier.load({}, storage, resource, context)
    intents = [c.process([rasa(data={"text": "麻烦看看现在办到哪了"})])[0].get("intent") for c in (trained, loaded)]
    assert intents[0] == intents[1] and intents[0]["name"] == "ask_progress"
