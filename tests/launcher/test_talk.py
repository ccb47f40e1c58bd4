"""`make talk`: each line is a turn, choices can be typed, and Ctrl-C or the end of the input ends it at once."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

TALKING = """
import asyncio
from pathlib import Path
from aiohttp import web
from aiohttp.test_utils import TestServer
from launcher.environment import Environment
from launcher.talk import talk

async def turn(request):
    said = await request.json()
    return web.json_response({"replies": [{"text": "heard " + (said["text"] or "choice " + said["payload"])}]})

async def main():
    rasa = web.Application()
    rasa.router.add_post("/webhooks/gongju/turn", turn)
    async with TestServer(rasa) as server:
        url = f"http://127.0.0.1:{server.port}"
        await talk(Environment(Path(), {"RASA_URL": url, "SERVICE_TOKEN": "t"}))

asyncio.run(main())
"""


@pytest.fixture
def terminal() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", TALKING], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, encoding="utf-8",
    ) as started:  # fmt: skip
        assert started.stdout is not None
        while started.stdout.readline().strip():
            pass
        yield started
        started.kill()


def test_each_line_is_a_turn_even_the_last_one_without_an_end(terminal: subprocess.Popen[str]) -> None:
    out, err = terminal.communicate("你好\n\n/affirm", timeout=10)
    assert out.split("\n") == ["heard 你好", "heard choice affirm", ""], err


def test_ctrl_c_ends_it_while_it_waits_for_the_keyboard(terminal: subprocess.Popen[str]) -> None:
    assert terminal.stdin is not None and terminal.stdout is not None
    terminal.stdin.write("你好\n")
    terminal.stdin.flush()
    assert terminal.stdout.readline() == "heard 你好\n"
    terminal.send_signal(signal.SIGINT)
    assert terminal.wait(timeout=10) != 0
