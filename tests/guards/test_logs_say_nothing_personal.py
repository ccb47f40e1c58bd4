"""Log lines name events and ids: no openid, no name, no text, no error text, no traceback with values."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("backend", "bot", "runtime", "wechat", "actions", "nlu")
# Words for what is personal; `who=who(openid)` is the way to say whom a line is about.
PERSONAL = {
    "openid", "sender", "name", "phone", "email", "emails", "text", "body", "password", "username", "id_no", "values",
    "url", "path", "token", "content", "reason_text", "payload", "query",
}  # fmt: skip
LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
# The name of a job, of a round, of a route.
HARMLESS = {
    "runtime/lasting.py": {"name"},
    "backend/jobs/rounds.py": {"name"},
    "bot/h5/routes.py": {"name", "path"},
}
# Development tools of the Rasa side: they print figures and never run with an applicant's data.
TOOLS = {"evaluate.py", "profile_turns.py", "train.py", "rasa_cli.py"}


def modules() -> Iterator[Path]:
    for folder in PRODUCT:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if ".venv" not in path.parts and path.name not in TOOLS:
                yield path


def calls(path: Path) -> Iterator[ast.Call]:
    """Every call of a logger in a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LEVELS:
            owner = node.func.value
            if isinstance(owner, ast.Name) and owner.id in ("log", "logger", "logging"):
                yield node


def _named(node: ast.AST) -> set[str]:
    """Names and attributes used in an expression, but for what `who(…)` and `type(…)` make of them."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("who", "type", "len"):
        return set()
    found = {node.id} if isinstance(node, ast.Name) else {node.attr} if isinstance(node, ast.Attribute) else set()
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        found.add(str(node.slice.value))
    return found.union(*(_named(child) for child in ast.iter_child_nodes(node)))


LOGGING = [path for path in modules() if any(True for _ in calls(path))]


@pytest.mark.parametrize("path", LOGGING, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_log_line_carries_nothing_personal(path: Path) -> None:
    for call in calls(path):
        arguments = [*call.args[1:], *(keyword.value for keyword in call.keywords)]
        named = set().union(*(_named(argument) for argument in arguments))
        named |= {keyword.arg or "**" for keyword in call.keywords}
        named -= HARMLESS.get(str(path.relative_to(ROOT)), set())
        assert named & (PERSONAL | {"**"}) == set(), f"line {call.lineno}"
        assert isinstance(call.args[0], ast.Constant), f"line {call.lineno}: the event is a fixed word"


@pytest.mark.parametrize("path", LOGGING, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_log_line_repeats_an_errors_text_or_its_traceback(path: Path) -> None:
    """The texts of errors hold what a person wrote, URLs and SQL parameters; the type and the place are enough."""
    for call in calls(path):
        assert isinstance(call.func, ast.Attribute)
        assert call.func.attr != "exception", f"line {call.lineno}"
        assert not [keyword for keyword in call.keywords if keyword.arg == "exc_info"], f"line {call.lineno}"
        for argument in [*call.args[1:], *(keyword.value for keyword in call.keywords)]:
            is_bare = isinstance(argument, ast.Name) and argument.id in ("error", "e", "exc", "failure")
            is_text = bool(re.fullmatch(r"(str|repr)\((error|e|exc|failure)\)", ast.unparse(argument)))
            assert not (is_bare or is_text), f"line {call.lineno}"


def test_nothing_of_the_product_prints_but_its_command_line() -> None:
    """Ruff forbids it (T20) where it reads; the Rasa side is checked here."""
    printing = [
        str(path.relative_to(ROOT))
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert set(printing) <= {"backend/main.py", "bot/__main__.py", "nlu/serve.py"}
