"""The four shapes that sample papers have: a letter, a table, a monthly ledger and a certificate."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageDraw

from simulator.samples.canvas import (
    A4,
    BLUE,
    GREY,
    INK,
    RED,
    centred,
    font,
    on_a_table,
    paper,
    paragraph,
    stamp,
    watermark,
)
from simulator.samples.people import ID_NUMBER, NAME, SCHOOL
from simulator.samples.portrait import draw_portrait


def letter(title: str, body: Sequence[str], *, signatures: Sequence[str], seal: str | None = None) -> Image.Image:
    page, d = paper()
    centred(d, (A4[0] / 2, 190), title, 58)
    y = 320
    for text in body:
        y = paragraph(d, (140, y), text, width=A4[0] - 280, size=34) + 22
    y = max(y + 120, 1180)
    for line in signatures:
        d.text((620, y), line, font=font(36), fill=INK)
        y += 84
    if seal:
        stamp(page, (900, y - 150), seal)
    return _finish(page)


def table(title: str, rows: Sequence[tuple[str, str]], *, note: str, seal: str) -> Image.Image:
    page, d = paper()
    centred(d, (A4[0] / 2, 180), title, 50)
    y = 290
    for label, value in rows:
        end = paragraph(d, (450, y + 24), value, width=640, size=32) + 16
        d.text((150, y + 24), label, font=font(30), fill=GREY)
        d.rectangle((120, y, A4[0] - 120, end), outline=GREY, width=2)
        d.line((430, y, 430, end), fill=GREY, width=2)
        y = end
    d.text((140, y + 40), note, font=font(28), fill=BLUE)
    stamp(page, (930, min(y + 90, 1600)), seal)
    return _finish(page)


def ledger(title: str, head: Sequence[str], rows: Sequence[Sequence[str]], *, seal: str) -> Image.Image:
    page, d = paper()
    centred(d, (A4[0] / 2, 180), title, 42)
    d.text((110, 270), f"姓名：{NAME}    证件号码：{ID_NUMBER}", font=font(30), fill=INK)
    width = (A4[0] - 220) // len(head)
    for line, cells in enumerate([head, *rows]):
        for column, cell in enumerate(cells):
            x, y = 110 + column * width, 340 + line * 74
            d.rectangle((x, y, x + width, y + 74), outline=GREY, width=2)
            centred(d, (x + width / 2, y + 37), cell, 26, INK if line else BLUE)
    stamp(page, (930, 340 + (len(rows) + 2) * 74 + 60), seal)
    return _finish(page)


def certificate(above: str, title: str, body: str, number: str) -> Image.Image:
    page, d = paper((1600, 1130), (251, 246, 232))
    d.rectangle((40, 40, 1560, 1090), outline=RED, width=6)
    d.rectangle((56, 56, 1544, 1074), outline=(206, 168, 92), width=3)
    page.paste(draw_portrait().crop((150, 130, 930, 1220)).resize((250, 350)), (150, 360))
    centred(d, (900, 170), above, 44)
    centred(d, (900, 270), title, 74, RED)
    paragraph(d, (480, 380), body, width=960, size=36)
    d.text((480, 850), f"校（院）长：孙样校        {SCHOOL}", font=font(34), fill=INK)
    d.text((480, 920), number, font=font(30), fill=GREY)
    d.text((1100, 980), "2010年6月30日", font=font(32), fill=INK)
    stamp(page, (1270, 880), SCHOOL)
    watermark(page)
    return on_a_table(page, angle=0.4)


def _finish(page: Image.Image) -> Image.Image:
    watermark(page)
    ImageDraw.Draw(page).text(
        (A4[0] / 2, A4[1] - 60), "样张：人物与单位均为虚构，不具任何效力", font=font(26), fill=RED, anchor="mm"
    )
    return on_a_table(page, angle=0.5, margin=50)
