"""`make bench`: every figure in one run, the table of docs/benchmarks.md; `--quick` leaves out plain Rasa."""

from __future__ import annotations

import asyncio
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bench.dialogue import Figures, measure, ours, plain, train_plain
from bench.whole import Whole, measure_whole
from launcher.process import ROOT

PLAIN_FOLDER = ROOT / ".tools" / "bench-plain"


def dialogue_table(figures: dict[str, Figures]) -> str:
    names = list(figures)
    rows: list[tuple[str, Callable[[Figures], str]]] = [
        ("start, s", lambda f: f"{f.start_s:.1f}"),
        ("memory of Rasa, MB", lambda f: f"{f.rss_mb:.0f}"),
        ("CPU of Rasa per form turn, ms", lambda f: f"{f.rasa_cpu_ms:.1f}"),
        ("CPU of Rasa and actions per form turn, ms", lambda f: f"{f.all_cpu_ms:.1f}"),
        ("latency p50 / p99, ms", lambda f: f"{f.p50_ms:.0f} / {f.p99_ms:.0f}"),
        (
            "CPU of Rasa at turn 10 / 100 / last of one talk, ms",
            lambda f: " / ".join(f"{v:.1f}" for v in f.at_turn.values()),
        ),
        ("last turn measured", lambda f: str(max(f.at_turn))),
        ("turns per second, 50 senders", lambda f: f"{f.turns_per_s:.0f}"),
    ]
    lines = [f"| | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
    lines += [f"| {label} | {' | '.join(show(figures[name]) for name in names)} |" for label, show in rows]
    return "\n".join(lines)


def ratios(gongju: Figures, other: Figures) -> str:
    cpu = gongju.rasa_cpu_ms / other.rasa_cpu_ms
    return "\n".join(
        (
            f"- CPU of Rasa per form turn: {cpu:.3f} of plain Rasa's (aim: at most 0.1).",
            f"- Turn 800 against turn 10, taken in alternation: {gongju.growth:.2f} (aim: at most 1.2).",
            f"- Turns per second: {gongju.turns_per_s / other.turns_per_s:.1f} times plain Rasa's.",
        )
    )


def whole_table(whole: Whole) -> str:
    memory = ", ".join(f"{name} {mb:.0f}" for name, mb in whole.rss_mb.items())
    cpu = ", ".join(f"{name} {ms:.1f}" for name, ms in whole.cpu_ms_per_turn.items())
    commands = ", ".join(f"{name} {ms:.1f}" for name, ms in whole.command_cpu_ms.items())
    mean_ms = sum(whole.command_cpu_ms.values()) / len(whole.command_cpu_ms)
    return "\n".join(
        (
            "| | |",
            "|---|---|",
            f"| second start of everything, s | {whole.second_start_s:.1f} |",
            f"| memory, MB | {sum(whole.rss_mb.values()):.0f} ({memory}) |",
            f"| CPU per form turn, all processes and stores, ms | {sum(whole.cpu_ms_per_turn.values()):.1f} ({cpu}) |",
            f"| backend CPU per case command with everything sent, ms (aim: 10) | {mean_ms:.1f} ({commands}) |",
            f"| form turn as WeChat sees it, p50 / p99, ms | {whole.turn_p50_ms:.0f} / {whole.turn_p99_ms:.0f} |",
            f"| acknowledgement with Rasa down, p50 / p99, ms | {whole.ack_p50_ms:.0f} / {whole.ack_p99_ms:.0f} |",
            f"| inputs of the standard applicant, first word to payment page | {whole.inputs} (the app: about 75) |",
        )
    )


async def run(*, quick: bool) -> str:
    folder = Path(tempfile.mkdtemp(prefix="gongju-bench-"))
    try:
        figures = {"Gongju": await measure(ours(), folder / "ours")}
        if not quick:
            _install_plain()
            print(f"training plain Rasa took {train_plain(PLAIN_FOLDER):.0f} s", file=sys.stderr)
            figures["plain Rasa 3.6.21"] = await measure(plain(PLAIN_FOLDER), folder / "plain")
        whole = await measure_whole(folder / "whole")
        scans = "" if quick else _scans()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    head = f"Measured {datetime.now(UTC):%Y-%m-%d} by `make bench`, {platform.machine()}, {os.cpu_count()} cores."
    parts = [head, "## Dialogue\n", dialogue_table(figures)]
    if len(figures) == 2:
        parts.append(ratios(*figures.values()))
    parts += ["## Everything together\n", whole_table(whole)]
    if scans:
        parts += ["## Daily bill and reminder scan\n", f"```\n{scans}\n```"]
    return "\n\n".join(parts) + "\n"


def _scans() -> str:
    """The backend's two big scans, in a process of their own because their peak memory counts."""
    done = subprocess.run([sys.executable, "-m", "bench.backend_scans"], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def _install_plain() -> None:
    """An environment of its own for plain Rasa: the product's has no TensorFlow."""
    subprocess.run([str(ROOT / "deploy" / "setup.sh"), "--bench"], check=True)


def main() -> None:
    table = asyncio.run(run(quick="--quick" in sys.argv))
    print(table)
    if "--save" in sys.argv:
        page = ROOT / "docs" / "benchmarks.md"
        kept = page.read_text().partition("<!-- figures -->")[0] if page.exists() else "# Benchmarks\n\n"
        page.write_text(f"{kept}<!-- figures -->\n\n{table}")


if __name__ == "__main__":
    main()
