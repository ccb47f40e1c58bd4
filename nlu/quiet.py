"""Keeps the logs short and free of what applicants wrote: warnings by name, failures by type."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import MutableMapping
from importlib import import_module
from typing import Any

NOISY_MODULES = (
    "pkg_resources", "sanic_cors", "sanic_jwt", "rasa", "tensorflow", "jieba", "sqlalchemy", "dask", "matplotlib",
    "apscheduler", "importlib", "pyparsing",
)  # fmt: skip
NOISY_CATEGORIES = (DeprecationWarning, PendingDeprecationWarning, FutureWarning)
ONLY_ERRORS = ("apscheduler", "matplotlib", "asyncio", "sanic.access", "sanic.root", "pykwalify")


def hush() -> None:
    """Before Rasa is imported."""
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TQDM_DISABLE", "1")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    import_module("sanic")  # resets the filters when it is first imported
    warnings.filterwarnings("ignore", message="'(setParseAction|parseString|resetCache)' deprecated.*")
    for category in NOISY_CATEGORIES:
        for module in NOISY_MODULES:
            warnings.filterwarnings("ignore", category=category, module=rf"(<frozen )?{module}.*")
        warnings.filterwarnings("ignore", category=category, message=".*(Version classes|pkg_resources|load_module).*")
    for name in ONLY_ERRORS:
        logging.getLogger(name).setLevel(logging.ERROR)


def only_warnings() -> None:
    """After Rasa is imported: warnings and errors only, without values and without the texts of exceptions."""
    import structlog
    from rasa.utils.common import configure_logging_and_warnings

    configure_logging_and_warnings(logging.WARNING, warn_only_once=True)
    structlog.configure(
        processors=[_event_alone, structlog.processors.add_log_level, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    for handler in logging.getLogger().handlers:
        handler.addFilter(_TypeAlone())


def _event_alone(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Rasa's log lines carry messages, slots and responses; the name of the event is enough."""
    return {"event": event.get("event")}


class _TypeAlone(logging.Filter):
    """An exception's text may hold what somebody wrote: its type is logged, its traceback is not."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and record.exc_info[0] is not None:
            record.msg, record.args = f"{record.getMessage()} ({record.exc_info[0].__name__})", ()
            record.exc_info = record.exc_text = None
        return True
