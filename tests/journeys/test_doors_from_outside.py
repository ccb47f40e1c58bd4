"""What answers on the ports of a running product to somebody without the service token: nothing that acts."""

from __future__ import annotations

import aiohttp
import pytest
from conftest import RunningStack

pytestmark = pytest.mark.journey

TURN = {"sender": "oSomebody", "key": "forged-1", "text": "取消办理", "received_at": "2026-03-16T02:00:00Z"}
ACTION = {
    "next_action": "action_talk",
    "sender_id": "oSomebody",
    "tracker": {"sender_id": "oSomebody", "slots": {}, "latest_message": {"metadata": {"key": "forged-2"}}},
}
DOORS = (
    ("BACKEND_PORT", "/internal/v1/applicants/oSomebody/commands/open", {}),
    ("RASA_PORT", "/webhooks/gongju/turn", TURN),
    ("ACTIONS_PORT", "/webhook", ACTION),
)
# Rasa's own doors, which a forgotten setting would open: conversations, trackers, models.
CLOSED = (
    ("RASA_PORT", "/conversations/oSomebody/tracker"),
    ("RASA_PORT", "/model/parse"),
    ("RASA_PORT", "/domain"),
    ("RASA_PORT", "/webhooks/rest/webhook"),
    ("FRONT_PORT", "/internal/v1/captchas"),
    ("FRONT_PORT", "/internal/openapi.json"),
    ("FRONT_PORT", "/webhooks/gongju/turn"),
    ("FRONT_PORT", "/webhook"),
    ("FRONT_PORT", "/_sim/users"),
)


@pytest.mark.parametrize(("port", "path", "body"), DOORS)
@pytest.mark.parametrize("offered", ["", "Bearer wrong"])
async def test_a_call_without_the_service_token_is_refused(
    running: RunningStack, port: str, path: str, body: dict[str, object], offered: str
) -> None:
    headers = {"Authorization": offered} if offered else {}
    async with (
        aiohttp.ClientSession() as http,
        http.post(running.environment.url(port) + path, json=body, headers=headers) as answer,
    ):
        assert answer.status == 401


@pytest.mark.parametrize(("port", "path"), CLOSED)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_door_that_is_not_for_use_is_closed(running: RunningStack, method: str, port: str, path: str) -> None:
    async with (
        aiohttp.ClientSession() as http,
        http.request(method, running.environment.url(port) + path, json={}) as answer,
    ):
        assert answer.status in (401, 404, 405)
