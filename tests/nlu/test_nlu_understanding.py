"""Intents: commands by list, the evaluation set, the training data's form, speed."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from nlu.classify.commands import COMMANDS, command
from nlu.classify.model import Model
from nlu.classify.understand import example_of, understand
from nlu.evaluate import THRESHOLD, Outcome, accuracy, evaluate, evaluation_cases, trained_model, training_sentences
from nlu.extract.reading import read
from nlu.intents import ENTITIES, INTENTS
from nlu.text.normalise import normalise

TODAY = date(2026, 11, 21)
FLOOR = 0.95


@pytest.fixture(scope="module")
def model() -> Model:
    return trained_model()


@pytest.fixture(scope="module")
def outcomes(model: Model) -> list[Outcome]:
    return evaluate(model, evaluation_cases())


def test_every_intent_has_at_least_fifteen_sentences_and_every_sentence_an_intent_of_the_table() -> None:
    intents = [intent for _, intent in training_sentences()]
    assert set(intents) == set(INTENTS)
    assert {intent for intent in INTENTS if intents.count(intent) < 15} == set()


def test_no_sentence_is_trained_twice() -> None:
    texts = [text for text, _ in training_sentences()]
    assert {text for text in texts if texts.count(text) > 1} == set()


def bigrams(text: str) -> frozenset[str]:
    plain = re.sub(r"[\s,。.?!、~吗呢吧啊呀不了的]", "", normalise(text).text)
    return frozenset(plain[at : at + 2] for at in range(len(plain) - 1)) or frozenset([plain])


def test_no_evaluation_sentence_is_trained_nor_nearly() -> None:
    trained = [bigrams(text) for text, _ in training_sentences()]
    long = [case.text for case in evaluation_cases() if len(case.text) > 4 and not command(normalise(case.text).text)]
    kept_apart = {text: bigrams(text) for text in long}
    assert {text for text, own in kept_apart.items() if any(len(own & t) >= 0.75 * len(own | t) for t in trained)} == set()


def test_the_evaluation_set_has_at_least_400_sentences_and_every_intent() -> None:
    cases = evaluation_cases()
    assert len(cases) >= 400 and {case.intent for case in cases} == set(INTENTS)


def test_intents_are_right_on_sentences_kept_apart(outcomes: list[Outcome]) -> None:
    assert accuracy(outcomes) >= FLOOR, f"{accuracy(outcomes):.1%}"


def test_values_are_right_on_sentences_kept_apart(outcomes: list[Outcome]) -> None:
    total = sum(len(outcome.case.values) for outcome in outcomes)
    wrong = sum(len(outcome.wrong_values()) for outcome in outcomes)
    assert 1 - wrong / total >= 0.95


def test_every_entity_that_is_read_is_in_the_table() -> None:
    read_names = {v.field for text, _ in training_sentences() for v in read(text, today=TODAY).values}
    assert read_names <= set(ENTITIES)


def test_a_sentence_takes_less_than_three_milliseconds(outcomes: list[Outcome]) -> None:
    times = sorted(outcome.took_ms for outcome in outcomes)
    assert times[len(times) // 2] < 3


@pytest.mark.parametrize(
    ("text", "intent"),
    [("上一步", "previous"), ("跳过", "skip"), ("取消", "cancel_case"), ("保存", "save_draft"), ("重填", "redo"), ("转人工", "human"), ("帮助", "help"),
     ("到哪一步了", "ask_progress"), ("没有了", "finish_section"), ("下一步", "finish_section"), ("好的。", "affirm"), ("确认单？", "confirmation_slip")],
)
def test_short_commands_are_told_by_list(text: str, intent: str, model: Model) -> None:
    guess = understand(read(text, today=TODAY), model, threshold=THRESHOLD)[0]
    assert (guess.intent, guess.confidence) == (intent, 1.0)


def test_a_command_stands_in_the_list_once() -> None:
    words = [word for line in COMMANDS.values() for word in line.split()]
    assert {word for word in words if words.count(word) > 1} == set()
    assert set(COMMANDS) <= set(INTENTS)


def test_under_the_threshold_the_intent_is_unknown_and_the_guesses_follow(model: Model) -> None:
    ranking = understand(read("我那个东西到底算怎么一回事", today=TODAY), model, threshold=0.999)
    assert ranking[0].intent == "unknown" and len(ranking) > 3


def test_a_saved_model_answers_the_same(model: Model, tmp_path: Path) -> None:
    model.save(tmp_path)
    loaded = Model.load(tmp_path)
    example = example_of(read("我的申请现在审到哪里了呢", today=TODAY))
    assert [(g.intent, round(g.confidence, 5)) for g in loaded.rank(example)[:3]] == [
        (g.intent, round(g.confidence, 5)) for g in model.rank(example)[:3]
    ]
