"""Rows that are due: one that cannot be dealt with keeps no other one waiting."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import timedelta
from typing import Final, TypeVar

from backend.services.parts import Parts
from backend.services.ports import UnitOfWork

PUT_OFF: Final = timedelta(minutes=10)
"""A row that failed is looked at again after so long, when the others of its round have had their turn."""
R = TypeVar("R")


async def one_by_one(rows: Iterable[R], work: Callable[[R], Awaitable[int]]) -> int:
    """Deal with every row in a transaction of its own; how much was done.

    Raises:
        Exception: the first failure, when all have had their turn.
    """
    done = 0
    failures = []
    for row in rows:
        try:
            done += await work(row)
        except Exception as error:
            failures.append(error)
    for failure in failures:
        raise failure
    return done


async def all_together(
    parts: Parts,
    find: Callable[[UnitOfWork], Awaitable[Sequence[R]]],
    work: Callable[[UnitOfWork, R], Awaitable[None]],
    put_off: Callable[[UnitOfWork, R], Awaitable[None]],
) -> int:
    """Deal with what `find` locks in one transaction; how many rows there were.

    Raises:
        Exception: a row failed; nothing was done, that row was put off, and the others come with the next round.
    """
    failing: list[R] = []
    try:
        async with parts.begin() as uow:
            rows = await find(uow)
            for row in rows:
                failing = [row]
                await work(uow, row)
            failing = []
            await uow.commit()
    except Exception:
        for row in failing:
            async with parts.begin() as uow:
                await put_off(uow, row)
                await uow.commit()
        raise
    return len(rows)
