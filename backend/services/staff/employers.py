"""Employer accounts (立户): kind of unit, district, how many new permits are left this year, whether active."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from backend.domain.districts import read_district
from backend.domain.errors import DomainError
from backend.domain.numbers import read_credit_code
from backend.services.records import Employer
from backend.services.staff.acting import needed_text
from backend.services.staff.calendar_changes import Change, once
from backend.services.staff.office import Office
from backend.services.staff.refusals import CreditCodeTaken, EmployerWrong, NotAllowed
from backend.services.staff.sign_in import SignedIn

LONGEST_NAME: Final = 100
MOST_QUOTA: Final = 100_000
UNIT_KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "company": "企业",
        "high_tech": "高新技术企业",
        "institution": "事业单位",
        "social": "社会组织",
        "branch": "非法人分支机构",
    }
)


@dataclass(frozen=True)
class EmployerForm:
    """An employer as it was filled in; an empty quota means that nobody knows it."""

    name: str
    uscc: str
    district: str
    unit_kind: str
    quota: str
    active: bool


@dataclass(frozen=True)
class EmployersPage:
    employers: Sequence[Employer]
    districts: Mapping[str, str]
    applicants: Mapping[str, int]


async def employers_page(office: Office) -> EmployersPage:
    """All accounts, the active ones first, with how many applicants hang on each."""
    async with office.parts.begin() as uow:
        found = await uow.employers.where(order_by="name")
        linked = await uow.applicant_employers.where()
    counts: dict[str, int] = {}
    for one in linked:
        counts[one.employer_id] = counts.get(one.employer_id, 0) + 1
    names = {one.code: one.name for one in office.parts.catalogues.current().districts.values()}
    ordered = sorted(found, key=lambda one: (not one.active, one.name))
    shown = [replace(one, district=_district(office, one.district, or_else=one.district)) for one in ordered]
    return EmployersPage(shown, names, counts)


async def save_employer(
    office: Office, who: SignedIn, form: EmployerForm, *, token: str, employer_id: str = ""
) -> None:
    """Add an account, or change one; cases that are running follow at their next turn.

    Raises:
        NotAllowed: only managers do this.
        TextNeeded, TextTooLong, EmployerWrong, CreditCodeTaken: nothing has been changed.
    """
    if who.role != "manager":
        raise NotAllowed
    filled = _checked(office, form)

    async def step(change: Change) -> None:
        same = await change.uow.employers.first(uscc=filled.uscc)
        if same is not None and same.id != employer_id:
            raise CreditCodeTaken
        if not employer_id:
            new = replace(filled, id=office.parts.ids.new("e"))
            await change.uow.employers.add(new)
            await change.audit("employer_added", employer=new.id)
            return
        known = await change.uow.employers.get(employer_id, lock=True)
        if known is None:
            raise EmployerWrong(what="立户")
        changed = replace(
            known, name=filled.name, uscc=filled.uscc, district=filled.district, unit_kind=filled.unit_kind,
            quota=filled.quota, active=filled.active,
        )  # fmt: skip
        await change.uow.employers.save(changed)
        await change.audit("employer_changed", employer=known.id)

    await once(office, who, token, "save_employer", step)


def _checked(office: Office, form: EmployerForm) -> Employer:
    name = needed_text(form.name, longest=LONGEST_NAME)
    try:
        uscc = read_credit_code(form.uscc)
    except DomainError as error:
        raise EmployerWrong(what="统一社会信用代码") from error
    if form.unit_kind not in UNIT_KINDS:
        raise EmployerWrong(what="单位类型")
    told = form.quota.strip()
    if told and not (told.isascii() and told.isdecimal() and int(told) <= MOST_QUOTA):
        raise EmployerWrong(what="新办指标")
    return Employer(
        id="",
        name=name,
        district=_district(office, form.district),
        uscc=uscc,
        active=form.active,
        created_at=office.parts.clock.now(),
        unit_kind=form.unit_kind,
        quota=int(told) if told else None,
    )


def _district(office: Office, told: str, *, or_else: str = "") -> str:
    """The name of a district, whatever name or code is told."""
    try:
        return read_district(told, office.parts.catalogues.current().districts).name
    except DomainError as error:
        if or_else:
            return or_else
        raise EmployerWrong(what="区县") from error
