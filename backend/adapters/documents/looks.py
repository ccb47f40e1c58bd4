"""How the paper of a material looks: drawn from catalogue/samples.yml, or the first page of our own template (F41).

Every picture is marked 样张 and shows nothing of a real person. It is drawn once per process.
"""

from __future__ import annotations

import io
import json
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Final, Literal

import pypdfium2
import typst
import yaml
from PIL import Image, ImageDraw, ImageFont
from pydantic import BaseModel, ConfigDict, Field

from backend.adapters.documents import pdf
from backend.adapters.documents.pdfium import PDFIUM
from backend.adapters.documents.preview import first_page
from backend.adapters.documents.wording import TEMPLATES, fill, wordings

WIDTH_PX: Final = 800
QUALITY: Final = 82
_drawing: Final = Lock()


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Sheet(_Strict):
    """One sheet: `pairs` label and value, `columns` with `rows` a list, `lines` sentences, `sign` who signs."""

    title: str
    shape: Literal["card", "paper", "certificate", "screen"] = "paper"
    pairs: list[tuple[str, str]] = []
    columns: list[str] = []
    rows: list[list[str]] = []
    lines: list[str] = []
    sign: list[str] = []
    seal: str = ""
    photo: bool = False


class Sample(_Strict):
    sheets: list[Sheet] = Field(min_length=1, max_length=3)
    notes: list[str] = Field(min_length=1, max_length=4)


@cache
def samples(folder: Path = TEMPLATES) -> dict[str, Sample]:
    """Every drawn sample by material code, checked as a whole."""
    written: dict[str, Any] = yaml.safe_load((folder.parent / "samples.yml").read_text(encoding="utf-8"))
    return {code: Sample.model_validate(one) for code, one in written.items()}


def sample_codes(folder: Path = TEMPLATES) -> frozenset[str]:
    return frozenset(samples(folder)) | frozenset(wordings(folder))


@cache
def draw_sample(code: str, folder: Path = TEMPLATES) -> bytes | None:
    """A JPEG, 800 px wide; None when there is no sample for the code."""
    with _drawing:
        if code in samples(folder):
            return _drawn(samples(folder)[code], folder)
        if code in wordings(folder):
            return _marked(first_page(pdf.lay_out(fill(code, {"case_no": "样张"}, folder=folder), folder=folder)))
    return None


def _drawn(sample: Sample, folder: Path) -> bytes:
    content: bytes = typst.compile(
        str(folder / "sample.typ"),
        root=str(folder),
        font_paths=pdf.font_folders(),
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"sample": json.dumps(sample.model_dump(), ensure_ascii=False)},
    )
    with PDFIUM, pypdfium2.PdfDocument(content) as opened:
        page = opened[0]
        return _jpeg(page.render(scale=WIDTH_PX / page.get_width()).to_pil())


def _marked(jpeg: bytes) -> bytes:
    """The first page of a template, smaller, with 样张 across it."""
    picture = Image.open(io.BytesIO(jpeg)).convert("RGB")
    picture.thumbnail((WIDTH_PX, WIDTH_PX * 2), Image.Resampling.LANCZOS)
    font = ImageFont.truetype(str(pdf.sans_font()), WIDTH_PX // 5)
    layer = Image.new("L", picture.size, 0)
    ImageDraw.Draw(layer).text((picture.width / 2, picture.height / 2), "样 张", 70, font=font, anchor="mm")
    picture.paste((200, 30, 30), mask=layer.rotate(24))
    return _jpeg(picture)


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()
