"""Decides whether a passive reply is one that WeChat would show (reference A.6-A.8)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element

from simulator import crypto, wire
from simulator.chat import Bubble, text_links
from simulator.settings import SimSettings

TEXT_LIMIT_BYTES: Final = 2048
LIMIT_BYTES: Final = 1024 * 1024
_ANY_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]*>")
_GOOD_ANCHOR: Final = re.compile(r"""<a\s+href\s*=\s*(["']).*?\1[^>]*>.*?</a>""", re.S | re.I)
_ESCAPE: Final = re.compile(r"\\u[0-9a-fA-F]{4}")


class MalformedReply(ValueError):
    """WeChat shows the fault banner; the message is the precise reason that the real platform hides."""


@dataclass(frozen=True)
class Reply:
    """What the user sees (nothing for `success`), and the lesser findings."""

    bubbles: tuple[Bubble, ...] = ()
    findings: tuple[tuple[str, str], ...] = ()
    transferred: bool = False


def check_reply(body: bytes, *, settings: SimSettings, openid: str, push: str) -> Reply:
    """Raises MalformedReply."""
    if body.strip() in (b"", b"success"):
        return Reply()
    if len(body) > LIMIT_BYTES:
        raise MalformedReply(f"the reply is larger than {LIMIT_BYTES} bytes")
    try:
        root = _opened(wire.parse(body), settings)
        _check_envelope(root, settings=settings, openid=openid)
        return _read(root, push)
    except wire.NotXml as error:
        raise MalformedReply(str(error)) from error


def text_findings(text: str) -> tuple[tuple[str, str], ...]:
    """Rules that a text breaks without being refused: (rule, detail)."""
    found = []
    if rest := _ANY_TAG.search(_GOOD_ANCHOR.sub("", text)):
        found.append(("html_shown_as_text", f"{rest.group()[:40]} is shown as it is"))
    if escape := _ESCAPE.search(text):
        found.append(("escape_shown_as_text", f"{escape.group()} is shown as it is"))
    for link in text_links(text):
        if link.kind == "menu" and not (link.content and link.id):
            found.append(("dead_menu_link", "a bizmsgmenu link needs msgmenucontent and msgmenuid"))
        if link.kind == "url" and not link.href.startswith(("http://", "https://", "weixin://", "tel:", "mailto:")):
            found.append(("dead_link", "a link leads nowhere"))
    return tuple(found)


def _opened(root: Element, settings: SimSettings) -> Element:
    """The plaintext root of a reply, decrypted when it came encrypted."""
    encrypted = wire.text_of(root, "Encrypt")
    if not encrypted:
        if settings.mode == "secure":
            raise MalformedReply("secure mode: the reply is not encrypted")
        return root
    if settings.mode == "plain":
        raise MalformedReply("plain mode: the reply is encrypted")
    given = wire.text_of(root, "MsgSignature")
    parts = (settings.token, wire.text_of(root, "TimeStamp"), wire.text_of(root, "Nonce"), encrypted)
    if not parts[1] or not parts[2]:
        raise MalformedReply("TimeStamp or Nonce is missing")
    if given != crypto.signature(*parts):
        raise MalformedReply("MsgSignature is wrong")
    try:
        return wire.parse(crypto.decrypt(encrypted, aes_key=settings.aes_key, app_id=settings.app_id))
    except crypto.Undecipherable as error:
        raise MalformedReply(f"Encrypt: {error}") from error


def _check_envelope(root: Element, *, settings: SimSettings, openid: str) -> None:
    if wire.text_of(root, "ToUserName") != openid:
        raise MalformedReply("ToUserName is not the openid of the sender")
    if wire.text_of(root, "FromUserName") != settings.original_id:
        raise MalformedReply("FromUserName is not the account's original id")
    if not wire.text_of(root, "CreateTime").strip().isdigit():
        raise MalformedReply("CreateTime is not a number")


def _read(root: Element, push: str) -> Reply:
    kind = wire.text_of(root, "MsgType")
    if kind not in _READERS:
        raise MalformedReply(f"MsgType {kind or '(empty)'} is not known")
    return _READERS[kind](root, push)


def _text(root: Element, push: str) -> Reply:
    content = wire.text_of(root, "Content")
    size = len(content.encode())
    if not content.strip():
        raise MalformedReply("Content is empty")
    if size > TEXT_LIMIT_BYTES:
        raise MalformedReply(f"Content has {size} bytes, {TEXT_LIMIT_BYTES} are allowed")
    bubble = Bubble("account", "text", text=content, links=text_links(content), via="passive", push=push)
    return Reply((bubble,), text_findings(content))


def _media(kind: str) -> Callable[[Element, str], Reply]:
    def read(root: Element, push: str) -> Reply:
        media_id = wire.text_of(root, f"{kind.capitalize()}/MediaId")
        if not media_id:
            raise MalformedReply(f"{kind.capitalize()}/MediaId is empty")
        card: dict[str, object] = {"title": wire.text_of(root, "Video/Title")} if kind == "video" else {}
        return Reply((Bubble("account", kind, media_id=media_id, card=card, via="passive", push=push),))

    return read


def _music(root: Element, push: str) -> Reply:
    card: dict[str, object] = {
        "title": wire.text_of(root, "Music/Title"),
        "description": wire.text_of(root, "Music/Description"),
        "url": wire.text_of(root, "Music/MusicUrl"),
    }
    return Reply((Bubble("account", "music", card=card, via="passive", push=push),))


def _news(root: Element, push: str) -> Reply:
    items = root.findall("Articles/item")
    if wire.text_of(root, "ArticleCount").strip() != "1" or len(items) != 1:
        raise MalformedReply("news must have exactly one article")
    names = {"title": "Title", "description": "Description", "image_url": "PicUrl", "url": "Url"}
    card: dict[str, object] = {name: wire.text_of(items[0], tag) for name, tag in names.items()}
    return Reply((Bubble("account", "news", card=card, via="passive", push=push),))


def _transfer(root: Element, push: str) -> Reply:
    return Reply(transferred=True)


_READERS: Final[dict[str, Callable[[Element, str], Reply]]] = {
    "text": _text,
    "image": _media("image"),
    "voice": _media("voice"),
    "video": _media("video"),
    "music": _music,
    "news": _news,
    "transfer_customer_service": _transfer,
}
