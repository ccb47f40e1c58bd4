"""One child process: started with a log file of its own, waited for until it is ready, stopped in time."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import aiohttp

ROOT: Final = Path(__file__).resolve().parent.parent
PORTS: Final = range(20_000, 32_000)
_given: set[int] = set()
Ready = Callable[[], Awaitable[bool]]


class PartFailed(Exception):
    """A part did not start; the message says which log to read."""


@dataclass
class Part:
    """A program and how to know that it is ready.

    `ready` is asked every 50 ms until it says yes, the program ends or `patience_s` is over.
    """

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    ready: Ready
    log_dir: Path
    patience_s: float = 60
    stop_signal: signal.Signals = signal.SIGTERM
    as_nobody: bool = False
    process: asyncio.subprocess.Process | None = field(default=None, init=False)

    @property
    def log_file(self) -> Path:
        return self.log_dir / f"{self.name}.log"

    @property
    def pid(self) -> int:
        if self.process is None:
            raise PartFailed(f"{self.name} is not running")
        return self.process.pid

    async def start(self) -> None:
        """Start the program and wait until it is ready.

        Raises:
            PartFailed: it ended or was not ready in time; names the log and quotes its last lines.
        """
        await self.spawn()
        await self.wait_ready()

    async def spawn(self) -> None:
        self.log_dir.mkdir(parents=True, exist_ok=True)
        options = ["--as-nobody"] if self.as_nobody else []
        with self.log_file.open("ab") as log:
            child = [sys.executable, "-I", str(ROOT / "launcher" / "child.py"), *options, str(os.getpid()), "--"]
            self.process = await asyncio.create_subprocess_exec(
                *child, *self.command, cwd=ROOT, env=dict(self.env), start_new_session=True,
                stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip

    async def wait_ready(self) -> None:
        give_up_at = time.monotonic() + self.patience_s
        while True:
            if self.process is None or self.process.returncode is not None:
                raise PartFailed(f"{self.name} ended while starting; read {self.log_file}\n{self._last_lines()}")
            if await self.ready():
                return
            if time.monotonic() > give_up_at:
                late = f"{self.name} was not ready after {self.patience_s:.0f} s"
                raise PartFailed(f"{late}; read {self.log_file}\n{self._last_lines()}")
            await asyncio.sleep(0.05)

    async def run_to_end(self) -> None:
        """Run a program that ends by itself.

        Raises:
            PartFailed: it ended with an error; names the log and quotes its last lines.
        """
        await self.spawn()
        assert self.process is not None
        try:
            code = await self.process.wait()
        except asyncio.CancelledError:
            await self.kill()
            raise
        if code != 0:
            raise PartFailed(f"{self.name} failed with code {code}; read {self.log_file}\n{self._last_lines()}")

    async def stop(self, *, patience_s: float = 10) -> None:
        """Ask the program to stop; kill it when it does not within `patience_s`."""
        if self.process is None or self.process.returncode is not None:
            return
        self.process.send_signal(self.stop_signal)
        try:
            await asyncio.wait_for(self.process.wait(), patience_s)
        except TimeoutError:
            await self.kill()

    async def kill(self) -> None:
        """kill -9, as a power cut would."""
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()

    def _last_lines(self) -> str:
        lines = self.log_file.read_text(errors="replace").splitlines()[-12:] if self.log_file.exists() else []
        return "\n".join(f"  | {line[:300]}" for line in lines)


def free_port(preferred: int | None = None) -> int:
    """`preferred` if nobody listens on it, else a free one.

    Outside the range from which the kernel takes ports for outgoing connections, or one of those could take it before
    the part that it is for listens; never the same one twice.
    """
    for port in (*([preferred] if preferred else []), *random.sample(PORTS, k=200)):
        if port not in _given and _is_free(port):
            _given.add(port)
            return port
    raise PartFailed("no free port on this machine")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def answers_http(url: str) -> Ready:
    """Ready when `url` answers 200."""

    async def ask() -> bool:
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session,
                session.get(url) as response,
            ):
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False

    return ask


def accepts_tcp(port: int) -> Ready:
    """Ready when something listens on `port`."""

    async def ask() -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            return False
        writer.close()
        return True

    return ask
