"""What makes a talk right in the small: which entry is meant, which year, which company, which step."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.company_names import is_same_company, kept_company_name
from backend.domain.context import SupplementState
from backend.domain.errors import NotAnAnswer
from backend.domain.free_text import read_free_text
from backend.domain.interview import file_target
from backend.domain.materials import short_name
from backend.domain.sections.corrections import corrected_year
from backend.domain.talk import Answer, Previous, Resume, Value
from tests.domain.talking import HIGH_SCHOOL, UNIVERSITY, a_talk_until

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("不对，是08年不是18年", (2008, 2018)),
        ("本科是14年毕业不是17年", (2014, 2017)),
        ("不是2018年，是2008年", (2008, 2018)),
        ("是2008不是2018", (2008, 2018)),
        ("2008年9月入学", None),
        ("不是续签，是换单位", None),
    ],
)
def test_a_corrected_year_is_read_whichever_half_comes_first(text: str, years: tuple[int, int] | None) -> None:
    assert corrected_year(text, today=TODAY) == years


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading_of_corrections(text: str) -> None:
    assert corrected_year(text, today=TODAY) is None or "不是" in text


def test_a_corrected_year_goes_to_the_only_month_that_has_the_wrong_one() -> None:
    talk = a_talk_until("work")
    talk.tell("不对，是04年不是05年")
    assert talk.draft.rows("education")[0]["start"] == "2004-09"


def test_a_wrong_year_that_stands_twice_is_asked_about() -> None:
    talk = a_talk_until("work")
    before = talk.draft.rows("education")
    assert (talk.tell("是07年不是08年").say[0].code, talk.draft.rows("education")) == ("say_what_to_change", before)


def test_a_year_alone_corrects_the_year_of_a_month_that_stands() -> None:
    talk = a_talk_until("education")
    talk.entries(HIGH_SCHOOL, UNIVERSITY)
    talk.do(Answer((Value("end", "2013", 1),)))
    assert talk.draft.rows("education")[1]["end"] == "2013-06"


def test_a_level_says_which_school_is_meant_and_changes_nothing() -> None:
    talk = a_talk_until("education")
    talk.entries(HIGH_SCHOOL, UNIVERSITY)
    step = talk.tell(level="本科", end="2013-06")
    assert [row["end"] for row in talk.draft.rows("education")] == ["2008-06", "2013-06"]
    assert "学历" not in str(step.say[0].facts)


def test_a_value_that_could_belong_to_several_entries_is_asked_about() -> None:
    talk = a_talk_until("education")
    talk.entries(HIGH_SCHOOL, UNIVERSITY)
    before = talk.draft.rows("education")
    talk.tell("全日制", study_identity="全日制学生")
    assert (talk.said, talk.draft.rows("education")) == (["which_entry"], before)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("示例科技(北京)有限公司", "示例科技（北京）有限公司", True),
        ("示例科技 （北京）有限公司", "示例科技（北京）有限公司", True),
        ("ＡＢＣ科技有限公司", "abc科技有限公司", True),
        ("示例科技有限公司", "示例科技（北京）有限公司", False),
    ],
)
def test_width_brackets_and_spaces_make_no_other_company(one: str, other: str, same: bool) -> None:
    assert is_same_company(one, other) is same


def test_a_chinese_company_keeps_full_width_brackets_and_a_foreign_one_its_own() -> None:
    assert kept_company_name("示例科技(北京)有限公司") == "示例科技（北京）有限公司"
    assert kept_company_name("Example (Beijing) Ltd") == "Example (Beijing) Ltd"


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("居民身份证（正反面）", "居民身份证"),
        ("劳动（聘用）合同", "劳动（聘用）合同"),
        ("社保缴费证明 / 个人权益记录", "社保缴费证明"),
        ("个人所得税纳税记录（2019-01 起）/ 完税证明（2018-12 及以前）", "个人所得税纳税记录"),
    ],
)
def test_a_material_is_listed_without_its_remarks(name: str, short: str) -> None:
    assert short_name(name) == short


@pytest.mark.parametrize("text", ["2003年9月", "2003.9", "2003.9-2006.6", "18年4月至今"])
def test_a_month_is_no_name(text: str) -> None:
    with pytest.raises(NotAnAnswer):
        read_free_text(text, shortest=1, longest=100)


def test_previous_goes_back_to_the_field_just_told_before_it_leaves_the_group() -> None:
    talk = a_talk_until("contact")
    talk.tell(phone="13800138000")
    talk.do(Previous())
    assert (talk.ask.field, talk.ask.current) == ("phone", "138****8000")
    talk.do(Resume())
    assert talk.ask.field == "emails"


def test_the_step_count_is_the_same_from_the_first_question_to_the_last() -> None:
    totals = {a_talk_until(name).ask.total for name in ("contact", "personal", "education", "work", "materials")}
    assert len(totals) == 1


def test_an_example_of_numbers_says_what_it_would_mean() -> None:
    assert a_talk_until("conditions").ask.hint.startswith("照顺序回编号就行，比如“1 1 2 2”就是：学士")


def test_an_answer_that_changes_the_materials_says_which() -> None:
    talk = a_talk_until("materials")
    step = talk.tell(marital="离婚")
    changed = next(one for one in step.say if one.code == "materials_changed")
    assert "未婚声明" in changed.facts["dropped"]


def test_another_kind_of_invoice_title_forgets_the_company() -> None:
    talk = a_talk_until("payment")
    talk.tap("need_invoice")
    talk.tell(title_type="单位", invoice_title="示例控股(北京)有限公司", tax_no="91110108551385082Q")
    assert talk.draft.answer("invoice", "invoice_title") == "示例控股（北京）有限公司"
    talk.tell(title_type="个人")
    assert talk.draft.answer("invoice", "invoice_title") == ""


def test_what_is_sent_while_the_bureau_asks_belongs_to_its_request() -> None:
    talk = a_talk_until("review")
    asked = replace(talk.ctx, supplement=SupplementState("请补充社保明细", 1, True, False, None))
    assert file_target(talk.draft, asked) == "SU02"
