"""Chat with the dialogue in a terminal: each line is one turn to Rasa, without WeChat in between."""

from __future__ import annotations

import asyncio
import os
import secrets
import sys
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import aiohttp

from launcher.environment import Environment


async def talk(environment: Environment) -> None:
    """Read lines from the terminal until it ends; `/payload` sends what a tapped choice would send."""
    openid = "oTERMINAL" + secrets.token_hex(9)[:19]
    headers = {"Authorization": f"Bearer {environment.variables['SERVICE_TOKEN']}"}
    print("直接打字，Ctrl-D 结束。选项写成 /payload，例如 /affirm。\n", flush=True)
    async with aiohttp.ClientSession(headers=headers) as http:
        async for line in _typed():
            if line.strip():
                await _turn(http, environment, openid, line.strip())


async def _typed() -> AsyncIterator[str]:
    """The lines of the standard input until it ends; whoever waits for one can be interrupted."""
    loop, lines = asyncio.get_running_loop(), asyncio.Queue[str | None]()

    def read() -> None:
        rest = b""
        with suppress(RuntimeError):  # the loop is closed: nobody listens any more
            while piece := os.read(sys.stdin.fileno(), 4096):
                *whole, rest = (rest + piece).split(b"\n")
                for line in whole:
                    loop.call_soon_threadsafe(lines.put_nowait, line.decode(errors="replace"))
            loop.call_soon_threadsafe(lines.put_nowait, rest.decode(errors="replace"))
            loop.call_soon_threadsafe(lines.put_nowait, None)

    # Not asyncio's own threads: those are waited for at the end, and this one waits for the keyboard.
    threading.Thread(target=read, daemon=True).start()
    while (line := await lines.get()) is not None:
        yield line


async def _turn(http: aiohttp.ClientSession, environment: Environment, openid: str, line: str) -> None:
    said = {"payload": line[1:], "text": ""} if line.startswith("/") else {"text": line, "payload": None}
    body: dict[str, Any] = {
        "sender": openid, "key": secrets.token_hex(16), "event": None, "files": [],
        "received_at": datetime.now(UTC).isoformat(), **said,
    }  # fmt: skip
    url = f"{environment.variables['RASA_URL']}/webhooks/gongju/turn"
    async with http.post(url, json=body) as response:
        answer = await response.json(content_type=None)
        if response.status != 200:
            print(f"  ({response.status}: {answer})", flush=True)
            return
    for reply in answer["replies"]:
        print(_shown(reply), flush=True)


def _shown(reply: Mapping[str, Any]) -> str:
    lines = [reply["text"]] if reply.get("text") else []
    lines += [f"  ▸ {choice['title']}  /{choice['payload']}" for choice in reply.get("choices", [])]
    if link := reply.get("link"):
        lines.append(f"  ↗ {link['title']} {link['url']}")
    if image := reply.get("image"):
        lines.append(f"  ▣ {image['file_id']}")
    return "\n".join(lines)
