"""Start the action server: rasa-sdk on ACTIONS_PORT, with one kept-alive way to the backend."""

from __future__ import annotations

import hmac
import logging
import os
import warnings
from collections.abc import Mapping
from dataclasses import dataclass

from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, json

# Sanic resets the filters when it is imported; the SDK's imports come after them.
warnings.filterwarnings("ignore", message=".*(Version classes|pkg_resources).*")

from rasa_sdk.endpoint import create_app  # noqa: E402

import actions.forms  # noqa: E402
from actions.backend import Backend  # noqa: E402

log = logging.getLogger("actions")
OPEN_PATHS = frozenset({"/healthz", "/readyz"})


class SettingsMissing(Exception):
    """Settings that the action server needs are missing; the message names all of them."""


@dataclass(frozen=True)
class ActionSettings:
    backend_url: str
    service_token: str
    port: int
    host: str

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> ActionSettings:
        """Read the settings.

        Raises:
            SettingsMissing: names every missing variable at once.
        """
        missing = [name for name in ("BACKEND_URL", "SERVICE_TOKEN", "ACTIONS_PORT") if not env.get(name)]
        if missing:
            raise SettingsMissing("these settings are missing: " + ", ".join(missing))
        return cls(
            env["BACKEND_URL"], env["SERVICE_TOKEN"], int(env["ACTIONS_PORT"]), env.get("BIND_HOST", "127.0.0.1")
        )


def build_app(settings: ActionSettings) -> Sanic:
    """The SDK's own app with our health routes; nothing of a failed request reaches the log."""
    app: Sanic = create_app(actions.forms, cors_origins="")
    backend = Backend(settings.backend_url, settings.service_token)
    actions.forms.TalkAction.backend = backend

    expected = f"Bearer {settings.service_token}".encode()

    async def check_token(request: Request) -> HTTPResponse | None:
        """Whoever may call an action acts as any applicant: only who holds the service token may."""
        offered = request.headers.get("authorization", "").encode()
        if request.path in OPEN_PATHS or hmac.compare_digest(offered, expected):
            return None
        return json({"error": {"code": "unauthorized", "message": "service token", "facts": {}}}, status=401)

    async def close_backend(_app: Sanic, _loop: object) -> None:
        await backend.close()

    async def healthz(_request: Request) -> HTTPResponse:
        return json({"status": "ok"})

    async def readyz(_request: Request) -> HTTPResponse:
        up = await backend.is_up()
        return json({"backend": up}, status=200 if up else 503)

    def failed(_request: Request, error: Exception) -> HTTPResponse:
        log.error("action_failed: %s", type(error).__name__)
        return json({"error": {"code": "action_failed", "message": type(error).__name__, "facts": {}}}, status=500)

    app.register_middleware(check_token, "request")
    app.add_route(healthz, "/healthz")
    app.add_route(readyz, "/readyz")
    app.error_handler.add(Exception, failed)
    app.register_listener(close_backend, "after_server_stop")
    return app


def main() -> None:
    logging.basicConfig(level=logging.WARNING)
    settings = ActionSettings.from_env(os.environ)
    build_app(settings).run(host=settings.host, port=settings.port, workers=1, access_log=False)


if __name__ == "__main__":
    main()
