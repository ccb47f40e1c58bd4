"""The control API: clock, faults, transcript, changes, reset (contract section 7)."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress

import aiohttp
import pytest

from simulator.settings import BadSettings, SimSettings
from tests.simulator.conftest import Sim

SEND = "/cgi-bin/message/custom/send"


async def test_the_clock_moves_and_says_so(sim: Sim) -> None:
    moved = await sim.post("/_sim/clock", {"advance_s": 3600})
    assert moved["offset_s"] == 3600 and moved["now"].endswith("Z")
    assert (await sim.get("/_sim/clock"))["offset_s"] == 3600


@pytest.mark.parametrize("step", [-1, "3", None, True, 1e300])
async def test_the_clock_refuses_what_is_no_step_forward(sim: Sim, step: object) -> None:
    response = await sim.client.post("/_sim/clock", json={"advance_s": step})
    assert response.status == 400 and (await sim.get("/_sim/clock"))["offset_s"] == 0


async def test_moving_the_clock_runs_what_falls_due_in_order(sim: Sim) -> None:
    ran: list[str] = []

    async def first() -> None:
        ran.append("first")
        sim.world.timers.after(0, third)

    async def second() -> None:
        ran.append("second")

    async def third() -> None:
        ran.append("third")

    sim.world.timers.after(20, second)
    sim.world.timers.after(10, first)
    cancelled = sim.world.timers.after(15, second)
    cancelled.cancel()
    await sim.world.advance(30)
    assert ran == ["first", "second", "third"]


async def test_a_timer_runs_by_itself_when_its_time_comes(sim: Sim) -> None:
    done = asyncio.Event()

    async def action() -> None:
        done.set()

    sim.world.timers.after(0.05, action)
    with suppress(TimeoutError):
        await asyncio.wait_for(done.wait(), 2)
    assert done.is_set()


async def test_a_fault_answers_its_code_as_often_as_asked(sim: Sim) -> None:
    await sim.deed("say", text="你好")
    await sim.post("/_sim/faults", {"endpoint": SEND, "kind": "errcode", "value": 45009, "times": 2})
    assert [await sim.send_text() for _ in range(3)] == [45009, 45009, 0]
    assert await sim.rules_broken() == []


async def test_a_revoked_token_is_40001_until_a_new_one_is_fetched(sim: Sim) -> None:
    await sim.deed("say", text="你好")
    await sim.token()
    await sim.post("/_sim/faults", {"endpoint": SEND, "kind": "revoke_token"})
    assert [await sim.send_text(), await sim.send_text()] == [40001, 0]


async def test_a_fault_may_cut_the_line(sim: Sim) -> None:
    await sim.post("/_sim/faults", {"endpoint": "/cgi-bin/*", "kind": "drop"})
    with pytest.raises(aiohttp.ClientError):
        await sim.client.post("/cgi-bin/stable_token", json={})


@pytest.mark.parametrize(("kind", "status"), [("http500", 500), ("html", 200), ("garbage", 200)])
async def test_a_fault_may_answer_nonsense(sim: Sim, kind: str, status: int) -> None:
    await sim.post("/_sim/faults", {"endpoint": SEND, "kind": kind})
    response = await sim.client.post(SEND, json={})
    assert response.status == status
    with pytest.raises(json.JSONDecodeError):
        json.loads(await response.text())


async def test_faults_can_be_listed_and_removed(sim: Sim) -> None:
    await sim.post("/_sim/faults", {"endpoint": SEND, "kind": "drop", "times": None})
    await sim.post("/_sim/faults", {"endpoint": "push", "kind": "drop"})
    assert [fault["times"] for fault in (await sim.get("/_sim/faults"))["faults"]] == [None, 1]
    await sim.client.delete("/_sim/faults", params={"endpoint": "push"})
    assert [fault["endpoint"] for fault in (await sim.get("/_sim/faults"))["faults"]] == [SEND]
    await sim.client.delete("/_sim/faults")
    assert (await sim.get("/_sim/faults"))["faults"] == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"endpoint": SEND, "kind": "explode"},
        {"endpoint": SEND, "kind": "latency", "value": "long"},
        {"endpoint": SEND, "kind": "errcode", "value": "much"},
        {"endpoint": SEND, "kind": "http500", "value": 200},
        {"endpoint": SEND, "kind": "drop", "times": 0},
    ],
)
async def test_an_impossible_fault_is_refused(sim: Sim, body: dict[str, str]) -> None:
    assert (await sim.client.post("/_sim/faults", json=body)).status == 400


async def test_the_transcript_shows_both_directions_without_secrets(sim: Sim) -> None:
    await sim.deed("say", text="你好")
    await sim.send_text()
    token = await sim.token()
    entries = (await sim.get("/_sim/transcript"))["entries"]
    assert {entry["direction"] for entry in entries} == {"to_product", "from_product"}
    shown = json.dumps(entries)
    assert token not in shown and sim.world.settings.app_secret not in shown


async def test_a_push_in_the_transcript_can_be_read(sim: Sim) -> None:
    await sim.deed("say", text="你好")
    (entry,) = (await sim.get("/_sim/transcript", name="push"))["entries"]
    assert "你好" in entry["request"] and entry["response"] == "success" and entry["status"] == 200


async def test_changes_stream_to_a_live_page(sim: Sim) -> None:
    async with sim.client.get("/_sim/changes", params={"openid": sim.openid}) as stream:
        await asyncio.sleep(0.05)
        await sim.deed("say", text="你好")
        line = await asyncio.wait_for(stream.content.readline(), 2)
    assert json.loads(line.removeprefix(b"data: "))["bubble"]["text"] == "你好"


async def test_a_reset_starts_again_with_the_same_ids(sim: Sim) -> None:
    first = sim.openid
    await sim.post("/_sim/clock", {"advance_s": 10})
    await sim.post("/_sim/reset")
    assert (await sim.get("/_sim/users"))["users"] == [] and (await sim.get("/_sim/clock"))["offset_s"] == 0
    assert await sim.user() == first and await sim.bubbles() == []


async def test_an_openid_looks_like_a_real_one(sim: Sim) -> None:
    assert len(sim.openid) == 28 and sim.openid.startswith("o")


@pytest.mark.parametrize("path", ["/_sim/users/o0/chat", "/_sim/users/o0"])
async def test_an_unknown_user_is_404(sim: Sim, path: str) -> None:
    assert (await sim.client.get(path)).status == 404


async def test_a_body_that_is_no_json_is_400(sim: Sim) -> None:
    assert (await sim.client.post(f"/_sim/users/{sim.openid}/say", data="{")).status == 400


def test_all_faults_of_the_environment_are_named_at_once() -> None:
    with pytest.raises(BadSettings) as found:
        SimSettings.from_env({"SIM_MODE": "open", "SIMULATOR_PORT": "x", "WECHAT_AES_KEY": "short"})
    for name in ("SIM_MODE", "SIMULATOR_PORT", "WECHAT_AES_KEY", "WECHAT_APP_ID", "SIM_CALLBACK_URL"):
        assert name in str(found.value)


async def test_the_owner_may_change_the_mode_at_run_time(sim: Sim) -> None:
    await sim.post("/_sim/account", {"mode": "plain"})
    await sim.deed("say", text="明文")
    assert "明文" in sim.product.received[0].body


async def test_a_wrong_key_is_refused_by_the_console(sim: Sim) -> None:
    assert (await sim.client.post("/_sim/account", json={"aes_key": "short"})).status == 400


async def test_the_transcript_is_also_a_page_that_escapes_what_users_wrote(sim: Sim) -> None:
    await sim.deed("say", text="<script>alert(1)</script>")
    page = await (await sim.client.get("/_sim/transcript", params={"format": "html"})).text()
    assert "往来记录" in page and "<script>" not in page and "&lt;script&gt;" in page


async def test_a_token_outlives_a_reset_and_the_next_one_is_another(sim: Sim) -> None:
    token = await sim.token()
    await sim.post("/_sim/reset")
    assert "ip_list" in await sim.get("/cgi-bin/getcallbackip", access_token=token)
    await sim.post("/_sim/clock", {"advance_s": 7000})
    assert await sim.token() != token
