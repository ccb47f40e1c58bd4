"""What `make run` promises besides the parts themselves: estimates, one demo per folder, ports, readable failures."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from launcher.__main__ import links
from launcher.environment import PREFERRED_PORTS, Environment, local_environment
from launcher.process import Part, PartFailed, free_port
from launcher.progress import Progress
from launcher.running import Occupied, Running, alone_in, note_running
from launcher.stack import Stack

STACK = """
import asyncio, os, sys
from pathlib import Path
from launcher.environment import Environment
from launcher.process import Part
from launcher.stack import Stack

folder = Path(sys.argv[1])

async def main():
    stack = Stack(Environment(folder, {}))
    for name in ("first", "second", "third"):
        trap = f"trap 'echo {name} >> {folder}/stopped; exit 0' TERM; touch {folder}/{name}.up"
        command = ["/bin/sh", "-c", trap + "; while true; do sleep 0.05; done"]
        async def ready(up=folder / f"{name}.up"):
            return up.exists()
        stack.parts[name] = Part(name=name, command=command, env=os.environ, ready=ready, log_dir=folder)
        await stack.parts[name].start()
    print(*(part.pid for part in stack.parts.values()), flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    await stack.stop()

asyncio.run(main())
"""


def a_progress(folder: Path, said: list[str]) -> Progress:
    progress = Progress(folder, said.append)
    progress.usual = {"stores": 2.0, "rasa": 8.0, "bot": 10.0}
    progress.begin()
    return progress


def test_each_part_has_one_line_with_its_time_and_what_is_left(tmp_path: Path) -> None:
    said: list[str] = []
    progress = a_progress(tmp_path, said)
    for name in progress.usual:
        progress.ready(name, 1.5)
    assert said[0] == "3 parts, about 10 s"
    assert [line.split()[1] for line in said[1:]] == ["stores", "rasa", "bot"]
    assert all("ready after  1.5 s" in line for line in said[1:])
    assert "left" in said[1] and "left" in said[2] and "all in" in said[3]


def test_a_part_that_is_early_does_not_promise_that_the_rest_is(tmp_path: Path) -> None:
    progress = a_progress(tmp_path, [])
    progress.ready("rasa", 1.0)
    assert progress.left_s(elapsed=8.0) == pytest.approx(8.0)


def test_the_next_start_is_estimated_by_the_last_one(tmp_path: Path) -> None:
    progress = a_progress(tmp_path, [])
    progress.ready("stores", 0.1)
    progress.end()
    assert Progress(tmp_path, print).usual.keys() == {"stores"}


def test_estimates_that_cannot_be_read_are_replaced_by_the_usual_ones(tmp_path: Path) -> None:
    (tmp_path / "start-times.json").write_text("[3")
    assert Progress(tmp_path, print).usual["rasa"] > 0


ALONE = """
import sys, time
from pathlib import Path
from launcher.environment import Environment
from launcher.running import alone_in, note_running

with alone_in(Path(sys.argv[1]), "talk"):
    note_running(Environment(Path(sys.argv[1]), {"FRONT_PORT": "8000"}), "talk", is_ready=True)
    print(flush=True)
    time.sleep(60)
"""


def who_works_in(folder: Path) -> Running | None:
    try:
        with alone_in(folder, "run"):
            return None
    except Occupied as occupied:
        return occupied.by


def test_a_second_launcher_finds_what_the_first_one_does_until_that_is_killed(tmp_path: Path) -> None:
    first = subprocess.Popen([sys.executable, "-c", ALONE, str(tmp_path)], stdout=subprocess.PIPE)
    try:
        assert first.stdout is not None
        first.stdout.readline()
        found = who_works_in(tmp_path)
        assert found is not None and found.environment is not None
        assert (found.pid, found.does, found.is_ready) == (first.pid, "talk", True)
        assert found.environment.url("FRONT_PORT") == "http://127.0.0.1:8000"
    finally:
        first.kill()
        first.communicate()
    assert who_works_in(tmp_path) is None, "it was killed, and left its note behind"
    assert not (tmp_path / "running.json").exists()


def test_the_note_of_a_demo_is_for_its_owner_only(tmp_path: Path) -> None:
    note_running(Environment(tmp_path, {}), "run", is_ready=False)
    assert (tmp_path / "running.json").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("command", [["run"], ["db", "upgrade"], ["db", "reset"]])
def test_no_command_touches_the_database_that_another_launcher_uses(tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "postgres").mkdir()
    with alone_in(tmp_path, "talk"):
        done = launched(tmp_path, *command)
    assert done.returncode == 1 and "`make talk`" in done.stdout + done.stderr
    assert (tmp_path / "postgres").is_dir()


@pytest.mark.parametrize("command", [["run"], ["talk"], ["db", "upgrade"]])
def test_a_folder_that_cannot_be_written_is_named_without_a_traceback(tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "file").write_text("in the way")
    done = launched(tmp_path / "file" / "run", *command)
    assert done.returncode == 1
    assert str(tmp_path / "file") in done.stderr and "Traceback" not in done.stderr


def launched(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = dict(os.environ, GONGJU_RUN_DIR=str(folder))
    return subprocess.run(
        [sys.executable, "-m", "launcher", *command], capture_output=True, text=True, env=environment, timeout=60
    )


def test_a_port_that_is_taken_is_replaced_by_a_free_one(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        usual = dict(PREFERRED_PORTS)
        try:
            PREFERRED_PORTS["FRONT_PORT"] = usual_port = int(taken.getsockname()[1])
            environment = local_environment(tmp_path, fixed_ports=True)
        finally:
            PREFERRED_PORTS.update(usual)
    assert environment.port("FRONT_PORT") != usual_port
    assert environment.variables["PUBLIC_URL"] == environment.url("FRONT_PORT")


def test_the_links_name_phone_console_mails_and_accounts(tmp_path: Path) -> None:
    shown = links(local_environment(tmp_path, fixed_ports=False), tmp_path / "logs")
    for promised in ("/phone", "/console", "邮箱", "/_sim/clock", "demo1", "reviewer", "Gongju-2026", "logs"):
        assert promised in shown


def test_only_the_demo_keeps_the_people_of_the_local_wechat(tmp_path: Path) -> None:
    demo = local_environment(tmp_path, fixed_ports=False, keeps_simulator=True)
    assert Path(demo.variables["SIM_STATE_FILE"]).is_relative_to(tmp_path)
    assert "SIM_STATE_FILE" not in local_environment(tmp_path, fixed_ports=False).variables


def test_a_step_that_fails_says_which_log_to_read(tmp_path: Path) -> None:
    async def never() -> bool:
        return False

    step = Part(
        name="migrate", command=["/bin/sh", "-c", "echo no table; exit 4"], env=os.environ, ready=never,
        log_dir=tmp_path,
    )  # fmt: skip
    with pytest.raises(PartFailed, match=r"code 4; read .*migrate\.log(?s:.*)no table"):
        asyncio.run(step.run_to_end())


def test_parts_stop_in_reverse_order_within_seconds(tmp_path: Path) -> None:
    launcher = subprocess.Popen(
        [sys.executable, "-c", STACK, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert launcher.stdout is not None
    launcher.stdout.readline()
    began = time.monotonic()
    launcher.communicate(b"\n")
    assert time.monotonic() - began < 5
    assert (tmp_path / "stopped").read_text().split() == ["third", "second", "first"]


def test_nothing_outlives_a_launcher_that_was_killed(tmp_path: Path) -> None:
    launcher = subprocess.Popen(
        [sys.executable, "-c", STACK, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert launcher.stdout is not None
    pids = [int(pid) for pid in launcher.stdout.readline().split()]
    assert len(pids) == 3
    launcher.send_signal(signal.SIGKILL)
    launcher.communicate()
    give_up_at = time.monotonic() + 5
    while time.monotonic() < give_up_at and any(_runs(pid) for pid in pids):
        time.sleep(0.05)
    assert not [pid for pid in pids if _runs(pid)]


def test_a_part_that_ended_by_itself_is_noticed(tmp_path: Path) -> None:
    async def ended() -> list[str]:
        async def ready() -> bool:
            return True

        stack = Stack(Environment(tmp_path, {}))
        stack.parts["short"] = Part(name="short", command=["/bin/true"], env=os.environ, ready=ready, log_dir=tmp_path)
        await stack.parts["short"].spawn()
        assert stack.parts["short"].process is not None
        await stack.parts["short"].process.wait()
        return [part.name for part in stack.ended()]

    assert asyncio.run(ended()) == ["short"]


def _runs(pid: int) -> bool:
    try:
        return b"Z (zombie)" not in Path(f"/proc/{pid}/status").read_bytes()
    except FileNotFoundError:
        return False


def test_chosen_ports_are_not_those_of_outgoing_connections() -> None:
    lowest_outgoing = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    ports = [free_port() for _ in range(50)]
    assert len(set(ports)) == 50
    assert max(ports) < lowest_outgoing
