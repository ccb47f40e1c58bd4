"""Asks a health address and ends with 0 when it answers 200: the health check of our containers."""

from __future__ import annotations

import sys
from http.client import HTTPException
from urllib.error import URLError
from urllib.request import urlopen


def is_healthy(url: str) -> bool:
    try:
        with urlopen(url, timeout=2) as answer:  # noqa: S310 - the address is a constant of docker-compose.yml
            return bool(answer.status == 200)
    except (URLError, HTTPException, OSError, ValueError):
        return False


if __name__ == "__main__":
    sys.exit(0 if is_healthy(sys.argv[1]) else 1)
