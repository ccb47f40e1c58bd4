"""Temporary media: pictures that users sent, and pictures to send (reference B.6)."""

from __future__ import annotations

from typing import Final

from wechat.client import Upload, WeChatClient
from wechat.errors import BUSY, WeChatRefused, WeChatUnavailable

_EXTENSIONS: Final = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif"}


async def download(client: WeChatClient, media_id: str) -> bytes:
    """The bytes of a medium; media live for 3 days.

    Raises:
        WeChatRefused: WeChat answered an error, such as 40007 for an unknown id, instead of the bytes.
        WeChatUnavailable: WeChat is busy or cannot be reached, or what came is empty or JSON.
    """
    try:
        answer = await client.call("get", "media/get", params={"media_id": media_id})
    except WeChatRefused as error:
        if error.errcode in BUSY:
            raise WeChatUnavailable(f"WeChat is busy (errcode {error.errcode})") from None
        raise
    if answer.json is not None or not answer.content:
        raise WeChatUnavailable("WeChat sent no file")
    return answer.content


async def upload_image(client: WeChatClient, content: bytes, *, content_type: str = "image/jpeg") -> str:
    """Upload a picture for a message; gives its media id, good for 3 days."""
    file = Upload(f"picture.{_EXTENSIONS[content_type]}", content, content_type)
    answer = await client.post("media/upload", params={"type": "image"}, files={"media": file})
    try:
        return str(answer["media_id"])
    except KeyError:
        raise WeChatUnavailable("WeChat gave no media id") from None
