"""The schema's history: one head, up and down, and no difference to the tables in the code."""

from __future__ import annotations

from dataclasses import fields

import psycopg
import pytest

from backend.adapters.db import migrate
from backend.adapters.db.unit_of_work import STORED


def _objects(database_url: str) -> set[str]:
    with psycopg.connect(database_url.replace("+psycopg", "")) as connection:
        rows = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
            "UNION SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace "
            "UNION SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace"
        )
        return {row[0] for row in rows} - {"alembic_version", "alembic_version_pkc", "_alembic_version"}


def test_there_is_one_head() -> None:
    assert len(migrate.heads()) == 1


def test_up_matches_the_code_down_leaves_nothing_and_up_again_works(database_url: str) -> None:
    migrate.upgrade(database_url)
    assert migrate.differences(database_url) == []
    migrate.downgrade(database_url, "base")
    assert _objects(database_url) == set()
    migrate.upgrade(database_url)
    migrate.upgrade(database_url)
    assert migrate.differences(database_url) == []


@pytest.mark.parametrize("name", sorted(STORED))
def test_a_record_has_a_field_for_every_column_and_no_other(name: str) -> None:
    table, record = STORED[name]
    assert {field.name for field in fields(record)} == {column.name for column in table.columns}
