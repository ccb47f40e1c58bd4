"""北京通 credentials: sealed, kept for one open case, purged when it closes (F21, F22)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from backend.domain.consents import asked_on
from backend.services.consents import note_given
from backend.services.errors import ConsentNeeded
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.records import Credentials
from backend.services.standing import load_standing
from backend.services.transitions_log import an_applicant, record_audit

PAGE: Final = "credentials"


async def keep_credentials(
    uow: UnitOfWork, parts: Parts, openid: str, *, username: str, password: str, agreed: Mapping[str, str]
) -> None:
    """Keep them for the open case; giving them again replaces them. `agreed`: purpose by purpose, the shown version.

    Raises:
        ConsentNeeded, NotBound, NoCase: nothing is stored.
    """
    asked = asked_on(parts.catalogues.purposes(), PAGE)
    if any(agreed.get(one.name) != one.version for one in asked):
        raise ConsentNeeded
    standing = await load_standing(uow, parts, openid)
    case, now = standing.open_case, parts.clock.now()
    await uow.credentials.remove(case_id=case.id)
    await uow.credentials.add(
        Credentials(
            case_id=case.id,
            username_sealed=parts.keys.seal(username.strip().encode(), context=f"credentials.username:{case.id}"),
            password_sealed=parts.keys.seal(password.encode(), context=f"credentials.password:{case.id}"),
            consented_at=now,
        )
    )
    await note_given(uow, parts, standing.applicant.id, [one.name for one in asked], how=PAGE)
    await record_audit(uow, "credentials_given", an_applicant(standing.applicant.id), now=now, case=case)
