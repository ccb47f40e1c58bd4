"""The backend's own messages: catalogue/messages.yml, checked as a whole on loading."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

from backend.domain.publications import Change, ContentKind, newest
from backend.services.ports import Push

MESSAGES: Final = Path(__file__).parents[2] / "catalogue" / "messages.yml"


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ChoiceText(_Strict):
    title: str
    payload: str


class TemplateText(_Strict):
    purpose: str
    values: dict[str, str]


class MailText(_Strict):
    subject: str
    body: str


class MessageText(_Strict):
    """One message; every {name} in it must be listed under `facts`."""

    facts: list[str]
    text: str
    choices: list[ChoiceText] = []
    template: TemplateText | None = None
    mail: MailText | None = None

    @model_validator(mode="after")
    def _names_are_listed(self) -> MessageText:
        unlisted = {name for text in self.texts() for _, name, _, _ in string.Formatter().parse(text) if name}
        unlisted -= set(self.facts)
        if unlisted:
            raise ValueError(f"names without a fact: {', '.join(sorted(unlisted))}")
        return self

    def worded(self, body: Mapping[str, Any]) -> MessageText:
        """The same message in other words: `text`, and of its mail `subject` and `body`.

        Raises:
            ValueError: a name in it is none of the facts.
        """
        mail = {"subject": body["subject"], "body": body["body"]} if self.mail else None
        return MessageText.model_validate({**self.model_dump(), "text": body["text"], "mail": mail})

    def texts(self) -> Iterator[str]:
        yield self.text
        for choice in self.choices:
            yield from (choice.title, choice.payload)
        if self.template:
            yield from self.template.values.values()
        if self.mail:
            yield from (self.mail.subject, self.mail.body)


class YamlMessageTexts:
    """Implements `services.ports.MessageTexts`."""

    def __init__(self, messages: Mapping[str, MessageText]) -> None:
        self.files = messages
        self.messages = messages

    @classmethod
    def read(cls, path: Path = MESSAGES) -> YamlMessageTexts:
        """Raises pydantic's ValidationError, naming what is wrong."""
        written = yaml.safe_load(path.read_text(encoding="utf-8"))
        return cls({code: MessageText.model_validate(message) for code, message in written.items()})

    def publish(self, changes: Sequence[Change]) -> None:
        """Use the wordings that have been published so far; one that the file does not know any more is left out."""
        told = {key: one.body for (kind, key), one in newest(changes).items() if kind is ContentKind.MESSAGE}
        self.messages = {
            code: message.worded(body) if (body := told.get(code)) else message for code, message in self.files.items()
        }

    def push(self, code: str, facts: Mapping[str, object]) -> Push:
        message = self.messages[code]
        template = message.template
        return Push(
            text=message.text.format_map(facts),
            choices=tuple((choice.title, choice.payload.format_map(facts)) for choice in message.choices),
            template_purpose=template.purpose if template else None,
            template_values={k: v.format_map(facts) for k, v in template.values.items()} if template else None,
        )

    def mail(self, code: str, facts: Mapping[str, object]) -> tuple[str, str]:
        wording = self.messages[code].mail
        if wording is None:
            raise KeyError(code)
        return wording.subject.format_map(facts), wording.body.format_map(facts)
