"""What is said, and how replies become as few WeChat messages as possible (reference A.8)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final
from urllib.parse import quote

from wechat.xml import without_control_characters

TEXT_LIMIT_BYTES: Final = 2048
PAYLOAD_LIMIT_BYTES: Final = 128
PAYLOAD: Final = re.compile(r"[a-zA-Z0-9_.:=,-]+")
_ANCHOR: Final = re.compile(r"<a\b[^>]*>.*?</a>", re.DOTALL)


@dataclass(frozen=True)
class Choice:
    """A line to tap; `payload` comes back as `bizmsgmenuid`, whatever the label says."""

    title: str
    payload: str

    def __post_init__(self) -> None:
        if not PAYLOAD.fullmatch(self.payload) or len(self.payload) > PAYLOAD_LIMIT_BYTES:
            raise ValueError("a payload is 1 to 128 characters of [a-zA-Z0-9_.:=,-]")
        if not self.title.strip():
            raise ValueError("a choice needs a label")


@dataclass(frozen=True)
class Link:
    title: str
    url: str


@dataclass(frozen=True)
class Reply:
    """One thing to say (contract 2): text, lines to tap, a link, a picture, each optional."""

    text: str = ""
    choices: tuple[Choice, ...] = ()
    link: Link | None = None
    image_file_id: str | None = None

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Reply:
        """Read the contract's shape.

        Raises:
            ValueError: it is not that shape.
        """
        try:
            return cls(
                text=str(data.get("text") or ""),
                choices=tuple(Choice(str(c["title"]), str(c["payload"])) for c in data.get("choices") or ()),
                link=Link(str(data["link"]["title"]), str(data["link"]["url"])) if data.get("link") else None,
                image_file_id=str(data["image"]["file_id"]) if data.get("image") else None,
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not a reply: {type(error).__name__}") from error

    def to_json(self) -> dict[str, Any]:
        return {
            **({"text": self.text} if self.text else {}),
            **({"choices": [asdict(choice) for choice in self.choices]} if self.choices else {}),
            **({"link": asdict(self.link)} if self.link else {}),
            **({"image": {"file_id": self.image_file_id}} if self.image_file_id else {}),
        }


@dataclass(frozen=True)
class Message:
    """One WeChat message: a text within the limit, or a picture."""

    text: str | None = None
    image_file_id: str | None = None

    def as_reply(self) -> Reply:
        return Reply(text=self.text or "", image_file_id=self.image_file_id)


def render(replies: Iterable[Reply], *, limit_bytes: int = TEXT_LIMIT_BYTES) -> list[Message]:
    """As few WeChat messages as hold the replies in their order: texts are merged, long ones split.

    A reply's picture follows its text. A text is cut at line ends where possible, else between characters, never
    inside a link.
    """
    messages: list[Message] = []
    text = ""
    for reply in replies:
        block = reply_text(reply)
        if block:
            merged = f"{text}\n\n{block}" if text else block
            if text and _size(merged) > limit_bytes:
                messages += [Message(text=piece) for piece in split_text(text, limit_bytes=limit_bytes)]
                merged = block
            text = merged
        if reply.image_file_id:
            messages += [Message(text=piece) for piece in split_text(text, limit_bytes=limit_bytes)]
            messages.append(Message(image_file_id=reply.image_file_id))
            text = ""
    return messages + [Message(text=piece) for piece in split_text(text, limit_bytes=limit_bytes)]


def reply_text(reply: Reply) -> str:
    """The reply's text with its link and its lines to tap under it (reference A.8)."""
    lines = [without_control_characters(reply.text).strip()]
    if reply.link:
        url = quote(reply.link.url, safe=":/?#[]@!$&()*+,;=%-._~")
        lines.append(f'<a href="{url}">{_label(reply.link.title)}</a>')
    taps = [
        f'<a href="weixin://bizmsgmenu?msgmenucontent={quote(_label(choice.title), safe="")}'
        f'&msgmenuid={choice.payload}">{_label(choice.title)}</a>'
        for choice in reply.choices
    ]
    return "\n\n".join(part for part in ("\n".join(line for line in lines if line), "\n".join(taps)) if part)


def split_text(text: str, *, limit_bytes: int = TEXT_LIMIT_BYTES) -> list[str]:
    """The text in pieces of at most `limit_bytes` of UTF-8; nothing but blank space at the cuts is lost."""
    pieces = []
    rest = text.strip()
    while _size(rest) > limit_bytes:
        cut = _cut(rest, limit_bytes)
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [piece for piece in [*pieces, rest] if piece]


def _cut(text: str, limit_bytes: int) -> int:
    head = len(text.encode()[:limit_bytes].decode("utf-8", "ignore"))
    for anchor in _ANCHOR.finditer(text):
        if anchor.start() < head < anchor.end() and anchor.start() > 0:
            head = anchor.start()
            break
    line_end = text.rfind("\n", 0, head + 1)
    # A line end in the first half would leave a short piece and cost a message of the budget.
    return line_end if line_end > head // 2 else head


def _size(text: str) -> int:
    return len(text.encode())


def _label(text: str) -> str:
    return re.sub(r"[<>\"\s]+", " ", without_control_characters(text)).strip()
