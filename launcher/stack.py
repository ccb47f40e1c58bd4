"""The whole product with its local platform: which parts there are, in which order they start, how to reach them."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from launcher.environment import Environment
from launcher.process import ROOT, Part, accepts_tcp, answers_http
from launcher.stores import create_database, postgres, valkey

RASA_PYTHON: Final = ROOT / "nlu" / ".venv" / "bin" / "python"
RASA_PATIENCE_S: Final = 900  # it trains first when its data changed, and one busy core takes minutes for that
STOPPED_TOGETHER: Final = (("front", "bot", "bot_2"), ("backend", "worker", "rasa", "actions"))
Report = Callable[[str, float], None]


def _silent(_name: str, _took_s: float) -> None:
    return


@dataclass
class Stack:
    """Every process of a local installation; `start` returns when all of them are ready.

    `report` is told each part that became ready and how long that took.
    """

    environment: Environment
    bots: int = 2
    durable: bool = True
    report: Report = _silent
    parts: dict[str, Part] = field(default_factory=dict, init=False)

    @property
    def logs(self) -> Path:
        return self.environment.folder / "logs"

    async def start(self) -> None:
        """Start everything, each part as soon as what it needs is ready.

        Raises:
            PartFailed: says what failed and which log to read; everything that had started is stopped again.
        """
        try:
            await self._start_in_order()
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Stop everything in reverse order: the doors, what does the work, then one by one what it stands on."""
        for names in STOPPED_TOGETHER:
            await asyncio.gather(*(self.parts[name].stop() for name in names if name in self.parts))
        for part in reversed(list(self.parts.values())):
            await part.stop()

    def ended(self) -> list[Part]:
        """Parts that were started and have ended."""
        return [
            part for part in self.parts.values() if part.process is not None and part.process.returncode is not None
        ]

    async def restart(self, name: str) -> None:
        """Start a part again that was stopped or killed."""
        await self.parts[name].stop()
        await self.parts[name].start()

    async def _start_in_order(self) -> None:
        rasa = self._add(self._rasa())
        actions = self._add(self._actions())
        slow = asyncio.gather(self._start(actions), self._start(rasa))
        try:
            await asyncio.gather(*(self._start(self._add(part)) for part in self._stores()))
            await self._start(self._add(self._simulator()))
            await create_database(self.environment.port("POSTGRES_PORT"), "gongju")
            await self._run_to_end("migrate", "backend.main", "migrate")
            await self._run_to_end("seed", "backend.main", "seed")
            await asyncio.gather(*(self._start(self._add(part)) for part in self._backend()))
            await slow
            await asyncio.gather(*(self._start(self._add(part)) for part in self._doors()))
        finally:
            slow.cancel()
            await asyncio.gather(slow, return_exceptions=True)

    async def _start(self, part: Part) -> None:
        began = time.monotonic()
        await part.start()
        self.report(part.name, time.monotonic() - began)

    async def _run_to_end(self, name: str, module: str, *arguments: str) -> None:
        began = time.monotonic()
        await self._python(name, module, *arguments).run_to_end()
        self.report(name, time.monotonic() - began)

    def _add(self, part: Part) -> Part:
        self.parts[part.name] = part
        return part

    def _stores(self) -> Sequence[Part]:
        folder, port = self.environment.folder, self.environment.port
        return (
            postgres(folder / "postgres", port=port("POSTGRES_PORT"), log_dir=self.logs, durable=self.durable),
            valkey(folder / "valkey", port=port("VALKEY_PORT"), log_dir=self.logs),
            self._python("mail", "launcher.mail", ready_port="MAIL_PORT"),
        )

    def _simulator(self) -> Part:
        return self._python("simulator", "simulator", health="SIMULATOR_PORT", path="/_sim/clock")

    def _backend(self) -> Sequence[Part]:
        return (
            self._python("backend", "backend.main", "http", health="BACKEND_PORT"),
            self._python("worker", "backend.main", "worker", health="WORKER_PORT"),
        )

    def _doors(self) -> Sequence[Part]:
        names = ["bot", "bot_2"][: self.bots]
        bots = [self._bot(name) for name in names]
        urls = ",".join(self.environment.url(f"{name.upper()}_PORT") for name in names)
        front = self._python("front", "launcher.front", health="FRONT_PORT", path="/front/healthz", BOT_URLS=urls)
        return (*bots, front)

    def _bot(self, name: str) -> Part:
        port_name = f"{name.upper()}_PORT"
        return self._python(name, "bot", health=port_name, BOT_PORT=self.environment.variables[port_name])

    def _rasa(self) -> Part:
        rasa = self._python("rasa", "nlu.serve", health="RASA_PORT", python=RASA_PYTHON)
        rasa.patience_s = RASA_PATIENCE_S
        return rasa

    def _actions(self) -> Part:
        return self._python("actions", "actions.serve", health="ACTIONS_PORT", python=RASA_PYTHON)

    def _port(self, name: str) -> int:
        return self.environment.port(name) if name else 0

    def _python(
        self, name: str, module: str, *arguments: str, health: str = "", path: str = "/healthz", ready_port: str = "",
        python: Path = Path(sys.executable), **more_env: str,
    ) -> Part:  # fmt: skip
        ready = answers_http(self.environment.url(health) + path) if health else accepts_tcp(self._port(ready_port))
        return Part(
            name=name, command=[str(python), "-m", module, *arguments],
            env={**self.environment.variables, **more_env}, ready=ready, log_dir=self.logs,
        )  # fmt: skip
