"""The transition table drawn as a mermaid state diagram for docs/."""

from __future__ import annotations

from backend.domain.case import STAGES, Stage
from backend.domain.progress import WHO_LABELS
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


def stages_page() -> str:
    """The page docs/rules/stages.md."""
    rows = "\n".join(
        f"| `{stage.value}` | {facts.label} | {facts.label_2019} | {WHO_LABELS[facts.who_acts] or '—'} "
        f"| {', '.join(sorted(facts.applicant_may_edit)) or '—'} |"
        for stage, facts in STAGES.items()
    )
    return _PAGE.format(rows=rows, diagram=mermaid())


_PAGE = """# Stages and transitions

Generated from the table in `backend/domain/transitions.py`; a test compares this page with it.
`python -m backend.domain.diagram > docs/rules/stages.md` writes it anew.
`tests/backend/test_every_transition.py` walks every row, `test_every_refusal.py` meets its guard.

| code | label | 2019 | who acts | the applicant may edit |
|---|---|---|---|---|
{rows}

```mermaid
{diagram}```
"""

if __name__ == "__main__":
    import sys

    sys.stdout.write(stages_page())
