"""The crop of the one-inch photo: a 5:7 box in source pixels that is proposed, nudged with words, or dragged (F28)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from backend.domain.catalogue import Thresholds
from backend.domain.errors import CropOutside, PhotoTooSmall

RATIO_W: Final = 5
RATIO_H: Final = 7
HEAD_SHARE: Final = 0.64
"""Of the photo's height, from crown to chin (about two thirds)."""
CROWN_GAP: Final = 0.10
FOREHEAD: Final = 0.28
"""How far above a detected face its crown lies, in face heights."""
PORTRAIT_FACE_SHARE: Final = 0.28
"""Of the picture's height: a lower face is likely printed on a paper (there 15 to 26 %, in portraits 40 %)."""
STEP: Final = 0.05
_SLACK: Final = 0.02


@dataclass(frozen=True)
class Box:
    """A rectangle in the pixels of the source picture."""

    x: int
    y: int
    w: int
    h: int


NUDGES: Final[Mapping[str, tuple[int, int, int]]] = MappingProxyType(
    {
        "up": (0, -1, 0),
        "down": (0, 1, 0),
        "left": (-1, 0, 0),
        "right": (1, 0, 0),
        "bigger": (0, 0, -1),
        "smaller": (0, 0, 1),
    }
)
"""What each word does to the box: shift x, shift y, grow. The words speak of the frame; bigger is a bigger head."""


def require_size(width: int, height: int, thresholds: Thresholds) -> None:
    """Raises `PhotoTooSmall` when the source has fewer pixels than are accepted."""
    least_w, least_h = thresholds.photo_source_min_width, thresholds.photo_source_min_height
    if width < least_w or height < least_h:
        raise PhotoTooSmall(width=width, height=height, needed_width=least_w, needed_height=least_h)


def propose(width: int, height: int, face: Box | None, thresholds: Thresholds) -> Box:
    """A box around the head; without a face the largest box in the middle, a little above it.

    Raises:
        PhotoTooSmall: no box of the output's size fits: nothing is ever enlarged.
    """
    require_size(width, height, thresholds)
    if face is None:
        h = _largest_height(width, height)
        w = _width_for(h)
        return Box((width - w) // 2, (height - h) // 3, w, h)
    head = face.h * (1 + FOREHEAD)
    h = round(head / HEAD_SHARE)
    w = _width_for(h)
    crown = face.y - face.h * FOREHEAD
    return _within(face.x + face.w / 2 - w / 2, crown - h * CROWN_GAP, h, width, height, thresholds)


def looks_like_portrait(face: Box, height: int) -> bool:
    """Whether a picture of this height shows a person, not a paper with a small photo on it."""
    return face.h >= PORTRAIT_FACE_SHARE * height


def nudge(box: Box, word: str, width: int, height: int, thresholds: Thresholds) -> Box:
    """Move the box by a step, or change its size about its middle; it stays inside and never gets too small."""
    dx, dy, grow = NUDGES[word]
    h = box.h * (1 + grow * STEP)
    x = box.x + dx * box.w * STEP + (box.w - h * RATIO_W / RATIO_H) / 2
    y = box.y + dy * box.h * STEP + (box.h - h) / 2
    return _within(x, y, round(h), width, height, thresholds)


def dragged(box: Box, width: int, height: int, thresholds: Thresholds) -> Box:
    """A box from the crop page, made exactly 5:7.

    Raises:
        CropOutside: it leaves the picture or has another shape.
        PhotoTooSmall: it would have to be enlarged.
    """
    if (
        box.w <= 0
        or box.h <= 0
        or abs(box.w * RATIO_H - box.h * RATIO_W) > _SLACK * box.h * RATIO_W + RATIO_W * RATIO_H
    ):
        raise CropOutside
    slack = max(2, round(_SLACK * box.h))
    if box.x < -slack or box.y < -slack or box.x + box.w > width + slack or box.y + box.h > height + slack:
        raise CropOutside
    least_w, least_h = thresholds.photo_width, thresholds.photo_height
    if box.h + 1 < least_h or box.w + 1 < least_w:
        raise PhotoTooSmall(width=box.w, height=box.h, needed_width=least_w, needed_height=least_h)
    return _within(box.x, box.y, box.h, width, height, thresholds)


def _within(x: float, y: float, h: int, width: int, height: int, thresholds: Thresholds) -> Box:
    """The nearest 5:7 box that lies inside the picture and needs no enlarging."""
    h = max(min(h, _largest_height(width, height)), thresholds.photo_height)
    w = _width_for(h)
    return Box(round(min(max(x, 0), width - w)), round(min(max(y, 0), height - h)), w, h)


def _width_for(h: int) -> int:
    return round(h * RATIO_W / RATIO_H)


def _largest_height(width: int, height: int) -> int:
    return min(height, width * RATIO_H // RATIO_W)
