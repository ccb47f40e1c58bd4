"""How well the understanding does on sentences that it was not trained on: prints the figure, writes docs/nlu.md.

`nlu/.venv/bin/python -m nlu.evaluate [--write] [--errors]`, from the repository root.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Sequence

from ruamel.yaml import YAML

from nlu.classify.model import Model, train
from nlu.classify.understand import example_of, understand
from nlu.extract.reading import Reading, read

TODAY: Final = date(2026, 11, 21)
THRESHOLD: Final = 0.4
STRENGTH: Final = 20.0
_ROOT: Final = Path(__file__).resolve().parent.parent
TRAINING: Final = _ROOT / "data" / "nlu"
CASES: Final = _ROOT / "tests" / "nlu" / "cases"
PAGE: Final = _ROOT / "docs" / "nlu.md"


@dataclass(frozen=True)
class Case:
    """A sentence of the evaluation set. `number` counts within the whole set; even ones are sealed (nobody reads their errors)."""

    number: int
    text: str
    intent: str
    values: dict[str, str]


@dataclass(frozen=True)
class Outcome:
    case: Case
    reading: Reading
    intent: str
    confidence: float
    took_ms: float

    @property
    def is_right(self) -> bool:
        return self.intent == self.case.intent

    def wrong_values(self) -> dict[str, str | None]:
        return {n: self.reading.get(n) for n, value in self.case.values.items() if value not in self.reading.all(n)}


def training_sentences(folder: Path = TRAINING) -> list[tuple[str, str]]:
    """All sentences of data/nlu with their intents."""
    found: list[tuple[str, str]] = []
    for file in sorted(folder.glob("*.yml")):
        for block in YAML(typ="safe").load(file.read_text(encoding="utf-8"))["nlu"]:
            lines = (line.strip() for line in block["examples"].splitlines())
            found += [(line.removeprefix("- "), block["intent"]) for line in lines if line]
    return found


def evaluation_cases(folder: Path = CASES) -> list[Case]:
    rows = [row for file in sorted(folder.glob("*.yml")) for row in YAML(typ="safe").load(file.read_text(encoding="utf-8"))]
    return [Case(n, str(row["text"]), row["intent"], dict(row.get("values", {}))) for n, row in enumerate(rows)]


def trained_model() -> Model:
    return train([example_of(read(text, today=TODAY), intent) for text, intent in training_sentences()], strength=STRENGTH)


def evaluate(model: Model, cases: Sequence[Case]) -> list[Outcome]:
    return [_outcome(model, case) for case in cases]


def accuracy(outcomes: Sequence[Outcome]) -> float:
    return sum(outcome.is_right for outcome in outcomes) / len(outcomes)


def _outcome(model: Model, case: Case) -> Outcome:
    began = time.perf_counter()
    reading = read(case.text, today=TODAY)
    guess = understand(reading, model, threshold=THRESHOLD)[0]
    return Outcome(case, reading, guess.intent, guess.confidence, (time.perf_counter() - began) * 1000)


def report(outcomes: Sequence[Outcome]) -> str:
    """The page docs/nlu.md."""
    times = sorted(outcome.took_ms for outcome in outcomes)
    asked = [outcome for outcome in outcomes if outcome.case.values]
    values = sum(len(o.case.values) for o in asked)
    wrong = sum(len(o.wrong_values()) for o in asked)
    halves = {name: [o for o in outcomes if o.case.number % 2 == odd] for name, odd in (("open", 1), ("sealed", 0))}
    confused = Counter((o.case.intent, o.intent) for o in outcomes if not o.is_right)
    lines = [
        "# Understanding: figures",
        "",
        "`nlu/.venv/bin/python -m nlu.evaluate --write` trains on `data/nlu`, reads `tests/nlu/cases` and writes this page.",
        "",
        f"- Sentences trained on: {len(training_sentences())}; evaluated: {len(outcomes)} (none in both, a test looks).",
        f"- Intent right: **{accuracy(outcomes):.1%}** ({sum(o.is_right for o in outcomes)} of {len(outcomes)}), threshold {THRESHOLD}.",
        f"- Of these, odd numbers {accuracy(halves['open']):.1%}, even numbers {accuracy(halves['sealed']):.1%}: while training data and"
        " rules were improved, errors were looked at for the odd half only.",
        f"- Wrong with a confidence of 0.4 or more: {sum(not o.is_right and o.intent != 'unknown' for o in outcomes)}; answered `unknown`"
        f" though known: {sum(not o.is_right and o.intent == 'unknown' for o in outcomes)}.",
        f"- Values right: {1 - wrong / values:.1%} ({values - wrong} of {values}).",
        f"- Time for one sentence, all included: median {times[len(times) // 2]:.1f} ms, p99 {times[int(len(times) * 0.99)]:.1f} ms.",
        "",
        "| meant | understood as | times |",
        "|---|---|---|",
    ]
    lines += [f"| {meant} | {understood} | {times_} |" for (meant, understood), times_ in confused.most_common()]
    return "\n".join(lines) + "\n"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--write", action="store_true", help="write docs/nlu.md")
    options.add_argument("--errors", action="store_true", help="list the errors of the odd half")
    chosen = options.parse_args()
    outcomes = evaluate(trained_model(), evaluation_cases())
    if chosen.errors:
        for outcome in outcomes:
            if outcome.case.number % 2 and not outcome.is_right:
                print(f"{outcome.case.text}  {outcome.case.intent} -> {outcome.intent} {outcome.confidence:.2f}")
            if outcome.case.number % 2 and outcome.wrong_values():
                print(f"{outcome.case.text}  {outcome.case.values} -> {outcome.wrong_values()}")
    page = report(outcomes)
    print("\n".join(page.splitlines()[4:10]))
    if chosen.write:
        PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
