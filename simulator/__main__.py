"""`python -m simulator`: serve the played platform until stopped."""

import logging
import os
import sys

from aiohttp import web

from simulator.app import build_app
from simulator.settings import BadSettings, SimSettings


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        settings = SimSettings.from_env(os.environ)
    except BadSettings as faults:
        sys.stderr.write(f"{faults}\n")
        return 2
    web.run_app(
        build_app(settings),
        host=settings.host,
        port=settings.port,
        access_log=None,
        print=None,
        shutdown_timeout=1,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
