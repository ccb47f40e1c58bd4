"""Rows of one table as records: the only place that turns one into the other."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Column, Select, Table, and_, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.ext.asyncio import AsyncConnection

R = TypeVar("R")


class TableRows(Generic[R]):
    """Implements `services.ports.Rows` for a table whose primary key is one column (or is looked up by `where`)."""

    def __init__(self, connection: AsyncConnection, table: Table, record: type[R]) -> None:
        self._connection = connection
        self._table = table
        self._record = record
        self._names = [field.name for field in fields(record)]  # type: ignore[arg-type]
        self._key: Column[Any] = next(iter(table.primary_key.columns))
        self._numbered = self._key.identity is not None

    async def get(self, key: str | int | date, *, lock: bool = False) -> R | None:
        statement = self._select().where(self._key == key)
        found = (await self._connection.execute(statement.with_for_update() if lock else statement)).first()
        return None if found is None else self._record(**found._mapping)

    async def add(self, record: R) -> R:
        statement = insert(self._table).values(self._values(record))
        if not self._numbered:
            await self._connection.execute(statement)
            return record
        number = (await self._connection.execute(statement.returning(self._key))).scalar_one()
        return replace(record, **{self._key.name: number})  # type: ignore[type-var]

    async def add_if_new(self, record: R) -> bool:
        statement = pg_insert(self._table).values(self._values(record)).on_conflict_do_nothing().returning(self._key)
        return (await self._connection.execute(statement)).first() is not None

    async def save(self, record: R) -> None:
        values = {name: getattr(record, name) for name in self._names}
        mine = self._key == values.pop(self._key.name)
        await self._connection.execute(update(self._table).where(mine).values(values))

    async def where(self, *, order_by: str | None = None, lock: bool = False, **equal: object) -> list[R]:
        result = await self._connection.execute(self._matching(order_by, lock, equal))
        return [self._record(**row._mapping) for row in result]

    async def first(self, *, order_by: str | None = None, lock: bool = False, **equal: object) -> R | None:
        result = await self._connection.execute(self._matching(order_by, lock, equal).limit(1))
        found = result.first()
        return None if found is None else self._record(**found._mapping)

    async def remove(self, **equal: object) -> int:
        return (await self._connection.execute(delete(self._table).where(self._equal(equal)))).rowcount

    async def due(self, column: str, now: datetime, *, limit: int, **equal: object) -> list[R]:
        moment = self._table.c[column]
        statement = (
            self._select()
            .where(moment <= now, self._equal(equal))
            .order_by(moment)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return [self._record(**row._mapping) for row in await self._connection.execute(statement)]

    def _select(self) -> Select[Any]:
        return select(*(self._table.c[name] for name in self._names))

    def _matching(self, order_by: str | None, lock: bool, equal: dict[str, object]) -> Select[Any]:
        statement = self._select().where(self._equal(equal))
        if order_by is not None:
            column = self._table.c[order_by.removeprefix("-")]
            statement = statement.order_by(column.desc() if order_by.startswith("-") else column)
        return statement.with_for_update() if lock else statement

    def _equal(self, equal: dict[str, object]) -> Any:
        return and_(True, *(_claim(self._table.c[name], value) for name, value in equal.items()))

    def _values(self, record: R) -> dict[str, Any]:
        return {name: getattr(record, name) for name in self._names if not (self._numbered and name == self._key.name)}


def _claim(column: Column[Any], value: object) -> Any:
    if isinstance(value, (list, tuple)):
        return column.in_(value)
    return column.is_(None) if value is None else column == value
