"""What is published reaches every process within seconds: the number of the latest row is asked for, now and then."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from backend.adapters.dialogue_texts import load_dialogue_texts
from backend.adapters.kept_catalogues import KeptCatalogues
from backend.adapters.texts import YamlMessageTexts
from backend.domain.publications import Change, ContentKind, newest
from backend.services.ports import UnitOfWork
from backend.services.publishing import Wording, as_change

EVERY_S: Final = 2.0
log = structlog.get_logger()


@dataclass
class PublishedContent:
    """Implements `services.publishing.Published`; `number` is the latest publication that is in use here."""

    begin: Callable[[], UnitOfWork]
    catalogues: KeptCatalogues
    texts: YamlMessageTexts
    dialogue: Mapping[str, Sequence[str]] = field(default_factory=load_dialogue_texts)
    number: int = 0
    said: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def documents(self) -> Mapping[str, Mapping[str, Any]]:
        return self.catalogues.documents

    @property
    def wordings(self) -> Mapping[str, Wording]:
        return self.texts.files

    @property
    def wordings_now(self) -> Mapping[str, Wording]:
        return self.texts.messages

    async def refresh(self) -> None:
        """Take over what has been published since; publishing holds one lock, so numbers come in their order."""
        async with self.begin() as uow:
            latest = await uow.publications.first(order_by="-number")
            if latest is None or latest.number == self.number:
                return
            rows = await uow.publications.where(order_by="number")
        self.use([as_change(one) for one in rows])

    def use(self, changes: Sequence[Change]) -> None:
        self.catalogues.publish(changes)
        self.texts.publish(changes)
        told = {key: one.body for (kind, key), one in newest(changes).items() if kind is ContentKind.TEXT}
        self.said = {name: list(body["texts"]) for name, body in told.items() if body and name in self.dialogue}
        self.number = max((one.number for one in changes), default=0)

    async def keep_up(self) -> None:
        """Refresh for ever; a database that is away is asked again."""
        while True:
            try:
                await self.refresh()
            except (SQLAlchemyError, OSError) as error:
                log.warning("publications_not_read", error=type(error).__name__)
            await asyncio.sleep(EVERY_S)
