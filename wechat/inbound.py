"""What a push says, for every message and event type of reference A.3 and A.4, unknown ones too."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from wechat.errors import BadPush

_OPENID: Final = re.compile(r"[0-9A-Za-z_-]{1,64}")
_QR_PREFIX: Final = "qrscene_"
LONGEST_KEY_BYTES: Final = 512
LARGEST_MSG_ID: Final = 2**63 - 1
# WeChat opens the 3-per-minute window after these (B.3); a tap on a menu link counts as a click, too.
CLICK_EVENTS: Final = frozenset({"click", "scancode_push", "scancode_waitmsg", "subscribe", "scan"})


@dataclass(frozen=True)
class Push:
    """One message (`kind` is its MsgType) or event (`kind` is `event`, `event` its name in lower case)."""

    app_id: str
    openid: str
    kind: str
    created_at: datetime
    dedupe_key: str
    to: str = ""
    msg_id: int | None = None
    text: str | None = None
    menu_payload: str | None = None
    media_id: str | None = None
    event: str | None = None
    event_key: str | None = None
    scene: str | None = None
    status: str | None = None
    template_msgid: int | None = None
    raw: Mapping[str, object] = field(default_factory=dict, repr=False)

    @property
    def turn_key(self) -> str:
        """The key of everything this push causes: the same for WeChat's repeats, and it tells nobody the openid."""
        return turn_key_of(self.dedupe_key)

    @property
    def trigger(self) -> str | None:
        """Which reply window it opens: `message`, `click`, or None."""
        if self.kind == "event":
            return "click" if self.event in CLICK_EVENTS else None
        return "click" if self.menu_payload is not None else "message"


def turn_key_of(dedupe_key: str) -> str:
    """One way from the key of an inbox row to the key that other parts may see."""
    return hashlib.sha256(dedupe_key.encode()).hexdigest()[:32]


def read_push(app_id: str, fields: Mapping[str, object]) -> Push:
    """The push that these XML elements describe.

    Raises:
        BadPush: sender, time or type is missing or malformed.
    """
    kind = (_text(fields, "MsgType") or "").lower()
    if not kind:
        raise BadPush("no_type")
    if kind == "event":
        return _event(app_id, fields)
    msg_id = _number(fields, "MsgId")
    if msg_id is None:
        raise BadPush("no_msg_id")
    openid, seconds = _sender(fields), _seconds(fields)
    return Push(
        app_id=app_id,
        openid=openid,
        kind=kind,
        created_at=datetime.fromtimestamp(seconds, UTC),
        dedupe_key=f"{app_id}:{openid}:{seconds}:{msg_id}",
        to=_text(fields, "ToUserName") or "",
        msg_id=msg_id,
        text=_text(fields, "Content") or "" if kind == "text" else None,
        menu_payload=_text(fields, "bizmsgmenuid"),
        media_id=_text(fields, "MediaId"),
        raw=MappingProxyType(dict(fields)),
    )


def _event(app_id: str, fields: Mapping[str, object]) -> Push:
    name, key = _text(fields, "Event") or "", _text(fields, "EventKey")
    if not name:
        raise BadPush("no_event")
    openid, seconds = _sender(fields), _seconds(fields)
    event, job = name.lower(), _number(fields, "MsgID")
    if job is not None and job > LARGEST_MSG_ID:
        raise BadPush("malformed_number")
    return Push(
        app_id=app_id,
        openid=openid,
        kind="event",
        created_at=datetime.fromtimestamp(seconds, UTC),
        dedupe_key=f"{app_id}:{openid}:{seconds}:{_short(name + '+' + (key or ''))}+{'' if job is None else job}",
        to=_text(fields, "ToUserName") or "",
        event=event,
        event_key=key,
        menu_payload=key if event == "click" else None,
        scene=_scene(event, key),
        status=_text(fields, "Status"),
        template_msgid=job,
        raw=MappingProxyType(dict(fields)),
    )


def _short(text: str) -> str:
    """What a database's index takes: a key of an event may be an address of any length."""
    return text if len(text.encode()) <= LONGEST_KEY_BYTES else hashlib.sha256(text.encode()).hexdigest()


def _scene(event: str, key: str | None) -> str | None:
    if key and event in ("subscribe", "scan"):
        return key.removeprefix(_QR_PREFIX)
    return None


def _sender(fields: Mapping[str, object]) -> str:
    # Authorisation events come from the platform and name the user in OpenID (A.4).
    openid = _text(fields, "OpenID") or _text(fields, "FromUserName") or ""
    if not _OPENID.fullmatch(openid):
        raise BadPush("no_sender")
    return openid


def _seconds(fields: Mapping[str, object]) -> int:
    seconds = _number(fields, "CreateTime")
    if seconds is None or not 0 <= seconds < 10**10:
        raise BadPush("no_time")
    return seconds


def _text(fields: Mapping[str, object], name: str) -> str | None:
    value = fields.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise BadPush("malformed_field")
    return value


def _number(fields: Mapping[str, object], name: str) -> int | None:
    value = _text(fields, name)
    if value is None:
        return None
    if not (value.isascii() and value.isdigit() and len(value) <= 20):
        raise BadPush("malformed_number")
    return int(value)
