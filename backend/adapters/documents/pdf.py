"""Lays a letter out as PDF with Typst, from catalogue/templates/letter.typ."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pylopdf_fonts_zh_cn
import typst

from backend.adapters.documents.wording import TEMPLATES, Letter

PDF_TYPE = "application/pdf"


def lay_out(letter: Letter, *, folder: Path = TEMPLATES) -> bytes:
    """The letter as PDF; its words travel as JSON, so none of them is ever read as markup."""
    pdf: bytes = typst.compile(
        str(folder / "letter.typ"),
        root=str(folder),
        font_paths=font_folders(),
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"letter": json.dumps(letter.as_data(), ensure_ascii=False)},
    )
    return pdf


@cache
def font_folders() -> list[str]:
    """Where our fonts lie."""
    return [str(pylopdf_fonts_zh_cn.serif_path().parent)]


def sans_font() -> Path:
    """For what is written on pictures."""
    return Path(pylopdf_fonts_zh_cn.sans_path())
