"""Handing over the confirmation slip, which ends a case well (T42, F63)."""

from __future__ import annotations

from backend.domain.case import Event
from backend.services.files import NewFile, store_file
from backend.services.records import Confirmation
from backend.services.staff.acting import Desk, Form, act_on_case, release
from backend.services.staff.office import Office
from backend.services.staff.telling import tell
from backend.services.transitions_log import record_transition


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
        new = NewFile(kind="confirmation", source="console", content=content)
        stored = await store_file(desk.uow, office.parts, new, applicant_id=after.applicant_id, openid=None)
        slip = Confirmation(
            id=office.parts.ids.new("d"),
            case_id=after.id,
            file_id=stored.id,
            uploaded_at=desk.now,
            uploaded_by=desk.who.id,
        )
        await desk.uow.confirmations.add(slip)
        await tell(desk, after, "completed")
        await release(desk)

    await act_on_case(office, form, Event.UPLOAD_CONFIRMATION.value, step)
