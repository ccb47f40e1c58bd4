"""Hands mails to an SMTP server."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from typing import Final
from urllib.parse import unquote, urlsplit

import aiosmtplib

from backend.adapters.smtp.letter import as_html
from backend.services.ports import MailRefused, OutgoingMail

_ADDRESS: Final = re.compile(r"[^\s,;:<>()\[\]\"\\@]+@[A-Za-z0-9.-]+")


class SmtpMailer:
    """Implements `services.ports.Mailer`: `smtp://[user:password@]host[:port]`, `smtps://…`, `smtp+starttls://…`."""

    def __init__(self, smtp_url: str, sender: str, *, timeout_s: float = 20) -> None:
        self._url = urlsplit(smtp_url)
        self._sender = sender
        self._timeout_s = timeout_s

    async def send(self, mail: OutgoingMail) -> None:
        """Hand the mail over once for all its recipients, within `timeout_s` from the first word to the last.

        Raises:
            MailRefused: the server refused the sender, the content or every recipient for good (5xx), or no recipient
                is an address.
            aiosmtplib.SMTPException, OSError: it may work later.
        """
        recipients = [address for address in mail.recipients if _is_plain(address)]
        if not recipients:
            raise MailRefused("recipients")
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._hand_over(mail, recipients)
        except aiosmtplib.SMTPRecipientsRefused as error:
            if all(refused.code >= 500 for refused in error.recipients):
                raise MailRefused("recipients") from error
            raise
        except aiosmtplib.SMTPResponseException as error:
            if error.code >= 500:
                raise MailRefused(str(error.code)) from error
            raise

    async def _hand_over(self, mail: OutgoingMail, recipients: Sequence[str]) -> None:
        await aiosmtplib.send(
            self._message(mail, recipients),
            sender=parseaddr(self._sender)[1],
            recipients=recipients,
            hostname=self._url.hostname,
            port=self._url.port,
            username=unquote(self._url.username) if self._url.username else None,
            password=unquote(self._url.password) if self._url.password else None,
            use_tls=self._url.scheme == "smtps",
            start_tls=self._url.scheme == "smtp+starttls",
            timeout=self._timeout_s,
        )

    def _message(self, mail: OutgoingMail, recipients: Sequence[str]) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self._sender
        message["To"] = ", ".join(recipients)
        message["Subject"] = " ".join(mail.subject.split())
        message["Date"] = formatdate(localtime=False)
        message["Message-ID"] = mail.message_id
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.body)
        message.add_alternative(as_html(message["Subject"], mail.body), subtype="html")
        for document in mail.attachments:
            kind, _, subtype = document.media_type.partition("/")
            message.add_attachment(document.content, maintype=kind, subtype=subtype, filename=document.name)
        return message


def _is_plain(address: str) -> bool:
    """Whether a header shows this address as it is: `=?…?=` would be decoded, a comma or a space would add others."""
    return "=?" not in address and _ADDRESS.fullmatch(address) is not None
