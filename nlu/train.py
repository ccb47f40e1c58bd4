"""Train into models/, but only when the domain, the sentences, the configuration or our components have changed."""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODELS = ROOT / "models"
MODEL = "gongju"
TRAINED_ON = (
    "data/domain", "data/nlu", "data/rules", "data/stories", "nlu/text", "nlu/extract", "nlu/classify", "nlu/components",
)  # fmt: skip
SINGLE = ("config.yml", "nlu/intents.py")
SUFFIXES = frozenset({".yml", ".py", ".txt", ".npz"})
NOT_TRAINED_ON = frozenset({".venv", "__pycache__"})


def fingerprint(root: Path = ROOT) -> str:
    """One hash over everything that a model is made of."""
    digest = hashlib.sha256()
    for path in _sources(root):
        digest.update(str(path.relative_to(root)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_fresh(models: Path = MODELS) -> bool:
    """Is there a model of exactly these sources?"""
    stamp = models / f"{MODEL}.fingerprint"
    return model_file(models).exists() and stamp.exists() and stamp.read_text() == fingerprint()


def model_file(models: Path = MODELS) -> Path:
    return models / f"{MODEL}.tar.gz"


def train(models: Path = MODELS) -> Path:
    """Train now.

    Raises:
        RuntimeError: Rasa did not produce a model; its own messages say why.
    """
    os.chdir(ROOT)
    before = fingerprint()
    from nlu import quiet, without_tensorflow

    quiet.hush()
    without_tensorflow.leave_out()
    from rasa import train as rasa_train

    quiet.only_warnings()

    result = rasa_train(
        domain="data/domain",
        config="config.yml",
        training_files=["data/nlu", "data/rules", "data/stories"],
        output=str(models),
        force_training=True,
        fixed_model_name=MODEL,
    )
    if result.code != 0 or result.model is None:
        raise RuntimeError(f"training failed with code {result.code}")
    (models / f"{MODEL}.fingerprint").write_text(before)
    return Path(result.model)


def _sources(root: Path) -> Iterator[Path]:
    for name in SINGLE:
        yield root / name
    for folder in TRAINED_ON:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in SUFFIXES and not NOT_TRAINED_ON & set(path.parts):
                yield path


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--force", action="store_true", help="train although nothing changed")
    given = parser.parse_args(arguments)
    if not given.force and is_fresh():
        print("model is up to date")
        return 0
    warnings.simplefilter("ignore", DeprecationWarning)
    print(f"trained {train().relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
