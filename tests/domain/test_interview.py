"""The talk: what is asked, what is accepted, what is kept, and what brings somebody back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from backend.domain.case import Stage
from backend.domain.case_facts import case_facts, case_requirements, told_once
from backend.domain.context import EmployerFacts, ItemState, ItemStatus, SupplementState
from backend.domain.draft import Draft
from backend.domain.errors import Incomplete, UnknownField
from backend.domain.interview import check_submission, file_target, open_question
from backend.domain.sections.script import SECTIONS
from backend.domain.still_missing import still_missing, still_to_supplement
from backend.domain.talk import (
    AddEntry,
    Answer,
    ChooseEmployer,
    ChooseItem,
    ConfirmNotice,
    FinishSection,
    Goto,
    Previous,
    Redo,
    RemoveEntry,
    Resume,
    Save,
    Skip,
    Value,
    Wants,
)
from tests.domain.talking import (
    COMPANY,
    FIRST_JOB,
    HIGH_SCHOOL,
    PRESENT_JOB,
    UNIVERSITY,
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


def test_personal_fields_follow_from_the_lists_of_schools_and_jobs() -> None:
    talk = a_talk_until("conditions")
    assert told_once(talk.draft) == {
        "education_level": "本科",
        "degree": "学士",
        "major": "软件工程",
        "position": "后端开发",
        "work_start": "2012-07",
        "joined_on": "2018-04",
        "contract_end": "2027-05",
    }


def test_the_only_employer_is_chosen_without_a_question(talk: Talk) -> None:
    assert talk.ask.form == "notice_form"


def test_one_of_several_employers_is_chosen_by_number() -> None:
    other = EmployerFacts("emp_2", "样例科技有限公司", "haidian")
    talk = Talk(a_context(employers=(COMPANY, other)))
    assert [option.label for option in talk.ask.options] == ["示例控股有限公司（延庆区）", "样例科技有限公司（海淀区）"]
    step = talk.do(ChooseEmployer(option="2"))
    assert step.wish is not None
    assert (step.wish.what, step.wish.about) == (Wants.CHOOSE_EMPLOYER, "emp_2")
    assert talk.ask.form == "notice_form"


def test_somebody_who_is_not_eligible_stays_at_the_notice(talk: Talk) -> None:
    step = talk.do(ConfirmNotice(eligible=False))
    assert talk.said == ["not_eligible", "which_condition"]
    assert step.wish is not None
    assert talk.ask.form == "notice_form"
    talk.do(ConfirmNotice(eligible=True))
    assert talk.ask.form == "contact_form"
    assert talk.draft.answer("notice", "version") == talk.ctx.catalogue.notice_for(talk.ctx.business).version


def test_a_refused_value_keeps_what_was_right_and_asks_only_the_rest() -> None:
    talk = a_talk_until("contact")
    talk.tell(phone="1380013", emails="a@qq.com；b@163.com")
    assert talk.said == ["saved_values", "phone_wrong"]
    assert talk.draft.answer("contact", "emails") == "a@qq.com;b@163.com"
    assert (talk.ask.group, talk.ask.facts["refused"]) == (("phone",), "1380013")


def test_the_plain_text_is_enough_without_extractors() -> None:
    talk = a_talk_until("contact")
    talk.tell("13800138000 a@qq.com")
    assert talk.draft.answers["contact"] == {"phone": "13800138000", "emails": "a@qq.com"}


def test_credentials_can_be_put_off_but_not_for_ever() -> None:
    talk = a_talk_until("credentials")
    talk.do(Skip())
    assert talk.said == ["put_off"]
    assert talk.ask.form == "personal_form"
    with pytest.raises(Incomplete) as incomplete:
        check_submission(talk.draft, talk.ctx)
    assert "北京通账号" in incomplete.value.missing


def test_what_was_put_off_is_asked_before_the_submission() -> None:
    talk = a_talk_until("review")
    talk.ctx = replace(talk.ctx, credentials_given=False)
    talk.draft = talk.draft.skip("contact.credentials")
    assert talk.ask.field == "credentials"
    talk.do(Skip())
    assert talk.said == ["needed_now"]


def test_words_of_a_sentence_fill_a_group() -> None:
    talk = a_talk_until("personal")
    talk.tell("汉，党员，离异")
    assert talk.draft.answers["personal"] == {"ethnicity": "汉族", "political": "中共党员", "marital": "离婚"}
    assert talk.said == ["saved_values", "taken_as"]


def test_a_title_is_accepted_with_the_group_and_is_none_by_silence() -> None:
    talk = a_talk_until("personal")
    talk.tell("汉族 群众 未婚 工程师（中级）")
    assert talk.draft.answer("personal", "title") == "工程师（中级）"
    assert case_facts(talk.draft, talk.ctx)["title"] == "some"


def test_a_league_member_past_the_age_is_reminded_and_not_blocked() -> None:
    talk = a_talk_until("personal")
    talk.tell(ethnicity="汉族", political="团员", marital="未婚")
    assert "league_age" in talk.said
    assert talk.ask.field == "hukou_place"


def test_a_beijing_household_stops_with_the_reason() -> None:
    talk = a_talk_until("personal")
    talk.tell("汉族 群众 未婚")
    talk.tell(hukou_place="北京市海淀区", hukou_kind="家庭户", hukou_nature="城镇")
    assert "hukou_beijing" in talk.said
    assert talk.ask.group == ("hukou_place",)


def test_an_address_outside_beijing_is_refused_and_an_old_district_name_replaced() -> None:
    talk = a_talk_until("personal")
    talk.tell("汉族 群众 未婚")
    talk.tell("吉林省长春市 家庭户 城镇")
    talk.tell(address="河北省廊坊市幸福路1号", housing="租房", postcode="100020")
    assert "address_outside" in talk.said
    talk.tell("延庆县示例街1号")
    assert talk.draft.answer("personal", "address") == "延庆区示例街1号"


@pytest.mark.parametrize("text", ["我初中也要填吗", "谢谢", "烦死了", "为什么要填这个"])
def test_talk_is_refused_where_a_school_is_asked(text: str) -> None:
    talk = a_talk_until("education")
    talk.tell(text)
    assert not talk.said[0].startswith("saved")
    assert not any(row.get("school") for row in talk.draft.rows("education"))


def test_two_schools_in_one_sentence_fill_two_entries() -> None:
    talk = a_talk_until("education")
    talk.entries(HIGH_SCHOOL, UNIVERSITY)
    assert talk.ask.field == "education_confirm"
    assert "长春市第十一高中 无 高中及以下 全日制学生 中国" in talk.ask.facts["summary"]


def test_only_what_is_missing_of_an_entry_is_asked() -> None:
    talk = a_talk_until("education")
    talk.entries(HIGH_SCHOOL)
    talk.tell(school="吉林大学", major="计算机", start="2006-09")
    assert (talk.ask.field, talk.ask.group, talk.ask.index) == ("end", ("end",), 1)
    talk.tell("2012年6月")
    assert talk.ask.field == "education_confirm"


def test_a_year_alone_asks_for_the_month() -> None:
    talk = a_talk_until("education")
    talk.tell(school="长春市第十一高中", start="2003", end="2006-06")
    assert (talk.ask.field, talk.ask.facts["years"]) == ("start", "2003年几月")


def test_an_end_before_the_start_is_refused_and_the_rest_is_kept() -> None:
    talk = a_talk_until("education")
    talk.tell(school="长春市第十一高中", start="2006-09", end="2003-06")
    assert "end_before_start" in talk.said
    assert talk.ask.group == ("end",)
    assert talk.draft.rows("education")[0]["start"] == "2006-09"


def test_proposals_become_answers_only_with_the_confirmation() -> None:
    talk = a_talk_until("education")
    talk.entries(HIGH_SCHOOL, UNIVERSITY)
    assert "country" not in talk.draft.rows("education")[0]
    talk.tap("yes")
    assert talk.draft.rows("education")[0]["major"] == "无"
    assert talk.draft.rows("education")[1]["study_identity"] == "全日制学生"


def test_studies_abroad_are_proposed_as_such_and_need_their_certificate() -> None:
    talk = a_talk_until("education")
    master = {"school": "曼彻斯特大学", "start": "2012-09", "end": "2013-11", "major": "金融", "country": "英国"}
    talk.entries(HIGH_SCHOOL, UNIVERSITY, master)
    talk.tap("yes")
    assert talk.draft.rows("education")[2]["study_identity"] == "留学"
    needed = {one.code for one in case_requirements(talk.draft, talk.ctx) if one.required}
    assert "ED06" in needed
    assert "ED03" not in needed


def test_schools_told_out_of_order_are_put_in_order_and_high_school_is_asked_for() -> None:
    talk = a_talk_until("education")
    talk.entries(UNIVERSITY)
    assert talk.ask.facts["wanted"] == "high_school"
    talk.entries(HIGH_SCHOOL)
    assert [row["school"] for row in talk.draft.rows("education")] == [HIGH_SCHOOL["school"], UNIVERSITY["school"]]


def test_high_school_can_be_left_out_with_a_warning() -> None:
    talk = a_talk_until("education")
    talk.entries(UNIVERSITY)
    talk.do(FinishSection())
    assert talk.said == ["high_school_missing"]
    assert talk.ask.field == "education_confirm"


def test_more_entries_can_be_added_and_removed() -> None:
    talk = a_talk_until("work")
    talk.entries(FIRST_JOB, PRESENT_JOB)
    talk.do(AddEntry())
    assert talk.ask.index == 2
    talk.do(RemoveEntry(2))
    assert talk.said == ["entry_removed"]
    talk.do(RemoveEntry(0))
    assert [row["employer"] for row in talk.draft.rows("work")] == [PRESENT_JOB["employer"]]
    talk.do(RemoveEntry(7))
    assert talk.said == ["no_such_entry"]


def test_a_gap_of_six_months_proposes_unemployment_with_its_exact_months() -> None:
    talk = a_talk_until("work")
    talk.entries({**FIRST_JOB, "end": "2017-08"}, {**PRESENT_JOB, "start": "2018-03"})
    assert talk.ask.field == "gap"
    assert (talk.ask.facts["start"], talk.ask.facts["end"], talk.ask.facts["months"]) == ("2017年9月", "2018年2月", 6)
    talk.tap("yes")
    filled = talk.draft.rows("work")[1]
    assert (filled["employer"], filled["job"], filled["start"], filled["end"]) == ("待业", "无", "2017-09", "2018-02")
    assert talk.ask.field == "work_confirm"
    assert case_facts(talk.draft, talk.ctx)["C_GAP"] == "yes"


def test_a_gap_may_be_left() -> None:
    talk = a_talk_until("work")
    talk.entries({**FIRST_JOB, "end": "2017-08"}, {**PRESENT_JOB, "start": "2018-03"})
    talk.tell("不填")
    assert talk.said == ["gap_left"]
    assert talk.ask.field == "work_confirm"


def test_exactly_three_months_are_no_gap() -> None:
    talk = a_talk_until("work")
    talk.entries({**FIRST_JOB, "end": "2017-08"}, {**PRESENT_JOB, "start": "2017-12"})
    assert talk.ask.field == "work_confirm"


def test_an_open_ended_contract_gets_a_proposed_end() -> None:
    talk = a_talk_until("work")
    talk.entries(FIRST_JOB, {**PRESENT_JOB, "end": "OPEN"})
    assert talk.ask.field == "open_end"
    assert talk.ask.facts["proposed"] == "2045年5月"
    talk.tap("yes")
    assert talk.draft.rows("work")[1]["end"] == "2045-05"


def test_the_proposed_end_can_be_replaced_but_not_beyond_retirement() -> None:
    talk = a_talk_until("work")
    talk.entries(FIRST_JOB, {**PRESENT_JOB, "end": "OPEN"})
    talk.tap("no")
    assert talk.ask.group == ("end",)
    talk.tell("2060年1月")
    assert talk.said == ["after_retirement"]
    talk.tell("2030年1月")
    assert talk.draft.rows("work")[1]["end"] == "2030-01"


def test_a_short_form_of_the_company_becomes_its_full_name() -> None:
    talk = a_talk_until("work")
    talk.entries(FIRST_JOB, {**PRESENT_JOB, "employer": "示例控股"})
    assert talk.draft.rows("work")[1]["employer"] == COMPANY.name


def test_another_last_employer_is_a_warning() -> None:
    talk = a_talk_until("work")
    talk.entries(FIRST_JOB, {**PRESENT_JOB, "employer": "别的科技有限公司"})
    assert "last_employer_differs" in talk.said
    assert talk.ask.field == "work_confirm"


def test_work_before_the_sixteenth_birthday_is_refused() -> None:
    talk = a_talk_until("work")
    talk.tell(employer="某某有限公司", job="学徒", start="2004-01", end="2005-01", place="长春市")
    assert "too_young" in talk.said


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


@pytest.mark.parametrize("stage", [Stage.AGENCY_REVIEW, Stage.HR_FINAL_REVIEW])
def test_while_others_act_only_contact_data_can_be_changed(stage: Stage) -> None:
    talk = a_talk_until("review")
    talk.ctx = replace(talk.ctx, stage=stage)
    assert open_question(talk.draft, talk.ctx) is None
    talk.do(Goto(section="education"))
    assert talk.said == ["locked_now"]
    talk.do(Goto(field="phone"))
    assert talk.ask.field == "phone"


def test_rejected_items_are_asked_one_by_one_and_sent_back_with_one_word() -> None:
    talk = a_talk_until("review")
    rejected = ItemState("WK01", ItemStatus.REJECTED, files=1, reason="缺页")
    talk.ctx = replace(talk.ctx, stage=Stage.AGENCY_REJECTED, items={**talk.ctx.items, "WK01": rejected})
    talk.ctx = replace(talk.ctx, items={code: replace(one, new_files=0) for code, one in talk.ctx.items.items()})
    assert (talk.ask.form, talk.ask.field, talk.ask.facts["reason"]) == ("supplement_form", "WK01", "缺页")
    assert file_target(talk.draft, talk.ctx) == "WK01"
    talk.do(ChooseItem("BA01"))
    assert talk.said == ["item_locked"]
    sent = replace(rejected, files=2, new_files=1)
    talk.ctx = replace(talk.ctx, items={**talk.ctx.items, "WK01": sent})
    assert talk.ask.current == "已收到1张"
    talk.do(FinishSection())
    assert talk.ask.field == "resubmit"
    step = talk.tap("yes")
    assert step.wish is not None
    assert step.wish.what is Wants.RESUBMIT


def test_a_rejected_item_of_two_sides_waits_for_the_second_one() -> None:
    talk = a_talk_until("review")
    rejected = ItemState("BA01", ItemStatus.REJECTED, files=2, reason="反光")
    talk.ctx = replace(talk.ctx, stage=Stage.AGENCY_REJECTED, items={"BA01": replace(rejected, new_files=1)})
    assert (talk.ask.field, talk.ask.current) == ("BA01", "已收到1张，还差1张（国徽面）")
    talk.ctx = replace(talk.ctx, items={"BA01": replace(rejected, new_files=2)})
    assert talk.ask.field == "resubmit"


def test_one_new_side_is_enough_when_the_applicant_says_so() -> None:
    talk = a_talk_until("review")
    rejected = ItemState("BA01", ItemStatus.REJECTED, files=2, new_files=1, reason="反光")
    talk.ctx = replace(talk.ctx, stage=Stage.AGENCY_REJECTED, items={"BA01": rejected})
    talk.do(FinishSection())
    assert (talk.said, talk.ask.field) == (["item_done"], "resubmit")


def test_what_holds_a_supplement_back_is_named_with_the_side_that_is_missing() -> None:
    talk = a_talk_until("review")
    items = {
        "BA01": ItemState("BA01", ItemStatus.REJECTED, files=2, new_files=1, reason="反光"),
        "WK01": ItemState("WK01", ItemStatus.REJECTED, files=1, reason="缺页"),
        "HO04": ItemState("HO04", ItemStatus.REJECTED, files=1, new_files=1, reason="缺页"),
    }
    talk.ctx = replace(talk.ctx, stage=Stage.AGENCY_REJECTED, items=items)
    assert still_to_supplement(talk.draft, talk.ctx) == (
        "居民身份证：已收到1张，还差1张（国徽面），只补这些就说“传完了”",
        "劳动（聘用）合同",
    )
    talk.ctx = replace(talk.ctx, items={"BA01": replace(items["BA01"], finished=True)})
    assert still_to_supplement(talk.draft, talk.ctx) == ()


def test_a_school_half_told_holds_a_supplement_back() -> None:
    talk = a_talk_until("review")
    talk.ctx = replace(talk.ctx, stage=Stage.HR_FIRST_SUPPLEMENT, supplement=SupplementState("x", new_files=1))
    assert still_to_supplement(talk.draft, talk.ctx) == ()
    talk.do(Goto(section="education"))
    talk.do(AddEntry())
    talk.tell(school="北京大学")
    assert any(one.endswith("没填完") for one in still_to_supplement(talk.draft, talk.ctx))


def test_what_is_missing_is_told_with_counts_and_pages() -> None:
    talk = a_talk_until("materials")
    assert "居民身份证：要2张（人像面、国徽面）" in still_missing(talk.draft, talk.ctx)
    talk.send_photo()
    assert "居民身份证：已收到1张，还差1张（国徽面）" in still_missing(talk.draft, talk.ctx)
    contract = ItemState("WK01", ItemStatus.UPLOADED, files=3)
    talk.ctx = replace(talk.ctx, items={**talk.ctx.items, "WK01": contract})
    assert "劳动（聘用）合同：已收到3张，全了就说“传完了”" in still_missing(talk.draft, talk.ctx)


def test_schools_may_be_edited_after_a_rejection() -> None:
    talk = a_talk_until("review")
    talk.ctx = replace(talk.ctx, stage=Stage.AGENCY_REJECTED)
    talk.do(Goto(field="major", index=1))
    talk.tell("计算机")
    assert talk.draft.rows("education")[1]["major"] == "计算机"


def test_the_bureaus_request_is_asked_until_something_new_is_there() -> None:
    talk = a_talk_until("review")
    request = SupplementState("请补交居住证明")
    talk.ctx = replace(talk.ctx, stage=Stage.HR_FIRST_SUPPLEMENT, supplement=request)
    assert (talk.ask.field, talk.ask.facts["request"]) == ("SU02", "请补交居住证明")
    talk.ctx = replace(talk.ctx, supplement=replace(request, due_on=date(2026, 12, 1)))
    assert talk.ask.facts["request"] == "请补交居住证明（请在12月1日前补）"
    talk.ctx = replace(talk.ctx, supplement=replace(request, new_files=1))
    assert talk.ask.field == "resubmit"


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


def test_a_range_of_months_fills_both_even_when_one_is_asked() -> None:
    talk = a_talk_until("education")
    talk.tell(school="长春市第十一高中")
    assert talk.ask.group == ("start",)
    talk.tell("2003.9-2006.6")
    row = talk.draft.rows("education")[0]
    assert (row["start"], row["end"]) == ("2003-09", "2006-06")


def test_an_address_is_kept_without_the_words_around_it() -> None:
    talk = a_talk_until("personal")
    talk.tell(address="我现在住在朝阳区幸福路1号")
    assert talk.draft.answer("personal", "address") == "朝阳区幸福路1号"


def test_a_number_that_no_choice_has_is_refused_by_name() -> None:
    talk = a_talk_until("conditions")
    talk.tell("1 9 2 2")
    assert talk.said == ["saved_values", "unknown_option"]
    assert talk.ask.group == ("C_SI",)


def test_previous_passes_over_an_invoice_that_nobody_wants() -> None:
    talk = a_talk_until("payment")
    talk.do(Previous())
    assert talk.ask.field == "need_invoice"
    talk.do(Resume())
    assert talk.ask.field == "pay"
