"""Who is talked to: the people bound to a WeChat account, one of them current; each person has one account (F5).

Everything that asks whom an openid stands for asks here; nothing else reads or writes `identities` by openid.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from backend.domain.masks import mask_name
from backend.domain.retention import Because
from backend.services.errors import CaseChanged
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.pushes import case_mark
from backend.services.records import Applicant, Identity
from backend.services.reminding import wake_reminders_of
from backend.services.transitions_log import Who, an_applicant, record_audit


async def current_identity(uow: UnitOfWork, openid: str) -> Identity | None:
    """Whom this account talks for now; None when nobody is bound to it."""
    return await uow.identities.first(openid=openid, is_current=True)


async def people_of(uow: UnitOfWork, openid: str) -> list[Identity]:
    """Everybody bound to this account, in the order in which they were bound."""
    return await uow.identities.where(openid=openid, order_by="bound_at")


async def about_the_current(uow: UnitOfWork, openid: str, case_no: str) -> None:
    """Raises `CaseChanged` unless this case belongs to the person whom the account talks for now."""
    case, identity = await uow.cases.first(case_no=case_no), await current_identity(uow, openid)
    if identity is not None and (case is None or case.applicant_id != identity.applicant_id):
        raise CaseChanged


async def may_see(uow: UnitOfWork, openid: str, applicant_id: str) -> bool:
    """Whether somebody bound to this account is that person: what was sent to one is shown on their account."""
    identity = await uow.identities.get(applicant_id)
    return identity is not None and identity.openid == openid


@dataclass(frozen=True)
class Attached:
    """What binding did; `moved_from` is the account that was signed out by it."""

    identity: Identity
    moved_from: str | None


async def attach(
    uow: UnitOfWork, parts: Parts, openid: str, applicant: Applicant, *, terms_version: str, how: str
) -> Attached:
    """Bind a person to this account and make them its current one; the caller holds the applicant's row.

    An account that they used before is signed out: it is told so once, what waits for it about them goes to the new
    one, and its links end. Others bound to either account stay where they are.
    """
    now = parts.clock.now()
    await uow.hold(f"openid:{openid}")
    before = await uow.identities.get(applicant.id)
    if before is not None:
        await uow.identities.remove(applicant_id=applicant.id)
    await _nobody_is_current(uow, openid)
    name = parts.keys.open(applicant.name_sealed, context=f"applicants.name:{applicant.id}").decode()
    identity = Identity(openid, applicant.id, terms_version, now, now, shown_name=mask_name(name))
    await uow.identities.add(identity)
    await _stop_erasing(uow, applicant.id, now)
    await wake_reminders_of(uow, applicant.id, now)
    for stored in await uow.files.where(openid=openid, applicant_id=None):
        await uow.files.save(replace(stored, applicant_id=applicant.id))
    moved_from = before.openid if before is not None and before.openid != openid else None
    if moved_from is not None:
        await _leave(uow, moved_from, applicant.id, goes_to=openid)
        await uow.chat.push(
            moved_from, f"signed_out:{applicant.id}:{now.isoformat()}", parts.texts.push("signed_out", {})
        )
    facts = {"terms_version": terms_version, "how": how, "moved": moved_from is not None}
    await record_audit(uow, "bind", an_applicant(applicant.id), now=now, facts=facts)
    return Attached(identity, moved_from)


async def detach(uow: UnitOfWork, parts: Parts, identity: Identity, *, by: Who, why: str) -> Identity | None:
    """Take a person off their account; the cases go on. Who is current there now, None when nobody is left."""
    await uow.hold(f"openid:{identity.openid}")
    await uow.identities.remove(applicant_id=identity.applicant_id)
    await _leave(uow, identity.openid, identity.applicant_id, goes_to=None)
    await record_audit(uow, "unbind", by, now=parts.clock.now(), facts={"why": why})
    return await current_identity(uow, identity.openid)


async def make_current(uow: UnitOfWork, parts: Parts, openid: str, applicant_id: str) -> Identity | None:
    """Talk for this person from now on; None when they are not bound to this account."""
    await uow.hold(f"openid:{openid}")
    chosen = await uow.identities.get(applicant_id)
    if chosen is None or chosen.openid != openid:
        return None
    if not chosen.is_current:
        await _nobody_is_current(uow, openid)
        chosen = replace(chosen, is_current=True)
        await uow.identities.save(chosen)
        await record_audit(uow, "switch_person", an_applicant(applicant_id), now=parts.clock.now())
    return chosen


async def _leave(uow: UnitOfWork, openid: str, applicant_id: str, *, goes_to: str | None) -> None:
    """Nothing of a person stays behind at an account: links, unsent messages, being its current one."""
    cases = await uow.cases.where(applicant_id=applicant_id)
    await uow.links.remove(openid=openid, case_no=[case.case_no for case in cases])
    await uow.chat.move([case_mark(case.id) for case in cases], from_openid=openid, to_openid=goes_to)
    left = await people_of(uow, openid)
    if left and not any(one.is_current for one in left):
        await uow.identities.save(replace(left[0], is_current=True))


async def _stop_erasing(uow: UnitOfWork, applicant_id: str, now: datetime) -> None:
    """Who signs in again is not gone: a plan that unfollowing an earlier account made is dropped."""
    left = Because.UNFOLLOWED.value
    plans = await uow.data_requests.where(applicant_id=applicant_id, kind="delete", state="scheduled", because=left)
    for plan in plans:
        await uow.data_requests.save(replace(plan, state="stopped", due_at=None, finished_at=now))


async def _nobody_is_current(uow: UnitOfWork, openid: str) -> None:
    for one in await uow.identities.where(openid=openid, is_current=True):
        await uow.identities.save(replace(one, is_current=False))
