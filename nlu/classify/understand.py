"""From a reading to an intent: listed commands, then what only a rule can tell, then the model."""

from __future__ import annotations

from typing import Final

from nlu.classify.commands import command
from nlu.classify.concepts import concepts
from nlu.classify.masking import kinds, mask
from nlu.classify.model import Example, Guess, Model
from nlu.classify.rules import certain_intent
from nlu.extract.reading import Reading

UNKNOWN: Final = "unknown"
CERTAIN: Final = 1.0


def example_of(reading: Reading, intent: str = "") -> Example:
    masked = mask(reading)
    return Example(masked, kinds(reading) | concepts(masked), intent)


def understand(reading: Reading, model: Model, *, threshold: float) -> list[Guess]:
    """The intents of a message, the likeliest first.

    Under `threshold` the first is `unknown`, with the confidence that the best guess lacked; the guesses follow it.
    """
    listed = command(reading.text) or certain_intent(reading)
    if listed:
        return [Guess(listed, CERTAIN)]
    ranking = model.rank(example_of(reading))
    if not ranking:
        return [Guess(UNKNOWN, CERTAIN)]
    if ranking[0].confidence < threshold and ranking[0].intent != UNKNOWN:
        others = [guess for guess in ranking if guess.intent != UNKNOWN]
        return [Guess(UNKNOWN, 1 - ranking[0].confidence), *others]
    return ranking
