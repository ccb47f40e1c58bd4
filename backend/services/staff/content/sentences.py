"""Sentences as forms: what the dialogue says, and what the backend sends by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from backend.services.publishing import Published, Wording
from backend.services.staff.content.fields import (
    Entry,
    Field,
    Form,
    as_seen,
    check_placeholders,
    excerpt,
    placeholders,
    words,
)
from backend.services.staff.refusals import ContentUnknown

LONGEST: Final = 600
LONGEST_MAIL: Final = 4000
MOST_LISTED: Final = 100
LONGEST_TITLE: Final = 24


class Sentences:
    """Implements `Content`: every variation of a sentence of the dialogue keeps its buttons; only words change."""

    label = "对话文字"

    def __init__(self, published: Published) -> None:
        self._files, self._said = published.dialogue, published.said

    def entries(self, query: str) -> Sequence[Entry]:
        """All that hold the words, by name or by what is said now."""
        now = {**self._files, **self._said}
        wanted = query.strip().lower()
        found = (Entry(name, excerpt(texts[0]), name) for name, texts in now.items() if _holds(wanted, name, texts))
        return [one for one, _ in zip(found, range(MOST_LISTED), strict=False)]

    def form(self, key: str, body: Mapping[str, Any] | None) -> Form:
        texts = list(body["texts"]) if body else list(self._texts(key))
        fields = [
            Field(f"text_{at}", "说什么" if len(texts) == 1 else f"第 {at + 1} 种说法", text, "area", longest=LONGEST)
            for at, text in enumerate(texts)
        ]
        note = "同一件事接连发生时，几种说法轮着用。" if len(texts) > 1 else ""
        shown = "\n\n".join(map(as_seen, texts))
        return Form(_title(texts[0]), fields, shown, f"{key}　{note}{_usable(self._allowed(key))}")

    def read(self, key: str, told: Mapping[str, str]) -> dict[str, Any]:
        texts = [
            words(told, f"text_{at}", f"第 {at + 1} 种说法", longest=LONGEST) for at in range(len(self._texts(key)))
        ]
        for at, text in enumerate(texts):
            check_placeholders(text, f"第 {at + 1} 种说法", self._allowed(key))
        return {"texts": texts}

    def _texts(self, key: str) -> Sequence[str]:
        if key not in self._files:
            raise ContentUnknown
        return self._files[key]

    def _allowed(self, key: str) -> frozenset[str]:
        return placeholders(*self._texts(key))


class Messages:
    """Implements `Content`: the text of a message and of its mail; buttons and template messages stay."""

    label = "通知消息"

    def __init__(self, published: Published) -> None:
        self._files, self._now = published.wordings, published.wordings_now

    def entries(self, query: str) -> Sequence[Entry]:
        wanted = query.strip().lower()
        return [Entry(c, excerpt(one.text), c) for c, one in self._now.items() if _holds(wanted, c, [one.text])]

    def form(self, key: str, body: Mapping[str, Any] | None) -> Form:
        message = self._message(key)
        text = str(body["text"]) if body else message.text
        fields, shown = [Field("text", "发到微信里的话", text, "area", longest=LONGEST)], as_seen(text)
        if message.mail:
            subject, words_ = message.mail.subject, message.mail.body
            if body:
                subject, words_ = str(body["subject"]), str(body["body"])
            fields += [
                Field("subject", "邮件标题", subject, longest=80),
                Field("body", "邮件正文", words_, "area", longest=LONGEST_MAIL),
            ]
            shown += f"\n\n邮件：{as_seen(subject)}\n{as_seen(words_)}"
        return Form(_title(text), fields, shown, f"{key}　{_usable(frozenset(message.facts))}")

    def read(self, key: str, told: Mapping[str, str]) -> dict[str, Any]:
        message, allowed = self._message(key), frozenset(self._message(key).facts)
        body = {"text": words(told, "text", "发到微信里的话", longest=LONGEST)}
        if message.mail:
            body["subject"] = words(told, "subject", "邮件标题", longest=80).replace("\n", " ")
            body["body"] = words(told, "body", "邮件正文", longest=LONGEST_MAIL)
        for name, text in body.items():
            check_placeholders(text, {"text": "微信", "subject": "邮件标题", "body": "邮件正文"}[name], allowed)
        return body

    def _message(self, key: str) -> Wording:
        if key not in self._files:
            raise ContentUnknown
        return self._files[key]


def _title(text: str) -> str:
    """A sentence is called by how it begins."""
    short = excerpt(text)
    return short if len(short) <= LONGEST_TITLE else f"{short[:LONGEST_TITLE]}…"


def _holds(wanted: str, name: str, texts: Sequence[str]) -> bool:
    return wanted in name.lower() or any(wanted in text.lower() for text in texts)


def _usable(allowed: frozenset[str]) -> str:
    if not allowed:
        return "这句话没有要程序填的内容。"
    return "程序会填的内容：" + "、".join(f"{{{name}}}" for name in sorted(allowed)) + "。可以少用，不能写别的名称。"
