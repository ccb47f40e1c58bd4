"""Pictures from outside: good ones come out clean and upright, hostile ones are refused at once with their cause."""

from __future__ import annotations

import io
import struct
import time
import zlib
from collections.abc import AsyncIterator

import pytest
from PIL import Image

from bot import sentences
from bot.photos.guard import PhotoRefused, clean_document, clean_photo
from bot.photos.pool import PhotoPool


def a_picture(size: tuple[int, int] = (800, 600), kind: str = "JPEG", mode: str = "RGB", **options: object) -> bytes:
    buffer = io.BytesIO()
    image = Image.new(mode, size, "white" if mode == "RGB" else 0)
    image.paste("black" if mode == "RGB" else 1, (0, 0, size[0] // 2, size[1] // 2))
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def a_png_that_claims(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + head + struct.pack(">I", zlib.crc32(b"IHDR" + head))
    return b"\x89PNG\r\n\x1a\n" + chunk + b"\0\0\0\0IDAT" + b"\0" * 8


@pytest.fixture
async def pool() -> AsyncIterator[PhotoPool]:
    pool = PhotoPool(wall_s=10)
    yield pool
    await pool.close()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_comes_out_as_jpeg(kind: str) -> None:
    clean = clean_photo(a_picture(kind=kind))
    assert (clean.content[:3], clean.width, clean.height) == (b"\xff\xd8\xff", 800, 600)


def test_a_big_photo_is_shrunk_to_2048() -> None:
    clean = clean_photo(a_picture((4032, 3024)))
    assert max(clean.width, clean.height) <= 2048


# How a camera that is held so saves the picture, by the number that it notes.
HELD: list[tuple[int, Image.Transpose | None]] = [
    (1, None), (2, Image.Transpose.FLIP_LEFT_RIGHT), (3, Image.Transpose.ROTATE_180),
    (4, Image.Transpose.FLIP_TOP_BOTTOM), (5, Image.Transpose.TRANSPOSE), (6, Image.Transpose.ROTATE_90),
    (7, Image.Transpose.TRANSVERSE), (8, Image.Transpose.ROTATE_270),
]  # fmt: skip


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize(("orientation", "saved_as"), HELD)
def test_a_turned_photo_is_set_upright(kind: str, orientation: int, saved_as: Image.Transpose | None) -> None:
    upright = Image.open(io.BytesIO(a_picture(kind="PNG")))
    saved, exif = io.BytesIO(), Image.Exif()
    exif[0x112] = orientation
    (upright if saved_as is None else upright.transpose(saved_as)).save(saved, kind, exif=exif)
    clean = clean_photo(saved.getvalue())
    shown = Image.open(io.BytesIO(clean.content)).convert("L")
    assert (clean.width, clean.height) == (800, 600)
    assert [bool(shown.getpixel(at)) for at in ((100, 100), (700, 100), (100, 500))] == [False, True, True]


def test_a_scan_with_16_bits_of_grey_keeps_its_greys() -> None:
    saved = io.BytesIO()
    Image.new("I;16", (400, 400), 0x8000).save(saved, "PNG")
    clean = clean_photo(saved.getvalue())
    assert Image.open(io.BytesIO(clean.content)).convert("L").getpixel((200, 200)) == pytest.approx(128, abs=2)


def test_nothing_hidden_in_the_photo_survives() -> None:
    exif = Image.Exif()
    exif[0x010E] = "SECRET-PLACE"
    content = clean_photo(a_picture(exif=exif, comment=b"SECRET-COMMENT")).content
    assert b"SECRET" not in content
    assert b"Exif" not in content


def test_a_transparent_picture_is_put_on_white() -> None:
    clean = clean_photo(a_picture(kind="PNG", mode="RGBA"))
    corner = Image.open(io.BytesIO(clean.content)).getpixel((700, 500))
    assert corner == (255, 255, 255)


def a_scan_bomb() -> bytes:
    content = a_picture(progressive=True)
    return content + b"\xff\xda" * 100


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (b"", "not_a_picture"),
        (b"MZ" + b"\0" * 100, "not_a_picture"),
        (b"<svg></svg>", "not_a_picture"),
        (b"%!PS-Adobe EPSF", "not_a_picture"),
        (a_picture(kind="GIF", mode="P"), "animated"),
        (a_picture((199, 400)), "too_small"),
        (a_picture()[:-2000], "broken"),
        (b"\xff\xd8\xff" + b"\0" * 50, "broken"),
        (a_png_that_claims(20_000, 20_000), "too_many_pixels"),
        (a_png_that_claims(9_000, 9_000), "too_many_pixels"),
        (a_scan_bomb(), "broken"),
        (b"\xff\xd8\xff" + b"\0" * 16 * 1024 * 1024, "too_big"),
    ],
)
def test_a_bad_picture_is_refused_at_once_with_its_cause(content: bytes, cause: str) -> None:
    started = time.perf_counter()
    with pytest.raises(PhotoRefused, match=cause):
        clean_photo(content)
    assert time.perf_counter() - started < 0.5


def test_every_cause_has_a_sentence() -> None:
    causes = {"too_small", "too_big", "too_many_pixels", "animated", "broken", "not_a_picture"}
    assert causes <= set(sentences.PICTURE_PROBLEMS)


def test_a_pdf_becomes_a_picture_per_page() -> None:
    buffer = io.BytesIO()
    page = Image.new("RGB", (600, 800), "white")
    page.save(buffer, "PDF", save_all=True, append_images=[page])
    assert [page.source for page in clean_document(buffer.getvalue())] == ["pdf", "pdf"]


async def test_the_pool_cleans_in_another_process(pool: PhotoPool) -> None:
    assert (await pool.clean(a_picture())).sha256 == clean_photo(a_picture()).sha256


async def test_the_pool_tells_the_cause(pool: PhotoPool) -> None:
    with pytest.raises(PhotoRefused, match="too_small"):
        await pool.clean(a_picture((100, 100)))


async def test_after_a_worker_died_the_next_picture_is_cleaned(pool: PhotoPool) -> None:
    await pool.clean(a_picture())
    worker = pool._free._queue[-1]  # type: ignore[attr-defined]
    worker._process.kill()
    await worker._process.wait()
    assert (await pool.clean(a_picture())).width == 800


async def test_a_worker_that_takes_too_long_is_killed() -> None:
    pool = PhotoPool(wall_s=0.001)
    with pytest.raises(PhotoRefused, match="broken"):
        await pool.clean(a_picture())
    await pool.close()
