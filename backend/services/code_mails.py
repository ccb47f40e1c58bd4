"""Mails that carry a code: it stands sealed beside the mail until it leaves, never in the stored text."""

from __future__ import annotations

from collections.abc import Sequence

from backend.services.mailing import CODE_PLACE, code_context
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.records import Mail


async def mail_code(uow: UnitOfWork, parts: Parts, kind: str, code: str, recipients: Sequence[str]) -> None:
    """Queue mail `kind` of messages.yml with the code in it."""
    now = parts.clock.now()
    subject, body = parts.texts.mail(kind, {"code": CODE_PLACE})
    mail = Mail(
        dedupe_key=f"{kind}:{parts.ids.new('m')}",
        recipients=list(recipients),
        subject=subject,
        body=body,
        created_at=now,
        next_try_at=now,
    )
    sealed = parts.keys.seal(code.encode(), context=code_context(mail))
    await uow.mails.add(Mail(**{**vars(mail), "code_sealed": sealed}))
