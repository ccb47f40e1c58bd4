"""Building the eligibility facts from their document, and checking what they name."""

from __future__ import annotations

import string
from collections.abc import Mapping
from typing import Any, Final

from backend.domain.catalogue_values import force, number, origin, text, texts
from backend.domain.conditions import OneOf, read_condition
from backend.domain.eligibility import OF_DAYS, Check, CheckKind, CheckOption, Eligibility, Limit, Topic, TopicKind
from backend.domain.profile import BusinessType

_OF_LIMITS: Final = frozenset({"limit", "district", "age", "ready", "before", "after"})
FILLED: Final = _OF_LIMITS | {"by_district", "by_gender", "told", "lack", "percent", "amount"}
FACTS: Final = frozenset({"gender", "district", "C_UNIT", "business"})


def read_eligibility(document: Mapping[str, Any]) -> Eligibility:
    """Raises ValueError or KeyError for a row of another shape."""
    return Eligibility(
        limits=tuple(_limit(row, document) for row in document["limits"]),
        checks=tuple(_check(row) for row in document["checks"]),
        topics=tuple(_topic(row) for row in document["topics"]),
        sources={text(name): text(words) for name, words in document["sources"].items()},
        origin=origin({"source": document["source"]}, document),
    )


def _limit(row: Mapping[str, Any], document: Mapping[str, Any]) -> Limit:
    when = read_condition(row["when"]) if "when" in row else None
    told = {"source": document["source"], **row}
    return Limit(text(row["name"]), number(row["value"]), when, origin(told, document), force(row, document))


def _check(row: Mapping[str, Any]) -> Check:
    kind = CheckKind(row["kind"])
    options = tuple(_option(one) for one in row.get("options", ()))
    is_chosen = kind in (CheckKind.CHOICE, CheckKind.QUOTA) or (kind in OF_DAYS and options)
    if is_chosen and "unsure" not in {one.code for one in options}:
        raise ValueError(f"{row['code']}: a check needs the answer unsure")
    return Check(
        code=text(row["code"]),
        label=text(row["label"]),
        kind=kind,
        businesses=frozenset(BusinessType(one) for one in row["businesses"]),
        question=text(row.get("question", "")),
        hint=text(row.get("hint", "")),
        explain=text(row.get("explain", "")),
        limit=text(row.get("limit", "")),
        fails=_filled(row.get("fails", "")),
        options=options,
        field=text(row.get("field", "")),
        late=_filled(row.get("late", "")),
    )


def _option(row: Mapping[str, Any]) -> CheckOption:
    tells = {text(name): text(value) for name, value in (row.get("tells") or {}).items()}
    return CheckOption(
        text(row["code"]), text(row["label"]), _filled(row.get("fails", "")), _filled(row.get("verify", "")), tells
    )


def _topic(row: Mapping[str, Any]) -> Topic:
    return Topic(
        code=text(row["code"]),
        kind=TopicKind(row.get("kind", "plain")),
        words=texts(row["words"]),
        limit=text(row.get("limit", "")),
        text=_filled(row["text"]),
        varies=_filled(row.get("varies", "")),
        met=_filled(row.get("met", "")),
        not_met=_filled(row.get("not_met", "")),
    )


def _filled(value: Any) -> str:
    """A text whose places are all known."""
    words = text(value)
    places = {name for _, name, _, _ in string.Formatter().parse(words) if name is not None}
    if unknown := places - FILLED:
        raise ValueError(f"nothing fills {', '.join(sorted(unknown))}")
    return words


def check_eligibility(
    eligibility: Eligibility,
    options: Mapping[str, frozenset[str]],
    districts: frozenset[str],
) -> list[str]:
    """What names something that is not there; `options` has every condition question."""
    faults = []
    known = {one.name for one in eligibility.limits}
    named = {one.limit for one in eligibility.checks} | {one.limit for one in eligibility.topics}
    faults += [f"eligibility: no limit {name}" for name in sorted(named - known - {""})]
    for limit in eligibility.limits:
        faults += [
            f"eligibility: no fact {name}" for name in (limit.when.names() if limit.when else ()) if name not in FACTS
        ]
        if limit.origin.source not in eligibility.sources:
            faults.append(f"eligibility: no words for the source {limit.origin.source}")
        faults += _unknown_places(limit, districts)
    for check in eligibility.checks:
        if check.field and check.field not in options:
            faults.append(f"eligibility[{check.code}]: no question {check.field}")
        for option in check.options:
            faults += [
                f"eligibility[{check.code}]: {name} has no answer {value}"
                for name, value in option.tells.items()
                if value not in options.get(name, frozenset())
            ]
    return faults


def _unknown_places(limit: Limit, districts: frozenset[str]) -> list[str]:
    tests = getattr(limit.when, "tests", ())
    named = {value for name, test in tests if name == "district" and isinstance(test, OneOf) for value in test.values}
    return [f"eligibility: no district {one}" for one in sorted(named - districts)]
