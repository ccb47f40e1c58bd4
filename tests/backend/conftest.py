"""The backend on real PostgreSQL and Valkey; only WeChat Pay, the mail server and the face detector are stand-ins."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer
from argon2 import PasswordHasher as Argon2
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from backend.adapters.db.unit_of_work import PostgresUnitOfWork, make_engine
from backend.adapters.documents.maker import LetterMaker
from backend.adapters.kept_catalogues import KeptCatalogues
from backend.adapters.keys import DataKeyring
from backend.adapters.objects import BlobStore
from backend.adapters.office import make_office
from backend.adapters.photos.cutter import PillowPhotoCutter
from backend.adapters.redis import RedisRateLimiter
from backend.adapters.signin import Argon2Passwords, PillowCaptchas, SystemIds
from backend.adapters.texts import YamlMessageTexts
from backend.http.app import build_app
from backend.seed import seed
from backend.services.parts import Parts
from tests.backend.backend_world import SEEDED_PASSWORD, TOKEN, FakeMailer, FakePay, Person, face_in_the_middle
from tests.backend.transition_world import Walker
from tests.conftest import MovableClock
from tests.emptying import empty

CATALOGUES = KeptCatalogues()
TEXTS = YamlMessageTexts.read()


@pytest.fixture
async def engine(migrated_url: str) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(migrated_url)
    yield engine
    await empty(engine)
    await engine.dispose()


@pytest.fixture
def pay() -> FakePay:
    return FakePay()


@pytest.fixture
def mailer() -> FakeMailer:
    return FakeMailer()


@pytest.fixture
async def parts(
    engine: AsyncEngine, redis_url: str, a_clock: MovableClock, pay: FakePay, mailer: FakeMailer, tmp_path: Path
) -> AsyncIterator[Parts]:
    redis = Redis.from_url(redis_url, decode_responses=True)
    await redis.flushall()
    made = Parts(
        begin=lambda: PostgresUnitOfWork(engine, a_clock),
        clock=a_clock,
        ids=SystemIds(),
        keys=DataKeyring({"test": b"k" * 32}),
        objects=BlobStore.at(f"file://{tmp_path}/objects"),
        passwords=Argon2Passwords(Argon2(time_cost=1, memory_cost=8, parallelism=1)),
        captchas=PillowCaptchas(),
        portraits=face_in_the_middle,
        cutter=PillowPhotoCutter(),
        templates=LetterMaker(),
        limiter=RedisRateLimiter(redis),
        pay=pay,
        mailer=mailer,
        texts=TEXTS,
        catalogues=CATALOGUES,
        public_url="http://127.0.0.1:8000",
    )
    await seed(made, password=SEEDED_PASSWORD)
    yield made
    await redis.aclose()


@pytest.fixture
async def client(parts: Parts) -> AsyncIterator[TestClient]:  # type: ignore[type-arg]
    app = build_app(parts, service_token=TOKEN, checks={})
    async with TestClient(TestServer(app), headers={"Authorization": f"Bearer {TOKEN}"}) as client:
        yield client


@pytest.fixture
def person(client: TestClient) -> Person:  # type: ignore[type-arg]
    return Person(client, "o_person_1")


@pytest.fixture
def walker(person: Person, parts: Parts, engine: AsyncEngine, pay: FakePay, a_clock: MovableClock) -> Walker:
    return Walker(person, parts, make_office(parts, engine), pay, a_clock)
