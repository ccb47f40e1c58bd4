"""`python -m launcher run | talk | db upgrade|revision|reset`: the demo on one machine."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Final

from launcher.environment import Environment, local_environment
from launcher.process import ROOT, PartFailed
from launcher.running import forget_running, note_running, running_in
from launcher.stack import USUAL_START_S, Stack
from launcher.stores import create_database, postgres
from launcher.talk import talk

FOLDER: Final = Path(os.environ.get("GONGJU_RUN_DIR", ROOT / ".run"))

LINKS: Final = """
  手机（申请人）   {simulator}/phone
  工作台（员工）   {front}/console      演示账号见下
  演示邮箱         {mail}/
  模拟器控制       {simulator}/_sim/clock   {simulator}/_sim/violations
  日志             {logs}

  申请人演示账号   demo1 … demo60，密码 Gongju-2026
  员工演示账号     reviewer / Gongju-2026   manager / Gongju-2026

  按 Ctrl-C 停止。
"""


def links(environment: Environment, logs: Path) -> str:
    return LINKS.format(
        simulator=environment.url("SIMULATOR_PORT"),
        front=environment.url("FRONT_PORT"),
        mail=environment.url("MAIL_PORT"),
        logs=logs,
    )


async def run() -> int:
    """Start the demo, print its links, wait for Ctrl-C, stop it."""
    if (other := running_in(FOLDER)) is not None:
        print("[start] it runs already:" + links(other, FOLDER / "logs"), flush=True)
        return 0
    stopped = asyncio.Event()
    for signum in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signum, stopped.set)
    environment = local_environment(FOLDER, fixed_ports=True)
    stack = Stack(environment, report=lambda line: print(f"[start] {line}", flush=True))
    print(f"[start] about {USUAL_START_S} s", flush=True)
    starting, waiting = asyncio.create_task(stack.start()), asyncio.create_task(stopped.wait())
    await asyncio.wait({starting, waiting}, return_when=asyncio.FIRST_COMPLETED)
    if not starting.done():
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
        return 130
    try:
        starting.result()
    except PartFailed as failure:
        print(f"[start] {failure}", file=sys.stderr)
        return 1
    note_running(environment)
    print(links(environment, stack.logs), flush=True)
    await waiting
    print("[stop] …", flush=True)
    forget_running(FOLDER)
    await stack.stop()
    return 0


async def talk_in_terminal() -> int:
    """Chat with Rasa in the terminal; joins a running demo, else starts what is needed."""
    if (running := running_in(FOLDER)) is not None:
        await talk(running)
        return 0
    stack = Stack(local_environment(FOLDER, fixed_ports=False), bots=1)
    try:
        await stack.start()
        await talk(stack.environment)
    finally:
        await stack.stop()
    return 0


async def database(arguments: list[str]) -> int:
    """Migrate the demo's database, write a migration, or throw the demo's data away."""
    if running_in(FOLDER) is not None:
        print("the demo is running: stop it first", file=sys.stderr)
        return 1
    if arguments[:1] == ["reset"]:
        for name in ("postgres", "objects", "logs"):
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
    match arguments:
        case ["run"]:
            return asyncio.run(run())
        case ["talk"]:
            return asyncio.run(talk_in_terminal())
        case ["db", *rest]:
            return asyncio.run(database(rest))
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
