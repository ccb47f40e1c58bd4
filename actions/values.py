"""Which of the extracted entities answer a question: entities in, the backend's `values` out (contract 3, `answer`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from actions.entries import of_the_summary
from actions.reading import Question, Reading

TAX_NUMBER_SAID: Final = re.compile(r"(?:税号|纳税人识别号|信用代码)[是为：:\s]*([0-9A-Za-z]{2,30})")
# One or two months and nothing else: where the years are known, no date and no number of an option.
_MONTH: Final = r"(?:\d{1,2}|[一二三四五六七八九十]{1,2})\s*月?份?"
MONTHS_ALONE: Final = re.compile(rf"[都全是在]*{_MONTH}(?:[\s\-—–~～到至和,，、./;；]*{_MONTH})?[。.]?")
VALUE_FIELDS: Final = frozenset(
    "phone emails ethnicity political marital hukou_place hukou_kind hukou_nature address housing postcode title "
    "school start end major study_identity country level employer job place "
    "need_invoice title_type invoice_title tax_no invoice_email "
    "C_PATH C_EDU C_EDU_YEAR C_TITLE C_HOUSE C_HUKOU C_SI C_TAX_ZERO C_CONTRACT C_MAR C_SPOUSE C_CHILD C_UNIT "
    "C_NAME_CHANGED".split()
)
# Entities without a role of their own answer the asked field when its kind fits.
BARE_KINDS: Final[Mapping[str, frozenset[str]]] = {
    "month": frozenset({"month", "month_range"}),
    "date": frozenset({"date", "month"}),
    "money": frozenset({"money", "number"}),
}
# “填2035年12月” to the proposed end of an open-ended contract is that contract's end.
OPEN_END: Final = "open_end"
SPOKEN: Final[Mapping[str, str]] = {"affirm": "yes", "deny": "no", "unsure": "unsure"}
# At the invoice's questions a company is its title, and an address is where it goes.
ALIASES: Final[Mapping[str, Mapping[str, str]]] = {
    "invoice": {"employer": "invoice_title", "emails": "invoice_email"},
}
OF_ENTRIES: Final = frozenset(
    {"school", "start", "end", "major", "study_identity", "country", "level", "employer", "job", "place"}
)
# Said alone, these are a yes to whatever is proposed.
PLAIN_YES: Final = frozenset("填 填吧 填上 填上吧 好吧 行吧 可以吧 要的 用 用吧 就用这个".split())
WORDS: Final[Mapping[str, frozenset[str]]] = {
    "affirm": frozenset({"是", "有", "需要", "符合条件"}),
    "deny": frozenset({"否", "没有", "无", "不需要", "不符合"}),
    "unsure": frozenset({"不确定", "我不确定"}),
}


def values_of(reading: Reading, question: Question) -> list[dict[str, Any]]:
    """Every fact of the sentence that some field may take, in the order it was said."""
    named = [value for value in (_value(entity, question) for entity in reading.entities) if value is not None]
    named = _of_the_named_entry(named, reading) + _misspelt_tax_number(named, reading, question)
    named = of_the_summary(named, reading, question)
    if fits(named, question):
        return named
    return [*named, *(_bare(entity, question) for entity in reading.entities if _answers_bare(entity, question))]


def is_months_alone(reading: Reading, question: Question) -> bool:
    """“9 6” where the years were told before: the backend puts them together."""
    return question.wants_months and MONTHS_ALONE.fullmatch(reading.text.strip()) is not None


def _of_the_named_entry(values: list[dict[str, Any]], reading: Reading) -> list[dict[str, Any]]:
    """“第二段的结束时间改成…”: everything said of an entry belongs to the one that is named (-1 is the last)."""
    ordinal = reading.number("ordinal")
    if ordinal is None or ordinal < 1 or any(value.get("index") for value in values):
        return values
    at = {"index": ordinal - 1}
    return [
        {"field": value["field"], "value": value["value"], **at} if value["field"] in OF_ENTRIES else value
        for value in values
    ]


def _misspelt_tax_number(values: list[dict[str, Any]], reading: Reading, question: Question) -> list[dict[str, Any]]:
    """A tax number that is none is refused as one; it must not become the invoice's title."""
    told = TAX_NUMBER_SAID.search(reading.text) if question.section == "invoice" else None
    if told is None or any(value["field"] == "tax_no" for value in values):
        return []
    return [{"field": "tax_no", "value": told[1]}]


def fits(values: list[dict[str, Any]], question: Question) -> bool:
    """Does a value answer the open question (its field, or one of its group)?"""
    return any(value["field"] in question.fields for value in values)


def _value(entity: Mapping[str, Any], question: Question) -> dict[str, Any] | None:
    name, value = str(entity["entity"]), entity.get("value")
    name = ALIASES.get(question.section, {}).get(name, name)
    if name not in VALUE_FIELDS and name not in question.fields:
        return None
    found: dict[str, Any] = {"field": name, "value": str(value)}
    if entity.get("group") is not None:
        found |= {"index": int(entity["group"]), "relative": True}
    return found


def _answers_bare(entity: Mapping[str, Any], question: Question) -> bool:
    """A month, date, sum or district without a role answers the asked field, when nothing else does."""
    if (question.field, entity["entity"]) == (OPEN_END, "month"):
        return True
    return bool(question.field) and question.kind in BARE_KINDS.get(str(entity["entity"]), frozenset())


def _bare(entity: Mapping[str, Any], question: Question) -> dict[str, Any]:
    name = "end" if question.field == OPEN_END else question.field
    return {"field": name, "value": str(entity.get("value"))}


def option_of(reading: Reading, question: Question) -> str | None:
    """The option that was meant: by its number, its label, or a plain yes or no; None when it is none of them.

    A question about several fields at once has options of each: there the backend reads the text.
    """
    if question.asks_several:
        return None
    if reading.intent == "choose" and (number := reading.number("option")) is not None:
        return _option_by_number(number, question)
    if question.kind == "confirm" and reading.text.strip().rstrip("。.！!") in PLAIN_YES:
        return _spoken("affirm", question)
    if reading.intent in SPOKEN and (question.options or question.kind == "confirm"):
        return _spoken(reading.intent, question)
    return _option_by_label(reading.text, question)


def _option_by_number(number: int, question: Question) -> str | None:
    position = number - 1 if number > 0 else number
    if number == 0 or not -len(question.options) <= position < len(question.options):
        return None
    return str(question.options[position]["value"])


def _option_by_label(text: str, question: Question) -> str | None:
    said = text.strip().rstrip("。.！!，,")
    if not said:
        return None
    same = [o for o in question.options if said in (str(o["label"]), str(o["value"]))]
    part = [o for o in question.options if len(said) >= 2 and said in str(o["label"])]
    found = same or (part if len(part) == 1 else [])
    return str(found[0]["value"]) if found else None


def _spoken(intent: str, question: Question) -> str | None:
    """Yes, no or unsure as one of the question's own options; else the bare word, which the backend knows."""
    for option in question.options:
        if str(option["value"]) == SPOKEN[intent] or str(option["label"]) in WORDS[intent]:
            return str(option["value"])
    return None if intent == "unsure" or len(question.options) > 3 else intent
