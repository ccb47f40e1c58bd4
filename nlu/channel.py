"""The bot's way into Rasa: one turn per call, all of its replies or a fault in answer (contracts.md, section 2)."""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json

from nlu.payloads import EVENT_INTENTS, FILES_INTENT, PayloadMalformed, parse_of_intent, parse_of_payload
from nlu.turn import Turn, current_turn

log = logging.getLogger(__name__)
TURN_TIMEOUT_S = 9.0
KINDS = ("text", "payload", "event", "files")


class TurnMalformed(ValueError):
    """The call is not a turn: the bot's mistake, answered with 400."""


class TurnFailed(Exception):
    """The turn did not come to its end; the same call may be repeated."""


class RepliesOf(OutputChannel):
    """Collects what is said in this turn as `Reply` objects."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn

    @classmethod
    def name(cls) -> str:
        return "gongju"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        reply = reply_of(message)
        if reply:
            self._turn.replies.append(reply)


def reply_of(message: Mapping[str, Any]) -> dict[str, Any]:
    """A Rasa message as the contract's `Reply`; empty keys are left out."""
    reply: dict[str, Any] = {}
    if message.get("text"):
        reply["text"] = message["text"]
    if message.get("buttons"):
        reply["choices"] = [{"title": one["title"], "payload": one["payload"]} for one in message["buttons"]]
    if message.get("file_id"):
        reply["image"] = {"file_id": message["file_id"]}
    if message.get("link"):
        title = (message.get("custom") or {}).get("title") or "打开"
        reply["link"] = {"title": title, "url": message["link"]["url"]}
    return reply


@dataclass(frozen=True)
class Call:
    """The body of a call, checked."""

    sender: str
    key: str
    kind: str
    value: Any
    received_at: str | None

    @classmethod
    def of_body(cls, body: Any) -> Call:
        if not isinstance(body, dict) or not all(isinstance(body.get(n), str) and body[n] for n in ("sender", "key")):
            raise TurnMalformed("sender and key are needed")
        given = [kind for kind in KINDS if body.get(kind) not in (None, [], "")]
        if len(given) != 1:
            raise TurnMalformed("exactly one of text, payload, event, files is needed")
        return cls(body["sender"], body["key"], given[0], body[given[0]], body.get("received_at"))

    def ready_parse(self) -> dict[str, Any] | None:
        """The parse, where nothing has to be understood; None for text."""
        if self.kind == "payload":
            return parse_of_payload(str(self.value))
        if self.kind == "event":
            if self.value not in EVENT_INTENTS:
                raise TurnMalformed("unknown event")
            return parse_of_intent(EVENT_INTENTS[self.value])
        return parse_of_intent(FILES_INTENT) if self.kind == "files" else None

    def metadata(self, *, request_id: str, asked: str | None) -> dict[str, Any]:
        return {
            "key": self.key,
            "request_id": request_id,
            "received_at": self.received_at,
            "asked": asked,
            "exact": self.kind in ("payload", "event"),
            "files": self.value if self.kind == "files" else [],
        }


class GongjuChannel(InputChannel):
    """`POST /webhooks/gongju/turn`."""

    def __init__(self, token: str) -> None:
        self._token = token

    @classmethod
    def name(cls) -> str:
        return "gongju"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        token = str((credentials or {}).get("token") or "")
        if not token or token.startswith("${"):
            raise ValueError("the gongju channel needs SERVICE_TOKEN")
        return cls(token)

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        hook = Blueprint("gongju_channel", type(self).__name__)

        @hook.route("/turn", methods=["POST"])
        async def turn(request: Request) -> HTTPResponse:
            if not self._is_allowed(request.headers.get("authorization") or ""):
                return _error(401, "unauthorized", "bearer token needed")
            try:
                call = Call.of_body(request.json)
                done = await asyncio.wait_for(run_turn(request, call), TURN_TIMEOUT_S)
            except (TurnMalformed, PayloadMalformed) as error:
                return _error(400, "turn_malformed", str(error))
            except asyncio.TimeoutError:
                return _error(503, "turn_failed", "timeout")
            except TurnFailed as error:
                return _error(503, "turn_failed", str(error))
            return json(done)

        return hook

    def _is_allowed(self, header: str) -> bool:
        return hmac.compare_digest(header.encode(), f"Bearer {self._token}".encode())


async def run_turn(request: Request, call: Call) -> dict[str, Any]:
    """Run one turn, or answer a repeated one with what it said the first time.

    Raises:
        TurnFailed: the model, the action server or the backend is away, or nothing was said.
    """
    agent = request.app.ctx.agent
    if agent is None or not agent.is_ready():
        raise TurnFailed("no model is loaded")
    turn = Turn(call.sender, call.key)
    current_turn.set(turn)
    record = await agent.tracker_store.load(turn)
    last = (record or {}).get("turn") or {}
    if last.get("key") == call.key:
        return {"replies": last["replies"], "intent": last["intent"]}
    state = (record or {}).get("state") or {}
    asked = (state.get("slots") or {}).get("requested_slot")
    metadata = call.metadata(request_id=request.headers.get("x-request-id") or call.key, asked=asked)
    await _handle(agent, turn, call, metadata)
    return {"replies": turn.replies, "intent": turn.intent}


async def _handle(agent: Any, turn: Turn, call: Call, metadata: dict[str, Any]) -> None:
    parse = call.ready_parse()
    text = str(call.value) if call.kind == "text" else ""
    try:
        if parse is None:
            parse = await agent.processor.parse_message(UserMessage(_no_command(text), metadata=metadata))
            parse["text"] = text
        turn.intent = {name: parse["intent"].get(name) for name in ("name", "confidence")}
        await agent.handle_message(
            UserMessage(text, RepliesOf(turn), call.sender, parse, "gongju", metadata=metadata)
        )
    except Exception as error:  # whatever Rasa raises, the bot must hear that the turn can be repeated
        log.error("turn_failed: %s", type(error).__name__)
        raise TurnFailed(type(error).__name__) from error
    _check(turn)


def _check(turn: Turn) -> None:
    if turn.faults:
        raise TurnFailed(turn.faults[0])
    if not turn.replies:
        raise TurnFailed("nothing was said")


def _no_command(text: str) -> str:
    """Rasa runs a text that starts with a slash as an intent; an applicant's slash is only a slash."""
    return "／" + text[1:] if text.startswith("/") else text


def _error(status: int, code: str, message: str) -> HTTPResponse:
    return json({"error": {"code": code, "message": message, "facts": {}}}, status=status)
