"""Where an applicant stands: everything that a command needs, loaded once, with the case's row locked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from backend.domain.case import Event, Stage
from backend.domain.context import (
    ApplicantFacts,
    EmployerFacts,
    InterviewContext,
    ItemState,
    ItemStatus,
    PhotoState,
    SupplementState,
)
from backend.domain.draft import Draft
from backend.domain.masks import mask_id_number, mask_name
from backend.domain.numbers import read_id_number
from backend.domain.profile import BusinessType, FlowProfile, manual_of, profile_for
from backend.services.binding import applicant_id_no, applicant_name
from backend.services.errors import CaseChanged, NoCase, NotBound
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.records import (
    Applicant,
    CaseRecord,
    Employer,
    Identity,
    ItemFile,
    ItemRecord,
    Photo,
    SupplementFile,
    SupplementRequest,
)
from backend.services.who_is import people_of

BEIJING: Final = ZoneInfo("Asia/Shanghai")
_EDITS: Final = [Event.EDIT_EDUCATION.value, Event.EDIT_WORK.value]


@dataclass(frozen=True)
class Standing:
    """A bound applicant and, when there is one, the open case with what hangs on it."""

    openid: str
    applicant: Applicant
    facts: ApplicantFacts
    employers: tuple[Employer, ...]
    case: CaseRecord | None
    draft: Draft
    items: tuple[ItemRecord, ...]
    item_files: tuple[ItemFile, ...]
    photo: Photo | None
    supplement: SupplementRequest | None
    supplement_files: tuple[SupplementFile, ...]
    was_edited: bool
    context: InterviewContext | None
    # The person's name as it is shown, where the account has several people: answers say for whom they are.
    shown_as: str | None = None

    @property
    def open_case(self) -> CaseRecord:
        """Raises `NoCase` when nothing is open."""
        if self.case is None:
            raise NoCase
        return self.case

    @property
    def interview(self) -> InterviewContext:
        """What the domain's interview looks at; raises `NoCase`."""
        if self.context is None:
            raise NoCase
        return self.context

    def item(self, code: str) -> ItemRecord | None:
        return next((item for item in self.items if item.code == code and item.active), None)

    def files_of(self, item: ItemRecord) -> list[ItemFile]:
        return [held for held in self.item_files if held.item_id == item.id]


def same_case(case: CaseRecord | None, case_no: str) -> None:
    """Raises `CaseChanged` unless the case that is open now is the one that the sender had before them."""
    if case is None or case.case_no != case_no:
        raise CaseChanged


def beijing_day(moment: datetime) -> date:
    return moment.astimezone(BEIJING).date()


async def load_standing(uow: UnitOfWork, parts: Parts, openid: str, *, lock: bool = True) -> Standing:
    """Everything about this applicant, in about ten queries whatever the size of the case.

    Raises:
        NotBound: the WeChat account belongs to nobody yet.
    """
    people = await people_of(uow, openid)
    identity = next((one for one in people if one.is_current), None)
    if identity is None:
        raise NotBound
    standing = await standing_of(uow, parts, identity, lock=lock)
    return replace(standing, shown_as=mask_name(standing.facts.name)) if len(people) > 1 else standing


async def standing_of(uow: UnitOfWork, parts: Parts, identity: Identity, *, lock: bool = True) -> Standing:
    """Where this person stands, whoever is the current one of their account."""
    applicant = await uow.applicants.get(identity.applicant_id)
    if applicant is None:
        raise NotBound
    today = beijing_day(parts.clock.now())
    linked = await uow.applicant_employers.where(applicant_id=applicant.id)
    employers = await uow.employers.where(id=[one.employer_id for one in linked], active=True, order_by="name")
    bare = Standing(
        openid=identity.openid,
        applicant=applicant,
        facts=applicant_facts(parts, applicant, today),
        employers=tuple(employers),
        case=await uow.cases.first(applicant_id=applicant.id, closed_at=None, lock=lock),
        draft=Draft(),
        items=(),
        item_files=(),
        photo=None,
        supplement=None,
        supplement_files=(),
        was_edited=False,
        context=None,
    )
    return await with_case(uow, parts, bare, bare.case) if bare.case else bare


async def with_case(uow: UnitOfWork, parts: Parts, standing: Standing, case: CaseRecord) -> Standing:
    """The standing with everything of this case loaded."""
    items = await uow.items.where(case_id=case.id, order_by="code")
    held = await uow.item_files.where(item_id=[one.id for one in items], removed_at=None, order_by="added_at")
    supplement = await uow.supplements.first(case_id=case.id, state=["open", "reopened"], order_by="-created_at")
    sent = await uow.supplement_files.where(request_id=supplement.id, removed_at=None) if supplement else []
    employer = next((one for one in standing.employers if one.id == case.employer_id), None)
    if employer is None and case.employer_id:
        employer = await uow.employers.get(case.employer_id)
    photo = await uow.photos.get(case.id)
    has_credentials = await uow.credentials.get(case.id) is not None
    loaded = replace(
        standing,
        case=case,
        draft=Draft.from_json(case.draft),
        items=tuple(items),
        item_files=tuple(held),
        photo=photo,
        supplement=supplement,
        supplement_files=tuple(sent),
        was_edited=supplement is not None and await _edited_since(uow, case, supplement.created_at),
    )
    return replace(loaded, context=_context(parts, loaded, case, employer, has_credentials=has_credentials))


def _context(
    parts: Parts, standing: Standing, case: CaseRecord, employer: Employer | None, *, has_credentials: bool
) -> InterviewContext:
    counts = Counter(held.item_id for held in standing.item_files)
    # What comes in after a rejection belongs to the round that it will be submitted in.
    fresh = Counter(held.item_id for held in standing.item_files if held.round > case.round)
    return InterviewContext(
        business=BusinessType(case.business_type),
        profile=flow_of(case),
        catalogue=parts.catalogues.at(case.catalogue_version),
        applicant=standing.facts,
        today=beijing_day(parts.clock.now()),
        employers=tuple(employer_facts(one) for one in standing.employers),
        employer=employer_facts(employer) if employer else None,
        items={
            one.code: ItemState(
                code=one.code,
                state=ItemStatus(one.state),
                files=counts[one.id],
                new_files=fresh[one.id],
                finished=one.finished,
                reason=one.reject_reason or "",
            )
            for one in standing.items
            if one.active
        },
        photo=PhotoState(accepted=standing.photo.accepted_at is not None) if standing.photo else None,
        stage=Stage(case.stage),
        credentials_given=has_credentials,
        supplement=_supplement(standing),
    )


def _supplement(standing: Standing) -> SupplementState | None:
    request = standing.supplement
    if request is None or request.stage == "agency":
        return None
    return SupplementState(
        text=request.text,
        new_files=len(standing.supplement_files),
        was_edited=standing.was_edited,
        finished=request.finished,
        due_on=beijing_day(request.deadline) if request.deadline else None,
    )


async def _edited_since(uow: UnitOfWork, case: CaseRecord, moment: datetime) -> bool:
    edit = await uow.audit.first(case_id=case.id, action=_EDITS, order_by="-id")
    return edit is not None and edit.at >= moment


def flow_of(case: CaseRecord) -> FlowProfile:
    """The flow of the case's business, by the manual that the case was opened with."""
    return profile_for(BusinessType(case.business_type), manual_of(case.profile))


def employer_facts(employer: Employer) -> EmployerFacts:
    return EmployerFacts(
        id=employer.id,
        name=employer.name,
        district=employer.district,
        unit_kind=employer.unit_kind,
        quota=employer.quota,
    )


def applicant_facts(parts: Parts, applicant: Applicant, today: date) -> ApplicantFacts:
    """Name, masked number, gender and birth date, read from the sealed columns."""
    number = applicant_id_no(parts, applicant)
    checked = read_id_number(number, today=today)
    return ApplicantFacts(
        name=applicant_name(parts, applicant),
        masked_id=mask_id_number(number),
        gender=checked.gender,
        birth_date=checked.birth_date,
    )
