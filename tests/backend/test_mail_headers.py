"""Mails as a server receives them: whatever stands in an address or a subject, nobody else gets one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from backend.adapters.smtp import SmtpMailer
from backend.adapters.smtp.letter import as_html
from backend.services.ports import MailRefused, OutgoingMail
from launcher.process import free_port

HOSTILE = (
    "=?utf-8?q?evil=40x.com=2C?=@example.com",
    "=?utf-8?q?a=0D=0ABcc=3Aevil=40x.com?=@example.com",
    "a@example.com,evil@x.com",
    "a@example.com\r\nBcc: evil@x.com",
    "group:evil@x.com;",
    "<evil@x.com>",
    "evil@x.com (a@example.com)",
    "",
)


def test_a_mail_looks_like_its_text_and_nothing_in_it_is_markup() -> None:
    shown = as_html("补交<b>", "您好：\n\n要补交：\n· 租房合同：<script>租期\n· 户口簿\n谢谢。")
    assert "<title>补交&lt;b&gt;</title>" in shown
    assert '<p style="margin:0 0 16px">要补交：</p>' in shown
    assert shown.count("<li ") == 2 and "租房合同：&lt;script&gt;租期</li>" in shown


class Sink:
    """A mail server that keeps what it gets."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        self.envelopes.append(envelope)
        return "250 OK"


@pytest.fixture
async def sink() -> AsyncIterator[tuple[Sink, SmtpMailer]]:
    sink, port = Sink(), free_port()
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    yield sink, SmtpMailer(f"smtp://127.0.0.1:{port}", "工居 <gongju@example.com>")
    controller.stop()


def a_mail(*recipients: str, subject: str = "材料模板") -> OutgoingMail:
    return OutgoingMail("<1@mail.invalid>", list(recipients), subject, "您好", [])


async def test_a_mail_reaches_all_its_addresses_at_once(sink: tuple[Sink, SmtpMailer]) -> None:
    server, mailer = sink
    await mailer.send(a_mail("a@example.com", "o'neil+x@example.cn"))
    assert [one.rcpt_tos for one in server.envelopes] == [["a@example.com", "o'neil+x@example.cn"]]
    assert server.envelopes[0].mail_from == "gongju@example.com"


@pytest.mark.parametrize("address", HOSTILE)
async def test_a_hostile_address_gets_nothing_and_the_good_one_its_mail(
    sink: tuple[Sink, SmtpMailer], address: str
) -> None:
    server, mailer = sink
    await mailer.send(a_mail("good@example.com", address))
    assert server.envelopes[0].rcpt_tos == ["good@example.com"]
    told = message_from_bytes(bytes(server.envelopes[0].content or b""), policy=policy.default)
    assert (str(told["To"]), told["Bcc"]) == ("good@example.com", None)


async def test_without_any_real_address_the_mail_is_refused_for_good(sink: tuple[Sink, SmtpMailer]) -> None:
    with pytest.raises(MailRefused):
        await sink[1].send(a_mail(*HOSTILE))
    assert sink[0].envelopes == []


async def test_a_subject_of_several_lines_adds_no_header(sink: tuple[Sink, SmtpMailer]) -> None:
    server, mailer = sink
    await mailer.send(a_mail("a@example.com", subject="一\r\nBcc: evil@x.com\n二"))
    told = message_from_bytes(bytes(server.envelopes[0].content or b""), policy=policy.default)
    assert (told["Subject"], told["Bcc"]) == ("一 Bcc: evil@x.com 二", None)


async def test_a_server_that_takes_its_time_at_each_step_is_left_alone_after_the_whole_time() -> None:
    """A batch of mails is claimed for some minutes: what is handed over later than that would leave twice."""

    async def slowly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            await asyncio.sleep(0.25)
            writer.write(b"220 slow\r\n")
            while await reader.readline():
                await asyncio.sleep(0.25)
                writer.write(b"250 ok\r\n")
        writer.close()

    async with await asyncio.start_server(slowly, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(TimeoutError):
            await SmtpMailer(f"smtp://127.0.0.1:{port}", "a@example.com", timeout_s=0.6).send(a_mail("b@example.com"))
