"""What an applicant is told about a staff step: one push, and where states.md says so a mail to all addresses."""

from __future__ import annotations

from backend.services import pushes
from backend.services.records import CaseRecord
from backend.services.staff.acting import Desk


async def tell(desk: Desk, case: CaseRecord, code: str, *, by_mail: bool = False, **facts: object) -> None:
    """Queue message `code` of messages.yml about `case` as it is after the step (states.md 2.5, 8: at most one)."""
    texts = desk.office.parts.texts
    once = str(case.version)
    await pushes.push(desk.uow, texts, case, code, facts, once=once, staff=True)
    if by_mail:
        await pushes.mail_all(desk.uow, texts, case, code, facts, once=once, now=desk.now)
