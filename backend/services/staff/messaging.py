"""A few words from a member of staff into the applicant's chat."""

from __future__ import annotations

from backend.services.pushes import push
from backend.services.staff.acting import Form, locked_case, needed_text
from backend.services.staff.office import Office
from backend.services.transitions_log import record_audit

LONGEST_MESSAGE = 300


async def send_message(office: Office, form: Form, *, text: str) -> None:
    """Queue it for the chat, once per form; it waits for the next turn when WeChat's budget is out.

    Raises:
        TextNeeded, TextTooLong, CaseUnknown: nothing was sent.
    """
    text = needed_text(text, longest=LONGEST_MESSAGE)
    async with office.parts.begin() as uow:
        if await uow.commands.begin(form.key, "staff_message") is not None:
            return
        case = await locked_case(uow, form.case_no)
        await push(uow, office.parts.texts, case, "staff_message", {"text": text}, once=form.token, staff=True)
        await record_audit(uow, "staff_message", form.who, now=office.parts.clock.now(), case=case)
        await uow.commands.finish(form.key, 200, b"")
        await uow.commit()
