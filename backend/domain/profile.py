"""Which steps a case takes: the flow of the 2023 manual and, as data too, that of 2019 (features.md 1F)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class BusinessType(StrEnum):
    """The six kinds of application (F11)."""

    NEW = "NEW"
    RENEW = "RENEW"
    EMPLOYER = "EMPLOYER"
    DEPENDANT = "DEPENDANT"
    ADDRESS = "ADDRESS"
    GENERAL = "GENERAL"

    @property
    def label(self) -> str:
        """The name that an applicant reads."""
        return _NAMES[self]


_NAMES: Final = {
    BusinessType.NEW: "新申请",
    BusinessType.RENEW: "续签",
    BusinessType.EMPLOYER: "聘用单位变更",
    BusinessType.DEPENDANT: "随往人员变更",
    BusinessType.ADDRESS: "居住地址变更",
    BusinessType.GENERAL: "一般信息变更",
}


class UploadMode(StrEnum):
    ITEMISED = "itemised"
    BULK = "bulk"


class AppointmentMode(StrEnum):
    NONE = "none"
    RE_REVIEW = "re_review"
    PRE_REVIEW = "pre_review"


class Delivery(StrEnum):
    CHAT = "chat"
    EMAIL = "email"
    BOTH = "both"


class PayAfter(StrEnum):
    UPLOAD = "upload"
    BOOKING = "booking"


class Manual(StrEnum):
    """Which manual's flow an employer account uses; 2023 unless its district needs a visit."""

    M2023 = "2023"
    LEGACY_2019 = "legacy_2019"


@dataclass(frozen=True)
class FlowProfile:
    """The shape of one flow; the table of transitions is the same for all.

    `condition_step`: every condition has to be told, because it decides over the items (F37); without it only the
    business's own questions are asked (F68). `changes` are fields that this business is about: what an earlier case
    says of them is set aside and asked anew.
    """

    name: str
    steps: tuple[str, ...]
    upload_mode: UploadMode
    condition_step: bool
    skippable_sections: frozenset[str]
    appointment: AppointmentMode
    material_delivery: Delivery
    pay_after: PayAfter
    hr_stages: bool
    changes: tuple[str, ...] = ()


_FORMS: Final = ("employer", "notice", "contact", "personal", "photo", "education", "work")
_OTHER_FORMS: Final = ("employer", "notice", "contact", "conditions", "personal", "photo", "education", "work")
_MAINTAINED: Final = frozenset({"personal", "photo", "education", "work"})
# What each business is about, and what is never up to date when it begins.
_CHANGES: Final[Mapping[BusinessType, tuple[str, ...]]] = MappingProxyType(
    {BusinessType.ADDRESS: ("address", "housing", "postcode")}
)
_OUTDATED: Final[Mapping[BusinessType, frozenset[str]]] = MappingProxyType({BusinessType.EMPLOYER: frozenset({"work"})})

NEW_2023: Final = FlowProfile(
    name="2023_new",
    steps=(*_FORMS, "conditions", "materials", "review"),
    upload_mode=UploadMode.ITEMISED,
    condition_step=True,
    skippable_sections=frozenset(),
    appointment=AppointmentMode.NONE,
    material_delivery=Delivery.CHAT,
    pay_after=PayAfter.UPLOAD,
    hr_stages=True,
)
OTHER_2023: Final = FlowProfile(
    name="2023_other",
    steps=(*_OTHER_FORMS, "materials", "review"),
    upload_mode=UploadMode.BULK,
    condition_step=False,
    skippable_sections=_MAINTAINED,
    appointment=AppointmentMode.NONE,
    material_delivery=Delivery.CHAT,
    pay_after=PayAfter.UPLOAD,
    hr_stages=True,
)
NEW_2019: Final = FlowProfile(
    name="2019_new",
    steps=("employer", "notice", "contact", "personal", "photo", "conditions", "materials", "review"),
    upload_mode=UploadMode.ITEMISED,
    condition_step=True,
    skippable_sections=frozenset(),
    appointment=AppointmentMode.RE_REVIEW,
    material_delivery=Delivery.CHAT,
    pay_after=PayAfter.UPLOAD,
    hr_stages=True,
)
OTHER_2019: Final = FlowProfile(
    name="2019_other",
    steps=("employer", "notice", "contact", "conditions", "personal", "review"),
    upload_mode=UploadMode.BULK,
    condition_step=False,
    skippable_sections=frozenset({"personal"}),
    appointment=AppointmentMode.PRE_REVIEW,
    material_delivery=Delivery.EMAIL,
    pay_after=PayAfter.BOOKING,
    hr_stages=True,
)


def profile_for(business: BusinessType, manual: Manual = Manual.M2023) -> FlowProfile:
    """The flow of one business under one manual."""
    is_new = business is BusinessType.NEW
    if manual is Manual.LEGACY_2019:
        return NEW_2019 if is_new else _PROFILES[OTHER_2019.name, business]
    return NEW_2023 if is_new else _PROFILES[OTHER_2023.name, business]


def _for_business(general: FlowProfile, business: BusinessType) -> FlowProfile:
    skippable = general.skippable_sections - _OUTDATED.get(business, frozenset())
    return replace(general, skippable_sections=skippable, changes=_CHANGES.get(business, ()))


_PROFILES: Final[Mapping[tuple[str, BusinessType], FlowProfile]] = MappingProxyType(
    {
        (general.name, business): _for_business(general, business)
        for general in (OTHER_2023, OTHER_2019)
        for business in BusinessType
        if business is not BusinessType.NEW
    }
)


def manual_of(profile_name: str) -> Manual:
    """The manual of a stored profile's name."""
    return Manual.LEGACY_2019 if profile_name in (NEW_2019.name, OTHER_2019.name) else Manual.M2023
