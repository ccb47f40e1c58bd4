"""The transition table drawn as a mermaid state diagram for docs/."""

from __future__ import annotations

from backend.domain.case import STAGES, Stage
from backend.domain.transitions import EVENT_LABELS, ROWS, START


def mermaid() -> str:
    """The whole table; self-loops and the archive are left out, because they say nothing about the way."""
    lines = ["stateDiagram-v2", f"    [*] --> {START.value}: T1"]
    lines += [f'    state "{STAGES[stage].label}" as {stage.value}' for stage in Stage if stage is not Stage.ARCHIVED]
    for row in ROWS:
        if row.source is not row.target and row.target is not Stage.ARCHIVED:
            label = f"{row.number} {EVENT_LABELS[row.event]}"
            lines.append(f"    {row.source.value} --> {row.target.value}: {label}")
    return "\n".join(lines) + "\n"
