"""Papers for demo data, each marked 样张: a drawn portrait and a confirmation slip of nobody."""

from __future__ import annotations

import io
from functools import cache
from typing import Final

import pylopdf_fonts_zh_cn
from PIL import Image, ImageDraw, ImageFont

PORTRAIT_PX: Final = (850, 1190)
A4_PX: Final = (827, 1169)
_INK: Final = (70, 70, 78)


@cache
def a_portrait() -> bytes:
    """A drawn head and shoulders on white, 5:7, as JPEG."""
    picture = Image.new("RGB", PORTRAIT_PX, "white")
    draw = ImageDraw.Draw(picture)
    draw.ellipse((120, 880, 730, 1600), fill=(64, 84, 120))
    draw.rectangle((365, 760, 485, 930), fill=(226, 190, 164))
    draw.ellipse((245, 250, 605, 830), fill=(236, 202, 178))
    draw.chord((235, 220, 615, 640), 180, 360, fill=(46, 40, 40))
    draw.text((340, 1060), "样张", font=_font(80), fill=(220, 226, 236))
    return _saved(picture, "JPEG")


@cache
def a_slip() -> bytes:
    """One page that looks like nothing official, as PDF."""
    picture = Image.new("RGB", A4_PX, "white")
    draw = ImageDraw.Draw(picture)
    draw.text((250, 120), "确认单（样张）", font=_font(48), fill=_INK)
    draw.text((120, 260), "演示数据，不是任何人的证件。", font=_font(30), fill=_INK)
    return _saved(picture, "PDF")


def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(pylopdf_fonts_zh_cn.serif_path()), size)


def _saved(picture: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, quality=80)
    return out.getvalue()
