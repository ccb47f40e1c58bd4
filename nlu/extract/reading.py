"""All that one message says, by deterministic rules: `read` is the only way in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from nlu.extract import days, jobs, personal, places, schools, words
from nlu.extract.answers import contract_end, read_answers
from nlu.extract.corrections import read_corrections
from nlu.extract.history import is_question, read_history
from nlu.extract.moments import Span
from nlu.extract.numbers import read_numbers
from nlu.extract.values import Sheet, Value
from nlu.text.normalise import fold, normalise
from nlu.text.spans import Traced

AS_TYPED: Final = frozenset({"employer", "school", "major", "job", "address", "invoice_title", "hukou_place"})
_INVOICE_TITLE: Final = re.compile(
    r"抬头(?:名称)?(?:是|写|开|用|填|叫|为|:|改成|\s|(?=[\u4e00-\u9fff()]{2,30}公司))+(?!单位|公司(?:$|,|的)|个人|我|什么|怎么|哪)(?P<t>[\u4e00-\u9fffA-Za-z0-9()·&]{4,60})"
)
_TALK_ABOUT_IT: Final = re.compile(r"[了吗不错岔改换]|能|怎么|可以")
_POLARITY: Final = (
    ("unsure", re.compile(r"不(?:太)?(?:确定|清楚|知道|晓得|了解|记得)|说不(?:准|好)|忘了|拿不准|不好说")),
    ("no", re.compile(r"^(?:不|否|没有?|无|别|未|不是|不用|没|不行|不对|不可以|不要|算了)")),
    ("yes", re.compile(r"^(?:是|对|有|好|可以|行|嗯|要|需要|没错|符合|确认|确定|当然|ok)", re.IGNORECASE)),
)


@dataclass(frozen=True)
class Reading:
    """What was read; offsets of `values` count characters of `traced.text`."""

    traced: Traced
    values: tuple[Value, ...]

    @property
    def text(self) -> str:
        return self.traced.text

    @property
    def entries(self) -> tuple[dict[str, str], ...]:
        """The entries of an education or work sentence, in the order in which they were said."""
        groups = sorted({value.group for value in self.values if value.group is not None})
        return tuple({v.field: v.value for v in self.values if v.group == group} for group in groups)

    def get(self, field: str) -> str | None:
        """The first value of a field."""
        return next((value.value for value in self.values if value.field == field), None)

    def all(self, field: str) -> tuple[str, ...]:
        return tuple(value.value for value in self.values if value.field == field)

    def is_question(self) -> bool:
        return is_question(self.text)


def read(text: str, *, today: date, asked: str | None = None) -> Reading:
    """Everything that `text` says. `asked` is the field of the open question; a bare answer is read in its light.

    An ID number or password never becomes a value: `secret_typed` stands for it.
    """
    traced = normalise(text)
    sheet = Sheet(traced.text)
    read_numbers(sheet, today=today)
    _read_invoice_title(sheet)
    places.read_address(sheet)
    _read_whole_name(sheet, asked, today=today)
    read_corrections(sheet)
    unused = read_history(sheet, today=today, asked=asked)
    places.read_hukou_place(sheet)
    _read_time(sheet, unused, today=today)
    personal.read_personal(sheet, asked)
    if not is_question(sheet.text):
        read_answers(sheet, asked, today=today)
    places.read_districts(sheet)
    words.read_words(sheet)
    _read_polarity(sheet)
    _copy_invoice_email(sheet, asked)
    values = sorted(sheet.values, key=lambda value: (value.start, value.end, value.field))
    return Reading(traced, tuple(_as_typed(traced, value) for value in values))


def _read_time(sheet: Sheet, spans: list[Span], *, today: date) -> None:
    """Days first (an appointment), then what is left as months without a role."""
    history = any(value.group is not None for value in sheet.values)
    for span in spans:
        first = span.first
        if first.day and not span.last:
            day = None if first.said_year else days.coming(first.month or 1, first.day, today=today)
            sheet.note(Value("date", day.isoformat() if day else first.as_date(), span.start, span.end))
        elif not first.open:
            sheet.note(Value("month", first.as_month(), span.start, span.end, confirm=first.relative))
    if history:
        return
    for start, end, day, confirm in days.read_days(sheet.text, today=today):
        sheet.take(Value("date", day.isoformat(), start, end, confirm=confirm))
    for start, end, half in days.read_halves(sheet.text):
        sheet.note(Value("half_day", half, start, end))


def _read_invoice_title(sheet: Sheet) -> None:
    for found in sheet.free_matches(_INVOICE_TITLE, "t"):
        if not _TALK_ABOUT_IT.search(found["t"]):
            sheet.take(Value("invoice_title", found["t"], found.start("t"), found.end("t")))


def _read_whole_name(sheet: Sheet, asked: str | None, *, today: date) -> None:
    """A whole name as the answer to the question for it: 发票专员 is no word about invoices there, 材料成型及控制工程 one major."""
    text = sheet.text.strip(" ,。.!")
    if is_question(text):
        return
    if asked == "job" and jobs.is_title(text):
        sheet.take(Value("job", text, 0, len(sheet.text), 0))
    elif asked == "major" and (major := schools.whole_major(text)) is not None:
        start = sheet.text.index(major)
        sheet.take(Value("major", major, start, start + len(major), 0))
    elif asked == "end" and (until := contract_end(text, today=today)) is not None:
        sheet.take(Value("end", until, 0, len(sheet.text), 0, confirm=True))


def _read_polarity(sheet: Sheet) -> None:
    for name, pattern in _POLARITY:
        found = pattern.search(sheet.text)
        if found and not sheet.has("polarity") and not is_question(sheet.text):
            sheet.note(Value("polarity", name, found.start(), found.end()))


def _copy_invoice_email(sheet: Sheet, asked: str | None) -> None:
    emails = next((value for value in sheet.values if value.field == "emails"), None)
    if emails and (asked == "invoice_email" or re.search(r"发票|收票|开票", sheet.text)):
        sheet.note(Value("invoice_email", emails.value.partition(";")[0], emails.start, emails.end))


def _as_typed(traced: Traced, value: Value) -> Value:
    """Names keep the letters and brackets that were typed: 众智公司 is no slip for 中智 there, and （北京） stays wide."""
    if value.field not in AS_TYPED or value.value != traced.text[value.start : value.end]:
        return value
    verbatim = traced.verbatim(value.start, value.end)
    typed = " ".join("".join(char if char in "（）" else fold(char) for char in verbatim).split())
    return Value(value.field, typed, value.start, value.end, value.group, value.confirm, value.guess)
