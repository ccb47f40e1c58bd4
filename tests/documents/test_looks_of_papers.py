"""Every paper that applicants bring has a picture of how it looks, marked 样张, small enough for a chat (F41)."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from backend.adapters.catalogue_files import load_catalogue
from backend.adapters.documents.looks import draw_sample, sample_codes, samples
from backend.adapters.documents.maker import LetterMaker
from backend.domain.catalogue import TemplateKind

CATALOGUE = load_catalogue()


def test_every_material_that_promises_a_sample_has_one_and_no_other() -> None:
    assert {one.code for one in CATALOGUE.materials.values() if one.has_sample} == sample_codes()


def test_every_template_of_ours_has_wording_and_no_other_material_has() -> None:
    ours = {one.code for one in CATALOGUE.materials.values() if one.template is TemplateKind.SYSTEM}
    assert ours == LetterMaker().codes


@pytest.mark.parametrize("code", ["BA01", "HO04", "WK06", "ED01", "FA03"])
def test_a_sample_is_a_small_picture(code: str) -> None:
    content = draw_sample(code)
    assert content is not None
    with Image.open(io.BytesIO(content)) as picture:
        assert (picture.format, picture.width) == ("JPEG", 800)
    assert len(content) < 200 * 1024


def test_a_sample_is_drawn_once() -> None:
    assert draw_sample("BA01") is draw_sample("BA01")


def test_there_is_no_sample_of_what_is_no_material() -> None:
    assert draw_sample("../letters") is None
    assert draw_sample("OT05") is None


@pytest.mark.parametrize("code", sorted(samples()))
def test_a_sample_shows_no_number_that_could_be_somebodys(code: str) -> None:
    told = samples()[code].model_dump_json()
    digits = max((len(run) for run in "".join(c if c.isdigit() else " " for c in told).split()), default=0)
    assert digits <= 6
