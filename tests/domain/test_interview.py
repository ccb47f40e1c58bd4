"""The talk: what is asked, what is accepted, what is kept, and what brings somebody back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from backend.domain.case_facts import case_facts, case_requirements
from backend.domain.draft import Draft
from backend.domain.errors import UnknownField
from backend.domain.interview import open_question
from backend.domain.sections.script import SECTIONS
from backend.domain.talk import (
    Answer,
    ChooseItem,
    ConfirmNotice,
    Goto,
    Previous,
    Redo,
    Resume,
    Save,
    Skip,
    Value,
)
from tests.domain.talking import (
    Talk,
    a_context,
    a_talk_until,
)

MIN_KIT = [
    *("BA01", "BA02", "BA04", "BA05", "BA08", "BA09", "BA10", "HO04", "HO05", "WK01", "WK03", "WK04", "WK06"),
    *("ED01", "ED02", "ED03", "ED05", "FA03"),
]


def test_the_standard_applicant_needs_at_most_forty_inputs_from_the_first_word_to_the_payment() -> None:
    talk = a_talk_until("payment")
    assert talk.ask.field == "pay"
    first_word, binding, payment = 1, 1, 1
    assert first_word + binding + talk.inputs + payment <= 40


def test_the_standard_applicant_needs_the_minimum_kit() -> None:
    talk = a_talk_until("materials")
    assert [one.code for one in case_requirements(talk.draft, talk.ctx) if one.required] == MIN_KIT


def test_nothing_that_was_told_is_asked_again_as_a_condition() -> None:
    talk = a_talk_until("conditions")
    assert talk.ask.group == ("C_PATH", "C_SI", "C_TAX_ZERO", "C_NAME_CHANGED")
    facts = case_facts(talk.draft, talk.ctx)
    expected = {
        "C_MAR": "single",
        "C_HOUSE": "rented_flat",
        "C_HUKOU": "family",
        "C_EDU": "domestic",
        "C_EDU_YEAR": "2012",
        "C_CONTRACT": "2027-05",
        "C_GAP": "no",
        "district": "yanqing",
    }
    assert expected.items() <= facts.items()


def test_previous_shows_what_was_typed_and_the_way_back_loses_nothing() -> None:
    talk = a_talk_until("personal")
    talk.tell("没这个民族")
    asked = talk.ask
    talk.do(Previous())
    assert talk.ask.field == "credentials"
    talk.do(Previous())
    assert talk.ask.current == "手机号码 138****8000，电子邮箱 a***@example.com"
    talk.do(Resume())
    assert talk.ask == asked


def test_an_invalid_value_is_still_there_after_going_back() -> None:
    talk = a_talk_until("contact")
    talk.tell(phone="123", emails="a@qq.com")
    talk.do(Previous())
    talk.do(Resume())
    assert talk.ask.facts["refused"] == "123"


def test_a_refused_value_is_shown_back_without_the_name_of_its_field(talk: Talk) -> None:
    talk.do(ConfirmNotice(True))
    talk.tell("手机号1380013800")
    assert talk.said == ["phone_wrong"]
    talk.do(Goto("phone"))
    assert talk.ask.facts["refused"] == "1380013800"


def test_at_the_first_question_previous_says_so(talk: Talk) -> None:
    talk.do(Previous())
    assert talk.said == ["at_first_step"]


def test_a_field_is_changed_by_name_from_anywhere_and_the_talk_goes_on_where_it_was() -> None:
    talk = a_talk_until("work")
    before = talk.ask
    talk.do(Goto(field="phone"))
    assert (talk.ask.group, talk.ask.current) == (("phone",), "138****8000")
    talk.tell("13900139000")
    assert talk.draft.answer("contact", "phone") == "13900139000"
    assert talk.ask == before


def test_a_value_for_another_section_is_taken_at_once() -> None:
    talk = a_talk_until("work")
    talk.tell("手机号改成13900139000", phone="13900139000")
    assert talk.draft.answer("contact", "phone") == "13900139000"
    assert talk.ask.form == "work_form"


def test_a_list_is_reached_by_its_name_and_one_entry_by_its_number() -> None:
    talk = a_talk_until("conditions")
    talk.do(Goto(section="education"))
    assert talk.ask.field == "education_confirm"
    talk.do(Goto(field="major", index=1))
    assert (talk.ask.index, talk.ask.group, talk.ask.current) == (1, ("major",), "软件工程")
    talk.tell("计算机科学与技术")
    assert talk.draft.rows("education")[1]["major"] == "计算机科学与技术"
    assert talk.ask.field == "education_confirm"


def test_skipping_something_needed_says_why_not() -> None:
    talk = a_talk_until("contact")
    talk.do(Skip())
    assert talk.said == ["cannot_skip"]


def test_saving_leaves_nothing_open_until_the_talk_is_resumed() -> None:
    talk = a_talk_until("education")
    step = talk.do(Save())
    assert step.ask is None
    talk.do(Resume())
    assert talk.ask.form == "education_form"


def test_half_a_year_later_the_talk_opens_at_the_first_open_question() -> None:
    talk = a_talk_until("work")
    stored = talk.draft.to_json()
    later = replace(talk.ctx, today=date(2027, 5, 21))
    question = open_question(Draft.from_json(stored), later)
    assert question is not None
    assert question.form == "work_form"


def test_a_section_is_cleared_and_asked_again() -> None:
    talk = a_talk_until("photo")
    talk.do(Redo("personal"))
    assert talk.ask.field == "ethnicity"
    assert "personal" not in talk.draft.answers
    assert talk.draft.answer("contact", "phone")


def test_unknown_names_are_a_callers_mistake() -> None:
    talk = a_talk_until("contact")
    for command in (
        Goto(field="shoe_size"),
        Answer(values=(Value("shoe_size", "42"),)),
        ChooseItem("XX99"),
        Redo("hats"),
    ):
        with pytest.raises(UnknownField):
            talk.do(command)


def test_every_question_has_the_shape_that_the_actions_read() -> None:
    for name in (
        "notice",
        "contact",
        "credentials",
        "personal",
        "photo",
        "education",
        "work",
        "conditions",
        "materials",
        "review",
    ):
        ask = a_talk_until(name).ask.to_json()
        assert set(ask) == {
            "form", "field", "group", "index", "label", "kind", "options", "hint", "current", "optional", "number",
            "total", "facts",
        }  # fmt: skip
        assert 0 <= ask["number"] <= ask["total"]
        assert ask["field"] in ask["group"]
        assert ask["form"].removesuffix("_form") in SECTIONS


def test_an_older_draft_is_read_without_complaint() -> None:
    assert Draft.from_json(None) == Draft.from_json({}) == Draft.from_json({"answers": 3, "entries": {"work": "x"}})
    old = Draft.from_json({"answers": {"contact": {"phone": "13800138000", "fax": 3}}, "cursor": "somewhere.gone"})
    assert old.answer("contact", "phone") == "13800138000"
    assert open_question(old, a_context()) is not None


def test_a_number_that_no_choice_has_is_refused_by_name() -> None:
    talk = a_talk_until("conditions")
    talk.tell("1 9 2 2")
    assert talk.said == ["saved_values", "unknown_option"]
    assert talk.ask.group == ("C_SI",)
