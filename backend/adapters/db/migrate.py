"""Brings a database to the newest schema; two processes that try at once take turns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from backend.adapters.db.tables import metadata
from wechat.tables import metadata as wechat_metadata

TARGET: Final = (metadata, wechat_metadata)
_LOCK: Final = 0x676F6E676A75


def upgrade(database_url: str, revision: str = "head") -> None:
    _with_connection(database_url, lambda connection: command.upgrade(_config(connection), revision))


def downgrade(database_url: str, revision: str) -> None:
    _with_connection(database_url, lambda connection: command.downgrade(_config(connection), revision))


def differences(database_url: str) -> list[Any]:
    """What the tables in the code have and the migrated database has not, or the other way round."""
    found: list[Any] = []

    def compare(connection: Connection) -> None:
        context = MigrationContext.configure(connection, opts={"include_name": is_ours, "compare_type": True})
        found.extend(compare_metadata(context, list(TARGET)))  # type: ignore[arg-type]

    _with_connection(database_url, compare)
    return found


def write_revision(database_url: str, message: str) -> None:
    """For developers: a new migration from the difference between the code and the database, brought up first."""
    upgrade(database_url)

    def write(connection: Connection) -> None:
        number = len(list(ScriptDirectory.from_config(_config(None)).walk_revisions())) + 1
        command.revision(_config(connection), message=message, rev_id=f"{number:04d}", autogenerate=True)

    _with_connection(database_url, write)


def heads() -> Sequence[str]:
    return ScriptDirectory.from_config(_config(None)).get_heads()


def is_ours(name: str | None, kind: str, parents: Any) -> bool:
    """procrastinate owns its tables; autogenerate must not touch them."""
    return kind != "table" or name is None or not name.startswith("procrastinate_")


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _with_connection(database_url: str, act: Callable[[Connection], None]) -> None:
    engine = create_engine(database_url, poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
        connection.commit()
        try:
            act(connection)
            connection.commit()
        finally:
            connection.rollback()
            connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": _LOCK})
            connection.commit()
    engine.dispose()
