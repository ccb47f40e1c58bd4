"""Rasa component that reads a message's values into entities; the rules are in `nlu.extract`."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any, Final

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.extract.reading import Reading, read
from nlu.extract.values import Value

READING: Final = "gongju_reading"
_BEIJING: Final = timezone(timedelta(hours=8))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class ReadingExtractor(GraphComponent):
    """Sets the message's entities and keeps the reading for the classifier."""

    def __init__(self, config: dict[str, Any]) -> None:
        self._config = config

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ReadingExtractor:
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            reading = reading_of(message)
            message.set(ENTITIES, [*message.get(ENTITIES, []), *entities_of(reading)], add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing to add: the classifier reads its sentences itself."""
        return training_data


def reading_of(message: Message) -> Reading:
    """The message's reading, made once. `metadata` may say `asked` and `received_at`."""
    known = message.get(READING)
    if isinstance(known, Reading):
        return known
    metadata = message.get("metadata") or {}
    asked = metadata.get("asked")
    reading = read(
        message.get(TEXT) or "",
        today=_today(metadata.get("received_at")),
        asked=asked.rpartition(".")[2] if isinstance(asked, str) else None,
    )
    message.set(READING, reading)
    return reading


def entities_of(reading: Reading) -> list[dict[str, Any]]:
    return [_entity(reading, value) for value in reading.values]


def _entity(reading: Reading, value: Value) -> dict[str, Any]:
    start, end = reading.traced.source(value.start, value.end)
    entity: dict[str, Any] = {
        "entity": value.field,
        "value": value.value,
        "start": start,
        "end": end,
        "extractor": ReadingExtractor.__name__,
    }
    if value.group is not None:
        entity["group"] = str(value.group)
    if value.confirm:
        entity["confirm"] = True
    if value.guess is not None:
        entity["guess"] = value.guess
    return entity


def _today(received_at: object) -> date:
    """The date in Beijing when the message was sent; now when nobody says."""
    try:
        moment = datetime.fromisoformat(str(received_at).replace("Z", "+00:00"))
    except ValueError:
        moment = datetime.now(timezone.utc)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return moment.astimezone(_BEIJING).date()
