"""A console on real PostgreSQL, with one employer, one applicant and whatever case a test asks for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from argon2 import PasswordHasher as Argon2
from sqlalchemy.ext.asyncio import AsyncEngine

from backend.adapters.db.unit_of_work import PostgresUnitOfWork, make_engine
from backend.adapters.keys import DataKeyring
from backend.adapters.objects import BlobStore
from backend.adapters.office import make_office
from backend.adapters.signin import Argon2Passwords, SystemIds
from backend.adapters.texts import YamlMessageTexts
from backend.console import OFFICE, add_routes
from backend.services.parts import Parts
from backend.services.staff.office import Office
from tests.conftest import MovableClock
from tests.console.console_world import Browser, FewMaterials, World
from tests.emptying import empty


@pytest.fixture
async def engine(migrated_url: str) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(migrated_url)
    yield engine
    await empty(engine)
    await engine.dispose()


@pytest.fixture
def parts(engine: AsyncEngine, a_clock: MovableClock, tmp_path: Path) -> Parts:
    used: dict[str, Any] = {
        "begin": lambda: PostgresUnitOfWork(engine, a_clock),
        "clock": a_clock,
        "ids": SystemIds(),
        "keys": DataKeyring({"test": b"k" * 32}),
        "objects": BlobStore.at(f"file://{tmp_path}/objects"),
        "passwords": Argon2Passwords(Argon2(time_cost=1, memory_cost=8, parallelism=1)),
        "texts": YamlMessageTexts.read(),
        "catalogues": FewMaterials(),
        "public_url": "http://127.0.0.1",
    }
    return Parts(**{field.name: used.get(field.name) for field in fields(Parts)})


@pytest.fixture
def office(parts: Parts, engine: AsyncEngine) -> Office:
    return make_office(parts, engine)


@pytest.fixture
def world(office: Office, engine: AsyncEngine, a_clock: MovableClock) -> World:
    return World(office, engine, a_clock)


@pytest.fixture
async def app(office: Office) -> web.Application:
    app = web.Application()
    app[OFFICE] = office
    add_routes(app)
    return app


@pytest.fixture
async def browser(app: web.Application) -> AsyncIterator[Browser]:
    async with TestClient(TestServer(app)) as client:
        yield Browser(client)


@pytest.fixture
async def another_browser(app: web.Application, office: Office) -> AsyncIterator[Browser]:
    second = web.Application()
    second[OFFICE] = office
    add_routes(second)
    async with TestClient(TestServer(second)) as client:
        yield Browser(client)
