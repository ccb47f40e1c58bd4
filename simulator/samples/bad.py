"""Sample files that a careful recipient refuses: too blurred, too small, cut short, moving, or not a picture at all."""

from __future__ import annotations

import io
import zipfile

from PIL import Image, ImageFilter

from simulator.samples.canvas import centred, jpeg, paper, watermark
from simulator.samples.cards import id_front
from simulator.samples.portrait import draw_portrait


def blurred() -> bytes:
    return jpeg(id_front().filter(ImageFilter.GaussianBlur(14)))


def portrait_blurred() -> bytes:
    return jpeg(draw_portrait().filter(ImageFilter.GaussianBlur(16)))


def portrait_blue() -> bytes:
    """A good face on a blue background, for the question whether white is asked for."""
    return jpeg(draw_portrait(background=(67, 142, 219)), 92)


def too_small() -> bytes:
    return jpeg(id_front().resize((140, 93)))


def truncated() -> bytes:
    whole = jpeg(id_front())
    return whole[: len(whole) // 2]


def animated() -> bytes:
    frames = []
    for number in range(4):
        page, d = paper((480, 360), (250, 250, 250))
        centred(d, (240, 180), f"样张 动图 {number + 1}", 44)
        frames.append(page)
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=300, loop=0)
    return out.getvalue()


def zip_named_jpg() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo("样张.txt", date_time=(2026, 1, 1, 0, 0, 0)), "样张：这不是图片")
    return out.getvalue()


def scenery() -> bytes:
    """A picture with neither a face nor a document on it."""
    page = Image.linear_gradient("L").resize((1280, 960))
    picture = Image.merge(
        "RGB", (page.point([v // 2 for v in range(256)]), page, page.point([255 - v // 3 for v in range(256)]))
    )
    watermark(picture)
    return jpeg(picture)
