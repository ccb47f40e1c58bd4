"""docs/features.md names every feature once, and every test that it names exists."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "features.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
ROWS = re.findall(r"^\| (F\d+) \| (.+?) \| (.+?) \| (.+?) \|$", PAGE.read_text(encoding="utf-8"), re.M)
INVARIANTS = re.findall(r"^\| I(\d+) \| .+? \| (.+?) \|$", PAGE.read_text(encoding="utf-8"), re.M)
WITHOUT_BEHAVIOUR = {"F2"}  # the app is no part of this product


@cache
def names_of(file: str) -> frozenset[str]:
    """The names of the test functions of a file, read without running it."""
    path = ROOT / file
    if not path.exists():
        return frozenset()
    found = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return frozenset(one.name for one in found if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef))


def test_every_feature_stands_in_the_page_exactly_once() -> None:
    assert [row[0] for row in ROWS] == [f"F{number}" for number in range(1, 75)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_feature_is_shown_by_tests_that_exist(row: tuple[str, str, str, str]) -> None:
    named = NAMED.findall(row[3])
    assert named or "**Not yet**" in row[2] or row[0] in WITHOUT_BEHAVIOUR
    assert [name for file, name in named if name not in names_of(file)] == []


def test_every_invariant_has_tests_that_exist() -> None:
    assert [int(number) for number, _ in INVARIANTS] == list(range(1, 11))
    for _, shown in INVARIANTS:
        named = NAMED.findall(shown)
        assert named
        assert [name for file, name in named if name not in names_of(file)] == []
