"""The wording of the papers that we prepare (F39): reads catalogue/templates/letters.yml and fills it with facts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

TEMPLATES: Final = Path(__file__).parents[2] / "catalogue" / "templates"
BY_HAND: Final = "＿＿＿＿＿＿＿＿"
LONGEST_VALUE: Final = 200
PLACEHOLDER: Final = re.compile(r"\{([a-z_]+)\}")
DATED: Final = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?")
UNPRINTABLE: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)

Facts = Mapping[str, object]
BlockKind = Literal["text", "list", "table", "rows", "lines", "signatures"]


class UnknownTemplate(LookupError):
    """No template is written for this material code."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Column(_Strict):
    title: str
    key: str
    width: int = 1


class RowsWording(_Strict):
    of: str
    columns: list[Column] = Field(min_length=1)
    blank: int = Field(default=3, ge=1, le=20)
    empty: dict[str, str] = {}


class BlockWording(_Strict):
    """One block; exactly one of its parts is given."""

    text: str | None = None
    sentences: list[str] | None = None
    table: list[tuple[str, str]] | None = None
    rows: RowsWording | None = None
    lines: int | None = Field(default=None, ge=1, le=20)
    signatures: list[str] | None = Field(default=None, min_length=1, max_length=2)

    @model_validator(mode="after")
    def _has_one_part(self) -> BlockWording:
        if len(self.model_fields_set) != 1:
            raise ValueError("a block has exactly one part")
        return self


class LetterWording(_Strict):
    title: str
    to: str = ""
    sample: bool = False
    blocks: list[BlockWording] = Field(min_length=1)
    note: str = ""


@dataclass(frozen=True)
class Block:
    """One printed block, every value filled in; the layouts read it, neither evaluates it."""

    kind: BlockKind
    text: str = ""
    sentences: list[str] = field(default_factory=list)
    pairs: list[list[str]] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    widths: list[int] = field(default_factory=list)
    cells: list[list[str]] = field(default_factory=list)
    count: int = 0
    parties: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Letter:
    """One paper ready to be laid out."""

    code: str
    case_no: str
    title: str
    to: str
    sample: bool
    blocks: list[Block]
    note: str

    def as_data(self) -> dict[str, Any]:
        return asdict(self)


@cache
def wordings(folder: Path = TEMPLATES) -> Mapping[str, LetterWording]:
    """Every letter of letters.yml, checked as a whole; raises pydantic's ValidationError naming what is wrong."""
    written = yaml.safe_load((folder / "letters.yml").read_text(encoding="utf-8"))
    return {code: LetterWording.model_validate(letter) for code, letter in written.items()}


def fill(code: str, facts: Facts, *, folder: Path = TEMPLATES) -> Letter:
    """The letter `code` with the case's facts; what is not known stays a line to fill in by hand.

    Raises:
        UnknownTemplate: letters.yml has no such code.
    """
    wording = wordings(folder).get(code)
    if wording is None:
        raise UnknownTemplate(code)
    return Letter(
        code=code,
        case_no=shown(facts.get("case_no")),
        title=wording.title,
        to=_in_sentence(wording.to, facts),
        sample=wording.sample,
        blocks=[_block(block, facts) for block in wording.blocks],
        note=wording.note,
    )


def shown(value: object) -> str:
    """A fact as it is printed: dates in Chinese, nothing unprintable, one line, bounded length."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, list | tuple):
        return "、".join(part for part in map(shown, value) if part)
    words = " ".join(UNPRINTABLE.sub(" ", str(value)).split())[:LONGEST_VALUE]
    if dated := DATED.fullmatch(words):
        year, month, day = dated.groups()
        return f"{year}年{int(month)}月" + (f"{int(day)}日" if day else "")
    return words


def _in_sentence(words: str, facts: Facts) -> str:
    return PLACEHOLDER.sub(lambda found: shown(facts.get(found[1])) or BY_HAND, words)


def _in_cell(words: str, facts: Facts) -> str:
    """As in a sentence, but an empty cell needs no line to write on."""
    if not all(shown(facts.get(name)) for name in PLACEHOLDER.findall(words)) and PLACEHOLDER.fullmatch(words):
        return ""
    return _in_sentence(words, facts)


def _block(block: BlockWording, facts: Facts) -> Block:
    if block.sentences is not None:
        return Block("list", sentences=[_in_sentence(sentence, facts) for sentence in block.sentences])
    if block.table is not None:
        return Block("table", pairs=[[label, _in_cell(value, facts)] for label, value in block.table])
    if block.rows is not None:
        return _rows(block.rows, facts)
    if block.lines is not None:
        return Block("lines", count=block.lines)
    if block.signatures is not None:
        return Block("signatures", parties=block.signatures)
    return Block("text", text=_in_sentence(block.text or "", facts))


def _rows(wording: RowsWording, facts: Facts) -> Block:
    known = facts.get(wording.of)
    entries: Sequence[Facts] = (
        [entry for entry in known if isinstance(entry, Mapping)] if isinstance(known, Sequence) else []
    )
    entries = entries or [{}] * wording.blank
    cells = [
        [shown(entry.get(column.key)) or wording.empty.get(column.key, "") for column in wording.columns]
        for entry in entries
    ]
    return Block(
        "rows",
        titles=[column.title for column in wording.columns],
        widths=[column.width for column in wording.columns],
        cells=cells,
    )
