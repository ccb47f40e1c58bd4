"""Handing over the confirmation slip, which ends a case well, and replacing a wrong one (T42, F63)."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Final

from backend.domain.case import Event
from backend.services.files import NewFile, store_file
from backend.services.own_papers import CONFIRMATION
from backend.services.pushes import push
from backend.services.records import Confirmation
from backend.services.staff.acting import Desk, Form, act_on_case, needed_text, release
from backend.services.staff.office import Office
from backend.services.staff.refusals import SlipNotThere, SlipTheSame
from backend.services.staff.telling import tell
from backend.services.transitions_log import record_audit, record_transition

LONGEST_REASON: Final = 80


async def upload_confirmation(office: Office, form: Form, *, content: bytes) -> None:
    """Keep the slip, complete the case and tell the applicant that it can be downloaded.

    Raises:
        PdfRefused: not a readable PDF without a password.
    """
    pages = await office.pdfs.pages(content)

    async def step(desk: Desk) -> None:
        after = await record_transition(
            desk.uow, desk.case, Event.UPLOAD_CONFIRMATION, desk.who, now=desk.now, facts={"pages": pages}
        )
        await _add(desk, content)
        await tell(desk, after, "completed")
        await release(desk)

    await act_on_case(office, form, Event.UPLOAD_CONFIRMATION.value, step)


async def replace_confirmation(office: Office, form: Form, *, content: bytes, reason: str) -> None:
    """Put the right slip in place of a wrong one, which is kept and can no longer be downloaded; the applicant is told.

    Raises:
        PdfRefused: not a readable PDF without a password. TextNeeded, TextTooLong: why it is replaced.
        SlipNotThere, SlipTheSame: there is nothing to replace, or nothing to replace it with.
    """
    reason = needed_text(reason, longest=LONGEST_REASON)
    pages = await office.pdfs.pages(content)

    async def step(desk: Desk) -> None:
        wrong = await desk.uow.confirmations.first(case_id=desk.case.id, superseded_at=None, lock=True)
        stands = await desk.uow.files.get(wrong.file_id) if wrong else None
        if wrong is None or stands is None:
            raise SlipNotThere
        if stands.sha256 == hashlib.sha256(content).hexdigest():
            raise SlipTheSame
        await desk.uow.confirmations.save(replace(wrong, superseded_at=desk.now))
        slip = await _add(desk, content)
        facts = {"pages": pages, "old": wrong.id, "new": slip.id}
        await record_audit(
            desk.uow, "slip_replaced", desk.who, now=desk.now, case=desk.case, reason=reason, facts=facts
        )
        await push(desk.uow, office.parts.texts, desk.case, "slip_replaced", once=slip.id, staff=True)
        await release(desk)

    await act_on_case(office, form, "replace_slip", step)


async def _add(desk: Desk, content: bytes) -> Confirmation:
    parts = desk.office.parts
    new = NewFile(kind=CONFIRMATION, source="console", content=content)
    stored = await store_file(desk.uow, parts, new, applicant_id=desk.case.applicant_id, openid=None)
    slip = Confirmation(
        id=parts.ids.new("d"),
        case_id=desk.case.id,
        file_id=stored.id,
        uploaded_at=desk.now,
        uploaded_by=desk.who.id,
    )
    await desk.uow.confirmations.add(slip)
    return slip
