"""The portrait of an invented person: drawn, yet enough of a face for a face detector to find."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from simulator.samples.canvas import font, mark_small

SIZE = (1080, 1440)
SKIN, SKIN_LIGHT, SKIN_DARK = (214, 170, 142), (230, 192, 165), (160, 110, 88)
HAIR, SUIT, SHIRT = (32, 28, 28), (40, 48, 68), (240, 242, 246)

Draw = Callable[[ImageDraw.ImageDraw], object]


def draw_portrait(*, background: tuple[int, int, int] = (244, 245, 246)) -> Image.Image:
    """A head and shoulders of 1080x1440 on a plain background, 样张 written on the shirt."""
    return _drawn(background).copy()


@cache
def _drawn(background: tuple[int, int, int]) -> Image.Image:
    picture = Image.new("RGB", SIZE, background)
    _draw_body(picture)
    head = _soft(_head, 8)
    _tint(picture, SKIN, head)
    _shade_face(picture, head)
    _draw_hair(picture)
    for side in (-1, 1):
        _draw_eye(picture, side)
    _draw_nose_and_mouth(picture, head)
    picture.paste(_with_grain(picture), (0, 0), _soft(_figure, 5))
    mark_small(picture, (540, 1240), font(58), (70, 90, 140))
    return picture


def _soft(draw: Draw, radius: float) -> Image.Image:
    mask = Image.new("L", SIZE, 0)
    draw(ImageDraw.Draw(mask))
    return mask.filter(ImageFilter.GaussianBlur(radius))


def _tint(picture: Image.Image, colour: tuple[int, int, int], mask: Image.Image, strength: float = 1.0) -> None:
    picture.paste(Image.new("RGB", SIZE, colour), (0, 0), mask.point([int(v * strength) for v in range(256)]))


def _ellipse(x: float, y: float, rx: float, ry: float) -> Draw:
    return lambda d: d.ellipse((x - rx, y - ry, x + rx, y + ry), fill=255)


def _polygon(*points: tuple[float, float]) -> Draw:
    return lambda d: d.polygon(list(points), fill=255)


def _head(d: ImageDraw.ImageDraw) -> None:
    d.ellipse((312, 270, 768, 760), fill=255)
    d.polygon(
        [(314, 540), (766, 540), (742, 720), (676, 838), (604, 892), (540, 904), (476, 892), (404, 838), (338, 720)],
        fill=255,
    )


def _body(d: ImageDraw.ImageDraw) -> None:
    d.polygon(
        [
            (400, 990),
            (255, 1045),
            (115, 1110),
            (55, 1200),
            (25, 1440),
            (1055, 1440),
            (1025, 1200),
            (965, 1110),
            (825, 1045),
            (680, 990),
        ],
        fill=255,
    )


def _figure(d: ImageDraw.ImageDraw) -> None:
    _head(d)
    _body(d)
    d.ellipse((285, 200, 795, 840), fill=255)


def _draw_body(picture: Image.Image) -> None:
    hair_behind = _soft(lambda d: d.chord((282, 190, 798, 850), 164, 376, fill=255), 6)
    _tint(picture, HAIR, hair_behind)
    neck = _soft(_polygon((425, 760), (655, 760), (668, 1010), (540, 1150), (412, 1010)), 5)
    _tint(picture, SUIT, _soft(_body, 5))
    _tint(
        picture, SHIRT, _soft(_polygon((404, 985), (676, 985), (700, 1030), (610, 1440), (470, 1440), (380, 1030)), 4)
    )
    _tint(picture, (205, 160, 133), neck)
    _tint(picture, (148, 104, 82), ImageChops.multiply(_soft(_ellipse(540, 890, 150, 66), 24), neck), 0.75)
    for side in (-1, 1):
        fold = [(540 + side * x, y) for x, y in ((128, 985), (172, 1030), (98, 1190), (0, 1128))]
        _tint(picture, (214, 219, 228), _soft(_polygon(*fold), 2))
        _tint(picture, SHIRT, _soft(_polygon(*[(x - side * 6, y - 6) for x, y in fold]), 2))
        lapel = [(540 + side * x, y) for x, y in ((165, 1010), (255, 1150), (190, 1190), (70, 1440), (46, 1440))]
        _tint(picture, (52, 61, 84), _soft(_polygon(*lapel), 3))
        _tint(picture, (206, 158, 132), _soft(_ellipse(540 + side * 234, 600, 30, 70), 5))


def _shade_face(picture: Image.Image, head: Image.Image) -> None:
    def shade(colour: tuple[int, int, int], draw: Draw, radius: float, strength: float) -> None:
        _tint(picture, colour, ImageChops.multiply(_soft(draw, radius), head), strength)

    shade(SKIN_LIGHT, _ellipse(520, 620, 130, 240), 70, 0.6)
    for side in (-1, 1):
        shade(SKIN_DARK, _ellipse(540 + side * 232, 720, 40, 190), 40, 0.75)
        shade((168, 116, 96), _ellipse(540 + side * 102, 542, 76, 38), 20, 0.6)
        shade((226, 154, 134), _ellipse(540 + side * 128, 705, 60, 44), 34, 0.45)
        brow = [
            (540 + side * x, y)
            for x, y in ((56, 498), (100, 480), (152, 484), (172, 502), (150, 497), (100, 498), (58, 512))
        ]
        shade((44, 34, 32), _polygon(*brow), 4, 0.9)
    shade((170, 122, 98), _ellipse(540, 926, 150, 34), 26, 0.6)


def _draw_hair(picture: Image.Image) -> None:
    front = _soft(lambda d: d.pieslice((290, 205, 790, 820), 176, 364, fill=255), 4)
    brow_line = _soft(
        _polygon((338, 640), (346, 500), (372, 424), (470, 408), (560, 388), (700, 424), (734, 500), (742, 640)), 9
    )
    _tint(picture, HAIR, ImageChops.subtract(front, brow_line))


def _draw_eye(picture: Image.Image, side: int) -> None:
    x = 540 + side * 102

    def almond(d: ImageDraw.ImageDraw) -> None:
        d.chord((x - 50, 528, x + 50, 592), 180, 360, fill=255)
        d.chord((x - 50, 540, x + 50, 580), 0, 180, fill=255)

    opening = _soft(almond, 2)
    _tint(picture, (232, 226, 222), opening)
    _tint(picture, (56, 38, 30), ImageChops.multiply(_soft(_ellipse(x, 552, 24, 24), 2), opening))
    _tint(picture, (12, 10, 10), ImageChops.multiply(_soft(_ellipse(x, 552, 12, 12), 1), opening))
    _tint(picture, (255, 255, 255), _soft(_ellipse(x - 7, 546, 4, 4), 1))
    _tint(picture, (38, 27, 25), _soft(lambda d: d.arc((x - 54, 525, x + 54, 595), 188, 352, fill=255, width=9), 2))
    _tint(
        picture, (140, 94, 78), _soft(lambda d: d.arc((x - 48, 535, x + 48, 583), 22, 158, fill=255, width=4), 2), 0.7
    )
    _tint(
        picture, (156, 106, 86), _soft(lambda d: d.arc((x - 58, 506, x + 58, 586), 205, 335, fill=255, width=5), 3), 0.6
    )


def _draw_nose_and_mouth(picture: Image.Image, head: Image.Image) -> None:
    def shade(colour: tuple[int, int, int], draw: Draw, radius: float, strength: float) -> None:
        _tint(picture, colour, ImageChops.multiply(_soft(draw, radius), head), strength)

    shade((178, 128, 104), _polygon((508, 540), (500, 660), (486, 692), (506, 702), (520, 560)), 14, 0.55)
    shade((250, 222, 200), lambda d: d.rectangle((531, 545, 549, 680), fill=255), 12, 0.7)
    shade((246, 212, 188), _ellipse(540, 682, 24, 20), 12, 0.7)
    shade((150, 100, 82), lambda d: d.arc((484, 652, 596, 718), 20, 160, fill=255, width=8), 6, 0.75)
    for side in (-1, 1):
        shade((92, 54, 46), _ellipse(540 + side * 26, 706, 12, 6), 3, 0.85)
    shade((192, 144, 122), lambda d: d.rectangle((532, 716, 548, 754), fill=255), 8, 0.5)
    shade(
        (182, 104, 98),
        _polygon((462, 788), (504, 772), (528, 767), (540, 771), (552, 767), (576, 772), (618, 788), (540, 796)),
        3,
        0.85,
    )
    shade((204, 126, 118), _polygon((462, 788), (540, 796), (618, 788), (586, 812), (540, 820), (494, 812)), 3, 0.85)
    line = [(458, 786), (500, 792), (540, 795), (580, 792), (622, 786)]
    shade((104, 50, 48), lambda d: d.line(line, fill=255, width=6), 2, 0.85)
    shade((172, 122, 100), _ellipse(540, 842, 58, 11), 10, 0.6)


def _with_grain(picture: Image.Image) -> Image.Image:
    """Film grain, so that the picture is as sharp to a blur check as a photograph is."""
    chance = random.Random(20261121)
    width, height = SIZE[0] // 3, SIZE[1] // 3
    grain = bytes(min(255, max(0, int(chance.gauss(128, 13)))) for _ in range(width * height))
    layer = Image.frombytes("L", (width, height), grain).resize(SIZE, Image.Resampling.BICUBIC)
    return ImageChops.add(picture, Image.merge("RGB", (layer,) * 3), 1, -128)
