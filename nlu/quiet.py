"""Silences the warnings and log lines of Rasa's parts that say nothing to us, each by name."""

from __future__ import annotations

import logging
import os
import warnings

NOISY_MODULES = ("pkg_resources", "sanic_cors", "sanic_jwt", "rasa", "tensorflow", "jieba", "sqlalchemy", "dask")
NOISY_CATEGORIES = (DeprecationWarning, PendingDeprecationWarning, FutureWarning)


def hush() -> None:
    """Quiet, before Rasa is imported or started."""
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TQDM_DISABLE", "1")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    for category in NOISY_CATEGORIES:
        for module in NOISY_MODULES:
            warnings.filterwarnings("ignore", category=category, module=module)
        warnings.filterwarnings("ignore", category=category, message=".*(LooseVersion|pkg_resources|Version classes).*")
    for name in ("apscheduler", "matplotlib", "asyncio", "sanic.access"):
        logging.getLogger(name).setLevel(logging.ERROR)
