"""How our processes log: one JSON line per event, with the request's id, never with anything personal."""

from __future__ import annotations

import hashlib
import logging
import sys
import traceback
from contextvars import ContextVar
from pathlib import Path
from typing import Final

import structlog

PLACES: Final = 6
REQUEST_ID: Final[ContextVar[str]] = ContextVar("request_id", default="")


def _add_request_id(_logger: object, _method: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    if request_id := REQUEST_ID.get():
        event.setdefault("request_id", request_id)
    return event


def _without_texts(_logger: object, _method: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    """The texts of errors hold SQL parameters, URLs and what people wrote: the type and the place are enough.

    Other people's loggers (asyncio's, aiohttp's) put them behind the first line of their message as well.
    """
    event["event"] = str(event.get("event", "")).partition("\n")[0]
    exc_info = event.pop("exc_info", None)
    error = (sys.exc_info() if exc_info is True else exc_info or (None,) * 3)[1]
    if error is not None:
        places = traceback.extract_tb(error.__traceback__)[-PLACES:]
        event.setdefault("error", type(error).__name__)
        event.setdefault("where", [f"{Path(one.filename).name}:{one.lineno}" for one in places])
    return event


def configure(process: str, *, level: int = logging.INFO) -> None:
    """Send structlog and the standard library's log to stderr as JSON lines that name the process."""
    shared: list[structlog.types.Processor] = [
        _add_request_id,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.contextvars.merge_contextvars, *shared],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _without_texts,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for noisy in ("httpx", "httpcore", "aiohttp.access", "procrastinate"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(process=process)


def who(openid: str) -> str:
    """A short stand-in for an openid, the same in every log, from which nobody can get the openid back."""
    return hashlib.sha256(openid.encode()).hexdigest()[:8]
