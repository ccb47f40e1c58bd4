"""The transcript as one page that a person reads, prints or attaches to a report."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Final

STYLE: Final = """
body{font:14px/1.6 system-ui,sans-serif;margin:1.5rem auto;max-width:70rem;padding:0 1rem;color:#1a1a1a}
details{border-top:1px solid #ddd;padding:.35rem 0}summary{cursor:pointer;overflow-wrap:anywhere}
pre{background:#f6f6f6;padding:.5rem;white-space:pre-wrap;overflow-wrap:anywhere;margin:.3rem 0}
.bad summary{color:#b00020}small{color:#666}
"""
ARROWS: Final = {"to_product": "平台 → 服务", "from_product": "服务 → 平台"}


def transcript_page(entries: Iterable[Mapping[str, object]]) -> str:
    """Entries as `Entry.as_json` gives them, already redacted."""
    rows = "".join(_row(entry) for entry in entries)
    head = f'<meta charset="utf-8"><title>往来记录</title><style>{STYLE}</style>'
    body = f"<h1>往来记录</h1>{rows or '还没有往来'}"
    return f'<!doctype html><html lang="zh-CN"><head>{head}</head><body>{body}</body></html>'


def _row(entry: Mapping[str, object]) -> str:
    checks = entry["checks"]
    found = "；".join(str(check) for check in checks) if isinstance(checks, list) else ""
    said = f"<p><strong>{escape(found)}</strong></p>" if found else ""
    bodies = "".join(f"<pre>{escape(str(entry[name]))}</pre>" for name in ("request", "response"))
    summary = (
        f"<small>{escape(str(entry['at']))} {ARROWS.get(str(entry['direction']), '')}</small> "
        f"{escape(str(entry['name']))} <small>{entry['status']} · {entry['duration_ms']} ms</small>"
    )
    return f"<details{' class=bad' if found else ''}><summary>{summary}</summary>{said}{bodies}</details>"
