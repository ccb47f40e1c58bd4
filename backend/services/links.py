"""One-time links to the applicant's pages: only the token's hash is stored, and only its openid may redeem it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from backend.services.errors import LinkExpired, LinkOfAnother, LinkUnknown, LinkUsed
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.records import Link

LINK_LIFE: Final = timedelta(minutes=30)
REDEEM_AGAIN: Final = timedelta(minutes=10)


class Purpose(StrEnum):
    """What a page is for (contracts.md 3)."""

    BIND = "bind"
    CREDENTIALS = "credentials"
    CROP = "crop"
    PAY = "pay"
    UPLOAD = "upload"
    OVERVIEW = "overview"
    CONFIRM = "confirm"
    DATA = "data"


@dataclass(frozen=True)
class OfferedLink:
    """A link as it is sent: the only place where its token is ever readable."""

    purpose: Purpose
    url: str
    expires_at: datetime

    def to_json(self) -> dict[str, Any]:
        return {"purpose": self.purpose.value, "url": self.url, "expires_at": self.expires_at.isoformat()}


async def offer_link(
    uow: UnitOfWork, parts: Parts, openid: str, purpose: Purpose, *, case_no: str | None = None
) -> OfferedLink:
    """Make a link for this openid, good for half an hour."""
    now = parts.clock.now()
    token = parts.ids.token()
    link = Link(
        id=parts.ids.new("l"),
        token_hash=_hash(token),
        purpose=purpose.value,
        openid=openid,
        case_no=case_no,
        created_at=now,
        expires_at=now + LINK_LIFE,
    )
    await uow.links.add(link)
    return OfferedLink(purpose, f"{parts.public_url.rstrip('/')}/h5/l/{token}", link.expires_at)


async def redeem_link(parts: Parts, token: str, openid: str) -> Link:
    """Use a link; the same openid may repeat it within ten minutes (a page that was reloaded).

    Raises:
        LinkUnknown, LinkOfAnother, LinkExpired, LinkUsed: see there.
    """
    now = parts.clock.now()
    async with parts.begin() as uow:
        link = await uow.links.first(token_hash=_hash(token), lock=True)
        if link is None:
            raise LinkUnknown
        if link.openid != openid:
            raise LinkOfAnother
        if link.redeemed_at is not None and now > link.redeemed_at + REDEEM_AGAIN:
            raise LinkUsed
        if link.redeemed_at is None:
            if now >= link.expires_at:
                raise LinkExpired
            link = replace(link, redeemed_at=now)
            await uow.links.save(link)
            await uow.commit()
    return link


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
