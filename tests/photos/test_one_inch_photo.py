"""The one-inch photo: the face is found, the cut has the asked size and carries nothing of the camera (F28)."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from backend.adapters.photos.cutter import cut_one_inch
from backend.adapters.photos.portrait import MtcnnPortraitFinder, find_face
from simulator import samples


def test_the_face_of_a_portrait_is_found_where_it_is() -> None:
    face = find_face(samples.make("portrait"))
    assert face is not None
    assert 250 < face.x < 400 and 250 < face.y < 420 and 350 < face.w < 500


def test_a_landscape_has_no_face() -> None:
    assert find_face(samples.make("bad_scenery")) is None


def test_two_people_in_one_picture_are_refused() -> None:
    with Image.open(io.BytesIO(samples.make("portrait"))) as portrait:
        pair = Image.new("RGB", (portrait.width * 2, portrait.height))
        pair.paste(portrait, (0, 0))
        pair.paste(portrait, (portrait.width, 0))
    out = io.BytesIO()
    pair.save(out, "JPEG")
    assert find_face(out.getvalue()) is None


async def test_the_finder_answers_without_blocking_the_loop() -> None:
    assert await MtcnnPortraitFinder()(samples.make("portrait")) is not None


@pytest.mark.parametrize("box", [(200, 200, 500, 700), (0, 0, 1000, 1400)])
def test_the_cut_is_295_by_413_at_300_dpi_without_metadata(box: tuple[int, int, int, int]) -> None:
    x, y, w, h = box
    photo = cut_one_inch(samples.make("portrait"), x=x, y=y, w=w, h=h)
    with Image.open(io.BytesIO(photo)) as opened:
        assert opened.size == (295, 413)
        assert opened.info["dpi"] == (300, 300)
        assert "exif" not in opened.info and "comment" not in opened.info
