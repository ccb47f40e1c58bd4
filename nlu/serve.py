"""Start Rasa on RASA_PORT: one process, our channel, our tracker store, the hot-spot fixes checked to be on."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nlu import quiet, without_tensorflow

ROOT = Path(__file__).resolve().parent.parent
NEEDED = ("REDIS_URL", "ACTIONS_URL", "SERVICE_TOKEN", "RASA_PORT")
log = logging.getLogger("nlu")


class SettingsMissing(Exception):
    """Settings that Rasa needs are missing; the message names all of them."""


def check_settings(env: Mapping[str, str]) -> None:
    """Raises SettingsMissing with every name that is missing."""
    missing: list[str] = [name for name in NEEDED if not env.get(name)]
    if missing:
        raise SettingsMissing("these settings are missing: " + ", ".join(missing))


def build_app(model: Path) -> Any:
    """Rasa's own server with our endpoints and health routes."""
    from rasa.core import run
    from rasa.core.utils import AvailableEndpoints
    from sanic.response import json

    from nlu import patches
    from nlu.endpoint import KeptAliveEndpoint
    from nlu.published import PublishedTexts

    patches.apply()
    endpoints = AvailableEndpoints.read_endpoints(str(ROOT / "endpoints.yml"))
    action_server = KeptAliveEndpoint.like(endpoints.action)
    endpoints.action = action_server
    channels = run.create_http_input_channels(None, str(ROOT / "credentials.yml"))
    app = run.configure_app(channels, enable_api=False, endpoints=endpoints)

    async def healthz(_request: Any) -> Any:
        return json({"status": "ok"})

    async def readyz(_request: Any) -> Any:
        states = await _states(app)
        return json(states, status=200 if all(states.values()) else 503)

    async def close(_app: Any, _loop: Any) -> None:
        await action_server.close()

    app.add_route(healthz, "/healthz")
    app.add_route(readyz, "/readyz")
    async def load(running: Any, loop: Any) -> None:
        agent = await run.load_agent_on_start(str(model), endpoints, None, running, loop)
        _use_our_store_alone(agent)
        if os.environ.get("BACKEND_URL"):
            texts = PublishedTexts(os.environ["BACKEND_URL"], os.environ["SERVICE_TOKEN"])
            running.add_task(texts.follow(agent.nlg))

    app.register_listener(load, "before_server_start")
    app.register_listener(run.close_resources, "after_server_stop")
    app.register_listener(close, "after_server_stop")
    patches.check()
    return app


def _use_our_store_alone(agent: Any) -> None:
    """Rasa wraps a store to fall back to memory on an error; ours forgets instead, and the backend remembers."""
    store = agent.tracker_store._tracker_store
    agent.tracker_store = store
    if agent.processor is not None:
        agent.processor.tracker_store = store


async def _states(app: Any) -> dict[str, bool]:
    agent = getattr(app.ctx, "agent", None)
    if agent is None or not agent.is_ready():
        return {"model": False, "redis": False}
    return {"model": True, "redis": await agent.tracker_store.is_up()}


def _model() -> Path:
    """The model named by RASA_MODEL, else the one of the present sources, trained now if need be."""
    if os.environ.get("RASA_MODEL"):
        return Path(os.environ["RASA_MODEL"])
    from nlu import train

    return train.model_file() if train.is_fresh() else train.train()


def main() -> int:
    quiet.hush()
    without_tensorflow.leave_out()
    logging.basicConfig(level=logging.WARNING)
    os.chdir(ROOT)
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    check_settings(os.environ)
    model = _model()
    quiet.only_warnings()
    app = build_app(model)
    host, port = os.environ.get("BIND_HOST", "127.0.0.1"), int(os.environ["RASA_PORT"])
    app.run(host=host, port=port, workers=1, access_log=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
