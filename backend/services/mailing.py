"""The mail outbox: each mail leaves once, as far as SMTP allows; a repeat carries the same Message-ID."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Final

from backend.domain.masks import mask_email
from backend.services.errors import StorageUnavailable
from backend.services.parts import Parts
from backend.services.ports import MadeDocument, MailRefused, OutgoingMail, UnitOfWork
from backend.services.pushes import open_task, push
from backend.services.records import Mail

BATCH: Final = 10
CODE_PLACE: Final = "〔code〕"
ATTEMPTS: Final = 8
# A claim that its worker never came back from is free again after this: longer than a batch of slow mails takes.
LEASE: Final = timedelta(minutes=5)


def code_context(mail: Mail) -> str:
    return f"mails.code:{mail.dedupe_key}"


async def send_due_mails(parts: Parts) -> int:
    """Claim what is due, hand it over, note what became of it; how many were tried."""
    now = parts.clock.now()
    async with parts.begin() as uow:
        mails = await uow.mails.due("next_try_at", now, limit=BATCH)
        for mail in mails:
            await uow.mails.save(replace(mail, state="sending", attempts=mail.attempts + 1, next_try_at=now + LEASE))
        await uow.commit()
    for mail in mails:
        await _send(parts, replace(mail, attempts=mail.attempts + 1))
    return len(mails)


async def _send(parts: Parts, mail: Mail) -> None:
    try:
        attachments = [
            MadeDocument(one["name"], one["media_type"], await _content(parts, one["object_key"]))
            for one in mail.attachments
        ]
        body = mail.body
        if mail.code_sealed is not None:
            body = body.replace(CODE_PLACE, parts.keys.open(mail.code_sealed, context=code_context(mail)).decode())
        message_id = f"<gongju-{parts.keys.fingerprint(mail.dedupe_key)[:32]}@mail.invalid>"
        await parts.mailer.send(OutgoingMail(message_id, mail.recipients, mail.subject, body, attachments))
    except MailRefused as error:
        await _finish(parts, mail, "failed", fault=f"refused {error}")
    except Exception as error:  # whatever a mail server or a network can do: later is the answer to all of it
        await _later(parts, mail, fault=type(error).__name__)
    else:
        await _finish(parts, mail, "sent", fault=None)


async def _content(parts: Parts, object_key: str) -> bytes:
    return parts.keys.open(await parts.objects.get(object_key), context=object_key)


async def _later(parts: Parts, mail: Mail, *, fault: str) -> None:
    if mail.attempts >= ATTEMPTS:
        await _finish(parts, mail, "failed", fault=fault)
        return
    pause = timedelta(seconds=15 * 2 ** (mail.attempts - 1))
    async with parts.begin() as uow:
        await uow.mails.save(replace(mail, state="pending", fault=fault, next_try_at=parts.clock.now() + pause))
        await uow.commit()


async def _finish(parts: Parts, mail: Mail, state: str, *, fault: str | None) -> None:
    now = parts.clock.now()
    async with parts.begin() as uow:
        sent_at = now if state == "sent" else None
        done = replace(mail, state=state, fault=fault, next_try_at=None, sent_at=sent_at)
        await uow.mails.save(replace(done, attachments=[], code_sealed=None))
        await _tell(uow, parts, mail, state)
        await uow.commit()
    # The papers carry the whole ID number: they live no longer than their mail.
    for one in mail.attachments:
        with suppress(StorageUnavailable):
            await parts.objects.delete(one["object_key"])


async def _tell(uow: UnitOfWork, parts: Parts, mail: Mail, state: str) -> None:
    case = await uow.cases.get(mail.case_id) if mail.case_id else None
    if case is None:
        return
    if state == "failed":
        note = f"申请 {case.case_no}：有一封邮件没有发出去"
        await open_task(
            uow, parts.ids.new("t"), "mail_failed", note, once=str(mail.id), now=parts.clock.now(), case=case
        )
    request = await uow.template_mails.get(mail.template_mail_id, lock=True) if mail.template_mail_id else None
    if request is not None:
        await uow.template_mails.save(replace(request, state=state))
        facts = {"addresses": "、".join(mask_email(one) for one in mail.recipients), "count": len(request.documents)}
        await push(uow, parts.texts, case, f"templates_{state}", facts, once=request.id)
