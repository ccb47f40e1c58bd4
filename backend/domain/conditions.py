"""Small declarative conditions over the facts of a case; the catalogue's rows use them, nothing else decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Facts = Mapping[str, str]


@dataclass(frozen=True)
class OneOf:
    """The fact's value is among these."""

    values: frozenset[str]

    def holds(self, value: str) -> bool:
        return value in self.values


@dataclass(frozen=True)
class Between:
    """The fact is a number from `low` up to, but without, `high`; None is unbounded."""

    low: int | None
    high: int | None

    def holds(self, value: str) -> bool:
        if not value.lstrip("-").isdecimal():
            return False
        number = int(value)
        return (self.low is None or number >= self.low) and (self.high is None or number < self.high)


@dataclass(frozen=True)
class AllOf:
    """Every fact passes its test; an unknown fact passes none."""

    tests: tuple[tuple[str, OneOf | Between], ...]

    def holds(self, facts: Facts) -> bool:
        return all(name in facts and test.holds(facts[name]) for name, test in self.tests)

    def names(self) -> Iterator[str]:
        yield from (name for name, _ in self.tests)


@dataclass(frozen=True)
class AnyOf:
    """At least one branch holds."""

    branches: tuple[AllOf, ...]

    def holds(self, facts: Facts) -> bool:
        return any(branch.holds(facts) for branch in self.branches)

    def names(self) -> Iterator[str]:
        for branch in self.branches:
            yield from branch.names()


Condition = AllOf | AnyOf


def read_condition(raw: Any) -> Condition:
    """`{C_HOUSE: [rented]}`, `{C_EDU_YEAR: {before: 2002}}`, or `{any: [{…}, {…}]}`.

    Raises:
        ValueError: another shape.
    """
    if not isinstance(raw, Mapping) or not raw:
        raise ValueError("a condition is a non-empty mapping")
    if set(raw) == {"any"}:
        branches = raw["any"]
        if not isinstance(branches, list) or not branches:
            raise ValueError("any: needs a list of conditions")
        return AnyOf(tuple(_all_of(branch) for branch in branches))
    return _all_of(raw)


def _all_of(raw: Any) -> AllOf:
    if not isinstance(raw, Mapping) or not raw:
        raise ValueError("a condition is a non-empty mapping")
    return AllOf(tuple((str(name), _test(test)) for name, test in raw.items()))


def _test(raw: Any) -> OneOf | Between:
    if isinstance(raw, Mapping):
        if not raw or not set(raw) <= {"from", "before"} or not all(isinstance(end, int) for end in raw.values()):
            raise ValueError("a number's test is {from: n, before: n}")
        return Between(raw.get("from"), raw.get("before"))
    values = raw if isinstance(raw, list) else [raw]
    if not values or not all(isinstance(value, (str, int)) for value in values):
        raise ValueError("a test is a value or a list of values")
    return OneOf(frozenset(str(value) for value in values))
