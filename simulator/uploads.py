"""Temporary media over the API: upload with its filename rules, download with its JSON errors (reference B.6)."""

from typing import Final

from aiohttp import web
from aiohttp.multipart import BodyPartReader

from simulator.api import Body, Call, add_endpoint
from simulator.errors import ApiError

MIB: Final = 1024 * 1024
# type: (largest bytes, extensions, error for its size)
KINDS: Final[dict[str, tuple[int, tuple[str, ...], int]]] = {
    "image": (10 * MIB, ("png", "jpg", "jpeg", "gif", "bmp"), 40009),
    "voice": (2 * MIB, ("amr", "mp3"), 40010),
    "video": (10 * MIB, ("mp4",), 40011),
    "thumb": (64 * 1024, ("jpg", "jpeg"), 40012),
}
TYPES: Final = {"png": "image/png", "gif": "image/gif", "amr": "audio/amr", "mp3": "audio/mpeg", "mp4": "video/mp4"}


def add_routes(app: web.Application) -> None:
    add_endpoint(app, "POST", "/cgi-bin/media/upload", upload)
    add_endpoint(app, "POST", "/cgi-bin/media/uploadimg", upload_for_article)
    add_endpoint(app, "GET", "/cgi-bin/media/get", download)
    add_endpoint(app, "GET", "/cgi-bin/media/get/jssdk", download)


async def upload(call: Call) -> Body:
    kind = call.query("type")
    if kind not in KINDS:
        raise ApiError(40004)
    media_id = await _store(call, kind)
    name = "thumb_media_id" if kind == "thumb" else "media_id"
    return {"type": kind, name: media_id, "created_at": call.world.clock.epoch()}


async def upload_for_article(call: Call) -> Body:
    return {"url": f"{call.world.settings.base_url}/mmbiz_jpg/{await _store(call, 'image')}/0"}


async def download(call: Call) -> Body | web.StreamResponse:
    if not call.query("media_id"):
        raise ApiError(41006)
    media = call.world.media.get(call.query("media_id"))
    if media is None:
        raise ApiError(40007)
    if media.kind == "video":
        return {"video_url": f"{call.world.settings.base_url}/_sim/media/{media.id}"}
    name = media.filename or f"{media.id}.{media.content_type.rpartition('/')[2].replace('jpeg', 'jpg')}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(body=media.data, content_type=media.content_type.partition(";")[0], headers=headers)


async def _store(call: Call, kind: str) -> str:
    largest, extensions, too_large = KINDS[kind]
    part = await _media_part(call.request)
    extension = (part.filename or "").rpartition(".")[2].lower()
    if extension not in extensions:
        raise ApiError(40005, extension)
    data = bytes(await part.read())
    if not data:
        raise ApiError(44001)
    if len(data) > largest:
        raise ApiError(too_large)
    return call.world.media.put(data, TYPES.get(extension, "image/jpeg"), part.filename or "", kind)


async def _media_part(request: web.Request) -> BodyPartReader:
    """The field `media` with an ASCII filename; RFC 2231 `filename*=` and a missing filename are 41005."""
    if request.content_type.startswith("multipart/"):
        async for part in await request.multipart():
            if isinstance(part, BodyPartReader) and part.name == "media":
                disposition = part.headers.get("Content-Disposition", "")
                if "filename*=" in disposition or not part.filename:
                    raise ApiError(41005, "filename missing or encoded as filename*=")
                return part
    raise ApiError(41005)
