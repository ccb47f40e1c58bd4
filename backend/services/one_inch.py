"""The one-inch photo: an automatic crop, a preview, nudges by words, a crop by hand, and yes (F28, fields.md 5.6)."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from backend.domain.photo_crop import Box, dragged, looks_like_portrait, propose, require_size
from backend.domain.photo_crop import nudge as nudged
from backend.services.errors import FileRefused, PhotoMissing
from backend.services.files import NewFile, own_file, read_file, store_file
from backend.services.outcome import Outcome, ShownFile
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.records import CaseRecord, Photo, StoredFile
from backend.services.standing import Standing
from backend.services.transitions_log import an_applicant, record_audit


async def use_photo(uow: UnitOfWork, parts: Parts, standing: Standing, source: StoredFile) -> Outcome:
    """Take a picture as the source of the photo, crop it around the face, and show the preview.

    Raises:
        FileRefused: not a picture. PhotoTooSmall: the crop would have to be enlarged.
    """
    if not source.width or not source.height or source.media_type != "image/jpeg":
        raise FileRefused
    limits = standing.interview.catalogue.thresholds
    require_size(source.width, source.height, limits)
    jpeg = await read_file(parts, source)
    face = await parts.portraits(jpeg)
    seen = Box(face.x, face.y, face.w, face.h) if face else None
    box = propose(source.width, source.height, seen, limits)
    photo = Photo(
        case_id=standing.open_case.id,
        source_file_id=source.id,
        width=source.width,
        height=source.height,
        **asdict(box),
        proposed=asdict(box),
        preview_file_id=source.id,
    )
    photo = await _with_preview(uow, parts, standing, photo, jpeg)
    await uow.photos.remove(case_id=photo.case_id)
    await uow.photos.add(photo)
    if seen is None:
        return _shown(photo, "photo_preview_no_face")
    return _shown(photo, "photo_preview" if looks_like_portrait(seen, source.height) else "photo_preview_doubtful")


async def nudge(uow: UnitOfWork, parts: Parts, standing: Standing, word: str) -> Outcome:
    """Move or resize the crop by a step, or go back to the proposal; at the edge it stays and says so."""
    photo = await _photo(uow, standing.open_case)
    before = box_of(photo)
    limits = standing.interview.catalogue.thresholds
    reset = Box(**photo.proposed)
    after = reset if word == "reset" else nudged(before, word, photo.width, photo.height, limits)
    if after == before:
        return _shown(photo, "photo_at_edge")
    return _shown(await _recut(uow, parts, standing, photo, after), "photo_nudged")


async def crop_by_hand(uow: UnitOfWork, parts: Parts, standing: Standing, box: Box) -> Photo:
    """The box drawn on the page, in source pixels; raises `CropOutside` or `PhotoTooSmall`."""
    photo = await _photo(uow, standing.open_case)
    fitted = dragged(box, photo.width, photo.height, standing.interview.catalogue.thresholds)
    return await _recut(uow, parts, standing, photo, fitted)


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


def box_of(photo: Photo) -> Box:
    return Box(photo.x, photo.y, photo.w, photo.h)


def photo_json(photo: Photo) -> dict[str, Any]:
    return {
        "file_id": photo.source_file_id,
        "width": photo.width,
        "height": photo.height,
        "box": asdict(box_of(photo)),
        "preview_file_id": photo.preview_file_id,
        "accepted": photo.accepted_at is not None,
    }


async def _photo(uow: UnitOfWork, case: CaseRecord) -> Photo:
    photo = await uow.photos.get(case.id, lock=True)
    if photo is None:
        raise PhotoMissing
    return photo


async def _recut(uow: UnitOfWork, parts: Parts, standing: Standing, photo: Photo, box: Box) -> Photo:
    source = await own_file(uow, standing.openid, standing.applicant.id, photo.source_file_id)
    moved = replace(photo, **asdict(box), accepted_at=None)
    photo = await _with_preview(uow, parts, standing, moved, await read_file(parts, source))
    await uow.photos.save(photo)
    return photo


async def _with_preview(uow: UnitOfWork, parts: Parts, standing: Standing, photo: Photo, jpeg: bytes) -> Photo:
    cut = await parts.cutter.cut(jpeg, x=photo.x, y=photo.y, w=photo.w, h=photo.h)
    limits = standing.interview.catalogue.thresholds
    new = NewFile("photo", "made", cut, limits.photo_width, limits.photo_height)
    preview = await store_file(uow, parts, new, applicant_id=standing.applicant.id, openid=standing.openid)
    return replace(photo, preview_file_id=preview.id)


def _shown(photo: Photo, say: str) -> Outcome:
    return Outcome(files=(ShownFile(photo.preview_file_id, "preview"),)).saying(say)
