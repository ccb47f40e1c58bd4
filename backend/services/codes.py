"""Codes that prove something once: by mail (six digits, ten minutes) or told by staff; at most five tries each."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from typing import Final

from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.proof_records import Code

MAIL_LIFE: Final = timedelta(minutes=10)
STAFF_LIFE: Final = timedelta(minutes=30)
TRIES: Final = 5
DIGITS: Final = 6
STAFF_LETTERS: Final = 8


class Proof(StrEnum):
    """What a code is for."""

    RESET_PASSWORD = "reset_password"  # noqa: S105 - the name of a purpose
    NEW_PHONE = "new_phone"


async def issue(
    uow: UnitOfWork,
    parts: Parts,
    proof: Proof,
    about: str,
    *,
    openid: str | None,
    applicant_id: str | None,
    told: str | None = None,
) -> str:
    """A new code; an earlier one for the same purpose, subject and account ends. Only its keyed hash is stored.

    Without an applicant nobody will ever hold it: what is asked for in vain looks and counts like the rest.
    """
    now = parts.clock.now()
    about_hash = subject(parts, proof, about)
    for old in await uow.codes.where(about_hash=about_hash, openid=openid, used_at=None, lock=True):
        await uow.codes.save(replace(old, used_at=now))
    by_staff = openid is None
    code = parts.ids.code(STAFF_LETTERS) if by_staff else _digits(parts.ids.token())
    code_id = parts.ids.new("v")
    fresh = Code(
        id=code_id,
        purpose=proof.value,
        about_hash=about_hash,
        code_hash=_hash(parts, code_id, code),
        created_at=now,
        expires_at=now + (STAFF_LIFE if by_staff else MAIL_LIFE),
        applicant_id=applicant_id,
        openid=openid,
        told_sealed=parts.keys.seal(told.encode(), context=f"codes.told:{code_id}") if told is not None else None,
    )
    await uow.codes.add(fresh)
    return code


async def redeem(uow: UnitOfWork, parts: Parts, proof: Proof, about: str, offered: str, *, openid: str) -> Code | None:
    """The code that fits, used up by this; None counts as a try on every code that is open. The caller commits."""
    now = parts.clock.now()
    for one in await open_codes(uow, parts, proof, about, openid=openid):
        if one.applicant_id is not None and one.code_hash == _hash(parts, one.id, offered):
            used = replace(one, used_at=now)
            await uow.codes.save(used)
            return used
        await uow.codes.save(replace(one, tries=one.tries + 1))
    return None


async def open_codes(uow: UnitOfWork, parts: Parts, proof: Proof, about: str, *, openid: str) -> list[Code]:
    """What can still be redeemed from this account: its own codes and those that staff have told."""
    now = parts.clock.now()
    found = await uow.codes.where(about_hash=subject(parts, proof, about), used_at=None, lock=True, order_by="id")
    return [one for one in found if one.openid in (openid, None) and one.tries < TRIES and now < one.expires_at]


async def drop(uow: UnitOfWork, parts: Parts, proof: Proof, about: str) -> int:
    """End every open code of this subject; how many there were."""
    found = await uow.codes.where(about_hash=subject(parts, proof, about), used_at=None, lock=True)
    for one in found:
        await uow.codes.save(replace(one, used_at=parts.clock.now()))
    return len(found)


def told_of(parts: Parts, code: Code) -> str:
    """What the code was issued for: the new number."""
    return parts.keys.open(code.told_sealed or b"", context=f"codes.told:{code.id}").decode()


def subject(parts: Parts, proof: Proof, about: str) -> str:
    return parts.keys.fingerprint(f"{proof.value}:{about.strip().lower()}")


def _hash(parts: Parts, code_id: str, code: str) -> str:
    """Keyed: six digits would be found out from a plain hash at once."""
    plain = unicodedata.normalize("NFKC", code).strip().lower().replace(" ", "").replace("-", "")
    return parts.keys.fingerprint(f"code:{code_id}:{plain}")


def _digits(token: str) -> str:
    number = int.from_bytes(hashlib.sha256(token.encode()).digest())
    return f"{number % 10**DIGITS:0{DIGITS}d}"
