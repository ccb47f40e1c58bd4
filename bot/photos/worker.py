"""The photo worker: reads pictures on stdin, answers on stdout, within limits of memory and CPU time.

Everything is framed by 4 bytes of length. A request is a picture or PDF; an answer is a JSON head, which lists the
pages or says why there are none, and one clean JPEG per page. The process has no secrets in its environment and ends
with its stdin.
"""

from __future__ import annotations

import json
import os
import resource
import struct
import sys
import time
from typing import BinaryIO, Final

MEMORY_BYTES: Final = 1024**3
CPU_S: Final = 20


def main() -> None:
    """Serve until stdin closes."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get between the answers
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while (picture := _read(sys.stdin.buffer)) is not None:
        # The limit counts the whole life of the process, so it moves on with each picture.
        resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + CPU_S, resource.RLIM_INFINITY))
        for frame in _answer(picture):
            answers.write(struct.pack(">I", len(frame)) + frame)
        answers.flush()


def _answer(picture: bytes) -> list[bytes]:
    from bot.photos.guard import PhotoRefused, clean_document

    try:
        pages = clean_document(picture)
    except PhotoRefused as refusal:
        return [json.dumps({"refused": refusal.code}).encode()]
    except MemoryError:
        return [json.dumps({"refused": "too_many_pixels"}).encode()]
    heads = [{"width": p.width, "height": p.height, "sha256": p.sha256, "source": p.source} for p in pages]
    return [json.dumps({"pages": heads}).encode(), *(page.content for page in pages)]


def _read(stream: BinaryIO) -> bytes | None:
    head = stream.read(4)
    if len(head) < 4:
        return None
    (length,) = struct.unpack(">I", head)
    body = stream.read(length)
    return body if len(body) == length else None


if __name__ == "__main__":
    main()
