"""What operators have published, as the services and the dialogue ask for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from backend.domain.publications import Change, ContentKind
from backend.services.publication_records import Publication


class MailWording(Protocol):
    """A mail of messages.yml."""

    @property
    def subject(self) -> str: ...
    @property
    def body(self) -> str: ...


class Wording(Protocol):
    """A message of messages.yml, as much of it as can be published in other words."""

    @property
    def facts(self) -> Sequence[str]: ...
    @property
    def text(self) -> str: ...
    @property
    def mail(self) -> MailWording | None: ...


class Published(Protocol):
    """The content that is in use in this process."""

    @property
    def number(self) -> int:
        """The latest publication that is in use."""

    @property
    def documents(self) -> Mapping[str, Mapping[str, Any]]:
        """The catalogue's files as they were delivered."""

    @property
    def dialogue(self) -> Mapping[str, Sequence[str]]:
        """The dialogue's sentences as they were delivered: name → variations."""

    @property
    def said(self) -> Mapping[str, Sequence[str]]:
        """The dialogue's sentences that were published in other words."""

    @property
    def wordings(self) -> Mapping[str, Wording]:
        """The backend's own messages as they were delivered."""

    @property
    def wordings_now(self) -> Mapping[str, Wording]:
        """The same in the words of now."""

    async def refresh(self) -> None:
        """Take over what has been published since."""


def as_change(row: Publication) -> Change:
    return Change(row.number or 0, ContentKind(row.kind), row.key, row.body)


def texts_after(published: Published, number: int) -> dict[str, Any]:
    """For Rasa: the sentences in other words, or only the number when it knows them already."""
    changed = published.number != number
    return {"number": published.number, "texts": dict(published.said) if changed else None}
