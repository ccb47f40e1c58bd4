"""The rules stand on the standard library alone, and the services on it, on the runtime and on structlog's lines."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = {"backend"}


def imported(folder: Path) -> Iterator[tuple[str, str]]:
    """Every top-level package that the modules of a folder import, with the module that does."""
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            where = str(path.relative_to(ROOT))
            if isinstance(node, ast.Import):
                yield from ((name.name.partition(".")[0], where) for name in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield (node.module or "").partition(".")[0], where


@pytest.mark.parametrize(
    ("layer", "besides"), [("backend/domain", OURS), ("backend/services", {*OURS, "runtime", "structlog"})]
)
def test_a_layer_imports_the_standard_library_and_what_is_named_here(layer: str, besides: set[str]) -> None:
    allowed = sys.stdlib_module_names | besides
    assert [(name, where) for name, where in imported(ROOT / layer) if name not in allowed] == []
