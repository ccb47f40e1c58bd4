"""How a mail looks where HTML is shown: the same words as its text, as paragraphs and lists (F20, F37)."""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import Final

BULLET: Final = "· "
_PAGE: Final = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">\
<meta name="color-scheme" content="light dark"><title>{title}</title></head>
<body style="margin:0;padding:24px 20px;font:16px/1.7 -apple-system,'PingFang SC','Microsoft YaHei',sans-serif">
<div style="max-width:600px;margin:0 auto">
<p style="margin:0 0 20px;padding:0 0 12px;border-bottom:2px solid #07a255;font-weight:bold">\
工居 · 北京市工作居住证代办</p>
{body}
</div></body></html>
"""


def as_html(title: str, text: str) -> str:
    """The text of a mail as a page; nothing of it is read as markup."""
    parts = [part.split("\n") for part in text.strip().split("\n\n")]
    return _PAGE.format(title=escape(title), body="\n".join(_part(lines) for lines in parts))


def _part(lines: list[str]) -> str:
    pieces = []
    for is_list, some in groupby(lines, key=lambda line: line.startswith(BULLET)):
        if is_list:
            items = "".join(f'<li style="margin:0 0 6px">{escape(line.removeprefix(BULLET))}</li>' for line in some)
            pieces.append(f'<ul style="margin:0 0 16px;padding:0 0 0 20px">{items}</ul>')
        else:
            pieces.append(f'<p style="margin:0 0 16px">{"<br>".join(escape(line) for line in some)}</p>')
    return "\n".join(pieces)
