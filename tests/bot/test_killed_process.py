"""`python -m bot` killed with -9 in the middle of a turn: another one finishes it, with one effect and one answer."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, Process
from typing import Any

import aiohttp
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from launcher.process import free_port
from wechat.tables import inbox

OPENID = "oUSER0000000000000000000001"


async def a_process(environment: dict[str, str], port: int) -> Process:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        env={**environment, "BOT_PORT": str(port), "PATH": os.environ["PATH"]},
        stdout=DEVNULL,
        stderr=DEVNULL,
    )
    async with asyncio.timeout(20), aiohttp.ClientSession() as http:
        while True:
            try:
                async with http.get(f"http://127.0.0.1:{port}/readyz") as answer:
                    if answer.status == 200:
                        return process
            except aiohttp.ClientError:
                await asyncio.sleep(0.1)


async def test_a_turn_survives_the_death_of_its_bot(
    parts: Any, engine: AsyncEngine, environment: dict[str, str], call_at: Any, sent_later: Any, until: Any
) -> None:
    first_port, second_port = free_port(), free_port()
    first = await a_process(environment, first_port)
    second: Process | None = None
    try:
        parts.delays = {"你好": 30}
        push = asyncio.create_task(call_at(first_port, OPENID, MsgType="text", Content="你好", MsgId=1))

        async def is_running() -> bool:
            async with engine.connect() as connection:
                return bool(parts.turns) and await connection.scalar(select(inbox.c.state)) == "running"

        await until(is_running)
        first.kill()
        await first.wait()
        await asyncio.gather(push, return_exceptions=True)
        parts.delays = {}
        second = await a_process(environment, second_port)
        answer = await call_at(second_port, OPENID, MsgType="text", Content="你好", MsgId=1)
        later = await sent_later(OPENID)
        assert [one for one in [answer, *later] if one] == ["收到：你好"]
        assert {turn["key"] for turn in parts.turns} == {parts.turns[0]["key"]}
    finally:
        for process in (first, second):
            if process is not None and process.returncode is None:
                process.kill()
                await process.wait()
