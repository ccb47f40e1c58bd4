"""Rows of one table as records: the only place that turns one into the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import date, datetime
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import (
    Column,
    ColumnElement,
    Delete,
    Insert,
    Select,
    Table,
    Update,
    and_,
    bindparam,
    delete,
    insert,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.ext.asyncio import AsyncConnection

R = TypeVar("R")
# What a column is compared with decides the statement's shape; the values travel as parameters.
Shape = tuple[tuple[str, str], ...]
_NULL, _ONE_OF, _EQUAL = "null", "one of", "equal"
_KEY: Final = "key_of_row"


class TableRows(Generic[R]):
    """Implements `services.ports.Rows` for a table whose primary key is one column (or is looked up by `where`)."""

    def __init__(self, connection: AsyncConnection, table: Table, record: type[R]) -> None:
        self._connection = connection
        self._record = record
        self._say = _statements(table, record)

    async def get(self, key: str | int | date, *, lock: bool = False) -> R | None:
        found = (await self._connection.execute(self._say.get(lock), {_KEY: key})).first()
        return None if found is None else self._record(*found)

    async def add(self, record: R) -> R:
        result = await self._connection.execute(self._say.add, self._say.values(record))
        if not self._say.is_numbered:
            return record
        return replace(record, **{self._say.key.name: result.scalar_one()})  # type: ignore[type-var]

    async def add_if_new(self, record: R) -> bool:
        return (await self._connection.execute(self._say.add_if_new, self._say.values(record))).first() is not None

    async def add_all_new(self, records: Sequence[R]) -> None:
        if records:
            await self._connection.execute(self._say.add_all_new, [self._say.values(record) for record in records])

    async def save(self, record: R) -> None:
        values = {name: getattr(record, name) for name in self._say.names}
        values[_KEY] = values.pop(self._say.key.name)
        await self._connection.execute(self._say.save, values)

    async def where(self, *, order_by: str | None = None, lock: bool = False, **equal: object) -> list[R]:
        result = await self._connection.execute(self._say.where(_shape(equal), order_by, lock), _told(equal))
        return [self._record(*row) for row in result]

    async def first(self, *, order_by: str | None = None, lock: bool = False, **equal: object) -> R | None:
        statement = self._say.where(_shape(equal), order_by, lock, only_one=True)
        found = (await self._connection.execute(statement, _told(equal))).first()
        return None if found is None else self._record(*found)

    async def remove(self, **equal: object) -> int:
        return (await self._connection.execute(self._say.remove(_shape(equal)), _told(equal))).rowcount

    async def due(self, column: str, now: datetime, *, limit: int, **equal: object) -> list[R]:
        statement = self._say.due(_shape(equal), column, limit)
        result = await self._connection.execute(statement, {**_told(equal), _KEY: now})
        return [self._record(*row) for row in result]


class _Statements:
    """The statements of one table, each built once: building them anew costs more than running them."""

    def __init__(self, table: Table, record: type[Any]) -> None:
        self._table = table
        self.names = [field.name for field in fields(record)]
        self.key: Column[Any] = next(iter(table.primary_key.columns))
        self.is_numbered = self.key.identity is not None
        self._select: Select[Any] = select(*(table.c[name] for name in self.names))
        self._mine = self.key == bindparam(_KEY)
        added: Insert = insert(table)
        self.add = added.returning(self.key) if self.is_numbered else added
        self.add_if_new = pg_insert(table).on_conflict_do_nothing().returning(self.key)
        self.add_all_new = pg_insert(table).on_conflict_do_nothing()
        self.save: Update = update(table).where(self._mine)
        self._kept: dict[tuple[object, ...], Any] = {}

    def values(self, record: object) -> dict[str, Any]:
        """What an insert tells; a number that the table gives itself is left out."""
        return {name: getattr(record, name) for name in self.names if not (self.is_numbered and name == self.key.name)}

    def get(self, lock: bool) -> Select[Any]:
        if ("get", lock) not in self._kept:
            statement = self._select.where(self._mine)
            self._kept["get", lock] = statement.with_for_update() if lock else statement
        found: Select[Any] = self._kept["get", lock]
        return found

    def where(self, shape: Shape, order_by: str | None, lock: bool, *, only_one: bool = False) -> Select[Any]:
        form = ("where", shape, order_by, lock, only_one)
        if form not in self._kept:
            statement = self._select.where(self._claims(shape))
            if order_by is not None:
                column = self._table.c[order_by.removeprefix("-")]
                statement = statement.order_by(column.desc() if order_by.startswith("-") else column)
            statement = statement.with_for_update() if lock else statement
            self._kept[form] = statement.limit(1) if only_one else statement
        found: Select[Any] = self._kept[form]
        return found

    def remove(self, shape: Shape) -> Delete:
        return delete(self._table).where(self._claims(shape))

    def due(self, shape: Shape, column: str, limit: int) -> Select[Any]:
        moment = self._table.c[column]
        ready = self._select.where(moment <= bindparam(_KEY), self._claims(shape))
        return ready.order_by(moment).limit(limit).with_for_update(skip_locked=True)

    def _claims(self, shape: Shape) -> ColumnElement[bool]:
        return and_(true(), *(_claim(self._table.c[name], kind) for name, kind in shape))


_KNOWN: Final[dict[tuple[str, type[Any]], _Statements]] = {}


def _statements(table: Table, record: type[Any]) -> _Statements:
    if (table.name, record) not in _KNOWN:
        _KNOWN[table.name, record] = _Statements(table, record)
    return _KNOWN[table.name, record]


def _claim(column: Column[Any], kind: str) -> ColumnElement[bool]:
    if kind == _NULL:
        return column.is_(None)
    if kind == _ONE_OF:
        return column.in_(bindparam(_asked(column.name), expanding=True))
    return column == bindparam(_asked(column.name))


def _shape(equal: Mapping[str, object]) -> Shape:
    return tuple((name, _kind(value)) for name, value in equal.items())


def _kind(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return _ONE_OF
    return _NULL if value is None else _EQUAL


def _told(equal: Mapping[str, object]) -> dict[str, object]:
    return {_asked(name): value for name, value in equal.items() if value is not None}


def _asked(name: str) -> str:
    """Not the column's own name, which an update would take for a value to set."""
    return f"asked_{name}"
