"""What the words of a sentence mean: the mean of their word vectors, so that words never trained on still tell something.

word_vectors.npz: the 40,000 commonest words, the commonest first; where they are from stands in word_vectors.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

_FILE: Final = Path(__file__).with_name("word_vectors.npz")
_LONGEST: Final = 4
_UNKNOWN: Final = 14.0  # what a character costs that is no word; the rarest word costs 11


@dataclass(frozen=True)
class Words:
    """Known words by their rank, the commonest first, with their vectors."""

    ranks: dict[str, int]
    vectors: npt.NDArray[np.int8]

    @property
    def size(self) -> int:
        return int(self.vectors.shape[1])

    def split(self, text: str) -> list[str]:
        """The text as words: of all ways to cut it the likeliest, by how common its words are."""
        costs, cuts = [0.0], [0]
        for end in range(1, len(text) + 1):
            options = ((costs[at] + self._cost(text[at:end]), at) for at in range(max(0, end - _LONGEST), end))
            cost, at = min(options)
            costs.append(cost)
            cuts.append(at)
        words, end = [], len(text)
        while end:
            words.append(text[cuts[end] : end])
            end = cuts[end]
        return words[::-1]

    def meaning(self, text: str) -> npt.NDArray[np.float32]:
        """The direction of the sum of the words' vectors, rare words counting more; zeros when no word is known."""
        ranks = [self.ranks[word] for word in self.split(text) if word in self.ranks]
        if not ranks:
            return np.zeros(self.size, dtype=np.float32)
        weights = np.array([min(1.0, 0.25 + 0.09 * math.log(1 + rank / 10)) for rank in ranks], dtype=np.float32)
        total = weights @ self.vectors[ranks].astype(np.float32)
        length = float(np.sqrt((total**2).sum()))
        return np.asarray(total / length if length else total, dtype=np.float32)

    def _cost(self, word: str) -> float:
        rank = self.ranks.get(word)
        if rank is not None:
            return math.log(rank + 30)
        return _UNKNOWN if len(word) == 1 else math.inf


@lru_cache(maxsize=1)
def words() -> Words:
    """The words that the product knows, read once."""
    with np.load(_FILE) as held:
        names = held["words"].tobytes().decode("utf-8").split("\n")
        return Words({name: rank for rank, name in enumerate(names)}, held["vectors"])
