"""A console whose content can be published: the real files, and what managers lay over them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from backend.adapters.db.unit_of_work import PostgresUnitOfWork
from backend.adapters.kept_catalogues import KeptCatalogues
from backend.adapters.published import PublishedContent
from backend.adapters.texts import YamlMessageTexts
from backend.services.parts import Parts
from tests.conftest import MovableClock


def publishing_parts(parts: Parts, engine: AsyncEngine, clock: MovableClock) -> Parts:
    """The same parts as another process has them: its own catalogues and texts on the one database."""
    published = PublishedContent(lambda: PostgresUnitOfWork(engine, clock), KeptCatalogues(), YamlMessageTexts.read())
    return replace(parts, catalogues=published.catalogues, texts=published.texts, published=published)


@pytest.fixture
def parts(parts: Parts, engine: AsyncEngine, a_clock: MovableClock) -> Parts:
    return publishing_parts(parts, engine, a_clock)
