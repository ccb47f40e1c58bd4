"""The one-inch photo: an automatic crop, a preview, nudges by words, a crop by hand, and yes (F28, fields.md 5.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from backend.domain.catalogue import Thresholds
from backend.domain.errors import CropOutside, PhotoTooSmall
from backend.services.errors import FileRefused, PhotoMissing
from backend.services.files import NewFile, own_file, read_file, store_file
from backend.services.outcome import Outcome, ShownFile
from backend.services.parts import Parts
from backend.services.ports import FaceBox, UnitOfWork
from backend.services.records import CaseRecord, Photo, StoredFile
from backend.services.standing import Standing
from backend.services.transitions_log import an_applicant, record_audit

RATIO: Final = (5, 7)
# The head takes about two thirds of the height; a detector's box ends at the brows, so the face is about half.
FACE_OF_HEIGHT: Final = 0.52
CROWN_OF_HEIGHT: Final = 0.22
STEP: Final = 0.05
ZOOM: Final = 0.92

Box = tuple[int, int, int, int]


async def use_photo(uow: UnitOfWork, parts: Parts, standing: Standing, source: StoredFile) -> Outcome:
    """Take a picture as the source of the photo, crop it around the face, and show the preview.

    Raises:
        FileRefused: not a picture. PhotoTooSmall: the crop would have to be enlarged.
    """
    case = standing.open_case
    if not source.width or not source.height or source.media_type != "image/jpeg":
        raise FileRefused
    limits = parts.catalogues.at(case.catalogue_version).thresholds
    check_size(source.width, source.height, limits)
    jpeg = await read_file(parts, source)
    face = await parts.portraits(jpeg)
    x, y, w, h = proposed_box(source.width, source.height, face, limits)
    proposed = {"x": x, "y": y, "w": w, "h": h}
    photo = Photo(
        case_id=case.id, source_file_id=source.id, width=source.width, height=source.height,
        x=x, y=y, w=w, h=h, proposed=proposed, preview_file_id=source.id,
    )  # fmt: skip
    photo = await _with_preview(uow, parts, standing, photo, jpeg)
    await uow.photos.remove(case_id=case.id)
    await uow.photos.add(photo)
    say = "photo_preview" if face else "photo_preview_no_face"
    return Outcome(files=(ShownFile(photo.preview_file_id, "preview"),)).saying(say)


async def nudge(uow: UnitOfWork, parts: Parts, standing: Standing, direction: str) -> Outcome:
    """Move or resize the crop by a step; at the edge it stays where it is and says so."""
    photo = await _photo(uow, standing.open_case)
    before = (photo.x, photo.y, photo.w, photo.h)
    limits = parts.catalogues.at(standing.open_case.catalogue_version).thresholds
    after = nudged(before, direction, photo, limits)
    if after == before:
        return Outcome(files=(ShownFile(photo.preview_file_id, "preview"),)).saying("photo_at_edge")
    photo = await _recut(uow, parts, standing, photo, after)
    return Outcome(files=(ShownFile(photo.preview_file_id, "preview"),)).saying("photo_nudged")


async def crop_by_hand(uow: UnitOfWork, parts: Parts, standing: Standing, box: Box) -> Photo:
    """The box drawn on the page, in source pixels; raises `CropOutside` or `PhotoTooSmall`."""
    photo = await _photo(uow, standing.open_case)
    x, y, w, h = box
    limits = parts.catalogues.at(standing.open_case.catalogue_version).thresholds
    inside = x >= 0 and y >= 0 and x + w <= photo.width and y + h <= photo.height
    if not inside or w <= 0 or h <= 0 or abs(w * RATIO[1] - h * RATIO[0]) > RATIO[0] * RATIO[1]:
        raise CropOutside
    if w < limits.photo_width or h < limits.photo_height:
        raise PhotoTooSmall(w, h, limits.photo_width, limits.photo_height)
    return await _recut(uow, parts, standing, photo, box)


async def accept(uow: UnitOfWork, parts: Parts, standing: Standing) -> None:
    """Yes to the preview; saying it twice is fine."""
    photo = await _photo(uow, standing.open_case)
    now = parts.clock.now()
    if photo.accepted_at is None:
        await uow.photos.save(replace(photo, accepted_at=now))
        who = an_applicant(standing.applicant.id)
        await record_audit(uow, "photo_accepted", who, now=now, case=standing.open_case)


async def retake(uow: UnitOfWork, standing: Standing) -> None:
    """Forget the photo; the next picture takes its place."""
    await uow.photos.remove(case_id=standing.open_case.id)


def photo_json(photo: Photo) -> dict[str, Any]:
    box: Mapping[str, int] = {"x": photo.x, "y": photo.y, "w": photo.w, "h": photo.h}
    return {
        "file_id": photo.source_file_id,
        "width": photo.width,
        "height": photo.height,
        "box": dict(box),
        "preview_file_id": photo.preview_file_id,
        "accepted": photo.accepted_at is not None,
    }


def check_size(width: int, height: int, limits: Thresholds) -> None:
    """Raises `PhotoTooSmall` for a source that is below the least size."""
    least_w, least_h = limits.photo_source_min_width, limits.photo_source_min_height
    if min(width, height) < least_w or max(width, height) < least_h:
        raise PhotoTooSmall(width, height, least_w, least_h)


def proposed_box(width: int, height: int, face: FaceBox | None, limits: Thresholds) -> Box:
    """A 5:7 box with the face in its upper middle; without a face the largest one, centred."""
    tallest = min(height, width * RATIO[1] // RATIO[0])
    wanted = tallest if face is None else round(face.h / FACE_OF_HEIGHT)
    h = max(limits.photo_height, min(tallest, wanted))
    w, h = _with_ratio(h)
    if face is None:
        return (width - w) // 2, (height - h) // 2, w, h
    x = face.x + face.w // 2 - w // 2
    y = face.y - round(h * CROWN_OF_HEIGHT)
    return _inside(x, y, w, h, width, height)


def nudged(box: Box, direction: str, photo: Photo, limits: Thresholds) -> Box:
    """The box after one word: the picture moves the way that was said, so the box moves against it."""
    x, y, w, h = box
    if direction == "reset":
        return tuple(photo.proposed[name] for name in ("x", "y", "w", "h"))  # type: ignore[return-value]
    if direction in ("bigger", "smaller"):
        factor = ZOOM if direction == "bigger" else 1 / ZOOM
        tallest = min(photo.height, photo.width * RATIO[1] // RATIO[0])
        wide, tall = _with_ratio(max(limits.photo_height, min(tallest, round(h * factor))))
        return _inside(x + (w - wide) // 2, y + (h - tall) // 2, wide, tall, photo.width, photo.height)
    dx, dy = {"up": (0, 1), "down": (0, -1), "left": (1, 0), "right": (-1, 0)}[direction]
    return _inside(x + dx * round(w * STEP), y + dy * round(h * STEP), w, h, photo.width, photo.height)


def _with_ratio(h: int) -> tuple[int, int]:
    return max(1, h * RATIO[0] // RATIO[1]), h


def _inside(x: int, y: int, w: int, h: int, width: int, height: int) -> Box:
    return max(0, min(x, width - w)), max(0, min(y, height - h)), w, h


async def _photo(uow: UnitOfWork, case: CaseRecord) -> Photo:
    photo = await uow.photos.get(case.id, lock=True)
    if photo is None:
        raise PhotoMissing
    return photo


async def _recut(uow: UnitOfWork, parts: Parts, standing: Standing, photo: Photo, box: Box) -> Photo:
    source = await own_file(uow, standing.openid, standing.applicant.id, photo.source_file_id)
    x, y, w, h = box
    moved = replace(photo, x=x, y=y, w=w, h=h, accepted_at=None)
    photo = await _with_preview(uow, parts, standing, moved, await read_file(parts, source))
    await uow.photos.save(photo)
    return photo


async def _with_preview(uow: UnitOfWork, parts: Parts, standing: Standing, photo: Photo, jpeg: bytes) -> Photo:
    cut = await parts.cutter.cut(jpeg, x=photo.x, y=photo.y, w=photo.w, h=photo.h)
    limits = parts.catalogues.at(standing.open_case.catalogue_version).thresholds
    new = NewFile("photo", "made", cut, limits.photo_width, limits.photo_height)
    preview = await store_file(uow, parts, new, applicant_id=standing.applicant.id, openid=standing.openid)
    return replace(photo, preview_file_id=preview.id)
