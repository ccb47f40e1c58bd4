"""What passes between an applicant and the interview: commands in; sentences to say and one question out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as having
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

Facts = Mapping[str, Any]
_NONE: Final[Facts] = MappingProxyType({})


@dataclass(frozen=True)
class Value:
    """One value from an extractor; `index` counts entries from 0, from the first open entry when `relative`."""

    field: str
    value: str
    index: int | None = None
    relative: bool = False


@dataclass(frozen=True)
class Answer:
    """What somebody answered: extracted values, the text itself, or the code of a tapped option.

    `mark` tells which of several like questions was tapped (contracts.md, `facts.mark`).
    """

    values: tuple[Value, ...] = ()
    text: str = ""
    option: str | None = None
    field: str | None = None
    index: int | None = None
    mark: str = ""


@dataclass(frozen=True)
class Previous:
    """上一步 (F25)."""


@dataclass(frozen=True)
class Skip:
    """跳过."""


@dataclass(frozen=True)
class Save:
    """先存着 (F32)."""


@dataclass(frozen=True)
class Resume:
    """Go on where the first question is open; also 下一步 after going back."""


@dataclass(frozen=True)
class Redo:
    """重填: forget one section, by default the present one."""

    section: str | None = None


@dataclass(frozen=True)
class Goto:
    """改一下手机号: open a field or a section; `text` is how it was named, `mark` what stood in the field then.

    `named` tells which entry is meant (高中的毕业时间).
    """

    field: str | None = None
    section: str | None = None
    index: int | None = None
    text: str = ""
    mark: str = ""
    named: tuple[Value, ...] = ()


@dataclass(frozen=True)
class AddEntry:
    """+ 新增 (F30, F36)."""


@dataclass(frozen=True)
class RemoveEntry:
    """删掉第二段, 删掉高中那段; `index` counts from 0; without any name the asked entry, else the last, is meant."""

    index: int | None = None
    section: str | None = None
    named: tuple[Value, ...] = ()


@dataclass(frozen=True)
class FinishSection:
    """没有了 / 下一步."""


@dataclass(frozen=True)
class FinishItem:
    """这一项传完了."""


@dataclass(frozen=True)
class ChooseItem:
    """The next photos belong to this material item."""

    item: str


@dataclass(frozen=True)
class ConfirmNotice:
    """符合条件 / 不符合 (T3, T4)."""

    eligible: bool


@dataclass(frozen=True)
class ChooseEmployer:
    """T2; by id, or by the number of the option."""

    employer_id: str | None = None
    option: str | None = None


Command = (
    Answer
    | Previous
    | Skip
    | Save
    | Resume
    | Redo
    | Goto
    | AddEntry
    | RemoveEntry
    | FinishSection
    | FinishItem
    | ChooseItem
    | ConfirmNotice
    | ChooseEmployer
)


class Kind(StrEnum):
    """How a question is answered."""

    TEXT = "text"
    DATE = "date"
    MONTH = "month"
    MONTH_RANGE = "month_range"
    CHOICE = "choice"
    MULTI_CHOICE = "multi_choice"
    CONFIRM = "confirm"
    NUMBER = "number"
    MONEY = "money"
    PHONE = "phone"
    EMAILS = "emails"
    ADDRESS = "address"
    PHOTO = "photo"
    PHOTOS = "photos"
    PAGE = "page"


@dataclass(frozen=True)
class Option:
    """One choice; `field` is set when a grouped question asks several fields at once."""

    value: str
    label: str
    field: str = ""

    def to_json(self) -> dict[str, str]:
        plain = {"value": self.value, "label": self.label}
        return {**plain, "field": self.field} if self.field else plain


@dataclass(frozen=True)
class Question:
    """What stands open, as `ask` of contracts.md section 3."""

    form: str
    field: str
    group: tuple[str, ...]
    label: str
    kind: Kind
    index: int | None = None
    options: tuple[Option, ...] = ()
    hint: str = ""
    current: str = ""
    optional: bool = False
    number: int = 0
    total: int = 0
    facts: Facts = having(default_factory=lambda: _NONE)

    def to_json(self) -> dict[str, Any]:
        return {
            "form": self.form,
            "field": self.field,
            "group": list(self.group),
            "index": self.index,
            "label": self.label,
            "kind": self.kind.value,
            "options": [option.to_json() for option in self.options],
            "hint": self.hint,
            "current": self.current,
            "optional": self.optional,
            "number": self.number,
            "total": self.total,
            "facts": dict(self.facts),
        }


@dataclass(frozen=True)
class Say:
    """One sentence: the code names it, the facts fill it."""

    code: str
    facts: Facts = having(default_factory=lambda: _NONE)

    def to_json(self) -> dict[str, Any]:
        return {"code": self.code, "facts": dict(self.facts)}


class Wants(StrEnum):
    """What an answer asks of the use case beside the draft."""

    SUBMIT = "submit"
    RESUBMIT = "resubmit"
    PHOTO_ACCEPT = "photo_accept"
    PHOTO_RETAKE = "photo_retake"
    CHOOSE_EMPLOYER = "choose_employer"
    CONFIRM_ELIGIBLE = "confirm_eligible"
    NOT_ELIGIBLE = "not_eligible"
    FINISH_ITEM = "finish_item"
    SKIP_SECTIONS = "skip_sections"
    HAND_IN = "hand_in"


@dataclass(frozen=True)
class Wish:
    """`Wants` with what it is about: an employer id, an item code, sections joined by commas."""

    what: Wants
    about: str = ""
