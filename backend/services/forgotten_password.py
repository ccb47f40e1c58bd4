"""遇见问题: a forgotten password is set anew with a code by mail, or one that staff tell after checking (F9).

Whether a user name exists, and whether the phone fits it, is told by nothing: answers, limits and counts are the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Final

from backend.domain.draft import Draft
from backend.domain.errors import DomainError
from backend.domain.passwords import checked_password
from backend.services.code_mails import mail_code
from backend.services.codes import Proof, issue, redeem
from backend.services.errors import TooSoon
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.pushes import emails_of
from backend.services.records import Applicant
from backend.services.transitions_log import an_applicant, record_audit

HOUR_S: Final = 3600
CODES_PER_HOUR: Final = 3
TRIES_PER_HOUR: Final = 20


@dataclass(eq=False)
class CodeWrong(DomainError):
    """Wrong, used, too old, tried too often, or never sent: these are not told apart."""

    code: ClassVar[str] = "code_wrong"


async def ask_for_code(parts: Parts, openid: str, *, username: str, phone: str) -> None:
    """Send a code to the addresses on file when user name and phone belong together; else do as if.

    Raises:
        TooSoon: three codes within the hour for this name or from this account.
    """
    name = username.strip().lower()
    await _limit(parts, f"reset:{parts.keys.fingerprint(name)}", CODES_PER_HOUR)
    await _limit(parts, f"reset:{parts.keys.fingerprint(openid)}", CODES_PER_HOUR)
    async with parts.begin() as uow:
        applicant = await uow.applicants.first(username=name)
        addresses = await _addresses(uow, applicant, phone) if applicant else []
        known = applicant.id if applicant and addresses else None
        code = await issue(uow, parts, Proof.RESET_PASSWORD, name, openid=openid, applicant_id=known)
        if known is not None:
            await mail_code(uow, parts, "reset_code", code, addresses)
            await record_audit(uow, "reset_code_sent", an_applicant(known), now=parts.clock.now())
            identity = await uow.identities.get(known)
            if identity is not None and identity.openid != openid:
                told = parts.texts.push("reset_code", {"code": ""})
                await uow.chat.push(identity.openid, f"reset_code:{parts.ids.new('n')}", told)
        await uow.commit()


async def set_password(parts: Parts, openid: str, *, username: str, code: str, password: str) -> None:
    """Set a new password with a code; the lock of wrong passwords opens with it.

    Raises:
        PasswordWeak: nothing was tried. CodeWrong: counted. TooSoon: too many tries from this account.
    """
    name = username.strip().lower()
    plain = checked_password(password, username=name)
    await _limit(parts, f"reset-try:{parts.keys.fingerprint(openid)}", TRIES_PER_HOUR)
    hashed = await parts.passwords.hash(plain)
    async with parts.begin() as uow:
        used = await redeem(uow, parts, Proof.RESET_PASSWORD, name, code, openid=openid)
        applicant = await uow.applicants.get(used.applicant_id or "", lock=True) if used else None
        if applicant is not None:
            await _set(uow, parts, applicant, hashed)
        await uow.commit()
    if applicant is None:
        raise CodeWrong


async def _set(uow: UnitOfWork, parts: Parts, applicant: Applicant, hashed: str) -> None:
    await uow.applicants.save(replace(applicant, password_hash=hashed, failed_sign_ins=0, locked_until=None))
    await record_audit(uow, "password_reset", an_applicant(applicant.id), now=parts.clock.now())
    identity = await uow.identities.get(applicant.id)
    if identity is not None:
        told = parts.texts.push("password_changed", {})
        await uow.chat.push(identity.openid, f"password_changed:{parts.ids.new('n')}", told)


async def _addresses(uow: UnitOfWork, applicant: Applicant, phone: str) -> list[str]:
    """The addresses of the newest case that has a phone, when it is this one."""
    wanted = "".join(c for c in phone if c.isdigit())[-11:]
    for case in await uow.cases.where(applicant_id=applicant.id, order_by="-created_at"):
        on_file = Draft.from_json(case.draft).answer("contact", "phone")
        if on_file:
            return emails_of(case) if len(wanted) == 11 and on_file == wanted else []
    return []


async def _limit(parts: Parts, key: str, times: int) -> None:
    if not await parts.limiter.allow(key, every_s=HOUR_S, times=times):
        raise TooSoon(HOUR_S)
