"""Form turns through Rasa and the action server: ours, and plain Rasa with its default Chinese pipeline."""

from __future__ import annotations

import asyncio
import itertools
import os
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any, Final

import aiohttp

from bench.processes import cpu_seconds, percentile, usage
from launcher.environment import local_environment
from launcher.process import ROOT, Part, answers_http
from launcher.stack import RASA_PYTHON
from launcher.stores import valkey

PLAIN_PYTHON: Final = ROOT / ".tools" / "bench-venv" / "bin" / "python"
SAID: Final = (
    "13800138000",
    "zhang@example.com",
    "吉林大学",
    "示例科技（北京）有限公司",
    "本科吉林大学，计算机，2006.9-2010.6",
    "我租的房子，在望京那边",  # no rule tells this one: the model is asked
)
PLAIN_ENDPOINTS: Final = """action_endpoint:
  url: ${ACTIONS_URL}/webhook
  headers:
    Authorization: Bearer ${SERVICE_TOKEN}
nlg:
  type: nlu.wording.OperatorTexts
"""
SENDERS: Final = 50
TURNS_PER_SENDER: Final = 12
MEASURED_TURNS: Final = 100
YOUNG_TURNS: Final = range(5, 15)


@dataclass(frozen=True)
class Variant:
    """One way to run Rasa: how it is started and how it is spoken to."""

    name: str
    python: Path
    arguments: tuple[str, ...]
    path: str
    health: str
    longest_talk: int
    env: tuple[tuple[str, str], ...] = ()

    def body(self, sender: str, text: str) -> dict[str, Any]:
        if self.path.endswith("/rest/webhook"):
            return {"sender": sender, "message": text, "metadata": {"key": uuid.uuid4().hex, "files": []}}
        return {
            "sender": sender, "key": uuid.uuid4().hex, "text": text, "payload": None, "event": None, "files": [],
            "received_at": "2026-03-16T02:00:00Z",
        }  # fmt: skip


@dataclass(frozen=True)
class Cost:
    """One turn: CPU of Rasa and of the action server, and how long it took."""

    rasa_ms: float
    actions_ms: float
    took_ms: float


@dataclass
class Figures:
    """What one variant showed; CPU in milliseconds per turn, of Rasa and of Rasa and actions together.

    `growth`: turns of the long talk at its end over turns 6–15 of young talks, taken in alternation, so that neither
    the machine's other work nor the age of the process counts.
    """

    start_s: float
    rss_mb: float
    rasa_cpu_ms: float
    all_cpu_ms: float
    p50_ms: float
    p99_ms: float
    at_turn: dict[int, float]
    growth: float
    turns_per_s: float


def ours() -> Variant:
    return Variant("Gongju", RASA_PYTHON, ("-m", "nlu.serve"), "/webhooks/gongju/turn", "/readyz", 800)


def plain(folder: Path) -> Variant:
    """Plain Rasa 3.6.21; the REST channel, the in-memory tracker store."""
    arguments = (
        "-m", "rasa", "run", "-m", str(folder / "plain.tar.gz"), "--endpoints", str(folder / "endpoints.yml"),
        "--credentials", str(folder / "credentials.yml"), "-i", "127.0.0.1", "-p", "{RASA_PORT}",
    )  # fmt: skip
    return Variant(
        "plain Rasa", PLAIN_PYTHON, arguments, "/webhooks/rest/webhook", "/", 100, (("GONGJU_TENSORFLOW", "1"),)
    )


def train_plain(folder: Path) -> float:
    """Train the default pipeline on our domain, sentences, rules and stories; how many seconds it took."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "endpoints.yml").write_text(PLAIN_ENDPOINTS)
    (folder / "credentials.yml").write_text("rest:\n")
    began = time.monotonic()
    if not (folder / "plain.tar.gz").exists():
        command = [
            str(PLAIN_PYTHON), "-m", "rasa", "train", "--config", "bench/plain_config.yml", "--domain", "data/domain",
            "--data", "data/nlu", "data/rules", "data/stories", "--out", str(folder), "--fixed-model-name", "plain",
        ]  # fmt: skip
        env = {**os.environ, "GONGJU_TENSORFLOW": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
        subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    return time.monotonic() - began


async def measure(variant: Variant, folder: Path) -> Figures:
    """Start the variant with an action server and a backend of its own, and talk to it."""
    environment = local_environment(folder, fixed_ports=False)
    variables = {**environment.variables, **dict(variant.env)}
    logs = folder / "logs"
    backend = Part(
        "bench-backend", [sys.executable, "-m", "bench.backend"], variables,
        answers_http(environment.url("BACKEND_PORT") + "/healthz"), logs,
    )  # fmt: skip
    actions = Part(
        "actions", [str(RASA_PYTHON), "-m", "actions.serve"], variables,
        answers_http(environment.url("ACTIONS_PORT") + "/healthz"), logs,
    )  # fmt: skip
    command = [str(variant.python), *(argument.format(**variables) for argument in variant.arguments)]
    rasa = Part("rasa", command, variables, answers_http(environment.url("RASA_PORT") + variant.health), logs, 240)
    parts = [valkey(folder / "valkey", port=environment.port("VALKEY_PORT"), log_dir=logs), backend, actions]
    try:
        for part in parts:
            await part.start()
        began = time.monotonic()
        parts.append(rasa)
        await rasa.start()
        start_s = time.monotonic() - began
        headers = {"Authorization": f"Bearer {variables['SERVICE_TOKEN']}"}
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(headers=headers, connector=connector) as http:
            url = environment.url("RASA_PORT") + variant.path
            return await _talk(_Caller(http, url, variant, rasa, actions), start_s)
    finally:
        for part in reversed(parts):
            await part.stop()


@dataclass(frozen=True)
class _Caller:
    """Says things to one variant and reads what that cost."""

    http: aiohttp.ClientSession
    url: str
    variant: Variant
    rasa: Part
    actions: Part

    async def turn(self, sender: str, number: int) -> float:
        """One turn; how many milliseconds it took."""
        began = time.perf_counter()
        async with self.http.post(self.url, json=self.variant.body(sender, SAID[number % len(SAID)])) as response:
            answer = await response.json(content_type=None)
            assert response.status == 200 and answer, (response.status, answer)
        return (time.perf_counter() - began) * 1000

    async def cost(self, sender: str, number: int) -> Cost:
        rasa_s, actions_s = cpu_seconds(self.rasa.pid), cpu_seconds(self.actions.pid)
        took_ms = await self.turn(sender, number)
        spent = cpu_seconds(self.rasa.pid) - rasa_s, cpu_seconds(self.actions.pid) - actions_s
        return Cost(spent[0] * 1000, spent[1] * 1000, took_ms)

    async def young_costs(self) -> AsyncIterator[Cost]:
        """Turns 6–15 of one fresh talk after another."""
        for sender in itertools.count():
            for number in range(YOUNG_TURNS[-1] + 1):
                if number in YOUNG_TURNS:
                    yield await self.cost(f"young-{sender}", number)
                else:
                    await self.turn(f"young-{sender}", number)

    async def growth(self, young: AsyncIterator[Cost]) -> tuple[dict[int, float], float]:
        """Rasa's milliseconds at turn 100 and at the end of a long talk, and that end over young talks."""
        at_turn: dict[int, float] = {}
        growth, done = 1.0, 0
        for target in sorted({100, self.variant.longest_talk}):
            while done < target - MEASURED_TURNS // 2:
                await self.turn("long talk", done)
                done += 1
            pairs = [(await self.cost("long talk", done + n), await anext(young)) for n in range(MEASURED_TURNS)]
            done += MEASURED_TURNS
            at_turn[target] = mean(long.rasa_ms for long, _ in pairs)
            growth = at_turn[target] / mean(short.rasa_ms for _, short in pairs)
        return at_turn, growth

    async def turns_per_s(self) -> float:
        """With many senders at once, each waiting for its answer."""

        async def sender(name: str) -> None:
            for number in range(TURNS_PER_SENDER):
                await self.turn(name, number)

        began = time.monotonic()
        await asyncio.gather(*(sender(f"sender-{n}") for n in range(SENDERS)))
        return SENDERS * TURNS_PER_SENDER / (time.monotonic() - began)


async def _talk(caller: _Caller, start_s: float) -> Figures:
    for warm in range(2 * len(SAID)):
        await caller.turn("warm-up", warm)
    young = caller.young_costs()
    first = [await anext(young) for _ in range(MEASURED_TURNS)]
    rasa_ms = mean(one.rasa_ms for one in first)
    later, growth = await caller.growth(young)
    took = [one.took_ms for one in first]
    turns_per_s = await caller.turns_per_s()
    return Figures(
        start_s=start_s, rss_mb=usage([caller.rasa.pid]).rss_bytes / 1e6, rasa_cpu_ms=rasa_ms,
        all_cpu_ms=mean(one.rasa_ms + one.actions_ms for one in first),
        p50_ms=percentile(took, 0.5), p99_ms=percentile(took, 0.99),
        at_turn={10: rasa_ms, **later}, growth=growth, turns_per_s=turns_per_s,
    )  # fmt: skip
