"""The editable facts of the business, typed: materials, condition questions, notices, fees, districts, thresholds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from backend.domain.catalogue_parts import Force as Force
from backend.domain.catalogue_parts import Origin as Origin
from backend.domain.conditions import Condition
from backend.domain.eligibility import Eligibility
from backend.domain.months import Month
from backend.domain.profile import BusinessType
from backend.domain.reminders import Reminders
from backend.domain.renewal import MailDelivery, Renewals


class Mark(StrEnum):
    """What a material is to a business: ● required, ◐ required when its condition holds, ○ optional."""

    REQUIRED = "required"
    WHEN = "when"
    OPTIONAL = "optional"


class Need(StrEnum):
    """Whether a business needs a question answered, needs it by the submission, or only shortens the list (A13)."""

    REQUIRED = "required"
    LATER = "later"
    OPTIONAL = "optional"


class DayCheck(StrEnum):
    """What a day is compared with when it is told; every one warns and none blocks."""

    NONE = ""
    LEFT_EMPLOYER = "left_employer"
    PERMIT_END = "permit_end"


class TemplateKind(StrEnum):
    """S: we generate and mail it; G: printed from the government platform; none: the applicant obtains it."""

    SYSTEM = "system"
    PLATFORM = "platform"
    NONE = "none"


@dataclass(frozen=True)
class Material:
    """One row of the catalogue of materials (3.2)."""

    code: str
    name: str
    category: str
    marks: Mapping[BusinessType, Mark]
    conditions: Mapping[BusinessType, Condition]
    template: TemplateKind
    files_min: int
    files_max: int
    per_child: bool
    many_pages: bool
    from_photo: bool
    hint: str
    origin: Origin
    force: Force
    # What each of the least files shows, when they differ: 人像面, 国徽面.
    pages: tuple[str, ...] = ()
    # Whether there is a picture of how it looks; `sample_first` shows it when the item is asked for the first time.
    has_sample: bool = True
    sample_first: bool = False

    def condition_for(self, business: BusinessType) -> Condition | None:
        """What must hold for the material to be listed; None means always."""
        return self.conditions.get(business)


@dataclass(frozen=True)
class ConditionOption:
    """One answer to a condition question; `aliases` are other words for it.

    `opens` names the fields and lists that are asked anew when it is chosen.
    """

    code: str
    label: str
    aliases: tuple[str, ...] = ()
    notice: str = ""
    opens: tuple[str, ...] = ()


@dataclass(frozen=True)
class ConditionQuestion:
    """A question of the condition page (3.3); a `derived` one is never asked.

    `fact` turns each chosen option of a multiple choice into a fact of its own: `<fact>_<option>` is `yes`.
    `names` are what people call it beside its label (改一下社保).
    """

    code: str
    question: str
    label: str
    derived: bool
    group: int
    kind: str
    options: tuple[ConditionOption, ...]
    ask_when: Condition | None
    hint: str = ""
    asked_of: Mapping[BusinessType, Need] = field(default_factory=lambda: {BusinessType.NEW: Need.REQUIRED})
    fact: str = ""
    check: DayCheck = DayCheck.NONE
    names: tuple[str, ...] = ()

    def need_of(self, business: BusinessType) -> Need | None:
        """Whether the business asks it; None when it does not."""
        return None if self.derived else self.asked_of.get(business)


@dataclass(frozen=True)
class Notice:
    """The 办理须知 page (F15, 4.7): applicants confirm one version of it."""

    version: str
    title: str
    summary: str
    paragraphs: tuple[str, ...]
    buttons: Mapping[str, str]
    origin: Origin
    force: Force


@dataclass(frozen=True)
class Fee:
    """The agency's service fee; the government charges nothing (4.1)."""

    name: str
    covers: str
    by_business: Mapping[BusinessType, int]
    by_employer: Mapping[str, Mapping[BusinessType, int]]

    def fen_for(self, business: BusinessType, *, employer: str = "") -> int:
        """In fen; `employer` is its social credit code, for an agreed price."""
        return self.by_employer.get(employer, {}).get(business, self.by_business[business])


@dataclass(frozen=True)
class District:
    """One of Beijing's districts, or the development area: names people use, and published facts (5.4, 4.2)."""

    code: str
    name: str
    gb_code: str
    aliases: tuple[str, ...]
    ask_aliases: tuple[str, ...]
    legacy_names: tuple[str, ...]
    employer_conditions: str
    extra_items: tuple[str, ...]
    origin: Origin


@dataclass(frozen=True)
class PayWindow:
    """How long an order stays open and when the applicant is reminded (F48)."""

    hours: int
    anchor: str
    reminders_before_end_min: tuple[int, ...]
    prepay_valid_min: int


@dataclass(frozen=True)
class RetirementRow:
    """The retirement month of everybody born from `born_from` on: so many months after birth."""

    gender: str
    born_from: Month
    age_months: int


@dataclass(frozen=True)
class Retirement:
    """When a person retires (F35): the later table, and the pair of ages an open-ended contract is proposed at."""

    proposal_age_years: Mapping[str, int]
    rows: tuple[RetirementRow, ...]


@dataclass(frozen=True)
class WaitingTimeRule:
    """What the told waiting times are counted from: how many of the latest closed cases, and how few are too few."""

    latest_cases: int
    within_d: int
    fewest_cases: int


@dataclass(frozen=True)
class StallLimits:
    """After how long something that should have moved becomes a task for the staff."""

    case_h: int
    message_h: int
    mail_h: int
    file_h: int


@dataclass(frozen=True)
class Thresholds:
    """The numbers of fields.md that rules use."""

    emails_max: int
    work_gap_months: int
    education_gap_months: int
    youth_league_age: int
    school_age: int
    work_age: int
    early_work_months: int
    photo_width: int
    photo_height: int
    photo_source_min_width: int
    photo_source_min_height: int


@dataclass(frozen=True)
class Catalogue:
    """All of it, one version; a case keeps the version that it was opened under."""

    version: str
    materials: Mapping[str, Material]
    categories: tuple[str, ...]
    questions: Mapping[str, ConditionQuestion]
    notices: Mapping[BusinessType, Notice]
    fee: Fee
    districts: Mapping[str, District]
    pay_window: PayWindow
    retirement: Retirement
    reminders: Reminders
    waiting_time: WaitingTimeRule
    stalls: StallLimits
    thresholds: Thresholds
    renewals: Renewals
    delivery: MailDelivery
    reject_reasons: tuple[str, ...]
    eligibility: Eligibility
    agency: str = ""

    @staticmethod
    def from_documents(documents: Mapping[str, Mapping[str, Any]]) -> Catalogue:
        """Build and check the whole catalogue from plain documents, keyed by file name without its suffix.

        Raises:
            CatalogueFaulty: naming every fault that was found.
        """
        from backend.domain.catalogue_reading import read_catalogue

        return read_catalogue(documents)

    def notice_for(self, business: BusinessType) -> Notice:
        return self.notices[business]

    def material(self, code: str) -> Material | None:
        return self.materials.get(code)
