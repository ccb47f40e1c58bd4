"""Who of the staff is at the console: signing in with a lockout, sessions that end, signing out."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from backend.services.ports import UnitOfWork
from backend.services.records import AuditEntry, Staff, StaffSession
from backend.services.staff.office import Office
from backend.services.staff.refusals import Locked, WrongPassword

TRIES: Final = 5
LOCKED_FOR: Final = timedelta(minutes=15)
SESSION_LASTS: Final = timedelta(hours=12)
IDLE_ENDS: Final = timedelta(hours=2)
SEEN_EVERY: Final = timedelta(minutes=1)
LONGEST_PASSWORD: Final = 256


@dataclass(frozen=True)
class SignedIn:
    """A member of staff with an open session."""

    staff_id: str
    username: str
    display_name: str
    role: str
    csrf_token: str


@dataclass(frozen=True)
class OpenedSession:
    """`token` goes into the cookie and is stored nowhere."""

    token: str
    who: SignedIn


async def sign_in(office: Office, *, username: str, password: str) -> OpenedSession:
    """Open a session; the fifth wrong password in a row locks the account for 15 minutes.

    Raises:
        WrongPassword: or an unknown name; both take equally long.
        Locked: the account is locked, whatever the password is.
    """
    password = password[:LONGEST_PASSWORD]
    async with office.parts.begin() as uow:
        staff = await uow.staff.first(username=username.strip(), active=True, lock=True)
        if staff is None:
            await office.parts.passwords.hash(password)
            raise WrongPassword
        now = office.parts.clock.now()
        if staff.locked_until is not None and staff.locked_until > now:
            raise Locked(staff.locked_until)
        if not await office.parts.passwords.verify(staff.password_hash, password):
            await _count_failure(office, uow, staff)
        opened = await _open_session(office, uow, staff)
        await uow.commit()
        return opened


async def session_of(office: Office, token: str) -> SignedIn | None:
    """The session behind a cookie, or None when it has ended; keeps it alive."""
    async with office.parts.begin() as uow:
        session = await uow.staff_sessions.get(_hash(token))
        now = office.parts.clock.now()
        if session is None or session.expires_at <= now or session.last_seen_at + IDLE_ENDS <= now:
            return None
        staff = await uow.staff.get(session.staff_id)
        if staff is None or not staff.active:
            return None
        if session.last_seen_at + SEEN_EVERY <= now:
            await uow.staff_sessions.save(replace(session, last_seen_at=now))
            await uow.commit()
        return _signed_in(staff, session)


async def sign_out(office: Office, token: str) -> None:
    """Close the session for good; a session that is gone already is fine."""
    async with office.parts.begin() as uow:
        await uow.staff_sessions.remove(token_hash=_hash(token))
        await uow.commit()


async def _count_failure(office: Office, uow: UnitOfWork, staff: Staff) -> None:
    """Remember the wrong password in its own commit, then refuse."""
    failed = staff.failed_sign_ins + 1
    until = office.parts.clock.now() + LOCKED_FOR if failed >= TRIES else None
    await uow.staff.save(replace(staff, failed_sign_ins=0 if until else failed, locked_until=until))
    await _audit(office, uow, staff, "staff_locked" if until else "staff_sign_in_failed")
    await uow.commit()
    raise Locked(until) if until else WrongPassword


async def _open_session(office: Office, uow: UnitOfWork, staff: Staff) -> OpenedSession:
    now = office.parts.clock.now()
    token = office.parts.ids.token()
    session = StaffSession(
        token_hash=_hash(token),
        staff_id=staff.id,
        csrf_token=office.parts.ids.token(),
        created_at=now,
        last_seen_at=now,
        expires_at=now + SESSION_LASTS,
    )
    await uow.staff.save(replace(staff, failed_sign_ins=0, locked_until=None))
    await uow.staff_sessions.add(session)
    await _audit(office, uow, staff, "staff_signed_in")
    return OpenedSession(token, _signed_in(staff, session))


async def _audit(office: Office, uow: UnitOfWork, staff: Staff, action: str) -> None:
    await uow.audit.add(AuditEntry(at=office.parts.clock.now(), actor_kind="staff", actor_id=staff.id, action=action))


def _signed_in(staff: Staff, session: StaffSession) -> SignedIn:
    return SignedIn(staff.id, staff.username, staff.display_name, staff.role, session.csrf_token)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
