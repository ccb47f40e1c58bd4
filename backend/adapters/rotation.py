"""Brings everything that is sealed under the first key of DATA_KEYS, a batch at a time, while all processes go on.

What is under it already is recognised by its first bytes and left alone: the command may be stopped at any moment,
killed too, and started again. Nothing is opened but the wrapped data keys.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Column, LargeBinary, Table, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backend.adapters.db import tables as t
from backend.adapters.keys import DataKeyring
from backend.services.errors import FileMissing
from backend.services.ports import ObjectStore

BATCH: Final = 200


@dataclass(frozen=True)
class SealedColumn:
    """A column of sealed values, its row's key, and the context that a value opens under."""

    column: Column[Any]
    key: Column[Any]
    context: Callable[[str], str]


def _named(table: Table, column: str, key: str, context: str) -> SealedColumn:
    return SealedColumn(table.c[column], table.c[key], lambda value: context + value)


SEALED: Final[tuple[SealedColumn, ...]] = (
    _named(t.applicants, "name_sealed", "id", "applicants.name:"),
    _named(t.applicants, "id_no_sealed", "id", "applicants.id_no:"),
    _named(t.credentials, "username_sealed", "case_id", "credentials.username:"),
    _named(t.credentials, "password_sealed", "case_id", "credentials.password:"),
    _named(t.commands, "body_sealed", "key", "command:"),
    _named(t.codes, "told_sealed", "id", "codes.told:"),
    _named(t.mails, "code_sealed", "dedupe_key", "mails.code:"),
)


def sealed_columns() -> frozenset[str]:
    """Every column of bytes that the tables have; a guard compares them with `SEALED`."""
    return frozenset(
        f"{table.name}.{column.name}"
        for table in t.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    )


async def rotate_keys(engine: AsyncEngine, keys: DataKeyring, objects: ObjectStore) -> Mapping[str, int]:
    """Rewrap whatever is under an older key; how much was rewrapped, by place.

    Raises:
        CannotOpen: a key that something is sealed with is missing in DATA_KEYS; everything before it is done.
    """
    counts: dict[str, int] = {}
    for one in SEALED:
        counts[f"{one.column.table.name}.{one.column.name}"] = await _rotate_column(engine, keys, one)
    counts["files"] = await _rotate_files(engine, keys, objects)
    counts["papers"] = await _rotate_lists(engine, keys, objects, t.mails, t.mails.c.attachments)
    counts["exports"] = await _rotate_lists(engine, keys, objects, t.data_requests, t.data_requests.c.objects)
    return counts


async def _rotate_column(engine: AsyncEngine, keys: DataKeyring, one: SealedColumn) -> int:
    prefix = keys.current_prefix
    head = func.substring(one.column, 1, len(prefix))
    # An empty value is none: a step of the staff is answered with nothing.
    older = (one.column.is_not(None), func.length(one.column) > 0, head != prefix)
    primary = next(iter(one.column.table.primary_key.columns))
    done = 0
    while True:
        async with engine.begin() as connection:
            rows = await connection.execute(
                select(primary.label("row"), one.key.label("named"), one.column.label("sealed"))
                .where(*older)
                .limit(BATCH)
                .with_for_update(skip_locked=True)
            )
            batch = rows.all()
            for row in batch:
                fresh = keys.rewrap(row.sealed, context=one.context(row.named))
                await connection.execute(
                    update(one.column.table).where(primary == row.row).values({one.column.name: fresh})
                )
        done += len(batch)
        if not batch and not await _any(engine, one, older):
            return done
        if not batch:
            # Somebody holds the rest for a moment.
            await asyncio.sleep(0.2)


async def _any(engine: AsyncEngine, one: SealedColumn, older: tuple[Any, ...]) -> bool:
    async with engine.connect() as connection:
        return (await connection.execute(select(one.key).where(*older).limit(1))).first() is not None


async def _rotate_files(engine: AsyncEngine, keys: DataKeyring, objects: ObjectStore) -> int:
    """File by file under its row's lock, so that one that is deleted meanwhile does not come back."""
    done, after = 0, ""
    while True:
        async with engine.connect() as connection:
            found = await connection.execute(
                select(t.files.c.id).where(t.files.c.id > after).order_by(t.files.c.id).limit(BATCH)
            )
            ids = list(found.scalars())
        if not ids:
            return done
        for file_id in ids:
            async with engine.begin() as connection:
                row = select(t.files.c.object_key).where(t.files.c.id == file_id).with_for_update()
                key = (await connection.execute(row)).scalar()
                done += await _rewrap_object(keys, objects, key) if key else 0
        after = ids[-1]


async def _rotate_lists(
    engine: AsyncEngine, keys: DataKeyring, objects: ObjectStore, table: Table, column: Column[Any]
) -> int:
    """Objects that a row lists: papers of a mail, parts of a copy."""
    key = next(iter(table.primary_key.columns))
    listing = func.jsonb_array_length(column) > 0
    async with engine.connect() as connection:
        ids = list((await connection.execute(select(key).where(listing))).scalars())
    done = 0
    for one in ids:
        async with engine.begin() as connection:
            done += sum(
                [
                    await _rewrap_object(keys, objects, str(part["object_key"]))
                    for part in await _listed(connection, select(column).where(key == one).with_for_update())
                ]
            )
    return done


async def _listed(connection: AsyncConnection, statement: Any) -> list[Mapping[str, Any]]:
    return list((await connection.execute(statement)).scalar() or [])


async def _rewrap_object(keys: DataKeyring, objects: ObjectStore, object_key: str) -> int:
    prefix = keys.current_prefix
    try:
        if await objects.head(object_key, len(prefix)) == prefix:
            return 0
        sealed = await objects.get(object_key)
    except FileMissing:
        return 0
    await objects.put(object_key, keys.rewrap(sealed, context=object_key))
    return 1
