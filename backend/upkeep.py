"""Commands for whoever runs Gongju: retention's dry run, the sweep for orphans, the rotation of keys; counts only."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncEngine

from backend.adapters.keys import DataKeyring
from backend.adapters.rotation import rotate_keys
from backend.services.parts import Parts
from backend.services.retention import delete_doomed, enforce, sweep_objects, what_is_over


async def show_retention(parts: Parts) -> None:
    """What is past its time, class by class; nothing is changed."""
    _print(await what_is_over(parts))


async def run_retention(parts: Parts) -> None:
    """Let go of everything that is past its time, as the worker does by and by."""
    total: dict[str, int] = {}
    while gone := await enforce(parts):
        for kind, count in gone.items():
            total[kind] = total.get(kind, 0) + count
    while await delete_doomed(parts):
        pass
    _print(total)


async def sweep(parts: Parts, *, is_dry: bool) -> None:
    """Objects of the store that no row knows."""
    _print(await sweep_objects(parts, is_dry=is_dry))


async def rotate(engine: AsyncEngine, keys: DataKeyring, parts: Parts) -> None:
    """Everything under the first key of DATA_KEYS; a second run that says 0 everywhere is the proof."""
    _print(await rotate_keys(engine, keys, parts.objects))


def _print(counts: Mapping[str, int]) -> None:
    for name, count in counts.items():
        sys.stdout.write(f"{name}\t{count}\n")
