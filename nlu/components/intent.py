"""Rasa component that tells the intent of a short Chinese message; the work is done in `nlu.classify`."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.classify.model import Guess, Model, train
from nlu.classify.understand import example_of, understand
from nlu.components.reading import reading_of
from nlu.extract.reading import read

INTENT_RANKING: Final = "intent_ranking"
# Sentences are read for training as if written on this day, so that a model does not depend on when it was trained.
TRAINING_DAY: Final = date(2026, 11, 21)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ShortChineseClassifier(GraphComponent):
    """Commands by list, else logistic regression on masked character n-grams."""

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, model: Model | None = None
    ) -> None:
        self._config = {**self.get_default_config(), **config}
        self._model_storage = model_storage
        self._resource = resource
        self._model = model

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"threshold": 0.3, "C": 20.0, "ranking_length": 5}

    @staticmethod
    def required_packages() -> list[str]:
        return ["numpy", "sklearn"]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ShortChineseClassifier:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> ShortChineseClassifier:
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, Model.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        examples = [
            example_of(read(message.get(TEXT), today=TRAINING_DAY), message.get(INTENT))
            for message in training_data.intent_examples
            if message.get(TEXT)
        ]
        self._model = train(examples, strength=float(self._config["C"]))
        with self._model_storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            ranking = self._ranking(message)
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING, ranking, add_to_output=True)
        return messages

    def _ranking(self, message: Message) -> list[dict[str, Any]]:
        if self._model is None:
            raise RuntimeError("ShortChineseClassifier was asked before it was trained")
        if not message.get(TEXT):
            return [{"name": None, "confidence": 0.0}]
        guesses = understand(reading_of(message), self._model, threshold=float(self._config["threshold"]))
        return [_as_intent(guess) for guess in guesses[: int(self._config["ranking_length"])]]


def _as_intent(guess: Guess) -> dict[str, Any]:
    return {"name": guess.intent, "confidence": round(guess.confidence, 4)}
