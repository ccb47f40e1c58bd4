"""CPU time and memory of running processes, children included."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

import psutil


@dataclass(frozen=True)
class Usage:
    """CPU seconds since the start and resident bytes now."""

    cpu_s: float
    rss_bytes: int


def cpu_seconds(pid: int) -> float:
    """CPU seconds that one process has used, to the nanosecond: the kernel's clock of that process (Linux).

    The number of a process's clock is made as in `clock_getcpuclockid(3)`; ticks of 10 ms are too coarse for a turn.
    """
    return time.clock_gettime((~pid << 3) | 2)


def usage(pids: Iterable[int]) -> Usage:
    """The sum over `pids` and their living children."""
    cpu_s, rss_bytes = 0.0, 0
    for pid in pids:
        parent = psutil.Process(pid)
        for process in (parent, *parent.children(recursive=True)):
            try:
                cpu_s += cpu_seconds(process.pid)
                rss_bytes += process.memory_info().rss
            except (psutil.NoSuchProcess, OSError):
                continue
    return Usage(cpu_s, rss_bytes)


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of `values` lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
