"""Binding a WeChat account to an applicant: password, lockout, captcha, terms of service (F5-F7)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from backend.domain.errors import DomainError
from backend.services.consents import TERMS, agreed_on_binding, note_given
from backend.services.errors import CaptchaNeeded, CaptchaWrong, Locked, WrongPassword
from backend.services.going_on import GoOn, let_go_on
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.records import Applicant, Captcha
from backend.services.transitions_log import an_applicant, record_audit
from backend.services.who_is import attach

TRIES: Final = 5
LOCKED_FOR: Final = timedelta(minutes=15)
STRANGERS_KEPT: Final = timedelta(days=7)
CAPTCHA_AFTER: Final = 3
CAPTCHA_LIFE: Final = timedelta(minutes=5)
CAPTCHA_LETTERS: Final = 5
# A hash of nothing that anybody types: unknown names take as long as known ones.
_NOBODYS_HASH: Final = (
    "$argon2id$v=19$m=65536,t=3,p=4$c29tZSBzYWx0IG9mIG91cnM$Zv7D8R1zEo5uYQvVQYc1ZcC7oV5mVQmE3mXhHn0yT3I"
)


@dataclass(frozen=True)
class SignIn:
    """What the bind page sends; `agreed`: purpose by purpose, the version whose words it showed."""

    username: str
    password: str
    captcha_id: str | None = None
    captcha: str | None = None
    agreed: Mapping[str, str] = field(default_factory=dict)


async def draw_captcha(parts: Parts) -> tuple[str, bytes]:
    """A new captcha's id and its picture; good for five minutes, once."""
    answer = parts.ids.code(CAPTCHA_LETTERS)
    captcha_id = parts.ids.new("k")
    captcha = Captcha(captcha_id, _captcha_hash(captcha_id, answer), parts.clock.now() + CAPTCHA_LIFE)
    async with parts.begin() as uow:
        await uow.captchas.add(captcha)
        await uow.commit()
    return captcha_id, await parts.captchas.draw(answer)


async def bind(parts: Parts, openid: str, sign_in: SignIn, *, go_on: GoOn | None = None) -> str:
    """Bind, make this the current person of the account, and give the applicant's name.

    A second WeChat account of the same person takes the place of the first.

    Raises:
        TermsNeeded, Locked, CaptchaNeeded, CaptchaWrong, WrongPassword: see there.
    """
    agreed = agreed_on_binding(parts, sign_in.agreed)
    async with parts.begin() as uow:
        applicant = await uow.applicants.first(username=sign_in.username.strip().lower(), lock=True)
        refusal = await _refusal(uow, parts, sign_in, applicant)
        if refusal is None and applicant is not None:
            await attach(uow, parts, openid, applicant, terms_version=agreed[TERMS], how="password")
            await note_given(uow, parts, applicant.id, agreed, how="bind")
            await let_go_on(uow, parts, openid, go_on)
        # A failed try counts, so it is kept as well.
        await uow.commit()
    if refusal is not None or applicant is None:
        raise refusal or WrongPassword(left=TRIES - 1)
    return applicant_name(parts, applicant)


def applicant_name(parts: Parts, applicant: Applicant) -> str:
    return parts.keys.open(applicant.name_sealed, context=f"applicants.name:{applicant.id}").decode()


def applicant_id_no(parts: Parts, applicant: Applicant) -> str:
    return parts.keys.open(applicant.id_no_sealed, context=f"applicants.id_no:{applicant.id}").decode()


@dataclass(frozen=True)
class _Tries:
    """Wrong passwords in a row, and until when no other one is looked at."""

    failures: int = 0
    locked_until: datetime | None = None


async def _refusal(uow: UnitOfWork, parts: Parts, sign_in: SignIn, applicant: Applicant | None) -> DomainError | None:
    """A name that nobody has is answered step by step like one that somebody has, so that names cannot be found out."""
    now = parts.clock.now()
    tries = _tries_of(applicant) if applicant else await _strangers_tries(parts, sign_in.username)
    failures = tries.failures
    if tries.locked_until:
        if now < tries.locked_until:
            return Locked(until=tries.locked_until.isoformat())
        failures = 0
    if failures >= CAPTCHA_AFTER:
        if not sign_in.captcha_id or not sign_in.captcha:
            return CaptchaNeeded()
        if not await _captcha_fits(uow, sign_in.captcha_id, sign_in.captcha, now):
            return CaptchaWrong()
    hashed = applicant.password_hash if applicant else _NOBODYS_HASH
    if await parts.passwords.verify(hashed, sign_in.password) and applicant:
        await uow.applicants.save(replace(applicant, failed_sign_ins=0, locked_until=None))
        return None
    failures += 1
    tries = _Tries(failures, now + LOCKED_FOR if failures >= TRIES else None)
    if applicant:
        await _keep_tries(uow, applicant, tries, now)
    else:
        await _keep_strangers_tries(parts, sign_in.username, tries)
    return Locked(until=tries.locked_until.isoformat()) if tries.locked_until else WrongPassword(left=TRIES - failures)


def _tries_of(applicant: Applicant) -> _Tries:
    return _Tries(applicant.failed_sign_ins, applicant.locked_until)


async def _keep_tries(uow: UnitOfWork, applicant: Applicant, tries: _Tries, now: datetime) -> None:
    after = replace(applicant, failed_sign_ins=tries.failures, locked_until=tries.locked_until)
    await uow.applicants.save(after)
    await record_audit(uow, "sign_in_failed", an_applicant(applicant.id), now=now, facts={"failures": tries.failures})


async def _strangers_tries(parts: Parts, username: str) -> _Tries:
    kept = await parts.limiter.recall(_strangers_key(parts, username))
    failures, _, until = (kept or "0;").partition(";")
    return _Tries(int(failures), datetime.fromisoformat(until) if until else None)


async def _keep_strangers_tries(parts: Parts, username: str, tries: _Tries) -> None:
    until = tries.locked_until.isoformat() if tries.locked_until else ""
    await parts.limiter.remember(
        _strangers_key(parts, username), f"{tries.failures};{until}", for_s=int(STRANGERS_KEPT.total_seconds())
    )


def _strangers_key(parts: Parts, username: str) -> str:
    return f"stranger:{parts.keys.fingerprint(username.strip().lower())}"


async def _captcha_fits(uow: UnitOfWork, captcha_id: str, answer: str, now: datetime) -> bool:
    captcha = await uow.captchas.get(captcha_id, lock=True)
    if captcha is None or captcha.used_at is not None or now >= captcha.expires_at:
        return False
    await uow.captchas.save(replace(captcha, used_at=now))
    return captcha.answer_hash == _captcha_hash(captcha_id, answer)


def _captcha_hash(captcha_id: str, answer: str) -> str:
    return hashlib.sha256(f"{captcha_id}:{answer.strip().lower()}".encode()).hexdigest()
