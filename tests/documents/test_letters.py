"""The papers prepared for the applicant (F39): complete, filled, printable, and deaf to markup in what people typed."""

from __future__ import annotations

import io
import re
from datetime import date

import docx
import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.adapters.documents import pdf, word
from backend.adapters.documents.maker import LetterMaker
from backend.adapters.documents.wording import BY_HAND, fill, shown, wordings
from backend.services.ports import MadeDocument, TemplateMaker

CODES = [
    *("BA08", "BA09", "BA10", "HO08", "HO09", "HO10", "WK02", "WK10", "WK11"),
    *("WK12", "WK15", "WK16", "FA03", "FA06", "FA07", "FA13", "FA14", "OT03"),
]
FACTS: dict[str, object] = {
    "case_no": "GJ20261121-00001",
    "business": "新申请",
    "name": "样张三",
    "gender": "女",
    "birth_date": date(1985, 1, 1),
    "id_no": "220101198501013344",
    "phone": "13800138000",
    "district": "延庆区",
    "company": "示例控股有限公司",
    "hukou_place": "吉林省长春市",
    "gaps": [{"start": "2010-07", "end": "2011-01", "reason": "备考"}],
}


def words_of(document: MadeDocument) -> str:
    if document.media_type == pdf.PDF_TYPE:
        with pypdfium2.PdfDocument(document.content) as opened:
            text = "".join(page.get_textpage().get_text_bounded() for page in opened)
    else:
        text = _words_of_docx(document.content)
    return re.sub(r"\s+", "", text)


def _words_of_docx(content: bytes) -> str:
    opened = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in opened.tables for row in table.rows for cell in row.cells]
    footer = [paragraph.text for paragraph in opened.sections[0].footer.paragraphs]
    return "".join([paragraph.text for paragraph in opened.paragraphs] + cells + footer)


def test_every_material_that_we_promise_a_template_for_has_one() -> None:
    assert LetterMaker().codes == set(CODES)


@pytest.mark.parametrize("code", CODES)
async def test_a_paper_comes_as_pdf_and_as_word_and_fits_one_page(code: str) -> None:
    made = await LetterMaker().make(code, FACTS)
    assert [document.name.rsplit(".", 1)[1] for document in made] == ["pdf", "docx"]
    with pypdfium2.PdfDocument(made[0].content) as opened:
        assert len(opened) == 1


@pytest.mark.parametrize("code", sorted(set(CODES) - {"FA06", "FA14"}))
async def test_a_paper_names_the_applicant_the_full_id_number_and_the_case(code: str) -> None:
    for document in await LetterMaker().make(code, FACTS):
        words = words_of(document)
        assert "样张三" in words
        assert "220101198501013344" in words
        assert "GJ20261121-00001" in words


async def test_a_file_name_says_nothing_about_the_person() -> None:
    assert [document.name for document in await LetterMaker().make("FA03", FACTS)] == [
        "FA03-未婚声明.pdf",
        "FA03-未婚声明.docx",
    ]


async def test_a_code_without_a_paper_gives_none() -> None:
    maker: TemplateMaker = LetterMaker()
    assert list(await maker.make("BA01", FACTS)) == []


def test_what_is_not_known_becomes_a_line_to_fill_in_by_hand() -> None:
    assert BY_HAND in fill("FA07", FACTS).blocks[0].text


def test_an_unknown_value_in_a_table_leaves_its_cell_empty() -> None:
    assert ["职务（岗位）", ""] in fill("WK10", FACTS).blocks[1].pairs


def test_gaps_are_listed_with_chinese_months() -> None:
    assert fill("WK16", FACTS).blocks[1].cells == [["2010年7月", "2011年1月", "备考"]]


def test_without_known_gaps_the_table_has_rows_to_write_in() -> None:
    assert fill("WK16", {}).blocks[1].cells == [["", "", ""]] * 3


def test_no_wording_uses_a_fact_that_the_maker_does_not_document() -> None:
    used = set(re.findall(r"\{([a-z_]+)\}", " ".join(letter.model_dump_json() for letter in wordings().values())))
    used |= {block.rows.of for letter in wordings().values() for block in letter.blocks if block.rows}
    documented = set(re.findall(r"[a-z_]+", LetterMaker.make.__doc__ or ""))
    assert used <= documented


HOSTILE = [
    "#panic(1)",
    '#read("/etc/passwd")',
    "*粗* _斜_ $x$ `raw` <label> @ref",
    "{{ 7*7 }}{% for x in y %}",
    "{name}{id_no}",
    "<w:p/></w:t>&amp;]]>",
    "\\u{1F600} \\ \" '",
    "a\x00b\x0bc\ud800d\u202ee",
    "😀王𠮷",
]


@pytest.mark.parametrize("value", HOSTILE)
async def test_the_word_file_shows_markup_as_it_was_typed(value: str) -> None:
    printed = words_of((await LetterMaker().make("BA10", {**FACTS, "company": value}))[1])
    assert re.sub(r"\s+", "", shown(value)) in printed


@pytest.mark.parametrize("value", ["#panic(1)", "{{ 7*7 }}", "<w:p/>&amp;", "*粗* _斜_"])
async def test_the_pdf_shows_markup_as_it_was_typed(value: str) -> None:
    printed = words_of((await LetterMaker().make("BA10", {**FACTS, "company": value}))[0])
    assert value.replace(" ", "") in printed


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(value=st.text(max_size=80))
def test_whatever_was_typed_both_layouts_succeed(value: str) -> None:
    letter = fill("BA10", {**FACTS, "name": value, "company": value})
    assert pdf.lay_out(letter).startswith(b"%PDF")
    assert word.lay_out(letter).startswith(b"PK")


def test_a_very_long_value_is_cut_to_a_bounded_length() -> None:
    assert len(shown("长" * 5000)) == 200
