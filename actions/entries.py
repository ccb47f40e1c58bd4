"""Which school or job is meant (第二段, 高中那段, 用友那份工作), and what holds for all of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from actions.moves import Command
from actions.reading import Question, Reading

# What names an entry; months are told of it.
NAMES: Final = frozenset({"school", "level", "employer", "major", "job"})
NO_DATES: Final = frozenset({"level", "study_identity", "country"})
MONTHS: Final = frozenset({"start", "end"})
LISTED: Final = frozenset({"school", "major", "study_identity", "country", "employer", "job", "place", "start", "end"})
OF_WORK: Final = re.compile(r"工作|单位|公司|上班|任职|入职")
OF_SCHOOL: Final = re.compile(r"学习经历|学校|学历|上学|读书")
FOR_ALL: Final = re.compile(r"都是|全是|都算|均为|全部是")
ONE_MORE: Final = re.compile(r"^(?:对[,，]?)?(?:我?还有|另外|再加|漏了|少了|还读)")


def place(reading: Reading) -> dict[str, Any]:
    """改一下第二段的单位, 高中的毕业时间: the field, and whose it is as far as it was said."""
    name, section = reading.entity("field"), reading.entity("section")
    ordinal = reading.number("ordinal")
    index = ordinal - 1 if ordinal and ordinal > 0 else reading.number("index")
    is_month = name in MONTHS and section in ("education", "work")
    found = {"field": name, "section": section if name is None or is_month else None, "index": index}
    named = _named(reading) if name in LISTED and not reading.exact else []
    return {**found, "mark": reading.entity("mark"), "values": named or None}


def remove(reading: Reading, _question: Question) -> Command:
    """Entries count from 0 at the backend; without a number what was said names the entry."""
    ordinal = reading.number("ordinal")
    body: dict[str, Any] = {"index": ordinal - 1 if ordinal is not None and ordinal > 0 else None}
    if (section := _section(reading)) is not None:
        body["section"] = section
    if named := _named(reading):
        body["values"] = named
    return Command("remove_entry", body)


def of_the_summary(values: list[dict[str, Any]], reading: Reading, question: Question) -> list[dict[str, Any]]:
    """Under the list: “都是全日制” holds for every entry, “还有个研究生” is the next one."""
    count = int((question.raw.get("facts") or {}).get("count") or 0)
    is_summary = str(question.field).endswith("_confirm") and count
    if not is_summary or not values or any(value.get("index") for value in values):
        return values
    if FOR_ALL.search(reading.text) and all(value["field"] in LISTED - MONTHS for value in values):
        return [_at(value, index) for index in range(count) for value in values]
    if ONE_MORE.search(reading.text) and {str(value["field"]) for value in values} <= NO_DATES:
        return [_at(value, count) for value in values]
    return values


def _at(value: Mapping[str, Any], index: int) -> dict[str, Any]:
    return {"field": value["field"], "value": value["value"], "index": index}


def _named(reading: Reading) -> list[dict[str, Any]]:
    return [{"field": e["entity"], "value": str(e["value"])} for e in reading.entities if e["entity"] in NAMES]


def _section(reading: Reading) -> str | None:
    if (section := reading.entity("section")) in ("education", "work"):
        return section
    if OF_WORK.search(reading.text):
        return "work"
    return "education" if OF_SCHOOL.search(reading.text) else None
