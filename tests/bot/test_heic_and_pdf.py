"""HEIC photos and PDFs from outside: good ones become clean pictures, hostile ones are refused at once (F41)."""

from __future__ import annotations

import base64
import io
import time

import pypdfium2
import pytest
from PIL import Image

from bot import sentences
from bot.app import UPLOAD_CODES
from bot.h5.sentences import SENTENCES
from bot.photos.guard import PDF_PAGES, PhotoRefused, clean_document, clean_photo
from bot.photos.pool import PhotoPool

# Drawn by us: white with a black corner, 480 × 640, an EXIF comment; the second one holds two pictures.
A_HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAZhtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAADRp"
    "bG9jAAAAAERAAAIAAQAAAAABvAABAAAAAAAAALwAAgAAAAACeAABAAAAAAAAADIAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAAAAABAABo"
    "dmMxAAAAABVpbmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAAA12lwcnAAAAC4aXBjbwAAAHlodmNDAQNwAAAAkAAAAAAAWvAA"
    "/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAWroCQGEAAQAsQgEBA3AAAAMAkAAAAwAAAwBaoA8IAoFlupJKa5uAhoMCAAAD"
    "ADIAAAMAAhBiAAEAB0QBwXKwYkAAAAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAB4AAAAoAAAAAQcGl4aQAAAAADCAgIAAAA"
    "F2lwbWEAAAAAAAAAAQABBIECAwQAAAAaaXJlZgAAAAAAAAAOY2RzYwACAAEAAQAAAPZtZGF0AAAAuCgBrxkUadEooi0ggiD3AeBO0/RR"
    "jH7RL4E/0I71WbFoSuARo4HkS3GrJ4iMG1+IB/vyZBCQp2TJwDtE26Q0oogu6hgAAIGAmVn0ewAAAwAAHzCTqAAAAwAAAwCEgBWWgAAA"
    "AwAe0CrBwp1uPem+B8PaP3JQh9NQrHylW8gru6IvrHHwdvENlLK9y6gU8+3PZ+wAHbAAAAMAAAMACsgAAAMAAAMALCAAAAMAAAMAQcAA"
    "AAMAAAMAYEAAAAAGRXhpZgAATU0AKgAAAAgAAQEOAAIAAAANAAAAGgAAAABTRUNSRVQtUExBQ0UAAA=="
)
A_BURST = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAYVtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAADRp"
    "bG9jAAAAAERAAAIAAQAAAAABqQABAAAAAAAAALwAAgAAAAACZQABAAAAAAAAALwAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAAAAABAABo"
    "dmMxAAAAABVpbmZlAgAAAAACAABodmMxAAAAAA5waXRtAAAAAAABAAAA3mlwcnAAAAC4aXBjbwAAAHlodmNDAQNwAAAAkAAAAAAAWvAA"
    "/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAWroCQGEAAQAsQgEBA3AAAAMAkAAAAwAAAwBaoA8IAoFlupJKa5uAhoMCAAAD"
    "ADIAAAMAAhBiAAEAB0QBwXKwYkAAAAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAB4AAAAoAAAAAQcGl4aQAAAAADCAgIAAAA"
    "HmlwbWEAAAAAAAAAAgABBIECAwQAAgSBAgMEAAABgG1kYXQAAAC4KAGvGRRp0SiiLSCCIPcB4E7T9FGMftEvgT/QjvVZsWhK4BGjgeRL"
    "casniIwbX4gH+/JkEJCnZMnAO0TbpDSiiC7qGAAAgYCZWfR7AAADAAAfMJOoAAADAAADAISAFZaAAAADAB7QKsHCnW496b4Hw9o/clCH"
    "01CsfKVbyCu7oi+scfB28Q2Usr3LqBTz7c9n7AAdsAAAAwAAAwAKyAAAAwAAAwAsIAAAAwAAAwBBwAAAAwAAAwBgQAAAALgoAa8ZFGnR"
    "KKItIIIg9wHgTtP0UYx+0S+BP9CO9VmxaErgEaOB5EtxqyeIjBtfiAf78mQQkKdkycA7RNukNKKILuoYAACBgJlZ9HsAAAMAAB8wk6gA"
    "AAMAAAMAhIAVloAAAAMAHtAqwcKdbj3pvgfD2j9yUIfTUKx8pVvIK7uiL6xx8HbxDZSyvcuoFPPtz2fsAB2wAAADAAADAArIAAADAAAD"
    "ACwgAAADAAADAEHAAAADAAADAGBA"
)


def a_pdf(pages: int = 1, size: tuple[float, float] = (595, 842)) -> bytes:
    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        document.new_page(*size)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def a_locked_pdf() -> bytes:
    """Encrypted with a password that nobody told us."""
    key = b"<" + b"41" * 32 + b">"
    objects = [
        b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n",
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n",
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>endobj\n",
        b"4 0 obj<</Filter/Standard/V 1/R 2/O " + key + b"/U " + key + b"/P -4>>endobj\n",
    ]
    content, places = b"%PDF-1.4\n", []
    for one in objects:
        places.append(len(content))
        content += one
    table = b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer<</Size 5/Root 1 0 R/Encrypt 4 0 R/ID[<00><00>]>>\nstartxref\n%d\n%%%%EOF" % len(content)
    return content + table + trailer


def a_heic_that_claims(width: int, height: int) -> bytes:
    at = A_HEIC.index(b"ispe") + 8
    return A_HEIC[:at] + width.to_bytes(4, "big") + height.to_bytes(4, "big") + A_HEIC[at + 8 :]


@pytest.mark.parametrize("content", [A_HEIC, A_BURST])
def test_what_an_iphone_takes_becomes_a_clean_jpeg(content: bytes) -> None:
    clean = clean_photo(content)
    assert (clean.source, clean.width, clean.height, clean.content[:3]) == ("heic", 480, 640, b"\xff\xd8\xff")
    picture = Image.open(io.BytesIO(clean.content))
    assert picture.getpixel((100, 100)) < (40, 40, 40) < (200, 200, 200) < picture.getpixel((400, 600))  # type: ignore[operator]
    assert b"SECRET" not in clean.content


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (a_heic_that_claims(60_000, 60_000), "too_many_pixels"),
        (a_heic_that_claims(16_000, 16_000), "too_many_pixels"),
        (a_heic_that_claims(2**32 - 1, 1), "too_small|broken"),
        (a_heic_that_claims(50, 50), "too_small|broken"),
        (A_HEIC[:300], "broken"),
        (A_HEIC[:40], "broken"),
        (b"\0\0\0\x1cftypheic" + b"\0" * 400, "broken"),
        (b"\0\0\0\x1cftypavif" + A_HEIC[12:], "not_a_picture"),
        (b"\0\0\0\x18ftypmp42" + b"\0" * 400, "not_a_picture"),
    ],
)
def test_a_bad_heic_is_refused_at_once_with_its_cause(content: bytes, cause: str) -> None:
    started = time.perf_counter()
    with pytest.raises(PhotoRefused, match=cause):
        clean_photo(content)
    assert time.perf_counter() - started < 1.0


@pytest.mark.parametrize("at", range(0, len(A_HEIC), 41))
def test_a_damaged_heic_never_breaks_more_than_itself(at: int) -> None:
    damaged = A_HEIC[:at] + bytes([A_HEIC[at] ^ 0xFF]) + A_HEIC[at + 1 :]
    try:
        was_cleaned = clean_photo(damaged).content.startswith(b"\xff\xd8\xff")
    except PhotoRefused as refused:
        was_cleaned = refused.code in {"broken", "not_a_picture", "too_small", "too_many_pixels"}
    assert was_cleaned
    assert clean_photo(A_HEIC).source == "heic"


def test_each_page_of_a_pdf_counts_as_one_picture() -> None:
    assert [page.source for page in clean_document(a_pdf(7))] == ["pdf"] * 7


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (a_pdf(PDF_PAGES + 1), "too_many_pages"),
        (a_pdf(500), "too_many_pages"),
        (a_locked_pdf(), "locked"),
        (b"%PDF-1.7\n", "broken"),
        (a_pdf()[:200], "broken"),
        (b"%PDF-" + b"\0" * 5000, "broken"),
        (b"%PDF-" + b"\0" * 21 * 1024 * 1024, "too_big"),
        (b"", "not_a_picture"),
        (b"PK\x03\x04 a renamed archive", "not_a_picture"),
        (b"<html>not a pdf</html>", "not_a_picture"),
    ],
)
def test_a_bad_document_is_refused_at_once_with_its_cause(content: bytes, cause: str) -> None:
    started = time.perf_counter()
    with pytest.raises(PhotoRefused, match=cause):
        clean_document(content)
    assert time.perf_counter() - started < 2.0


def test_a_page_of_two_kilometres_costs_no_more_than_a_page_of_a4() -> None:
    page = clean_document(a_pdf(1, (14_400, 14_400)))[0]
    assert max(page.width, page.height) <= 2048


def test_every_cause_has_a_sentence_in_the_chat_and_on_the_page() -> None:
    causes = {"too_big", "not_a_picture", "animated", "too_many_pixels", "too_small", "broken"}
    assert causes <= set(sentences.PICTURE_PROBLEMS)
    assert {UPLOAD_CODES.get(one, "photo_unreadable") for one in {*causes, "too_many_pages", "locked"}} <= set(
        SENTENCES
    )


async def test_the_worker_survives_one_hostile_file_after_the_other() -> None:
    pool = PhotoPool(wall_s=20)
    for content in (a_heic_that_claims(60_000, 60_000), a_locked_pdf(), a_pdf(500), A_HEIC[:300]):
        with pytest.raises(PhotoRefused):
            await pool.clean_document(content)
    assert (await pool.clean_document(A_HEIC))[0].source == "heic"
    await pool.close()
