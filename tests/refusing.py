"""A database that refuses some updates, as a deadlock does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine


@asynccontextmanager
async def refusing_updates(engine: AsyncEngine, table: str, *, when: str) -> AsyncIterator[None]:
    """While the context is open, updates of `table` fail where `when` (SQL over OLD and NEW) holds."""
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '40P01'; END $$"
            )
        )
        await connection.execute(
            text(f"CREATE TRIGGER refuse BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION refuse()")
        )
    try:
        yield
    finally:
        async with engine.begin() as connection:
            await connection.execute(text(f"DROP TRIGGER refuse ON {table}"))
