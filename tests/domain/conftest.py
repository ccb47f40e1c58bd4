"""Fixtures of the domain's tests."""

from __future__ import annotations

import pytest

from backend.domain.catalogue import Catalogue
from tests.domain.talking import Talk, the_catalogue


@pytest.fixture
def talk() -> Talk:
    return Talk()


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return the_catalogue()
