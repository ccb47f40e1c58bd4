"""`python -m launcher run | talk | db upgrade|revision|reset`: the demo on one machine."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import Final

from launcher.environment import Environment, local_environment
from launcher.process import ROOT, PartFailed
from launcher.progress import Progress
from launcher.running import Occupied, Running, alone_in, note_running
from launcher.stack import Stack
from launcher.stores import create_database, postgres
from launcher.talk import talk

FOLDER: Final = Path(os.environ.get("GONGJU_RUN_DIR", ROOT / ".run")).resolve()
WATCHED_EVERY_S: Final = 1.0

LINKS: Final = """
  手机（您是申请人）   {simulator}/phone
  工作台（您是员工）   {front}/console
  演示邮箱             {mail}/
  模拟器控制           {simulator}/_sim/clock   {simulator}/_sim/violations   {simulator}/_sim/transcript?format=html
  日志                 {logs}

  在手机上绑定用       demo1 … demo60，密码 Gongju-2026
  登录工作台用         reviewer 或 manager，密码 Gongju-2026
{ending}"""


def links(environment: Environment, logs: Path, *, ending: str = "\n  按 Ctrl-C 停止。\n") -> str:
    return LINKS.format(
        ending=ending,
        simulator=environment.url("SIMULATOR_PORT"),
        front=environment.url("FRONT_PORT"),
        mail=environment.url("MAIL_PORT"),
        logs=logs,
    )


def say(line: str, about: str = "start") -> None:
    print(f"[{about}] {line}", flush=True)


async def run() -> int:
    """Start the demo, print its links, wait for Ctrl-C, stop it; a demo that runs already is only shown."""
    try:
        with alone_in(FOLDER, "run"):
            return await _run_alone()
    except Occupied as occupied:
        return _show_other(occupied.by)


async def _run_alone() -> int:
    stopped = asyncio.Event()
    for signum in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signum, stopped.set)
    environment = local_environment(FOLDER, fixed_ports=True, keeps_simulator=True)
    note_running(environment, "run", is_ready=False)
    return await _run_until(stopped, environment)


def _show_other(other: Running) -> int:
    if other.does != "run" or other.environment is None:
        say(f"`make {other.does}` (process {other.pid}) is at work in {FOLDER}: wait for it or end it, then try again")
        return 1
    if other.is_ready:
        say("it runs already:")
    else:
        say(f"another `make run` (process {other.pid}) is starting it right now; these will be its links:")
    print(links(other.environment, FOLDER / "logs", ending=""), flush=True)
    return 0


async def _run_until(stopped: asyncio.Event, environment: Environment) -> int:
    progress = Progress(FOLDER, say)
    stack = Stack(environment, report=progress.ready)
    progress.begin()
    starting, waiting = asyncio.create_task(stack.start()), asyncio.create_task(stopped.wait())
    await asyncio.wait({starting, waiting}, return_when=asyncio.FIRST_COMPLETED)
    if not starting.done():
        say("stopping what has started …", "stop")
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
        return 130
    starting.result()
    progress.end()
    note_running(environment, "run", is_ready=True)
    print(links(environment, stack.logs), flush=True)
    watching = asyncio.create_task(_watch(stack))
    await waiting
    watching.cancel()
    began = time.monotonic()
    say("in reverse order …", "stop")
    await stack.stop()
    say(f"everything has stopped ({time.monotonic() - began:.1f} s)", "stop")
    return 0


async def _watch(stack: Stack) -> None:
    """Start a part again that ends by itself, and say so."""
    while True:
        await asyncio.sleep(WATCHED_EVERY_S)
        for part in stack.ended():
            say(f"{part.name} has ended by itself and is started again; read {part.log_file}", "run")
            try:
                await part.start()
            except PartFailed as failure:
                say(str(failure), "run")


async def talk_in_terminal() -> int:
    """Chat with Rasa in the terminal; joins a running demo, else starts what is needed."""
    try:
        with alone_in(FOLDER, "talk"):
            await _talk_alone()
            return 0
    except Occupied as occupied:
        if occupied.by.environment is None or not occupied.by.is_ready:
            return _show_other(occupied.by)
        await talk(occupied.by.environment)
        return 0


async def _talk_alone() -> None:
    environment = local_environment(FOLDER, fixed_ports=False)
    note_running(environment, "talk", is_ready=False)
    progress = Progress(FOLDER, say)
    stack = Stack(environment, bots=1, report=progress.ready)
    progress.begin()
    try:
        await stack.start()
        note_running(environment, "talk", is_ready=True)
        await talk(environment)
    finally:
        await stack.stop()


async def database(arguments: list[str]) -> int:
    """Migrate the demo's database, write a migration, or throw the demo's data away."""
    try:
        with alone_in(FOLDER, "db"):
            return await _database_alone(arguments)
    except Occupied as occupied:
        print(f"`make {occupied.by.does}` uses this database: end it first", file=sys.stderr)
        return 1


async def _database_alone(arguments: list[str]) -> int:
    if arguments == ["reset"]:
        for name in ("postgres", "objects", "simulator", "logs"):
            shutil.rmtree(FOLDER / name, ignore_errors=True)
        return 0
    environment = local_environment(FOLDER, fixed_ports=False)
    server = postgres(FOLDER / "postgres", port=environment.port("POSTGRES_PORT"), log_dir=FOLDER / "logs")
    await server.start()
    try:
        await create_database(environment.port("POSTGRES_PORT"), "gongju")
        command = [sys.executable, "-m", "backend.main", "migrate", *arguments[1:]]
        process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=dict(environment.variables))
        return await process.wait()
    finally:
        await server.stop()


def main(arguments: list[str]) -> int:
    """Do one thing; what hinders it is said in a sentence, without a traceback."""
    try:
        match arguments:
            case ["run"]:
                return asyncio.run(run())
            case ["talk"]:
                return asyncio.run(talk_in_terminal())
            case ["db", "revision", message] if not message.strip():
                print('say what changes: make db-revision m="…"', file=sys.stderr)
                return 2
            case ["db", "upgrade" | "reset"] | ["db", "revision", _]:
                return asyncio.run(database(arguments[1:]))
    except PartFailed as failure:
        print(f"[{arguments[0]}] {failure}", file=sys.stderr, flush=True)
        return 1
    except OSError as error:
        place = error.filename or FOLDER
        print(f"[{arguments[0]}] cannot write or read {place}: {error.strerror or error}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        return 130
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
