"""What the interview must know about a case beside its draft; the use case fills it in for every command."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from backend.domain.case import Stage
from backend.domain.catalogue import Catalogue
from backend.domain.profile import BusinessType, FlowProfile


@dataclass(frozen=True)
class ApplicantFacts:
    """Who applies; gender 男/女 and the birth date come from the ID number and are never asked."""

    name: str
    masked_id: str
    gender: str
    birth_date: date


@dataclass(frozen=True)
class EmployerFacts:
    """One employer account (立户); `district` is a code of the catalogue, or a name that it knows.

    `quota` is how many new permits it may still apply for this year; None when nobody knows.
    """

    id: str
    name: str
    district: str
    unit_kind: str = "company"
    quota: int | None = None


class ItemStatus(StrEnum):
    NOT_UPLOADED = "not_uploaded"
    UPLOADED = "uploaded"
    PASSED = "passed"
    REJECTED = "rejected"


@dataclass(frozen=True)
class ItemState:
    """One material item: `files` counts what it holds now, `new_files` those since its rejection.

    `finished` means that the applicant said that all its pages are there.
    """

    code: str
    state: ItemStatus = ItemStatus.NOT_UPLOADED
    files: int = 0
    new_files: int = 0
    finished: bool = False
    reason: str = ""


@dataclass(frozen=True)
class PhotoState:
    """The one-inch photo: there is a crop; somebody said yes to it."""

    accepted: bool


@dataclass(frozen=True)
class SupplementState:
    """The open request of the bureau (T34, T38)."""

    text: str
    new_files: int = 0
    was_edited: bool = False
    finished: bool = False
    due_on: date | None = None


@dataclass(frozen=True)
class InterviewContext:
    """`today` is the day in Beijing; `employer` is None until one is chosen."""

    business: BusinessType
    profile: FlowProfile
    catalogue: Catalogue
    applicant: ApplicantFacts
    today: date
    employers: tuple[EmployerFacts, ...] = ()
    employer: EmployerFacts | None = None
    items: Mapping[str, ItemState] = field(default_factory=lambda: MappingProxyType({}))
    photo: PhotoState | None = None
    stage: Stage = Stage.DRAFT
    credentials_given: bool = False
    supplement: SupplementState | None = None
