"""The mail box of a local installation: takes every mail by SMTP and shows them on a page; nothing is sent anywhere."""

from __future__ import annotations

import asyncio
import email
import html
import os
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from typing import Final

from aiohttp import web
from aiosmtpd.smtp import SMTP, Envelope, Session

KEPT: Final = 500


@dataclass
class MailBox:
    """The mails that came in, newest last."""

    mails: list[tuple[list[str], EmailMessage]] = field(default_factory=list)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode()
        message = email.message_from_bytes(raw, policy=default)
        assert isinstance(message, EmailMessage)
        self.mails.append((list(envelope.rcpt_tos), message))
        del self.mails[:-KEPT]
        return "250 OK"


def _text_of(message: EmailMessage) -> str:
    body = message.get_body(preferencelist=("plain", "html"))
    return body.get_content() if body else ""


def _attachments_of(message: EmailMessage) -> list[EmailMessage]:
    return [part for part in message.iter_attachments() if isinstance(part, EmailMessage)]


def as_json(number: int, to: list[str], message: EmailMessage) -> dict[str, object]:
    return {
        "number": number,
        "to": to,
        "subject": str(message["subject"]),
        "text": _text_of(message),
        "attachments": [
            {"filename": part.get_filename() or "", "content_type": part.get_content_type()}
            for part in _attachments_of(message)
        ],
    }


def add_pages(app: web.Application, box: MailBox) -> None:
    async def listing(_request: web.Request) -> web.Response:
        return web.json_response([as_json(n, to, message) for n, (to, message) in enumerate(box.mails)])

    async def attachment(request: web.Request) -> web.Response:
        _, message = box.mails[int(request.match_info["number"])]
        part = _attachments_of(message)[int(request.match_info["part"])]
        return web.Response(body=part.get_payload(decode=True), content_type=part.get_content_type())

    async def as_shown(request: web.Request) -> web.Response:
        """A mail as a mail program shows it; nothing in it may run or load."""
        body = box.mails[int(request.match_info["number"])][1].get_body(preferencelist=("html",))
        if body is None:
            raise web.HTTPNotFound()
        headers = {"Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'"}
        return web.Response(text=body.get_content(), content_type="text/html", headers=headers)

    async def page(_request: web.Request) -> web.Response:
        rows = "".join(_row(n, to, message) for n, (to, message) in reversed(list(enumerate(box.mails))))
        return web.Response(text=PAGE.replace("ROWS", rows or "<p>还没有邮件。</p>"), content_type="text/html")

    app.router.add_get("/", page)
    app.router.add_get("/mails.json", listing)
    app.router.add_get(r"/mails/{number:\d+}", as_shown)
    app.router.add_get(r"/mails/{number:\d+}/{part:\d+}", attachment)


def _row(number: int, to: list[str], message: EmailMessage) -> str:
    files = "".join(
        f'<li><a href="/mails/{number}/{n}">{html.escape(part.get_filename() or "")}</a></li>'
        for n, part in enumerate(_attachments_of(message))
    )
    shown = f'<p><a href="/mails/{number}">在邮箱里的样子</a></p>' if message.get_body(preferencelist=("html",)) else ""
    return (
        f"<article><h2>{html.escape(str(message['subject']))}</h2><p class=to>{html.escape('；'.join(to))}</p>"
        f"<pre>{html.escape(_text_of(message))}</pre>{shown}<ul>{files}</ul></article>"
    )


PAGE: Final = """<!doctype html><html lang="zh-CN"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>演示邮箱</title><style>
body{font:15px/1.6 system-ui,"Noto Sans SC",sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#222}
body{background:#f6f6f6}
article{background:#fff;border-radius:8px;padding:1rem 1.25rem;margin:1rem 0;box-shadow:0 1px 3px #0002}
h2{font-size:1.05rem;margin:0}.to{color:#666;overflow-wrap:anywhere;margin:.2rem 0}
pre{white-space:pre-wrap;font:inherit}</style>
<h1>演示邮箱</h1><p>这里收到的是演示中发出的所有邮件，不会真的寄出。</p>ROWS</html>"""


async def main() -> None:
    box = MailBox()
    host = os.environ.get("BIND_HOST", "127.0.0.1")
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(box, data_size_limit=32 * 1024 * 1024), host, int(os.environ["SMTP_PORT"])
    )
    app = web.Application()
    add_pages(app, box)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, host, int(os.environ["MAIL_PORT"])).start()
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
