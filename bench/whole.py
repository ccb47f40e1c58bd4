"""The whole product behind the simulator: start, memory, cost of a turn, acknowledgement, inputs of an application."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp
from people import Applicant
from standard import binds, fills_in, pays_later, sends_papers

from bench.processes import cpu_seconds, percentile, usage
from launcher.environment import local_environment
from launcher.stack import Stack

TURNS: Final = 40
ACKS: Final = 500
COMMANDS: Final = 100


@dataclass
class Whole:
    """What the whole product showed."""

    second_start_s: float
    rss_mb: dict[str, float]
    cpu_ms_per_turn: dict[str, float]
    turn_p50_ms: float
    turn_p99_ms: float
    ack_p50_ms: float
    ack_p99_ms: float
    inputs: int
    command_cpu_ms: dict[str, float]


async def measure_whole(folder: Path) -> Whole:
    """Start the stack twice in `folder` (the second start counts) and use it."""
    first = Stack(local_environment(folder, fixed_ports=False))
    await first.start()
    await first.stop()
    stack = Stack(local_environment(folder, fixed_ports=False))
    began = time.monotonic()
    await stack.start()
    second_start_s = time.monotonic() - began
    try:
        inputs, command_cpu_ms = await _standard_application(stack)
        cpu_ms, latencies = await _form_turns(stack)
        rss = {name: usage([part.pid]).rss_bytes / 1e6 for name, part in stack.parts.items()}
        acks = await _acks_without_rasa(stack)
    finally:
        await stack.stop()
    return Whole(
        second_start_s=second_start_s, rss_mb=rss, cpu_ms_per_turn=cpu_ms, inputs=inputs, command_cpu_ms=command_cpu_ms,
        turn_p50_ms=percentile(latencies, 0.5), turn_p99_ms=percentile(latencies, 0.99),
        ack_p50_ms=percentile(acks, 0.5), ack_p99_ms=percentile(acks, 0.99),
    )  # fmt: skip


async def _standard_application(stack: Stack) -> tuple[int, dict[str, float]]:
    """Inputs from the first word to the payment page of the standard applicant, photos included; and, with everything
    told and sent, what a case command costs the backend."""
    applicant = await Applicant.joins(stack.environment.url("SIMULATOR_PORT"), "标准申请人")
    try:
        await binds(applicant, "demo2")
        await fills_in(applicant)
        await sends_papers(applicant)
        costs = await _command_costs(stack, applicant.openid)
        await pays_later(applicant)
        return applicant.inputs, costs
    finally:
        await applicant.leaves()


async def _command_costs(stack: Stack, openid: str) -> dict[str, float]:
    """CPU milliseconds of the backend's HTTP process per command, by its name."""
    variables, backend = stack.environment.variables, stack.parts["backend"].pid
    headers = {"Authorization": f"Bearer {variables['SERVICE_TOKEN']}"}
    commands = f"{variables['BACKEND_URL']}/internal/v1/applicants/{openid}/commands"
    async with aiohttp.ClientSession(headers=headers) as http:

        async def run(name: str, number: int) -> None:
            values = [{"field": "phone", "value": f"13800138{number % 2:03}"}]
            body = {"values": values, "text": ""} if name == "answer" else {}
            key = {"Idempotency-Key": f"bench-{name}-{number}:turn", "X-Request-Id": "bench"}
            async with http.post(f"{commands}/{name}", json=body, headers=key) as answer:
                assert answer.status == 200, await answer.text()

        costs: dict[str, float] = {}
        for name in ("answer", "missing", "progress", "previous", "resume"):
            await run(name, -1)
            before = cpu_seconds(backend)
            for number in range(COMMANDS):
                await run(name, number)
            costs[name] = (cpu_seconds(backend) - before) * 1000 / COMMANDS
        return costs


async def _form_turns(stack: Stack) -> tuple[dict[str, float], list[float]]:
    """CPU per form turn of each part, the stores included, and how long a turn took WeChat."""
    applicant = await Applicant.joins(stack.environment.url("SIMULATOR_PORT"), "老实人")
    try:
        await binds(applicant, "demo4")
        await applicant.says("新申请")
        await applicant.taps(label="符合条件")
        await applicant.sees("手机号和邮箱")
        before = {name: usage([part.pid]).cpu_s for name, part in stack.parts.items()}
        said = [f"手机号13800138{number:03}" if number % 2 == 0 else "上一步" for number in range(TURNS)]
        latencies = [await _acked(applicant, text) for text in said]
        after = {name: usage([part.pid]).cpu_s for name, part in stack.parts.items()}
        return {name: (after[name] - before[name]) * 1000 / TURNS for name in before}, latencies
    finally:
        await applicant.leaves()


async def _acks_without_rasa(stack: Stack) -> list[float]:
    applicant = await Applicant.joins(stack.environment.url("SIMULATOR_PORT"), "急性子")
    await stack.parts["rasa"].kill()
    try:
        await _acked(applicant, "在吗")
        await asyncio.sleep(2)
        return [await _acked(applicant, f"在吗{number}") for number in range(ACKS)]
    finally:
        await applicant.leaves()


async def _acked(applicant: Applicant, text: str) -> float:
    """Milliseconds from WeChat's push to the product's answer, as the simulator measured it."""
    url = f"{applicant.simulator}/_sim/users/{applicant.openid}/say?wait=1"
    async with aiohttp.ClientSession() as http, http.post(url, json={"text": text}) as answer:
        [outcome] = (await answer.json())["outcomes"]
        return float(outcome["ack_ms"])
