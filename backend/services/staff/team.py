"""Who works here: the manager adds colleagues, gives roles, stops accounts; passwords are set by their owners only."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from backend.domain.passwords import PasswordWeak, checked_password
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.proof_records import StaffInvitation
from backend.services.records import Staff
from backend.services.staff.office import Office
from backend.services.staff.refusals import (
    InvitationGone,
    LastManager,
    NameTaken,
    NameWrong,
    NotAllowed,
    NotOneself,
    WeakPassword,
    WrongOldPassword,
)
from backend.services.staff.sign_in import SignedIn
from backend.services.transitions_log import SYSTEM, a_staff_member, record_audit

MANAGER: Final = "manager"
ROLES: Final = ("reviewer", MANAGER)
INVITED_FOR: Final = timedelta(hours=24)
SHORTEST: Final = 10
NO_PASSWORD: Final = "!"  # noqa: S105 - no password has this hash
_USERNAME: Final = re.compile(r"[a-z0-9][a-z0-9.-]{2,31}")


@dataclass(frozen=True)
class Member:
    id: str
    username: str
    display_name: str
    role: str
    active: bool
    locked_until: datetime | None
    sessions: int
    invited_until: datetime | None


async def members(office: Office, who: SignedIn) -> Sequence[Member]:
    """Everybody, the active ones first; for managers only."""
    _only_managers(who)
    now = office.parts.clock.now()
    async with office.parts.begin() as uow:
        found = await uow.staff.where(order_by="username")
        sessions = await uow.staff_sessions.where()
        invitations = await uow.staff_invitations.where(used_at=None)
    invited = {one.staff_id: one.expires_at for one in invitations if one.expires_at > now}
    return [
        Member(
            id=one.id,
            username=one.username,
            display_name=one.display_name,
            role=one.role,
            active=one.active,
            locked_until=one.locked_until if one.locked_until and one.locked_until > now else None,
            sessions=sum(s.staff_id == one.id and s.expires_at > now for s in sessions),
            invited_until=invited.get(one.id),
        )
        for one in sorted(found, key=lambda one: (not one.active, one.username))
    ]


async def add_member(office: Office, who: SignedIn, *, username: str, display_name: str, role: str) -> str:
    """A new colleague without a password; the token of the link by which they set one (a day, once)."""
    _only_managers(who)
    username, display_name = username.strip().lower(), display_name.strip()
    if not _USERNAME.fullmatch(username) or not 1 <= len(display_name) <= 20 or role not in ROLES:
        raise NameWrong
    now = office.parts.clock.now()
    fresh = Staff(office.parts.ids.new("s"), username, display_name, role, NO_PASSWORD, now)
    async with office.parts.begin() as uow:
        if not await uow.staff.add_if_new(fresh):
            raise NameTaken
        await _audit(uow, who, "staff_added", fresh, now, {"role": role})
        token = await _invite(office.parts, uow, who.staff_id, fresh, now)
        await uow.commit()
    return token


async def reset_password(office: Office, who: SignedIn, staff_id: str) -> str:
    """The present password and all sessions end at once; the token of the link for a new one."""
    _only_managers(who)
    now = office.parts.clock.now()
    async with office.parts.begin() as uow:
        member = await _member(uow, staff_id)
        await uow.staff.save(replace(member, password_hash=NO_PASSWORD, failed_sign_ins=0, locked_until=None))
        await uow.staff_sessions.remove(staff_id=member.id)
        await _audit(uow, who, "staff_password_reset", member, now)
        token = await _invite(office.parts, uow, who.staff_id, member, now)
        await uow.commit()
    return token


async def invite_manager(parts: Parts, *, username: str, display_name: str) -> str:
    """For whoever runs Gongju: the first manager, or one who is locked out; the token of the link for a password.

    Raises:
        NameWrong: nothing was changed.
    """
    username, display_name = username.strip().lower(), display_name.strip()
    if not _USERNAME.fullmatch(username) or not 1 <= len(display_name) <= 20:
        raise NameWrong
    now = parts.clock.now()
    async with parts.begin() as uow:
        known = await uow.staff.first(username=username, lock=True)
        fresh = known or Staff(parts.ids.new("s"), username, display_name, MANAGER, NO_PASSWORD, now)
        manager = replace(
            fresh, role=MANAGER, active=True, password_hash=NO_PASSWORD, failed_sign_ins=0, locked_until=None
        )
        await (uow.staff.save(manager) if known else uow.staff.add(manager))
        await uow.staff_sessions.remove(staff_id=manager.id)
        await record_audit(uow, "manager_invited", SYSTEM, now=now, facts={"staff": manager.id})
        token = await _invite(parts, uow, manager.id, manager, now)
        await uow.commit()
    return token


async def set_active(office: Office, who: SignedIn, staff_id: str, *, active: bool) -> None:
    """Stop an account (its sessions end with it) or open it again."""
    await _change(office, who, staff_id, "staff_active", active=active)


async def set_role(office: Office, who: SignedIn, staff_id: str, role: str) -> None:
    if role not in ROLES:
        raise NameWrong
    await _change(office, who, staff_id, "staff_role", role=role)


async def invited(office: Office, token: str) -> str:
    """The user name that an invitation is for; raises InvitationGone."""
    async with office.parts.begin() as uow:
        _, member = await _invitation(office, uow, token)
    return member.username


async def accept_invitation(office: Office, token: str, *, password: str) -> str:
    """Set the first or a new password; the user name. Raises InvitationGone, WeakPassword."""
    async with office.parts.begin() as uow:
        invitation, member = await _invitation(office, uow, token, lock=True)
        hashed = await office.parts.passwords.hash(_good(password, member.username))
        await uow.staff.save(replace(member, password_hash=hashed, failed_sign_ins=0, locked_until=None))
        await uow.staff_invitations.save(replace(invitation, used_at=office.parts.clock.now()))
        who = a_staff_member(member.id)
        await record_audit(uow, "staff_password_set", who, now=office.parts.clock.now())
        await uow.commit()
    return member.username


async def change_password(office: Office, who: SignedIn, *, old: str, new: str, session_token: str) -> None:
    """My own password; my other sessions end, this one stays. Raises WrongOldPassword, WeakPassword."""
    async with office.parts.begin() as uow:
        member = await _member(uow, who.staff_id)
        if not await office.parts.passwords.verify(member.password_hash, old[:256]):
            raise WrongOldPassword
        hashed = await office.parts.passwords.hash(_good(new, member.username))
        await uow.staff.save(replace(member, password_hash=hashed))
        for session in await uow.staff_sessions.where(staff_id=member.id):
            if session.token_hash != _hash(session_token):
                await uow.staff_sessions.remove(token_hash=session.token_hash)
        await _audit(uow, who, "staff_password_changed", member, office.parts.clock.now())
        await uow.commit()


async def _change(office: Office, who: SignedIn, staff_id: str, action: str, **changes: object) -> None:
    _only_managers(who)
    if staff_id == who.staff_id:
        raise NotOneself
    now = office.parts.clock.now()
    async with office.parts.begin() as uow:
        await uow.hold("managers")
        member = await _member(uow, staff_id)
        after = replace(member, **changes)  # type: ignore[arg-type]
        managers = await uow.staff.where(role=MANAGER, active=True)
        if not any(one.id != member.id for one in managers) and not (after.active and after.role == MANAGER):
            raise LastManager
        await uow.staff.save(after)
        # Rights are read at each request; what was open under other ones starts anew.
        await uow.staff_sessions.remove(staff_id=member.id)
        await _audit(uow, who, action, member, now, dict(changes))
        await uow.commit()


async def _invite(parts: Parts, uow: UnitOfWork, by: str, member: Staff, now: datetime) -> str:
    for old in await uow.staff_invitations.where(staff_id=member.id, used_at=None):
        await uow.staff_invitations.save(replace(old, used_at=now))
    token = parts.ids.token()
    await uow.staff_invitations.add(StaffInvitation(_hash(token), member.id, by, now, now + INVITED_FOR))
    return token


async def _invitation(
    office: Office, uow: UnitOfWork, token: str, *, lock: bool = False
) -> tuple[StaffInvitation, Staff]:
    invitation = await uow.staff_invitations.get(_hash(token), lock=lock)
    member = await uow.staff.get(invitation.staff_id) if invitation else None
    if invitation is None or member is None or not member.active:
        raise InvitationGone
    if invitation.used_at is not None or office.parts.clock.now() >= invitation.expires_at:
        raise InvitationGone
    return invitation, member


async def _member(uow: UnitOfWork, staff_id: str) -> Staff:
    member = await uow.staff.get(staff_id, lock=True)
    if member is None:
        raise NameWrong
    return member


def _only_managers(who: SignedIn) -> None:
    if who.role != MANAGER:
        raise NotAllowed


def _good(password: str, username: str) -> str:
    try:
        plain = checked_password(password, username=username)
    except PasswordWeak as weak:
        raise WeakPassword from weak
    if len(plain) < SHORTEST:
        raise WeakPassword
    return plain


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


async def _audit(
    uow: UnitOfWork, who: SignedIn, action: str, member: Staff, now: datetime, facts: dict[str, object] | None = None
) -> None:
    told = {"staff": member.id, **(facts or {})}
    await record_audit(uow, action, a_staff_member(who.staff_id), now=now, facts=told)
