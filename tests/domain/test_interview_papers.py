"""The talk about conditions, papers and the invoice, up to the submission."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.domain.case_facts import case_requirements
from backend.domain.errors import Incomplete
from backend.domain.interview import check_submission, file_target
from backend.domain.talk import (
    ChooseItem,
    FinishSection,
    Goto,
    Previous,
    Resume,
    Skip,
)
from tests.domain.talking import (
    a_talk_until,
)


def test_marriage_asks_about_spouse_and_children_and_adds_their_papers() -> None:
    talk = a_talk_until("conditions")
    talk.do(Goto(field="marital"))
    talk.tell("已婚")
    talk.tell("1 1 2 2")
    assert talk.ask.group == ("C_SPOUSE", "C_CHILD")
    talk.tell("1 4")
    needed = {one.code: one for one in case_requirements(talk.draft, talk.ctx) if one.required}
    assert {"FA01", "FA05", "FA06", "FA08", "FA09", "FA13"} <= set(needed)
    assert needed["FA08"].files_min == 2
    assert "FA03" not in needed


def test_conditions_are_answered_by_words_too_and_unsure_is_an_answer() -> None:
    talk = a_talk_until("conditions")
    talk.tell(C_PATH="不确定", C_SI="异地", C_TAX_ZERO="没有", C_NAME_CHANGED="否")
    assert {"path_unsure", "social_insurance_elsewhere"} <= set(talk.said)
    assert talk.ask.form == "materials_form"


def test_a_title_path_asks_how_and_when() -> None:
    talk = a_talk_until("conditions")
    talk.tell("2 1 2 2")
    assert talk.ask.group == ("C_TITLE", "C_BJ_TWO_YEARS", "C_TITLE_YEAR")
    talk.tell(C_TITLE="考试", C_BJ_TWO_YEARS="是", C_TITLE_YEAR="2018")
    needed = {one.code for one in case_requirements(talk.draft, talk.ctx) if one.required}
    assert {"ED08", "ED10"} <= needed
    assert not {"ED02", "ED05", "ED09", "ED11"} & needed


def test_a_photo_goes_to_the_asked_item_and_otherwise_to_the_rest() -> None:
    assert file_target(a_talk_until("materials").draft, a_talk_until("materials").ctx) == "BA01"
    assert file_target(a_talk_until("personal").draft, a_talk_until("personal").ctx) == "OT05"
    assert file_target(a_talk_until("photo").draft, a_talk_until("photo").ctx) is None


def test_an_item_can_be_chosen_and_is_left_when_it_is_full_enough() -> None:
    talk = a_talk_until("materials")
    talk.do(ChooseItem("ED01"))
    assert talk.ask.field == "ED01"
    talk.send_photo()
    assert talk.ask.field == "BA01"


def test_a_contract_stays_open_until_all_its_pages_are_there() -> None:
    talk = a_talk_until("materials")
    talk.do(ChooseItem("WK01"))
    talk.send_photo()
    assert talk.ask.field == "WK01"
    talk.send_photo()
    talk.tap("finish_item")
    assert talk.ask.field == "BA01"


def test_an_item_put_off_comes_back_before_the_submission() -> None:
    talk = a_talk_until("materials")
    talk.do(Skip())
    assert talk.ask.field == "BA02"
    talk.do(FinishSection())
    assert talk.said == ["materials_missing"]


def test_submitting_with_something_missing_names_it() -> None:
    talk = a_talk_until("review")
    check_submission(talk.draft, talk.ctx)
    talk.ctx = replace(talk.ctx, items={code: state for code, state in talk.ctx.items.items() if code != "WK06"})
    with pytest.raises(Incomplete) as incomplete:
        check_submission(talk.draft, talk.ctx)
    assert len(incomplete.value.missing) == 1
    assert talk.ask.field == "WK06"


def test_an_invoice_is_asked_for_before_the_payment_only_when_it_is_wanted() -> None:
    talk = a_talk_until("payment")
    talk.tap("need_invoice")
    assert talk.ask.field == "title_type"
    talk.tell(title_type="单位", tax_no="91110108551385082Q")
    assert talk.ask.group == ("invoice_title",)
    talk.tell("示例控股有限公司")
    assert talk.ask.field == "pay"


def test_a_personal_invoice_needs_one_word() -> None:
    talk = a_talk_until("payment")
    talk.tell(need_invoice="要", title_type="个人")
    assert talk.ask.field == "pay"


def test_previous_passes_over_an_invoice_that_nobody_wants() -> None:
    talk = a_talk_until("payment")
    talk.do(Previous())
    assert talk.ask.field == "need_invoice"
    talk.do(Resume())
    assert talk.ask.field == "pay"
