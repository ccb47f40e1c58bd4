"""The bill comes in pieces and is unpacked on the way; a cut or a changed one is refused."""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wechat.unpacking import PIECE_BYTES, Unpacker

CUTS = st.lists(st.integers(1, 400), min_size=1, max_size=6)


def unpacked(content: bytes, cuts: list[int]) -> tuple[bytes, Unpacker]:
    unpacker, out, source, at = Unpacker(), io.BytesIO(), io.BytesIO(content), 0
    while piece := source.read(cuts[at % len(cuts)]):
        at += 1
        for plain in unpacker.feed(piece):
            out.write(plain)
    return out.getvalue(), unpacker


@given(content=st.binary(min_size=1, max_size=3000), cuts=CUTS, is_packed=st.booleans())
def test_whatever_the_pieces_the_content_and_both_hashes_are_right(
    content: bytes, cuts: list[int], is_packed: bool
) -> None:
    sent = gzip.compress(content) if is_packed else b"xy" + content
    plain, unpacker = unpacked(sent, cuts)
    assert plain == (content if is_packed else sent)
    assert unpacker.is_whole
    assert unpacker.hashes == {hashlib.sha1(one, usedforsecurity=False).hexdigest() for one in (sent, plain)}


@given(cuts=CUTS)
def test_a_file_that_was_cut_off_is_not_whole(cuts: list[int]) -> None:
    packed = gzip.compress(b"1234567890" * 300)
    assert not unpacked(packed[:-9], cuts)[1].is_whole


def test_what_begins_like_gzip_and_is_not_is_refused() -> None:
    with pytest.raises(zlib.error):
        unpacked(b"\x1f\x8bnothing of the kind", [5])


def test_a_small_file_that_unpacks_to_a_big_one_comes_in_bounded_pieces() -> None:
    packed = gzip.compress(bytes(20_000_000))
    assert max(len(piece) for piece in Unpacker().feed(packed)) <= PIECE_BYTES
