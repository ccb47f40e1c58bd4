"""What the backend tells an applicant by itself: chat pushes and mails, queued in the change's own transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from backend.domain.draft import Draft
from backend.services.ports import MessageTexts, UnitOfWork
from backend.services.records import CaseRecord, Mail, StaffTask


async def push(
    uow: UnitOfWork,
    texts: MessageTexts,
    case: CaseRecord,
    code: str,
    facts: Mapping[str, object] | None = None,
    *,
    once: str,
    staff: bool = False,
) -> None:
    """Queue message `code` of messages.yml for the case's applicant, at most once per `once`.

    An applicant without a WeChat account of their own any more gets nothing. On an account of several people it says
    for whom it is.
    """
    identity = await uow.identities.get(case.applicant_id)
    if identity is not None:
        known = {"case_no": case.case_no, "business_type": case.business_type}
        message = texts.push(code, {**known, **(facts or {})})
        if len(await uow.identities.where(openid=identity.openid)) > 1:
            message = replace(message, text=f"【{identity.shown_name or case.case_no}】{message.text}")
        await uow.chat.push(identity.openid, f"{code}{case_mark(case.id)}{once}", message, staff=staff)


def case_mark(case_id: str) -> str:
    """What the key of every message about a case holds, so that they can follow their person to another account."""
    return f":{case_id}:"


async def mail_all(
    uow: UnitOfWork,
    texts: MessageTexts,
    case: CaseRecord,
    code: str,
    facts: Mapping[str, object] | None = None,
    *,
    once: str,
    now: datetime,
    attachments: Sequence[Mapping[str, str]] = (),
    template_mail_id: str | None = None,
) -> bool:
    """Queue one mail to every address of the case (F20, F53); False when there is none."""
    addresses = emails_of(case)
    if not addresses:
        return False
    subject, body = texts.mail(code, {"case_no": case.case_no, **(facts or {})})
    mail = Mail(
        dedupe_key=f"{code}:{case.id}:{once}",
        recipients=addresses,
        subject=subject,
        body=body,
        attachments=list(attachments),
        case_id=case.id,
        template_mail_id=template_mail_id,
        created_at=now,
        next_try_at=now,
    )
    await uow.mails.add_if_new(mail)
    return True


def emails_of(case: CaseRecord) -> list[str]:
    """The addresses of the contact section, in their order."""
    told = Draft.from_json(case.draft).answer("contact", "emails")
    return [address for address in told.replace(";", " ").split() if address]


async def open_task(
    uow: UnitOfWork, task_id: str, kind: str, note: str, *, once: str, now: datetime, case: CaseRecord | None = None,
    openid: str | None = None,
) -> bool:  # fmt: skip
    """A task for the staff, one per cause; `note` carries no personal data."""
    task = StaffTask(
        id=task_id,
        kind=kind,
        note=note,
        dedupe_key=f"{kind}:{once}",
        created_at=now,
        case_id=case.id if case else None,
        applicant_id=case.applicant_id if case else None,
        openid=openid,
    )
    return await uow.staff_tasks.add_if_new(task)
