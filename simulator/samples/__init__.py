"""Sample documents, drawn here and each marked 样张: `names()` lists them, `make(name)` draws one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any, Final

from aiohttp import web
from PIL import Image

from simulator.samples import bad, cards, papers
from simulator.samples.canvas import jpeg
from simulator.samples.portrait import draw_portrait

AHEAD_AFTER_S: Final = 5.0


@dataclass(frozen=True)
class Sample:
    title: str
    encoded: Callable[[], bytes]
    is_good: bool = False
    content_type: str = "image/jpeg"


def _good(title: str, draw: Callable[[], Image.Image]) -> Sample:
    return Sample(title, lambda: jpeg(draw(), 90), is_good=True)


SAMPLES: Final[dict[str, Sample]] = {
    "portrait": _good("证件照", draw_portrait),
    "id_front": _good("身份证人像面", cards.id_front),
    "id_back": _good("身份证国徽面", cards.id_back),
    "hukou": _good("户口簿本人页", cards.hukou),
    "lease": _good("租房合同", papers.lease),
    "landlord_deed": _good("房东房产证", papers.landlord_deed),
    "contract": _good("劳动合同", papers.contract),
    "business_licence": _good("营业执照", papers.business_licence),
    "social_insurance": _good("社保缴费记录", papers.social_insurance),
    "tax_record": _good("个税纳税记录", papers.tax_record),
    "diploma": _good("毕业证书", papers.diploma),
    "degree": _good("学位证书", papers.degree),
    "chsi_report": _good("学历备案表", papers.chsi_report),
    "degree_report": _good("学位验证报告", papers.degree_report),
    "application_form": _good("工居证申请表", papers.application_form),
    "declaration_personal": _good("个人诚信声明", papers.declaration_personal),
    "declaration_employer": _good("单位诚信声明", papers.declaration_employer),
    "authorisation": _good("授权委托书", papers.authorisation),
    "declaration_unmarried": _good("未婚声明", papers.declaration_unmarried),
    "bad_scenery": Sample("风景照（不是材料）", bad.scenery),
    "bad_portrait_blue": Sample("蓝底证件照", bad.portrait_blue),
    "bad_portrait_blurred": Sample("模糊的证件照", bad.portrait_blurred),
    "bad_blurred": Sample("模糊的身份证", bad.blurred),
    "bad_too_small": Sample("太小的图片", bad.too_small),
    "bad_truncated": Sample("只传了一半", bad.truncated),
    "bad_animated": Sample("动图", bad.animated, content_type="image/gif"),
    "bad_zip": Sample("改名的压缩包", bad.zip_named_jpg),
}


def names() -> tuple[str, ...]:
    return tuple(SAMPLES)


_DRAWING: Final = {name: Lock() for name in SAMPLES}


def make(name: str) -> bytes:
    """The bytes of one sample, the same on every call; who asks while it is drawn waits instead of drawing it, too.

    Raises:
        KeyError: there is no sample of that name.
    """
    with _DRAWING[name]:
        return drawn(name)


@cache
def drawn(name: str) -> bytes:
    return SAMPLES[name].encoded()


def content_type(name: str) -> str:
    return SAMPLES[name].content_type


async def _list(_: web.Request) -> web.Response:
    return web.json_response(
        {
            "samples": [
                {"name": n, "title": s.title, "good": s.is_good, "url": f"/_sim/samples/{n}.jpg"}
                for n, s in SAMPLES.items()
            ]
        }
    )


async def _picture(request: web.Request) -> web.Response:
    name = request.match_info["name"]
    if name not in SAMPLES:
        raise web.HTTPNotFound(text="no such sample")
    body = await asyncio.to_thread(make, name)
    return web.Response(body=body, content_type=content_type(name), headers={"Cache-Control": "max-age=3600"})


async def drawn_ahead(_app: web.Application) -> AsyncIterator[None]:
    """Draw all samples in the background, so that the album opens at once."""
    drawing = asyncio.create_task(_draw_all())
    yield
    drawing.cancel()
    await asyncio.gather(drawing, return_exceptions=True)


async def _draw_all() -> None:
    await asyncio.sleep(AHEAD_AFTER_S)
    for name in names():
        await asyncio.to_thread(make, name)


def add_routes(app: web.Application, world: Any = None) -> None:
    """`GET /_sim/samples` and `GET /_sim/samples/{name}.jpg`."""
    app.router.add_get("/_sim/samples", _list)
    app.router.add_get("/_sim/samples/{name}.jpg", _picture)
