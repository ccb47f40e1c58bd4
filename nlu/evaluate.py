"""How well the understanding does on sentences that it was not trained on: prints the figure, writes docs/nlu.md.

`nlu/.venv/bin/python -m nlu.evaluate [--write] [--errors]`, from the repository root.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final

from ruamel.yaml import YAML

from nlu.classify.model import Model, train
from nlu.classify.understand import example_of, understand
from nlu.extract.reading import Reading, read

TODAY: Final = date(2026, 11, 21)
THRESHOLD: Final = 0.3
STRENGTH: Final = 20.0
_ROOT: Final = Path(__file__).resolve().parent.parent
TRAINING: Final = _ROOT / "data" / "nlu"
SECOND_SET: Final = "second_set"
# What no run can reproduce: the figures before anybody had looked at the errors.
FIRST_SIGHT: Final = (
    "- **At first sight**, before any of their errors had been looked at: first set 81.5 %, second set (written later) 90.6 %."
    " Since then errors of both have guided concepts, rules and new training sentences (their own sentences and near copies are kept"
    " out of training), so the figures above flatter; a third, unseen set is the way to a blind figure.",
    "- **In forms**: 369 messages typed in the middle of a form, each read with its open question (cases/in_forms, test_nlu_in_forms.py): intent and every value right for 78.0 % at first sight; their errors have guided rules and sentences since.",
)
# The files in the order in which they were written; each was measured on what stood before it, before it was trained on.
LATER_FILES: Final = ("more_daily", "more_plain", "more_colloquial", "more_writer_a", "more_writer_b", "more_writer_c", "more_writer_d")
ACROSS_FILES: Final = (
    "## Across files",
    "",
    "Trained on the files before, read on a file that is not trained on: the only yardstick while the evaluation sets stayed closed. The later"
    " files are harder than what most people write: dialect, English, clipped words, colloquial paraphrases, traps; writers a, b and c were asked"
    " for sentences that nobody had thought of and had not seen each other's, writer d for what ordinary people write.",
    "",
    "| file | sentences | right, trained on all files before it |",
    "|---|---|---|",
)
LOG: Final = (
    "What was tried there (share right of the sentences that the model decides; daily, plain, then colloquial as two halves):",
    "",
    "- As found (pairs and triples of characters, first ten files): daily 75.6 %, colloquial first half 74.6 % of all its sentences.",
    "- Concepts widened after a look at the errors of daily and plain: plain 87.6 → 91.4 %, daily 78.5 → 83.5 % (both flattered), colloquial first"
    " half, written afterwards: 82.2 → 83.5 % (honest).",
    "- Mean of four splits: 1–3 characters, concepts in full 85.0 %; 1–2 characters, concepts in full 85.5 %; **1–2 characters, concepts at 0.6"
    " 86.1 %**; at 0.3 85.5 %; no concepts 84.0 %.",
    "- Not better: 4-grams, skipping pairs, SVM, NB-SVM, complement NB, nearest neighbours. Better than 1–3 characters with full concepts by as much"
    " as single and paired characters are, but not tried beside them: a mean with a model without concepts (82.4 against 80.9 % on the"
    " second half of colloquial) and a small neural net (82.0 %, at 50 times the training time).",
    "- One regression per intent trains ten times as fast as one over all, and is as good.",
    "- Answers typed into an open form (tests/nlu/test_nlu_answers.py): taken for a command 9 of 167 at first sight, 6 after a rule for titles.",
    "- The weight of 0.6 was chosen on these same splits, so the table flatters a little.",
    "",
    "Tried later, on the sentences of writers a, b and c (before they were trained on):",
    "",
    "- First sight, with everything before them as it was: a 82.4 %, b 73.8 %, c 75.4 % (the first 2,056). Their labels were then looked through where"
    " the model of all others was sure of another one; exact doubles and near copies of evaluation sentences (the blind ones too, dropped unread by a"
    " script) were left out.",
    "- Mean of the word vectors beside the grams: a 84.3 → 84.9 %, b 76.0 → 77.6 % (no threshold). At 0.9 instead of 0.6: b 77.3 %; 30,000 words"
    " 77.2 %, 64 dimensions 77.2 %; weights by the frequency of the vectors' words are as good as by our own sentences (77.5 %).",
    "- Words, clusters of words (200 and 800), pairs of clusters, skipping pairs of words beside the vectors: none better (77.3 to 77.8 %).",
    "- A neural net (one hidden layer, in numpy, with the vectors): b 78.3 % alone, 78.3 % in a mean with the regression; with a and c trained on, the mean"
    " gains 0.0 to 0.2 % at several times the training time. Left out.",
    "- More sentences: with a trained on as well, b 77.6 → 83.1 %; with b, a 84.9 → 89.2 %. Nothing else comes near.",
    "- English, Cantonese and Shanghai words read as plain Chinese, and the vectors, with 14,500 sentences: b 83.2 → 84.8 %, c 85.7 → 85.8 %.",
    "- 1–3 instead of 1–2 characters with 17,000 sentences: plain 92.9, a 90.5, c 85.3 % → 93.0, 90.4, 85.2 %. No gain.",
    "- Threshold 0.3 instead of 0.4: +0.3 to +0.6 % there. Of the guesses between 0.3 and 0.4 about 35 % are right: enough for an answer in words;"
    " a command still needs 0.4 (actions/commands.py), so a wrong guess changes nothing.",
    "",
    "Pairs that people would label either way (both answers serve the applicant; counted as errors all the same): a fact that denies or affirms"
    " (没改过名: deny or inform, both save the value), skip and deny of what is optional, ask_missing and ask_supplement (the same list),"
    " submit and resubmit (the stage decides), affirm and photo_accept under the preview, chitchat and unknown.",
)
CASES: Final = _ROOT / "tests" / "nlu" / "cases"
PAGE: Final = _ROOT / "docs" / "nlu.md"


@dataclass(frozen=True)
class Case:
    """A sentence of the evaluation set, with what must be understood and read."""

    file: str
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
    return _sentences_of(sorted(folder.glob("*.yml")))


def _sentences_of(files: Iterable[Path]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for file in files:
        for block in YAML(typ="safe").load(file.read_text(encoding="utf-8"))["nlu"]:
            lines = (line.strip() for line in block["examples"].splitlines())
            found += [(line.removeprefix("- "), block["intent"]) for line in lines if line]
    return found


def evaluation_cases(folder: Path = CASES) -> list[Case]:
    return [case for file in sorted(folder.glob("*.yml")) for case in _cases_of(file)]


def _cases_of(file: Path) -> list[Case]:
    rows = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    return [Case(file.stem, str(row["text"]), row["intent"], dict(row.get("values", {}))) for row in rows]


@lru_cache(maxsize=1)
def trained_model() -> Model:
    """A model of all of data/nlu; trained once in a process, for it takes a while and never changes."""
    return _trained_on(training_sentences())


def _trained_on(sentences: Sequence[tuple[str, str]]) -> Model:
    return train([example_of(read(text, today=TODAY), intent) for text, intent in sentences], strength=STRENGTH)


def across_files(folder: Path = TRAINING) -> list[str]:
    """Rows of a table: each later file read by a model of all files before it."""
    known, rows = _sentences_of(file for file in sorted(folder.glob("*.yml")) if file.stem not in LATER_FILES), []
    for name in LATER_FILES:
        sentences = _sentences_of([folder / f"{name}.yml"])
        share = accuracy(evaluate(_trained_on(known), [Case(name, text, intent, {}) for text, intent in sentences]))
        rows.append(f"| {name} | {len(sentences)} | {share:.1%} ({len(known)} sentences) |")
        known += sentences
    return rows


def evaluate(model: Model, cases: Sequence[Case]) -> list[Outcome]:
    return [_outcome(model, case) for case in cases]


def accuracy(outcomes: Sequence[Outcome]) -> float:
    return sum(outcome.is_right for outcome in outcomes) / len(outcomes)


def _outcome(model: Model, case: Case) -> Outcome:
    began = time.thread_time()
    reading = read(case.text, today=TODAY)
    guess = understand(reading, model, threshold=THRESHOLD)[0]
    return Outcome(case, reading, guess.intent, guess.confidence, (time.thread_time() - began) * 1000)


def report(outcomes: Sequence[Outcome], blind: Sequence[Outcome]) -> str:
    """The page docs/nlu.md; `blind` are the sentences that nobody who trains has looked at."""
    times = sorted(outcome.took_ms for outcome in outcomes)
    asked = [outcome for outcome in outcomes if outcome.case.values]
    values = sum(len(o.case.values) for o in asked)
    wrong = sum(len(o.wrong_values()) for o in asked)
    second = [outcome for outcome in outcomes if outcome.case.file == SECOND_SET]
    first = [outcome for outcome in outcomes if outcome.case.file != SECOND_SET]
    confused = Counter((o.case.intent, o.intent) for o in outcomes if not o.is_right)
    lines = [
        "# Understanding: figures",
        "",
        "`nlu/.venv/bin/python -m nlu.evaluate --write` trains on `data/nlu`, reads `tests/nlu/cases` and writes this page.",
        "",
        f"- **Blind**: intent right on **{accuracy(blind):.1%}** of {len(blind)} sentences (cases/blind) that other people wrote and that nobody who"
        f" trains has looked at: {_by_file(blind)}. This is the figure to believe; the aim is 97 %. At first sight blind_3 was 82.4 %, blind_4 98.9 %"
        " (some 5 % of their sentences are near copies of trained ones; without those blind_3 is 94.2 %, blind_4 98.9 %); the 1,845 ordinary"
        " sentences of writer d were right for 97.1 % at first sight, before any of them was trained on.",
        f"- Sentences trained on: {len(training_sentences())}; evaluated: {len(outcomes)} (none in both, a test looks).",
        f"- Intent right: **{accuracy(outcomes):.1%}** ({sum(o.is_right for o in outcomes)} of {len(outcomes)}), threshold {THRESHOLD}.",
        f"- First set: {accuracy(first):.1%}; second set ({SECOND_SET}.yml): {accuracy(second):.1%}.",
        *FIRST_SIGHT,
        f"- Wrong with a confidence of {THRESHOLD} or more: {sum(not o.is_right and o.intent != 'unknown' for o in outcomes)}; answered `unknown`"
        f" though known: {sum(not o.is_right and o.intent == 'unknown' for o in outcomes)}.",
        f"- Values right: {1 - wrong / values:.1%} ({values - wrong} of {values}).",
        f"- CPU time for one sentence, all included: median {times[len(times) // 2]:.1f} ms, p99 {times[int(len(times) * 0.99)]:.1f} ms.",
        "",
        "| meant | understood as | times |",
        "|---|---|---|",
    ]
    lines += [f"| {meant} | {understood} | {times_} |" for (meant, understood), times_ in confused.most_common()]
    return "\n".join([*lines, "", *ACROSS_FILES, *across_files(), "", *LOG]) + "\n"


def _by_file(outcomes: Sequence[Outcome]) -> str:
    files = sorted({outcome.case.file for outcome in outcomes})
    return ", ".join(f"{name} {accuracy([o for o in outcomes if o.case.file == name]):.1%}" for name in files)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--write", action="store_true", help="write docs/nlu.md")
    options.add_argument("--errors", action="store_true", help="list the errors")
    chosen = options.parse_args()
    model = trained_model()
    outcomes, blind = evaluate(model, evaluation_cases()), evaluate(model, evaluation_cases(CASES / "blind"))
    if chosen.errors:
        for outcome in outcomes:
            if not outcome.is_right:
                print(f"{outcome.case.text}  {outcome.case.intent} -> {outcome.intent} {outcome.confidence:.2f}")
            if outcome.wrong_values():
                print(f"{outcome.case.text}  {outcome.case.values} -> {outcome.wrong_values()}")
    print(f"intents {accuracy(outcomes):.1%} of {len(outcomes)}, blind {accuracy(blind):.1%} of {len(blind)}")
    if chosen.write:
        PAGE.write_text(report(outcomes, blind), encoding="utf-8")


if __name__ == "__main__":
    main()
