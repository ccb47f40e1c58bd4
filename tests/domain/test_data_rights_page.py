"""The page docs/rules/data-rights.md says what the table says, and its worked example holds."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from backend.adapters.catalogue_files import load_retention

PAGE = (Path(__file__).resolve().parents[2] / "docs/rules/data-rights.md").read_text(encoding="utf-8")
RETENTION = load_retention()


@pytest.mark.parametrize("name", sorted(RETENTION.classes))
def test_the_page_has_every_class_with_its_time_and_ground(name: str) -> None:
    kept = RETENTION.classes[name]
    assert f"| {kept.label} | {kept.how_long} | {kept.does.value} | {kept.basis} |" in PAGE


def test_the_worked_example() -> None:
    cancelled = datetime(2026, 3, 16, 2, tzinfo=UTC)
    for name in ("case_files", "unfinished_cases"):
        kept = RETENTION.classes[name]
        assert cancelled >= kept.over_before(datetime(2026, 9, 11, 2, tzinfo=UTC))
        assert cancelled < kept.over_before(datetime(2026, 9, 13, 2, tzinfo=UTC))
    orders = RETENTION.classes["payment_records"]
    assert cancelled >= orders.over_before(datetime(2036, 3, 13, 2, tzinfo=UTC))
    assert cancelled < orders.over_before(datetime(2036, 3, 14, 2, tzinfo=UTC))
