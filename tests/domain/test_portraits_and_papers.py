"""A paper with a small photo on it is not taken for a portrait without a word (F28)."""

from __future__ import annotations

from backend.domain.photo_crop import Box, looks_like_portrait


def test_a_face_that_fills_two_fifths_of_the_picture_is_a_portrait() -> None:
    assert looks_like_portrait(Box(321, 333, 426, 585), 1440)


def test_a_face_printed_on_an_identity_card_is_none() -> None:
    assert not looks_like_portrait(Box(1006, 277, 178, 242), 928)
