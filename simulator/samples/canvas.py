"""Paper to draw sample documents on: the font, the 样张 marks, red stamps, and the JPEG that comes out."""

from __future__ import annotations

import importlib.util
import io
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

INK, GREY, RED, BLUE = (34, 34, 38), (120, 120, 126), (196, 32, 38), (40, 76, 140)
A4 = (1240, 1754)
Colour = tuple[int, int, int]


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """Noto Sans SC, out of the pip package that carries it."""
    spec = importlib.util.find_spec("pylopdf_fonts_zh_cn")
    if spec is None or spec.origin is None:
        raise RuntimeError("install pylopdf-fonts-zh-cn: the sample documents are drawn with its font")
    return ImageFont.truetype(str(next(Path(spec.origin).parent.rglob("NotoSansSC-Regular.otf"))), size)


def paper(size: tuple[int, int] = A4, colour: Colour = (252, 251, 247)) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    picture = Image.new("RGB", size, colour)
    return picture, ImageDraw.Draw(picture)


def centred(d: ImageDraw.ImageDraw, xy: tuple[float, float], text: str, size: int, colour: Colour = INK) -> None:
    d.text(xy, text, font=font(size), fill=colour, anchor="mm")


def wrapped(text: str, width: int, size: int) -> list[str]:
    """Lines no wider than `width` pixels, broken between any two characters as Chinese is."""
    lines, line, face = [], "", font(size)
    for character in text:
        if character == "\n" or face.getlength(line + character) > width:
            lines.append(line)
            line = "" if character == "\n" else character
        else:
            line += character
    return [*lines, line]


def paragraph(
    d: ImageDraw.ImageDraw, xy: tuple[int, int], text: str, *, width: int, size: int = 32, colour: Colour = INK
) -> int:
    """Write `text` and return the y where the next paragraph may begin."""
    x, y = xy
    for line in wrapped(text, width, size):
        d.text((x, y), line, font=font(size), fill=colour)
        y += int(size * 1.7)
    return y


def stamp(picture: Image.Image, centre: tuple[int, int], text: str, radius: int = 120) -> None:
    """A round red seal that nobody could take for a real one: 样张 stands where the star would."""
    layer = Image.new("RGBA", (radius * 2, radius * 2), (0, 0, 0, 0))
    d = ImageDraw.Draw(layer)
    red = (*RED, 190)
    d.ellipse((6, 6, radius * 2 - 6, radius * 2 - 6), outline=red, width=7)
    d.text((radius, radius), "样张", font=font(radius // 2), fill=red, anchor="mm")
    size = max(14, min(radius // 4, int(radius * 1.55 / max(1, len(text)))))
    d.text((radius, radius * 1.45), text, font=font(size), fill=red, anchor="mm")
    picture.paste(layer, (centre[0] - radius, centre[1] - radius), layer)


def watermark(picture: Image.Image) -> None:
    """样张 across the whole page, light enough to read through."""
    width, height = picture.size
    size = max(34, min(width, height) // 8)
    tile = Image.new("RGBA", (size * 3, size * 2), (0, 0, 0, 0))
    ImageDraw.Draw(tile).text((size * 1.5, size), "样 张", font=font(size), fill=(200, 40, 40, 46), anchor="mm")
    tile = tile.rotate(28, expand=True, resample=Image.Resampling.BICUBIC)
    for row, y in enumerate(range(-size, height, size * 3)):
        for x in range(-size * (1 + row % 2 * 2), width, size * 5):
            picture.paste(tile, (x, y), tile)


def mark_small(picture: Image.Image, centre: tuple[int, int], face: ImageFont.FreeTypeFont, colour: Colour) -> None:
    """One plain 样张 for pictures whose background must stay clean."""
    ImageDraw.Draw(picture).text(centre, "样张", font=face, fill=colour, anchor="mm")


def on_a_table(page: Image.Image, *, angle: float = 0.0, margin: int = 60) -> Image.Image:
    """The page as a phone would see it: on a desk, slightly turned."""
    desk = Image.new("RGB", (page.width + 2 * margin, page.height + 2 * margin), (168, 146, 122))
    sheet = page.convert("RGBA").rotate(angle, expand=True, resample=Image.Resampling.BILINEAR)
    desk.paste(sheet, ((desk.width - sheet.width) // 2, (desk.height - sheet.height) // 2), sheet)
    return desk


def jpeg(picture: Image.Image, quality: int = 88) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, dpi=(200, 200))
    return out.getvalue()
