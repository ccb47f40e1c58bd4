"""A few photo workers: each picture is cleaned in another process, which is killed when it takes too long."""

from __future__ import annotations

import asyncio
import json
import os
import struct
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from pathlib import Path
from typing import Final

import structlog

from bot.photos.guard import PDF_BYTES_LIMIT, CleanPhoto, PhotoRefused

WALL_S: Final = 30.0
JOBS_PER_PROCESS: Final = 200
_ROOT: Final = Path(__file__).resolve().parents[2]
log = structlog.get_logger()


class PhotoPool:
    """At most `size` workers, started when needed, replaced after 200 pictures or a mishap."""

    def __init__(self, size: int = 1, *, wall_s: float = WALL_S) -> None:
        self._wall_s = wall_s
        self._free: asyncio.LifoQueue[_Worker] = asyncio.LifoQueue()
        for _ in range(size):
            self._free.put_nowait(_Worker())

    async def clean(self, content: bytes) -> CleanPhoto:
        """The picture, cleaned in a worker; a PDF is not a picture.

        Raises:
            PhotoRefused: it cannot be used; `broken` also when it made the worker die or hang.
        """
        if content.startswith(b"%PDF-"):
            raise PhotoRefused("not_a_picture")
        return (await self.clean_document(content))[0]

    async def clean_document(self, content: bytes) -> list[CleanPhoto]:
        """The picture, or each page of a PDF, cleaned in a worker.

        Raises:
            PhotoRefused: as `clean`, and `too_many_pages` or `locked` for a PDF.
        """
        if len(content) > PDF_BYTES_LIMIT:
            raise PhotoRefused("too_big")
        worker = await self._free.get()
        try:
            async with asyncio.timeout(self._wall_s):
                return await worker.clean(content)
        except (TimeoutError, asyncio.IncompleteReadError, BrokenPipeError, ConnectionResetError) as error:
            log.warning("photo_worker_lost", error=type(error).__name__, bytes=len(content))
            await worker.stop()
            raise PhotoRefused("broken") from None
        except asyncio.CancelledError:
            await worker.stop()
            raise
        finally:
            self._free.put_nowait(worker)

    async def close(self) -> None:
        while not self._free.empty():
            await self._free.get_nowait().stop()


class _Worker:
    def __init__(self) -> None:
        self._process: Process | None = None
        self._jobs = 0

    async def clean(self, content: bytes) -> list[CleanPhoto]:
        process = await self._running()
        assert process.stdin and process.stdout  # noqa: S101 - both are pipes
        process.stdin.write(struct.pack(">I", len(content)) + content)
        await process.stdin.drain()
        head = json.loads(await _read(process.stdout))
        self._jobs += 1
        if refused := head.get("refused"):
            raise PhotoRefused(str(refused))
        return [CleanPhoto(content=await _read(process.stdout), **page) for page in head["pages"]]

    async def stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        transport = getattr(process, "_transport", None)
        if transport is not None:
            transport.close()

    async def _running(self) -> Process:
        if self._jobs >= JOBS_PER_PROCESS:
            await self.stop()
        if self._process is None or self._process.returncode is not None:
            self._jobs = 0
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bot.photos.worker",
                stdin=PIPE,
                stdout=PIPE,
                cwd=_ROOT,
                env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"},
            )
        return self._process


async def _read(stream: asyncio.StreamReader) -> bytes:
    (length,) = struct.unpack(">I", await stream.readexactly(4))
    return await stream.readexactly(length)
