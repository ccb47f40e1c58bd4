"""Binding by a QR that staff hand out: whoever scans it and knows the end of the ID number is bound (F5)."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import ClassVar, Final

from backend.domain.errors import DomainError
from backend.domain.masks import mask_name
from backend.services.binding import applicant_id_no, applicant_name
from backend.services.consents import TERMS, agreed_on_binding, note_given
from backend.services.going_on import GoOn, let_go_on
from backend.services.links import Purpose, offer_link
from backend.services.outcome import Outcome
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.proof_records import BindOffer
from backend.services.records import Applicant
from backend.services.transitions_log import a_staff_member, record_audit
from backend.services.who_is import attach

SCENE_PREFIX: Final = "bind_"
LIFE: Final = timedelta(hours=24)
ASKED_FOR: Final = timedelta(minutes=30)
TRIES: Final = 5
TAIL: Final = 4


class OfferGone(DomainError):
    """The QR was used, withdrawn, tried too often or is too old; or nothing was scanned."""

    code: ClassVar[str] = "offer_gone"


@dataclass(eq=False)
class ProofWrong(DomainError):
    """The end of the ID number does not fit; `left` tries remain."""

    code: ClassVar[str] = "proof_wrong"
    left: int


class ChangeNotConfirmed(DomainError):
    """This person talks from another WeChat account: changing it has to be said."""

    code: ClassVar[str] = "change_not_confirmed"


@dataclass(frozen=True)
class Confirmation:
    """What the page of a scanned QR sends."""

    id_tail: str
    agreed: Mapping[str, str] = field(default_factory=dict)
    change_account: bool = False


def new_scene(parts: Parts) -> str:
    """What a QR brings back when it is scanned; nobody can guess it."""
    return f"{SCENE_PREFIX}{parts.ids.token()}"[:64]


async def issue_offer(uow: UnitOfWork, parts: Parts, applicant: Applicant, staff_id: str, *, scene: str) -> BindOffer:
    """Let this scene bind one person, for a day and once; an earlier one of theirs ends."""
    now = parts.clock.now()
    for old in await uow.bind_offers.where(applicant_id=applicant.id, used_at=None, withdrawn_at=None, lock=True):
        await uow.bind_offers.save(replace(old, withdrawn_at=now))
    offer = BindOffer(parts.ids.new("b"), _hash(scene), applicant.id, staff_id, now, now + LIFE)
    await uow.bind_offers.add(offer)
    await record_audit(uow, "bind_offered", a_staff_member(staff_id), now=now, facts={"applicant": applicant.id})
    return offer


async def note_scan(uow: UnitOfWork, parts: Parts, openid: str, scene: str) -> None:
    """Somebody scanned it: remember who, so that the next answer asks them; an unknown scene is nothing."""
    offer = await uow.bind_offers.first(scene_hash=_hash(scene), lock=True)
    if offer is not None:
        await uow.bind_offers.save(replace(offer, scanned_by=openid, scanned_at=parts.clock.now()))


async def ask_who_scanned(uow: UnitOfWork, parts: Parts, openid: str) -> Outcome | None:
    """“您是王**吗？” with the page that asks for the proof; None when this account has scanned nothing just now."""
    now = parts.clock.now()
    offer = await uow.bind_offers.first(scanned_by=openid, order_by="-scanned_at")
    if offer is None or offer.scanned_at is None or now > offer.scanned_at + ASKED_FOR:
        return None
    if offer.used_at is not None:
        identity = await uow.identities.get(offer.applicant_id)
        is_theirs = identity is not None and identity.openid == openid and offer.used_at >= offer.scanned_at
        return None if is_theirs else Outcome().saying("offer_gone")
    if not _is_open(offer, now):
        return Outcome().saying("offer_gone")
    applicant = await uow.applicants.get(offer.applicant_id)
    if applicant is None:
        return Outcome().saying("offer_gone")
    link = await offer_link(uow, parts, openid, Purpose.CONFIRM)
    return Outcome(link=link).saying("confirm_person", {"name": mask_name(applicant_name(parts, applicant))})


async def scanned_offer(parts: Parts, openid: str) -> dict[str, object]:
    """What the page shows: whose QR it is, and whether that person would change accounts.

    Raises:
        OfferGone: nothing is open for this account.
    """
    async with parts.begin() as uow:
        offer, applicant = await _open_offer(uow, parts, openid)
        identity = await uow.identities.get(offer.applicant_id)
        moves = identity is not None and identity.openid != openid
        return {"name": mask_name(applicant_name(parts, applicant)), "moves": moves}


async def confirm_offer(parts: Parts, openid: str, told: Confirmation, *, go_on: GoOn | None = None) -> str:
    """Bind whoever scanned and knows the last four of the ID number; five wrong tries end the QR.

    Raises:
        TermsNeeded, OfferGone, ProofWrong, ChangeNotConfirmed: see there.
    """
    agreed = agreed_on_binding(parts, told.agreed)
    async with parts.begin() as uow:
        offer, applicant = await _open_offer(uow, parts, openid)
        if _plain(told.id_tail) != applicant_id_no(parts, applicant)[-TAIL:].upper():
            offer = replace(offer, tries=offer.tries + 1)
            await uow.bind_offers.save(offer)
            await uow.commit()
            raise ProofWrong(TRIES - offer.tries) if offer.tries < TRIES else OfferGone
        await uow.applicants.get(applicant.id, lock=True)
        identity = await uow.identities.get(applicant.id)
        if identity is not None and identity.openid != openid and not told.change_account:
            raise ChangeNotConfirmed
        await attach(uow, parts, openid, applicant, terms_version=agreed[TERMS], how="qr")
        await note_given(uow, parts, applicant.id, agreed, how="qr")
        await uow.bind_offers.save(replace(offer, used_at=parts.clock.now()))
        await let_go_on(uow, parts, openid, go_on)
        await uow.commit()
    return applicant_name(parts, applicant)


async def _open_offer(uow: UnitOfWork, parts: Parts, openid: str) -> tuple[BindOffer, Applicant]:
    offer = await uow.bind_offers.first(scanned_by=openid, order_by="-scanned_at", lock=True)
    applicant = await uow.applicants.get(offer.applicant_id) if offer else None
    if offer is None or applicant is None or not _is_open(offer, parts.clock.now()):
        raise OfferGone
    return offer, applicant


def _is_open(offer: BindOffer, now: datetime) -> bool:
    return offer.used_at is None and offer.withdrawn_at is None and offer.tries < TRIES and now < offer.expires_at


def _plain(tail: str) -> str:
    return unicodedata.normalize("NFKC", tail).strip().upper().replace("×", "X")


def _hash(scene: str) -> str:
    return hashlib.sha256(scene.encode()).hexdigest()
