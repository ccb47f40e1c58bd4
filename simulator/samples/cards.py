"""Sample identity papers: both sides of an ID card and a page of a household register, all of an invented person."""

from __future__ import annotations

from PIL import Image, ImageDraw

from simulator.samples.canvas import BLUE, GREY, INK, RED, centred, font, on_a_table, paper, paragraph, stamp, watermark
from simulator.samples.people import ADDRESS, AUTHORITY, BIRTH, ID_NUMBER, NAME
from simulator.samples.portrait import draw_portrait

CARD = (1280, 808)


def id_front() -> Image.Image:
    card = Image.new("RGB", CARD, (226, 234, 240))
    d = ImageDraw.Draw(card)
    _guilloche(d)
    rows = [
        ("姓  名", NAME, 110),
        ("性  别", "男      民  族  汉", 210),
        ("出  生", "{} 年 {} 月 {} 日".format(*BIRTH), 310),
    ]
    for label, value, y in rows:
        d.text((80, y), label, font=font(34), fill=BLUE)
        d.text((230, y - 4), value, font=font(44), fill=INK)
    d.text((80, 410), "住  址", font=font(34), fill=BLUE)
    paragraph(d, (230, 406), ADDRESS, width=560, size=42)
    d.text((80, 668), "公民身份号码", font=font(34), fill=BLUE)
    d.text((370, 660), ID_NUMBER, font=font(52), fill=INK)
    face = draw_portrait().crop((120, 130, 960, 1250)).resize((345, 460))
    card.paste(face, (860, 140))
    watermark(card)
    return on_a_table(card, angle=0.6)


def id_back() -> Image.Image:
    card = Image.new("RGB", CARD, (230, 236, 238))
    d = ImageDraw.Draw(card)
    _guilloche(d)
    d.ellipse((90, 80, 270, 260), outline=RED, width=8)
    centred(d, (180, 170), "样张", 56, RED)
    centred(d, (740, 130), "样 张 共 和 国", 62)
    centred(d, (740, 250), "居 民 身 份 证", 84)
    d.text((220, 560), "签发机关", font=font(36), fill=BLUE)
    d.text((420, 554), AUTHORITY, font=font(44), fill=INK)
    d.text((220, 660), "有效期限", font=font(36), fill=BLUE)
    d.text((420, 654), "2019.06.01-2039.06.01", font=font(44), fill=INK)
    watermark(card)
    return on_a_table(card, angle=-0.5)


def hukou() -> Image.Image:
    page, d = paper((1500, 1060), (249, 244, 226))
    centred(d, (750, 90), "常 住 人 口 登 记 卡", 52)
    rows = [
        [("姓名", NAME), ("户主或与户主关系", "户主")],
        [("曾用名", "无"), ("性别", "男")],
        [("出生地", "样张省样张市"), ("民族", "汉族")],
        [("籍贯", "样张省样张市"), ("出生日期", "{}年{}月{}日".format(*BIRTH))],
        [("公民身份号码", ID_NUMBER), ("血型", "不明")],
        [("文化程度", "大学本科"), ("婚姻状况", "未婚")],
        [("服务处所", "北京样张科技有限公司"), ("职业", "工程师")],
    ]
    for line, cells in enumerate(rows):
        y = 170 + line * 100
        for column, (label, value) in enumerate(cells):
            x = 90 + column * 660
            d.rectangle((x, y, x + 660, y + 100), outline=GREY, width=2)
            d.text((x + 16, y + 34), label, font=font(26), fill=GREY)
            d.text((x + 260, y + 30), value, font=font(32), fill=INK)
    d.text((90, 910), "承办人签章：样张        登记日期：2010年09月01日", font=font(30), fill=INK)
    stamp(page, (1220, 880), "样张派出所户口专用")
    watermark(page)
    return on_a_table(page, angle=0.8)


def _guilloche(d: ImageDraw.ImageDraw) -> None:
    for offset in range(-CARD[1], CARD[0], 46):
        d.line((offset, 0, offset + CARD[1], CARD[1]), fill=(214, 224, 232), width=3)
        d.line((offset + CARD[1], 0, offset, CARD[1]), fill=(218, 226, 228), width=2)
