"""A log line is one JSON object that says what happened and where, whoever wrote it, and nobody's words."""

from __future__ import annotations

import json
import subprocess
import sys

SCRIPT = """
import asyncio, logging
import structlog
from runtime.logs import configure

configure("bot")

async def lost():
    raise ValueError("王小明 110101199003077758")

async def main():
    task = asyncio.create_task(lost())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    del task
    import gc; gc.collect()
    try:
        await lost()
    except ValueError:
        logging.getLogger("aiohttp.server").error("Error handling request", exc_info=True)
        structlog.get_logger().warning("something", exc_info=True)

asyncio.run(main())
"""


def lines() -> list[dict[str, object]]:
    """What a process logs when a task is lost, a handler fails, and a line of ours carries its traceback."""
    ended = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert "王小明" not in ended.stderr
    return [json.loads(line) for line in ended.stderr.splitlines()]


def test_the_text_of_an_error_is_in_no_line_its_type_and_place_are_in_each() -> None:
    assert [line["error"] for line in lines()] == ["ValueError"] * 3
    assert all(str(line["where"]).startswith("['<string>:") for line in lines())


def test_other_peoples_loggers_name_the_process_too() -> None:
    assert {line["process"] for line in lines()} == {"bot"}
