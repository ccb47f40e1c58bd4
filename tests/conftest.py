"""What every test of the app environment may use: real PostgreSQL, Valkey, a movable clock, a browser."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from backend.adapters.db.migrate import upgrade
from launcher.browser import Browser, find_browser
from launcher.process import Part, free_port
from launcher.stores import create_database, postgres, valkey


@dataclass
class MovableClock:
    """A clock that stands still until a test moves it."""

    at: datetime = field(default_factory=lambda: datetime(2026, 3, 16, 2, 0, tzinfo=UTC))

    def now(self) -> datetime:
        return self.at

    def advance(self, *, seconds: float = 0, hours: float = 0, days: float = 0) -> None:
        self.at += timedelta(seconds=seconds, hours=hours, days=days)


class _Servers:
    """Runs child processes for the whole session on an event loop of their own."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.dir = Path(tempfile.mkdtemp(prefix="gongju-tests-"))
        self.parts: list[Part] = []

    def start(self, part: Part) -> None:
        self.loop.run_until_complete(part.start())
        self.parts.append(part)

    def stop(self) -> None:
        for part in reversed(self.parts):
            self.loop.run_until_complete(part.stop())
        self.loop.run_until_complete(asyncio.sleep(0))
        self.loop.close()
        shutil.rmtree(self.dir, ignore_errors=True)


@pytest.fixture(scope="session")
def _servers() -> Iterator[_Servers]:
    servers = _Servers()
    yield servers
    servers.stop()


@pytest.fixture(scope="session")
def _postgres_port(_servers: _Servers) -> int:
    port = free_port()
    _servers.start(postgres(_servers.dir / "pg", port=port, log_dir=_servers.dir / "logs", durable=False))
    return port


@pytest.fixture(scope="session")
def redis_url(_servers: _Servers) -> str:
    """A running Valkey; tests use keys of their own or flush it."""
    port = free_port()
    _servers.start(valkey(_servers.dir / "valkey", port=port, log_dir=_servers.dir / "logs"))
    return f"redis://127.0.0.1:{port}/0"


@pytest.fixture(scope="module")
def database_url(_servers: _Servers, _postgres_port: int) -> str:
    """The URL (`postgresql+psycopg://…`) of a fresh, empty database for this test module."""
    return _servers.loop.run_until_complete(create_database(_postgres_port, f"t{uuid.uuid4().hex}"))


@pytest.fixture(scope="session")
def _migrated(_servers: _Servers, _postgres_port: int) -> str:
    """The name of a database with all tables, which nobody is connected to."""
    name = "with_all_tables"
    upgrade(_servers.loop.run_until_complete(create_database(_postgres_port, name)))
    return name


@pytest.fixture(scope="module")
def migrated_url(_servers: _Servers, _postgres_port: int, _migrated: str) -> str:
    """The URL of a fresh database with all tables, copied for this test module: migrating takes ten times as long."""
    name = f"t{uuid.uuid4().hex}"
    return _servers.loop.run_until_complete(create_database(_postgres_port, name, template=_migrated))


@pytest.fixture
def a_clock() -> MovableClock:
    return MovableClock()


@pytest.fixture(scope="session")
def chromium() -> Browser:
    """How to launch the browser: `playwright.chromium.launch(**dataclasses.asdict(chromium))`.

    It has run once, so that no test waits for its first start, which unpacks it and reads the fonts.
    """
    browser = find_browser()
    # In a thread of its own: the synchronous Playwright wants no running event loop.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(_start_once, browser).result()
    return browser


def _start_once(browser: Browser) -> None:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(**asdict(browser), timeout=180_000)
        page = started.new_page()
        page.set_default_timeout(180_000)
        page.set_content("<p>你好</p>")
        page.screenshot()
        started.close()
