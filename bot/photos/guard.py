"""Turns the bytes of a picture or PDF from outside into clean JPEGs, or says why not.

Runs in the photo worker, so it imports nothing of the product. The bounds come from measurements with hostile files:
what Pillow alone would take minutes or gigabytes for is refused by its header.
"""

from __future__ import annotations

import hashlib
import io
import warnings
from dataclasses import dataclass
from typing import Any, Final

from PIL import Image, ImageOps

BYTES_LIMIT: Final = 15 * 1024 * 1024
SHORT_SIDE_PX: Final = 200
LONG_SIDE_PX: Final = 2048
SIDE_LIMIT_PX: Final = 16_384
JPEG_PIXELS: Final = 120_000_000
PROGRESSIVE_PIXELS: Final = 40_000_000
OTHER_PIXELS: Final = 60_000_000
# A HEIC is decoded whole; the biggest that a phone takes has 48 million.
HEIC_PIXELS: Final = 52_000_000
HEIC_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1"})
SCANS_LIMIT: Final = 64
QUALITY: Final = 88
PDF_BYTES_LIMIT: Final = 20 * 1024 * 1024
PDF_PAGES: Final = 30
PDF_SIDE_PX: Final = 2000
_START_OF_SCAN: Final = b"\xff\xda"

# Our own limits are stricter where it matters and looser for JPEG, which is decoded at a fraction of its size.
Image.MAX_IMAGE_PIXELS = None


class PhotoRefused(Exception):
    """The picture cannot be used; `code` names the cause."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class CleanPhoto:
    """An upright JPEG without metadata; `source` is what it was."""

    content: bytes
    width: int
    height: int
    sha256: str
    source: str


def clean_photo(content: bytes) -> CleanPhoto:
    """Check, turn upright, shrink to 2,048 px, strip and re-encode.

    Raises:
        PhotoRefused: `too_big`, `not_a_picture`, `animated`, `too_many_pixels`, `too_small` or `broken`.
    """
    if len(content) > BYTES_LIMIT:
        raise PhotoRefused("too_big")
    source = _sniff(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _encode(_decode(content, source), source)
    except PhotoRefused:
        raise
    except Exception:  # Pillow raises OSError, SyntaxError, ValueError, struct.error and more for damaged files
        raise PhotoRefused("broken") from None


def clean_document(content: bytes) -> list[CleanPhoto]:
    """A picture as one page, or every page of a PDF as a picture; the PDF itself is never kept.

    Raises:
        PhotoRefused: as `clean_photo`, and `too_many_pages`, `locked` for a PDF.
    """
    if not content.startswith(b"%PDF-"):
        return [clean_photo(content)]
    if len(content) > PDF_BYTES_LIMIT:
        raise PhotoRefused("too_big")
    try:
        return _pages(content)
    except PhotoRefused:
        raise
    except Exception as error:  # pypdfium2 has one error class whose text tells the cause
        raise PhotoRefused("locked" if "password" in str(error).lower() else "broken") from None


def _pages(content: bytes) -> list[CleanPhoto]:
    import pypdfium2

    document = pypdfium2.PdfDocument(content)
    try:
        if not 1 <= len(document) <= PDF_PAGES:
            raise PhotoRefused("too_many_pages" if len(document) else "broken")
        return [_page(document[index]) for index in range(len(document))]
    finally:
        document.close()


def _page(page: Any) -> CleanPhoto:
    # The scale follows the page, so that a page of two kilometres costs no more than a page of A4.
    scale = PDF_SIDE_PX / max(*page.get_size(), 1.0)
    return _encode(page.render(scale=scale).to_pil(), "pdf")


def _sniff(content: bytes) -> str:
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    if content.startswith((b"GIF87a", b"GIF89a")):
        raise PhotoRefused("animated")
    if content[4:8] == b"ftyp" and content[8:12] in HEIC_BRANDS:
        return "HEIC"
    raise PhotoRefused("not_a_picture")


def _decode(content: bytes, source: str) -> Image.Image:
    if source == "HEIC":
        return _decode_heic(content)
    image = Image.open(io.BytesIO(content), formats=[source])
    _check_bounds(image, content, source)
    if source == "JPEG":
        image.draft("RGB", (LONG_SIDE_PX, LONG_SIDE_PX))
    image.load()
    return image


def _decode_heic(content: bytes) -> Image.Image:
    """What an iPhone takes: its first picture, already upright; the size is read from the header before decoding."""
    import pi_heif

    pi_heif.options.DECODE_THREADS = 1
    pi_heif.options.THUMBNAILS = pi_heif.options.DEPTH_IMAGES = pi_heif.options.AUX_IMAGES = False
    opened = pi_heif.open_heif(content, convert_hdr_to_8bit=True)
    width, height = opened.size
    if width * height > HEIC_PIXELS or max(width, height) > SIDE_LIMIT_PX:
        raise PhotoRefused("too_many_pixels")
    if min(width, height) < SHORT_SIDE_PX:
        raise PhotoRefused("too_small")
    picture: Image.Image = opened.to_pillow()
    return picture


def _check_bounds(image: Image.Image, content: bytes, source: str) -> None:
    width, height = image.size
    is_progressive = bool(image.info.get("progressive") or image.info.get("progression"))
    limit = (PROGRESSIVE_PIXELS if is_progressive else JPEG_PIXELS) if source == "JPEG" else OTHER_PIXELS
    if width * height > limit or max(width, height) > SIDE_LIMIT_PX:
        raise PhotoRefused("too_many_pixels")
    if min(width, height) < SHORT_SIDE_PX:
        raise PhotoRefused("too_small")
    if source == "JPEG" and content.count(_START_OF_SCAN) > SCANS_LIMIT:
        raise PhotoRefused("broken")
    if source != "JPEG" and getattr(image, "n_frames", 1) > 1:
        raise PhotoRefused("animated")


def _encode(image: Image.Image, source: str) -> CleanPhoto:
    upright = _on_white(ImageOps.exif_transpose(image))
    upright.thumbnail((LONG_SIDE_PX, LONG_SIDE_PX), Image.Resampling.LANCZOS)
    upright.info.clear()
    buffer = io.BytesIO()
    upright.save(buffer, "JPEG", quality=QUALITY)
    content = buffer.getvalue()
    return CleanPhoto(content, upright.width, upright.height, hashlib.sha256(content).hexdigest(), source.lower())


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):
        # 16 bits of grey, as scanners save it: a plain conversion cuts at 255 and leaves white paper.
        image = image.convert("I").point(lambda grey: grey / 256).convert("L")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layer = image.convert("RGBA")
        paper = Image.new("RGB", layer.size, "white")
        paper.paste(layer, mask=layer.getchannel("A"))
        return paper
    return image.convert("RGB")
