"""Pushes messages and events to the product as WeChat does: five seconds, three tries (reference A.2-A.7)."""

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

import aiohttp
from aiohttp import web
from yarl import URL

from simulator import crypto, wire
from simulator.chat import FAULT_BANNER, Bubble
from simulator.replies import LIMIT_BYTES, MalformedReply, Reply, check_reply
from simulator.world import World

log = logging.getLogger("simulator")
HEADERS: Final = {
    "User-Agent": "Mozilla/4.0",
    "Accept": "*/*",
    "Pragma": "no-cache",
    "Content-Type": "text/xml",
}
STALE_LINE_S: Final = 0.05
SILENT_EVENTS: Final = ("unsubscribe", "VIEW", "TEMPLATESENDJOBFINISH")


@dataclass
class PushRules:
    """How the platform waits and repeats; the gap after a refused connection or a 5xx is undocumented."""

    timeout_s: float = 5.0
    tries: int = 3
    retry_after_error_s: float = 5.0


@dataclass(frozen=True)
class Push:
    """One push, sent byte for byte the same on every try."""

    name: str
    openid: str
    url: str
    body: bytes
    plain: str
    silent: bool = False


@dataclass
class Outcome:
    """How a push ended: `answered`, `malformed` or `unanswered`, with the ack time of the try that was answered."""

    push: str
    result: str = "unanswered"
    tries: int = 0
    ack_ms: float | None = None
    reasons: list[str] = field(default_factory=list)


class _Failed(Exception):
    """One try brought no answer; the message says why."""

    def __init__(self, reason: str, *, timed_out: bool = False) -> None:
        super().__init__(reason)
        self.timed_out = timed_out


class PushEngine:
    """Every push is a task of its own: pushes of one user may overtake each other, as in reality."""

    def __init__(self, world: World) -> None:
        self.rules = PushRules()
        self._world = world
        self._tasks: set[asyncio.Task[Outcome]] = set()

    def start(self, push: Push, *, delay_s: float = 0.0) -> asyncio.Task[Outcome]:
        task = asyncio.create_task(self.deliver(push, delay_s=delay_s))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def prepare(self, openid: str, fields: Mapping[str, wire.Value], *, name: str = "") -> Push:
        silent = fields.get("Event") in SILENT_EVENTS
        kind = str(fields.get("Event") or fields.get("MsgType") or "raw")
        return self.prepare_raw(openid, wire.render(fields), name=name or f"push {kind}", silent=silent)

    def prepare_raw(self, openid: str, xml: str, *, name: str = "push raw", silent: bool = False) -> Push:
        """Sign and, by mode, encrypt any text whatever."""
        settings = self._world.settings
        timestamp, nonce = str(self._world.clock.epoch()), self._world.new_id("nonce")
        query = {"signature": crypto.signature(settings.token, timestamp, nonce), "timestamp": timestamp}
        query |= {"nonce": nonce, "openid": openid}
        body = xml
        if settings.mode != "plain":
            random16 = self._world.new_id("random16")
            encrypted = crypto.encrypt(xml, aes_key=settings.aes_key, app_id=settings.app_id, random16=random16)
            query["encrypt_type"] = "aes"
            query["msg_signature"] = crypto.signature(settings.token, timestamp, nonce, encrypted)
            body = self._enveloped(xml, encrypted)
        url = settings.callback_url + ("&" if "?" in settings.callback_url else "?") + urlencode(query)
        return Push(name, openid, url, body.encode(), xml, silent)

    def _enveloped(self, xml: str, encrypted: str) -> str:
        element = wire.render({"Encrypt": encrypted}).removeprefix("<xml>")
        if self._world.settings.mode == "compat":
            return xml.removesuffix("</xml>") + element
        return wire.render({"ToUserName": self._world.settings.original_id}).removesuffix("</xml>") + element

    async def deliver(self, push: Push, *, delay_s: float = 0.0) -> Outcome:
        """Try until answered, three times at most; then the fault banner."""
        if delay_s:
            await asyncio.sleep(delay_s)
        outcome = Outcome(push.name)
        for number in range(1, self.rules.tries + 1):
            outcome.tries = number
            started = time.monotonic()
            try:
                answer = await self._try(push, number)
            except _Failed as failure:
                outcome.reasons.append(str(failure))
                self._record(push, number, started, checks=[str(failure)])
                if not failure.timed_out and number < self.rules.tries:
                    await asyncio.sleep(self.rules.retry_after_error_s)
                continue
            outcome.ack_ms = (time.monotonic() - started) * 1000
            self._take(push, number, started, answer, outcome)
            return outcome
        self._give_up(push, outcome)
        return outcome

    async def _try(self, push: Push, number: int) -> bytes:
        """The body of an answer with status 200. Raises _Failed."""
        fault = self._world.faults.check("push")
        limit_s, body = self.rules.timeout_s, push.body
        if fault and fault.kind == "latency":
            await asyncio.sleep(float(fault.value or 0))
        if fault and fault.kind == "garbage":
            body = body[: len(body) // 2]
        if fault and fault.kind == "drop":
            limit_s = float(fault.value or 0.2)
        try:
            async with asyncio.timeout(limit_s):
                return await self._post_on_a_live_line(push.url, body)
        except TimeoutError as error:
            dropped = limit_s != self.rules.timeout_s
            reason = "connection dropped on purpose" if dropped else f"no answer in {limit_s:g} s"
            raise _Failed(reason, timed_out=True) from error
        except aiohttp.ClientError as error:
            raise _Failed(f"connection failed: {type(error).__name__}") from error

    async def _post_on_a_live_line(self, url: str, body: bytes) -> bytes:
        """A kept-alive connection that the product closed meanwhile is our affair, not a failed try."""
        started = time.monotonic()
        try:
            return await self._post(url, body)
        except aiohttp.ServerDisconnectedError:
            if time.monotonic() - started > STALE_LINE_S:
                raise
            return await self._post(url, body)

    async def _post(self, url: str, body: bytes) -> bytes:
        session = self._world.http()
        sent = session.post(
            URL(url, encoded=True),
            data=body,
            headers=HEADERS,
            skip_auto_headers=("Accept-Encoding",),
            allow_redirects=False,
        )
        async with sent as response:
            answer = b""
            while len(answer) <= LIMIT_BYTES and (chunk := await response.content.readany()):
                answer += chunk
            if response.status != 200:
                raise _Failed(f"HTTP status {response.status}")
            return answer

    def _take(self, push: Push, number: int, started: float, answer: bytes, outcome: Outcome) -> None:
        try:
            reply = check_reply(answer, settings=self._world.settings, openid=push.openid, push=push.name)
        except MalformedReply as fault:
            outcome.result = "malformed"
            outcome.reasons.append(str(fault))
            self._record(push, number, started, answer=answer, checks=[str(fault)])
            self._banner(push, "malformed_reply", str(fault))
            return
        outcome.result = "answered"
        self._record(push, number, started, answer=answer, checks=[f"{r}: {d}" for r, d in reply.findings])
        self._show(push, reply)

    def _show(self, push: Push, reply: Reply) -> None:
        for rule, detail in reply.findings:
            self._world.violation(rule, f"{push.name}: {detail}")
        if push.silent or push.openid not in self._world.users:
            return
        for bubble in reply.bubbles:
            if bubble.media_id and self._world.media.get(bubble.media_id) is None:
                self._world.violation("unknown_media_id", f"{push.name}: unknown or expired")
                continue
            self._world.chat(push.openid).add(bubble)

    def _give_up(self, push: Push, outcome: Outcome) -> None:
        late = any("no answer" in reason for reason in outcome.reasons)
        self._banner(push, "late_answer" if late else "no_answer", "; ".join(outcome.reasons))

    def _banner(self, push: Push, rule: str, reason: str) -> None:
        self._world.violation(rule, f"{push.name}: {reason}")
        log.warning("fault banner after %s: %s", push.name, reason)
        if not push.silent and push.openid in self._world.users:
            card: dict[str, object] = {"rule": rule, "reason": reason}
            self._world.chat(push.openid).add(Bubble("system", "banner", text=FAULT_BANNER, card=card, push=push.name))

    def _record(self, push: Push, number: int, started: float, *, answer: bytes = b"", checks: list[str]) -> None:
        self._world.transcript.add(
            "to_product",
            f"{push.name} (try {number}) {push.url}",
            request=push.plain,
            response=answer[:4000].decode(errors="replace"),
            status=200 if answer or not checks else None,
            checks=checks,
            duration_ms=(time.monotonic() - started) * 1000,
            openid=push.openid,
        )


async def verify_server(world: World) -> tuple[bool, str]:
    """The GET that the console sends when the URL is configured (reference A.1): (accepted, reason)."""
    settings = world.settings
    timestamp, nonce = str(world.clock.epoch()), world.new_id("nonce")
    echo = str(world.ids.next_number("echo") + 10**18)
    query = {"signature": crypto.signature(settings.token, timestamp, nonce), "echostr": echo}
    query |= {"timestamp": timestamp, "nonce": nonce}
    url = settings.callback_url + ("&" if "?" in settings.callback_url else "?") + urlencode(query)
    try:
        async with asyncio.timeout(5), world.http().get(url, headers=HEADERS, allow_redirects=False) as response:
            body, status = await response.content.read(4096), response.status
    except (TimeoutError, aiohttp.ClientError) as error:
        return False, f"no answer: {type(error).__name__}"
    if status != 200 or body != echo.encode():
        world.violation("server_verification", f"status {status}; the body is not echostr exactly")
        return False, f"status {status}, body of {len(body)} bytes is not echostr"
    return True, "ok"


PUSHES: web.AppKey[PushEngine] = web.AppKey("pushes", PushEngine)
