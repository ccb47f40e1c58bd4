"""An applicant's page: who it is (masked), which account they talk from, and the ways to help them in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from backend.domain.masks import mask_id_number, mask_name
from backend.services.bind_offers import LIFE, issue_offer, new_scene
from backend.services.binding import applicant_id_no, applicant_name
from backend.services.codes import STAFF_LIFE, Proof, issue
from backend.services.ports import UnitOfWork
from backend.services.records import Applicant, CaseRecord, Employer
from backend.services.staff.acting import needed_text
from backend.services.staff.office import Office
from backend.services.staff.queue import find_case
from backend.services.staff.refusals import PersonUnknown
from backend.services.staff.sign_in import SignedIn
from backend.services.transitions_log import a_staff_member, record_audit
from backend.services.who_is import detach

LONGEST_REASON: Final = 200


@dataclass(frozen=True)
class PersonPage:
    applicant_id: str
    username: str
    name: str
    masked_id: str
    bound_at: datetime | None
    shares_account: bool
    locked_until: datetime | None
    employers: Sequence[Employer]
    cases: Sequence[CaseRecord]
    qr_until: datetime | None


@dataclass(frozen=True)
class ShownQr:
    """A QR to hand out; shown once."""

    media_type: str
    picture: bytes
    until: datetime


async def find_person(office: Office, text: str) -> str:
    """The id of the applicant whom a user name, a case number or a whole ID number names; raises PersonUnknown."""
    wanted = "".join(text.split())
    case_no = await find_case(office, wanted) if wanted else None
    async with office.parts.begin() as uow:
        case = await uow.cases.first(case_no=case_no) if case_no else None
        applicant = await uow.applicants.get(case.applicant_id) if case else None
        applicant = applicant or await uow.applicants.first(username=wanted.lower())
        if applicant is None and len(wanted) == 18:
            applicant = await uow.applicants.first(id_no_hash=office.parts.keys.fingerprint(wanted.upper()))
    if applicant is None:
        raise PersonUnknown
    return applicant.id


async def person_page(office: Office, applicant_id: str) -> PersonPage:
    """Raises PersonUnknown."""
    parts, now = office.parts, office.parts.clock.now()
    async with parts.begin() as uow:
        applicant = await _known(uow, applicant_id)
        identity = await uow.identities.get(applicant.id)
        people = await uow.identities.where(openid=identity.openid) if identity else []
        linked = await uow.applicant_employers.where(applicant_id=applicant.id)
        employers = await uow.employers.where(id=[one.employer_id for one in linked], order_by="name")
        offers = await uow.bind_offers.where(applicant_id=applicant.id, used_at=None, withdrawn_at=None)
        return PersonPage(
            applicant_id=applicant.id,
            username=applicant.username,
            name=mask_name(applicant_name(parts, applicant)),
            masked_id=mask_id_number(applicant_id_no(parts, applicant)),
            bound_at=identity.bound_at if identity else None,
            shares_account=len(people) > 1,
            locked_until=applicant.locked_until if applicant.locked_until and applicant.locked_until > now else None,
            employers=employers,
            cases=await uow.cases.where(applicant_id=applicant.id, order_by="-created_at"),
            qr_until=max((one.expires_at for one in offers if one.expires_at > now), default=None),
        )


async def issue_qr(office: Office, who: SignedIn, applicant_id: str) -> ShownQr:
    """A QR that binds this person once; an earlier one ends. Raises PersonUnknown, QrUnavailable."""
    async with office.parts.begin() as uow:
        await _known(uow, applicant_id)
    # WeChat is asked before anything is locked; a picture without an offer binds nobody.
    scene = new_scene(office.parts)
    media_type, picture = await office.qr.make(scene, life_s=int(LIFE.total_seconds()))
    async with office.parts.begin() as uow:
        applicant = await _known(uow, applicant_id, lock=True)
        offer = await issue_offer(uow, office.parts, applicant, who.staff_id, scene=scene)
        await uow.commit()
    return ShownQr(media_type, picture, offer.expires_at)


async def issue_reset_code(office: Office, who: SignedIn, applicant_id: str) -> tuple[str, datetime]:
    """A code to tell the applicant after their identity was checked; they set the password themselves."""
    now = office.parts.clock.now()
    async with office.parts.begin() as uow:
        applicant = await _known(uow, applicant_id, lock=True)
        proof = Proof.RESET_PASSWORD
        code = await issue(uow, office.parts, proof, applicant.username, openid=None, applicant_id=applicant.id)
        await _audit(uow, who, "reset_code_told", applicant, now)
        await uow.commit()
    return code, now + STAFF_LIFE


async def unbind_person(office: Office, who: SignedIn, applicant_id: str, *, reason: str) -> None:
    """Sign a person out of their WeChat account, with a reason (a phone that was lost); the case goes on."""
    reason = needed_text(reason, longest=LONGEST_REASON)
    async with office.parts.begin() as uow:
        applicant = await _known(uow, applicant_id, lock=True)
        identity = await uow.identities.get(applicant.id)
        if identity is not None:
            await detach(uow, office.parts, identity, by=a_staff_member(who.staff_id), why="staff")
            await _audit(uow, who, "unbound_by_staff", applicant, office.parts.clock.now(), reason=reason)
        await uow.commit()


async def _known(uow: UnitOfWork, applicant_id: str, *, lock: bool = False) -> Applicant:
    applicant = await uow.applicants.get(applicant_id, lock=lock)
    if applicant is None or applicant.erased_at is not None:
        raise PersonUnknown
    return applicant


async def _audit(
    uow: UnitOfWork, who: SignedIn, action: str, applicant: Applicant, now: datetime, *, reason: str | None = None
) -> None:
    facts = {"applicant": applicant.id}
    await record_audit(uow, action, a_staff_member(who.staff_id), now=now, facts=facts, reason=reason)
