"""The whole product with its local platform, started once for all journeys."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import psutil
import pytest
from people import Applicant, Simulator

from launcher.environment import local_environment
from launcher.stack import Stack

T = TypeVar("T")


class RunningStack:
    """A stack on an event loop of its own, so that every test's loop can talk to it."""

    def __init__(self, folder: Path) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()
        self.stack = Stack(local_environment(folder, fixed_ports=False), durable=False)
        self.environment = self.stack.environment

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()

    def end(self) -> None:
        self.do(self.stack.stop())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()

    def kill(self, name: str) -> None:
        """kill -9 a part, as a power cut would."""
        self.do(self.stack.parts[name].kill())

    @contextmanager
    def frozen(self, name: str) -> Iterator[None]:
        """Nothing runs in a part while the context is open."""
        process = psutil.Process(self.stack.parts[name].pid)
        process.suspend()
        try:
            yield
        finally:
            process.resume()

    def start(self, name: str) -> None:
        self.do(self.stack.parts[name].start())


@pytest.fixture(scope="session")
def running() -> Iterator[RunningStack]:
    folder = Path(tempfile.mkdtemp(prefix="gongju-journeys-"))
    running = RunningStack(folder)
    try:
        running.do(running.stack.start())
        yield running
    finally:
        running.end()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def simulator(running: RunningStack) -> Simulator:
    return Simulator(running.environment.url("SIMULATOR_PORT"))


@pytest.fixture(autouse=True)
async def _no_rule_of_the_platform_is_broken(simulator: Simulator) -> AsyncIterator[None]:
    """Every journey fails on any rule of the platform that the product broke meanwhile.

    One that breaks a part on purpose takes what that explains out of the list itself.
    """
    known = len(await simulator.violations())
    yield
    broken = (await simulator.violations())[known:]
    assert not broken, f"rules of the platform were broken: {broken}"


@pytest.fixture
async def joins(running: RunningStack) -> AsyncIterator[Callable[[str], Coroutine[Any, Any, Applicant]]]:
    """`await joins("小王")`: a new WeChat user who follows the account."""
    joined: list[Applicant] = []

    async def join(nickname: str) -> Applicant:
        joined.append(await Applicant.joins(running.environment.url("SIMULATOR_PORT"), nickname))
        return joined[-1]

    yield join
    for applicant in joined:
        await applicant.leaves()


_ONE_EMPLOYER = iter([f"demo{n}" for n in range(2, 61, 2) if n % 3])
_IN_ANOTHER_DISTRICT = iter([f"demo{n}" for n in range(41, 58, 2) if n % 3])
_TWO_EMPLOYERS = iter([f"demo{n}" for n in range(6, 54, 6)])


@pytest.fixture
def account() -> str:
    """The user name of an applicant whom no other test of this run uses, with one employer (示例科技)."""
    return next(_ONE_EMPLOYER)


@pytest.fixture
def yanqing_account() -> str:
    """The user name of an applicant whom no other test of this run uses, with one employer (示例控股)."""
    return next(_IN_ANOTHER_DISTRICT)


@pytest.fixture
def choosing_account() -> str:
    """The user name of an applicant whom no other test of this run uses, with two employers to choose from."""
    return next(_TWO_EMPLOYERS)
