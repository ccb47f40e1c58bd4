"""`GET|POST /wechat`: checks a push, keeps it, and answers WeChat within its window (reference A)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import structlog
from aiohttp import web
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from bot import metrics, sentences
from bot.circuit import Circuit
from bot.inbox import Given, Inbox, Stored
from bot.reading import is_awaiting_an_answer, keep
from bot.runner import Runner, Waiter
from runtime.clock import Clock
from wechat.crypto import BODY_LIMIT_BYTES, Envelopes, Opened
from wechat.errors import BadPush, BadSignature
from wechat.inbound import Push, read_push
from wechat.xml import cdata

PASSIVE_WINDOW_S: Final = 4.5
log = structlog.get_logger()


@dataclass
class Webhook:
    """The platform's door."""

    app_id: str
    envelopes: Envelopes
    inbox: Inbox
    runner: Runner
    circuit: Circuit
    clock: Clock
    window_s: float = PASSIVE_WINDOW_S

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/wechat", self.check_url, allow_head=False)
        app.router.add_post("/wechat", self.receive)

    async def check_url(self, request: web.Request) -> web.Response:
        """WeChat's check that this URL is ours: the echo, exactly."""
        try:
            return web.Response(text=self.envelopes.echo(request.query))
        except BadSignature:
            metrics.BAD_PUSHES.labels("signature").inc()
            return web.Response(status=403)

    async def receive(self, request: web.Request) -> web.Response:
        """One push: stored before it is acknowledged, answered passively when the turn ends in time."""
        arrived = time.monotonic()
        try:
            opened = self.envelopes.open(request.query, await _body(request))
            push = read_push(self.app_id, opened.fields)
        except BadSignature:
            metrics.BAD_PUSHES.labels("signature").inc()
            return web.Response(status=403)
        except BadPush as error:
            metrics.BAD_PUSHES.labels(error.reason).inc()
            log.warning("bad_push", reason=error.reason)
            return web.Response(text="success")
        try:
            given = await self._answer(push, arrived)
        except SQLAlchemyError as error:
            # Not stored, so not acknowledged: WeChat sends it again.
            log.error("push_not_stored", error=type(error).__name__)
            metrics.PUSHES.labels("not_stored").inc()
            return web.Response(status=503)
        metrics.ACK_SECONDS.observe(time.monotonic() - arrived)
        return self._response(opened, push, given)

    async def _answer(self, push: Push, arrived: float) -> Given:
        kept = keep(push)
        wants_answer = is_awaiting_an_answer(push.kind, kept)
        until = arrived + self.window_s
        waiter = self.runner.wait_for(push.turn_key, until=until) if wants_answer else None
        try:
            stored = await self._store(push, kept, until=until, wants_answer=wants_answer)
            self.runner.wake()
            if stored.given is not None or waiter is None:
                return stored.given or Given(None)
            return await self._wait(stored, waiter)
        finally:
            if waiter is not None:
                self.runner.stop_waiting(push.turn_key, waiter)

    async def _store(self, push: Push, kept: Mapping[str, Any], *, until: float, wants_answer: bool) -> Stored:
        while True:
            excuse = sentences.OUTAGE if wants_answer and self.circuit.is_open else None
            wait_s = max(0.0, until - time.monotonic()) if wants_answer else 0.0
            try:
                stored = await self.inbox.store(push, kept, now=self.clock.now(), wait_s=wait_s, excuse=excuse)
            except OperationalError:
                # A database that is just restarting is worth a part of the window.
                if time.monotonic() > until - 1:
                    raise
                await asyncio.sleep(0.25)
            else:
                metrics.PUSHES.labels("first" if stored.is_first else "repeat").inc()
                return stored

    async def _wait(self, stored: Stored, waiter: Waiter) -> Given:
        """The answer in time, else the decision that it comes by customer-service message."""
        given = None if stored.is_first else await self.inbox.answer_of(stored.id)
        while given is None and (left_s := waiter.until - time.monotonic()) > 0:
            given = await waiter.wait(left_s) or await self.inbox.answer_of(stored.id)
        return given or await self.inbox.stop_waiting(stored.id)

    def _response(self, opened: Opened, push: Push, given: Given) -> web.Response:
        if given.text is None:
            return web.Response(text="success")
        seconds = int(self.clock.now().timestamp())
        xml = (
            f"<xml><ToUserName>{cdata(push.openid)}</ToUserName><FromUserName>{cdata(push.to)}</FromUserName>"
            f"<CreateTime>{seconds}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
            f"<Content>{cdata(given.text)}</Content></xml>"
        )
        sealed = self.envelopes.seal(opened, xml, timestamp=seconds)
        return web.Response(text=sealed, content_type="application/xml", charset="utf-8")


async def _body(request: web.Request) -> bytes:
    if (request.content_length or 0) > BODY_LIMIT_BYTES:
        raise BadPush("too_big")
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise BadPush("too_big") from None
