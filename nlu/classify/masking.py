"""What the classifier sees of a message: values replaced by one sign each, and which kinds of value there are."""

from __future__ import annotations

import re
from typing import Final

from nlu.classify.tongues import plain_chinese
from nlu.extract.reading import Reading

# One sign for each kind of value whose wording says nothing about what the applicant wants.
SIGNS: Final[dict[str, str]] = {
    "phone": "Ⓣ",
    "emails": "Ⓔ",
    "secret_typed": "Ⓘ",
    "case_no": "Ⓒ",
    "tax_no": "Ⓧ",
    "postcode": "Ⓟ",
    "money": "Ⓨ",
    "address": "Ⓐ",
    "hukou_place": "Ⓗ",
    "ethnicity": "Ⓩ",
    "school": "Ⓢ",
    "major": "Ⓜ",
    "employer": "Ⓕ",
    "job": "Ⓙ",
    "place": "Ⓛ",
    "district": "Ⓛ",
    "country": "Ⓛ",
    "start": "Ⓓ",
    "end": "Ⓓ",
    "month": "Ⓓ",
    "date": "Ⓡ",
    "half_day": "Ⓡ",
    "invoice_title": "Ⓕ",
}
MENTIONS: Final = frozenset(
    "business_type material_item field section option ordinal direction topic marital political housing hukou_kind hukou_nature title study_identity level".split()
)
_MASKED_DIGITS: Final = re.compile(r"\d+")
_PUNCTUATION: Final = re.compile(r"[\s,。.、;:!\"'“”‘’()《》<>【】\[\]~\-_/]+")


def mask(reading: Reading) -> str:
    """The text with values as signs, other tongues in Chinese, no spaces or marks but `?`, digits as `0`."""
    parts: list[str] = []
    at = 0
    for value in sorted(reading.values, key=lambda v: (v.start, -v.end)):
        if value.field not in SIGNS or value.start < at or value.start == value.end:
            continue
        parts.append(_plain(reading.text[at : value.start]))
        parts.append(SIGNS[value.field])
        at = value.end
    parts.append(_plain(reading.text[at:]))
    return "".join(parts).strip().lower()


def kinds(reading: Reading) -> frozenset[str]:
    """The kinds of value and mention that stand in the message, as features of their own."""
    found = {value.field for value in reading.values}
    marks = {f"@{name}" for name in found & (MENTIONS | set(SIGNS))}
    marks |= {f"@business={value.value}" for value in reading.values if value.field == "business_type"}
    marks |= {f"@topic={value.value}" for value in reading.values if value.field == "topic"}
    if reading.is_question():
        marks.add("@question")
    if len(reading.entries) > 1:
        marks.add("@entries")
    return frozenset(marks)


def _plain(text: str) -> str:
    return _MASKED_DIGITS.sub("0", _PUNCTUATION.sub("", plain_chinese(text)))
