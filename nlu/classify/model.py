"""Intent model: character n-grams and word vectors of the masked text, weighted, through a logistic regression; numpy alone at run time."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from nlu.classify.meaning import words

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

FORMAT: Final = 2
# Chosen on sentences of styles that were not trained on: with scores as they are the likelihood is best, the mean confidence is
# nearest to the share of right answers, and 1 % of the right answers falls under 0.4.
SHARPNESS: Final = 1.0
# How much a kind of value or a concept counts beside a gram of characters. In cross-validation by file full weight was better where
# the concepts had been written after a look at the sentences, and worse on sentences of new styles.
KIND_WEIGHT: Final = 0.6
# How much the mean of the word vectors counts beside all grams together; 0.9 and 0.3 were worse on styles not trained on.
MEANING_WEIGHT: Final = 0.6
_SIZES: Final = (1, 2)
_MAX_MASKED: Final = 120


@dataclass(frozen=True)
class Example:
    """A masked sentence with its kinds of value, and the intent where it is known."""

    masked: str
    kinds: frozenset[str]
    intent: str = ""


@dataclass(frozen=True)
class Guess:
    intent: str
    confidence: float


@dataclass(frozen=True)
class Model:
    """Weights per feature and intent. Read-only after training, so one model serves any number of threads."""

    intents: tuple[str, ...]
    vocabulary: dict[str, int]
    idf: npt.NDArray[np.float32]
    weights: npt.NDArray[np.float32]
    meanings: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]

    def rank(self, example: Example) -> list[Guess]:
        """All intents, the likeliest first; confidences add up to 1. Nothing known in the sentence: no guess."""
        indices, values = self._vector(example)
        if not indices:
            return []
        scores = self.weights[indices].T @ values + meaning_of(example) @ self.meanings + self.bias
        exps = np.exp(SHARPNESS * (scores - scores.max()))
        shares = exps / exps.sum()
        return [Guess(self.intents[i], float(shares[i])) for i in np.argsort(-shares)]

    def _vector(self, example: Example) -> tuple[list[int], npt.NDArray[np.float32]]:
        pairs = [(self.vocabulary[f], weight) for f, weight in features(example).items() if f in self.vocabulary]
        indices = [index for index, _ in pairs]
        values = np.array([weight for _, weight in pairs], dtype=np.float32) * self.idf[indices]
        norm = float(np.sqrt((values**2).sum()))
        return indices, values / norm if norm else values

    def save(self, folder: Path) -> None:
        """Two files without pickle: words as JSON, numbers as npz."""
        folder.mkdir(parents=True, exist_ok=True)
        told = {"format": FORMAT, "intents": self.intents, "vocabulary": self.vocabulary}
        (folder / "words.json").write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
        np.savez_compressed(folder / "numbers.npz", idf=self.idf, weights=self.weights, meanings=self.meanings, bias=self.bias)

    @classmethod
    def load(cls, folder: Path) -> Model:
        told = json.loads((folder / "words.json").read_text(encoding="utf-8"))
        if told["format"] != FORMAT:
            raise ValueError(f"model format {told['format']}, expected {FORMAT}: train again")
        with np.load(folder / "numbers.npz") as numbers:
            found = (numbers[name] for name in ("idf", "weights", "meanings", "bias"))
            return cls(tuple(told["intents"]), told["vocabulary"], *found)


def features(example: Example) -> Counter[str]:
    """Single characters and pairs with both ends marked, each kind of value once, and the length roughly."""
    text = f"^{example.masked[:_MAX_MASKED]}$"
    counts = Counter(text[at : at + size] for size in _SIZES for at in range(len(text) - size + 1))
    weighted: Counter[str] = Counter()
    for gram, count in counts.items():
        weighted[gram] = 1 + math.log(count)  # type: ignore[assignment]
    for kind in {*example.kinds, f"@length{min(6, len(example.masked) // 4)}"}:
        weighted[kind] = KIND_WEIGHT  # type: ignore[assignment]
    return weighted


def meaning_of(example: Example) -> npt.NDArray[np.float32]:
    """What the words mean, as further features after the weighted grams."""
    return MEANING_WEIGHT * words().meaning(example.masked[:_MAX_MASKED])


def train(examples: Sequence[Example], *, strength: float = 20.0) -> Model:
    """Fit one regression for each intent against the rest; the same examples give the same model. `strength` is the inverse of the
    regularisation. (One regression over all intents takes ten times as long and is no better on styles not trained on.)
    """
    from joblib import parallel_backend
    from scipy.sparse import csr_matrix, hstack
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier

    counts = [features(example) for example in examples]
    vocabulary = _vocabulary(counts)
    idf = _idf(counts, vocabulary)
    grams = _matrix(counts, vocabulary, idf)
    matrix = hstack([grams, csr_matrix(np.array([meaning_of(example) for example in examples]))]).tocsr()
    labels = [example.intent for example in examples]
    one = LogisticRegression(C=strength, max_iter=1000, tol=1e-3, class_weight="balanced", solver="liblinear", random_state=0)
    with parallel_backend("threading", n_jobs=2):  # liblinear works without the interpreter's lock
        regression = OneVsRestClassifier(one, n_jobs=2).fit(matrix, labels)
    weights = np.hstack([each.coef_.T for each in regression.estimators_])
    bias = np.array([each.intercept_[0] for each in regression.estimators_])
    if len(regression.classes_) == 2:  # scikit-learn keeps one column for two classes
        weights, bias = np.hstack([-weights, weights]), np.array([-bias[0], bias[0]])
    return Model(
        tuple(str(name) for name in regression.classes_),
        vocabulary,
        idf,
        weights[: len(vocabulary)].astype(np.float32),
        weights[len(vocabulary) :].astype(np.float32),
        bias.astype(np.float32),
    )


def _vocabulary(counts: Iterable[Counter[str]]) -> dict[str, int]:
    return {feature: index for index, feature in enumerate(sorted({feature for count in counts for feature in count}))}


def _idf(counts: Sequence[Counter[str]], vocabulary: dict[str, int]) -> npt.NDArray[np.float32]:
    seen = Counter(feature for count in counts for feature in count)
    total = len(counts)
    return np.array([math.log((1 + total) / (1 + seen[f])) + 1 for f in vocabulary], dtype=np.float32)


def _matrix(counts: Sequence[Counter[str]], vocabulary: dict[str, int], idf: npt.NDArray[np.float32]) -> csr_matrix:
    from scipy.sparse import csr_matrix
    from sklearn.preprocessing import normalize

    rows, columns, values = [], [], []
    for row, count in enumerate(counts):
        for feature, weight in count.items():
            if feature in vocabulary:
                rows.append(row)
                columns.append(vocabulary[feature])
                values.append(weight * idf[vocabulary[feature]])
    matrix = csr_matrix((values, (rows, columns)), shape=(len(counts), len(vocabulary)), dtype=np.float32)
    return normalize(matrix)
