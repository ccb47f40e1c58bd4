"""What the pages say about the project holds: links, folders, commands, decisions, names of tests."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "simulator/*.md", "deploy/*.md", "bench/*.md")
    for path in ROOT.glob(pattern)
)
README, CHINESE = ROOT / "README.md", ROOT / "README.zh-CN.md"


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.S)
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if not re.match(r"[a-z]+:", link)]
    dead = []
    for link in links:
        file, _, anchor = link.partition("#")
        target = page.parent / file if file else page
        if not target.exists() or (anchor and anchor not in _anchors(target)):
            dead.append(link)
    assert dead == []


def _anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ +(.+)$", page.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_no_page_names_a_place_on_somebodys_machine(page: Path) -> None:
    assert re.findall(r"(?<![\w.])/(?:work|home|root|Users)/\S*", page.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_make_target_that_a_page_names_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    text = page.read_text(encoding="utf-8")
    named = set(re.findall(r"(?:`|^    )make ([a-z-]+)", text, re.M))
    assert named <= targets


def test_make_help_is_the_default_and_explains_every_target() -> None:
    text = (ROOT / "Makefile").read_text()
    assert ".DEFAULT_GOAL := help" in text
    phony = set(re.findall(r"^\.PHONY: (.+)$", text, re.M)[0].split())
    assert set(re.findall(r"^([a-z-]+):.*## ", text, re.M)) == phony


def _folders(readme: Path) -> list[str]:
    """The first column of the table of folders."""
    rows = re.findall(r"^\| (`.+?) \|", readme.read_text(encoding="utf-8"), re.M)
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row)]


def test_both_readmes_list_the_same_folders_and_each_exists() -> None:
    assert _folders(README) == _folders(CHINESE)
    assert [name for name in _folders(README) if not (ROOT / name).exists()] == []


def test_every_folder_of_code_stands_in_the_readme() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py") if not path.parent.name.startswith(".")}
    assert packages - {name.strip("/") for name in _folders(README)} - {"bench"} == set()


def test_both_readmes_name_the_same_commands_and_pictures() -> None:
    for pattern in (r"^    (make \w+)", r"!\[[^\]]*\]\(([^)]+)\)"):
        both = [re.findall(pattern, readme.read_text(encoding="utf-8"), re.M) for readme in (README, CHINESE)]
        assert both[0] == both[1] != []


def test_the_decisions_are_numbered_without_gaps_and_listed() -> None:
    decisions = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))
    numbers = [int(path.name[:4]) for path in decisions]
    assert numbers == list(range(1, len(numbers) + 1))
    listed = (ROOT / "docs" / "adr" / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in decisions if f"({path.name})" not in listed] == []


def test_no_two_test_files_have_the_same_name() -> None:
    """pytest imports them by name from several folders."""
    counted = Counter(path.name for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name, times in counted.items() if times > 1] == []


def test_the_threat_model_names_test_folders_that_exist() -> None:
    text = (ROOT / "docs/threat-model.md").read_text(encoding="utf-8")
    named = set(re.findall(r"tests/[\w/.]+", text))
    assert named
    assert [name for name in sorted(named) if not (ROOT / name.rstrip(".")).exists()] == []


def test_the_fast_check_names_folders_that_exist_and_none_that_is_slow() -> None:
    found = re.search(r"^UNIT := (.+)$", (ROOT / "Makefile").read_text(), re.M)
    assert found
    folders = found[1].split()
    assert all((ROOT / folder).is_dir() for folder in folders)
    slow = re.compile(r"pytest\.mark\.journey|playwright")
    files = [file for folder in folders for file in (ROOT / folder).glob("test_*.py") if file != Path(__file__)]
    assert [file.name for file in files if slow.search(file.read_text())] == []
