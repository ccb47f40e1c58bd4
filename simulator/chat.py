"""Keeps what one user sees in the chat with the account, in order."""

import asyncio
import re
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from html import unescape
from typing import Final, Literal
from urllib.parse import parse_qsl, unquote_plus

from simulator.changes import Changes
from simulator.clock import VirtualClock

FAULT_BANNER: Final = "该公众号提供的服务出现故障，请稍后再试"
DIVIDER_AFTER: Final = timedelta(minutes=5)
_ANCHOR: Final = re.compile(r"""<a\s+href\s*=\s*(["'])(?P<href>.*?)\1[^>]*>(?P<label>.*?)</a>""", re.S | re.I)


@dataclass(frozen=True)
class Link:
    """Something tappable in a text: `url` opens, `menu` sends `content` with the id (reference A.8)."""

    kind: Literal["url", "menu"]
    label: str
    href: str
    content: str = ""
    id: str = ""


@dataclass(frozen=True)
class Bubble:
    """One thing in the chat.

    side: user, account or system. kind: text image voice video file location link news music template msgmenu
    miniprogram banner notice. `via` of the account's bubbles: passive, custom, template. `card` carries what a
    template, news, msgmenu, location, link or file bubble shows.
    """

    side: Literal["user", "account", "system"]
    kind: str
    text: str = ""
    media_id: str = ""
    image_url: str = ""
    links: tuple[Link, ...] = ()
    card: dict[str, object] = field(default_factory=dict)
    via: str = ""
    push: str = ""
    seq: int = 0
    at: str = ""
    divider: bool = False

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def text_links(text: str) -> tuple[Link, ...]:
    """The anchors of a text as the client would treat them; a menu link without both parameters is dead."""
    return tuple(_link(found["href"], found["label"]) for found in _ANCHOR.finditer(text))


def plain_text(text: str) -> str:
    """What stands on the screen: anchors shown by their label."""
    return _ANCHOR.sub(lambda found: found["label"], text)


def _link(href: str, label: str) -> Link:
    if not href.startswith("weixin://bizmsgmenu"):
        return Link("url", label, unescape(href))
    query = dict(parse_qsl(href.partition("?")[2], keep_blank_values=True))
    raw_id = re.search(r"[?&]msgmenuid=([^&]*)", href)
    return Link(
        "menu",
        label,
        href,
        content=query.get("msgmenucontent", ""),
        id=unquote_plus(raw_id.group(1)) if raw_id else "",
    )


class Chat:
    """The bubbles of one user; `seq` counts from 1 without holes."""

    def __init__(self, openid: str, clock: VirtualClock, changes: Changes) -> None:
        self.openid = openid
        self.bubbles: list[Bubble] = []
        self.typing_until: datetime | None = None
        self._clock = clock
        self._changes = changes
        self._last_at: datetime | None = None
        self._news = asyncio.Event()

    def add(self, bubble: Bubble) -> Bubble:
        """Number it, date it, show it to everyone who watches."""
        now = self._clock.now()
        numbered = Bubble(
            **{
                **{name: getattr(bubble, name) for name in bubble.__dataclass_fields__},
                "seq": len(self.bubbles) + 1,
                "at": now.isoformat(timespec="milliseconds"),
                "divider": self._last_at is None or now - self._last_at > DIVIDER_AFTER,
            }
        )
        self._last_at = now
        self.bubbles.append(numbered)
        if bubble.side == "account":
            self.typing_until = None
        self._changes.publish("bubble", openid=self.openid, bubble=numbered.as_json())
        self._news.set()
        return numbered

    def put_back(self, bubbles: list[Bubble]) -> None:
        """What an earlier run of the same world showed."""
        self.bubbles = list(bubbles)
        self._last_at = datetime.fromisoformat(bubbles[-1].at) if bubbles else None

    def after(self, seq: int) -> list[Bubble]:
        return self.bubbles[max(seq, 0) :]

    async def wait_after(self, seq: int, wait_s: float) -> list[Bubble]:
        """Long poll: the bubbles after `seq`, waiting up to `wait_s` for the first."""
        try:
            async with asyncio.timeout(wait_s):
                while not self.after(seq):
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            pass
        return self.after(seq)
