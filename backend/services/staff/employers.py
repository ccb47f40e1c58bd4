"""Employer accounts (立户): kind of unit, district, how many new permits are left this year, whether active."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from backend.domain.districts import read_district
from backend.domain.errors import DomainError
from backend.domain.money import read_yuan
from backend.domain.numbers import read_credit_code
from backend.services.records import Employer
from backend.services.staff.acting import needed_text
from backend.services.staff.calendar_changes import Change, once
from backend.services.staff.office import Office
from backend.services.staff.refusals import CreditCodeTaken, EmployerUnknown, EmployerWrong, NotAllowed
from backend.services.staff.sign_in import SignedIn

LONGEST_NAME: Final = 100
MOST_QUOTA: Final = 100_000
LONGEST_NOTE: Final = 40
MANUALS: Final[Mapping[str, str]] = MappingProxyType({"2023": "网上办理", "legacy_2019": "预约到场"})
ON_FILE: Final[Mapping[str, str]] = MappingProxyType(
    {"link_code": "单位关联代码", "client_no": "客户编号", "contact_name": "联系人", "contact_phone": "联系电话"}
)
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
    manual: str = "2023"
    fee: str = ""
    link_code: str = ""
    client_no: str = ""
    contact_name: str = ""
    contact_phone: str = ""


@dataclass(frozen=True)
class EmployersPage:
    employers: Sequence[Employer]
    districts: Mapping[str, str]
    applicants: Mapping[str, int]


async def employers_page(office: Office) -> EmployersPage:
    """All accounts, the active ones first, with how many applicants hang on each."""
    async with office.parts.begin() as uow:
        found = await uow.employers.where(order_by="name")
    counts = await office.board.applicants_by_employer()
    names = {one.code: one.name for one in office.parts.catalogues.current().districts.values()}
    ordered = sorted(found, key=lambda one: (not one.active, one.name))
    shown = [replace(one, district=_district(office, one.district, or_else=one.district)) for one in ordered]
    return EmployersPage(shown, names, counts)


async def save_employer(office: Office, who: SignedIn, form: EmployerForm, *, token: str, employer_id: str = "") -> str:
    """Add an account, or change one; its id. Cases that are running follow at their next turn.

    Raises:
        NotAllowed: only managers do this.
        TextNeeded, TextTooLong, EmployerWrong, EmployerUnknown, CreditCodeTaken: nothing has been changed.
    """
    if who.role != "manager":
        raise NotAllowed
    filled = _checked(office, form)
    saved = employer_id or f"e_{hashlib.sha256(f'{who.staff_id}:{token}'.encode()).hexdigest()[:24]}"

    async def step(change: Change) -> None:
        same = await change.uow.employers.first(uscc=filled.uscc)
        if same is not None and same.id != saved:
            raise CreditCodeTaken
        if not employer_id:
            await change.uow.employers.add(replace(filled, id=saved))
            await change.audit("employer_added", employer=saved)
            return
        known = await change.uow.employers.get(employer_id, lock=True)
        if known is None:
            raise EmployerUnknown
        await change.uow.employers.save(replace(filled, id=known.id, created_at=known.created_at))
        await change.audit("employer_changed", employer=known.id)

    await once(office, who, token, "save_employer", step)
    return saved


def _checked(office: Office, form: EmployerForm) -> Employer:
    name = needed_text(form.name, longest=LONGEST_NAME)
    try:
        uscc = read_credit_code(form.uscc)
    except DomainError as error:
        raise EmployerWrong(what="统一社会信用代码") from error
    if form.unit_kind not in UNIT_KINDS:
        raise EmployerWrong(what="单位类型")
    if form.manual not in MANUALS:
        raise EmployerWrong(what="办理流程")
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
        manual=form.manual,
        fee_fen=_fee(form.fee),
        **_on_file(form),
    )


def _fee(told: str) -> int | None:
    """An agreed price for everything in yuan; empty: the table of fees holds."""
    if not told.strip():
        return None
    try:
        return read_yuan(told)
    except ValueError:
        raise EmployerWrong(what="统一协议价") from None


def _on_file(form: EmployerForm) -> dict[str, str]:
    """What the agency notes about it for itself: short, or empty."""
    told = {name: " ".join(getattr(form, name).split()) for name in ON_FILE}
    for name, label in ON_FILE.items():
        if len(told[name]) > LONGEST_NOTE:
            raise EmployerWrong(what=label)
    return told


def _district(office: Office, told: str, *, or_else: str = "") -> str:
    """The name of a district, whatever name or code is told."""
    try:
        return read_district(told, office.parts.catalogues.current().districts).name
    except DomainError as error:
        if or_else:
            return or_else
        raise EmployerWrong(what="区县") from error
