"""How Alembic reaches the database: one connection handed in by `backend.adapters.db.migrate`."""

from __future__ import annotations

from alembic import context

from backend.adapters.db.migrate import TARGET, is_ours

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=list(TARGET), include_name=is_ours, compare_type=True)
with context.begin_transaction():
    context.run_migrations()
