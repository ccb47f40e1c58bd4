"""The five businesses beside a new application: what an earlier case brings, what each asks, one bucket (F65–F68)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.domain.case_facts import advised, case_facts
from backend.domain.context import EmployerFacts, ItemState, ItemStatus, PhotoState
from backend.domain.draft import Draft
from backend.domain.errors import Incomplete
from backend.domain.interview import check_submission
from backend.domain.profile import BusinessType, Manual, profile_for
from backend.domain.sections import held, script
from backend.domain.sections.bucket import advice_lines, ticks
from backend.domain.sections.earlier import prefilled
from backend.domain.talk import ChooseItem, FinishItem, Goto, Previous, Skip, Wants
from tests.domain.talking import COMPANY, HIGH_SCHOOL, PRESENT_JOB, TODAY, UNIVERSITY, Talk, a_context

OTHERS = [one for one in BusinessType if one is not BusinessType.NEW]
EARLIER_CASE = "GJ20231101-00001"


def an_earlier_draft() -> Draft:
    personal = {
        "ethnicity": "汉族", "political": "群众", "marital": "未婚", "hukou_place": "吉林省长春市",
        "hukou_kind": "家庭户", "hukou_nature": "城镇", "address": "朝阳区幸福路1号院2号楼301",
        "housing": "rented_flat", "postcode": "100020",
    }  # fmt: skip
    usual = {"study_identity": "全日制学生", "country": "中国"}
    schools = ({**HIGH_SCHOOL, "level": "高中及以下", "major": "无", **usual}, {**UNIVERSITY, "level": "本科", **usual})
    return Draft(
        answers={"contact": {"phone": "13800138000", "emails": "a@example.com"}, "personal": personal,
                 "conditions": {"C_PATH": "degree"}, "notice": {"eligible": "yes"}},
        entries={"education": schools, "work": ({**PRESENT_JOB, "start": "2012-07", "end": "2029-05"},)},
        settled=frozenset({"education.confirm", "work.confirm"}),
    )  # fmt: skip


def a_talk(business: BusinessType, *, manual: Manual = Manual.M2023, **changes: object) -> Talk:
    """An applicant with an earlier case, past the notice, the 北京通 account given."""
    profile = profile_for(business, manual)
    draft = prefilled(an_earlier_draft(), case_no=EARLIER_CASE, profile=profile, today=TODAY)
    context = a_context(
        business=business, profile=profile, photo=PhotoState(accepted=True), credentials_given=True, **changes
    )
    talk = Talk(context, draft)
    talk.tap("yes")
    return talk


def a_renewal_at_the_question() -> Talk:
    talk = a_talk(BusinessType.RENEW)
    talk.tell("京G2023000123")
    talk.tell("2026年12月1日")
    talk.do(Skip())
    return talk


@pytest.mark.parametrize("business", OTHERS)
def test_consents_conditions_and_papers_are_never_taken_over(business: BusinessType) -> None:
    draft = prefilled(an_earlier_draft(), case_no=EARLIER_CASE, profile=profile_for(business), today=TODAY)
    assert not draft.answers.keys() & {"notice", "conditions", "materials", "invoice"}
    assert draft.answer("contact", "phone") == "13800138000"


def test_a_renewal_asks_its_own_questions_then_once_whether_anything_has_changed() -> None:
    talk = a_talk(BusinessType.RENEW)
    assert talk.ask.field == "C_PERMIT_NO"
    talk.tell("证号是京G2023000123")
    assert talk.ask.field == "C_PERMIT_END"
    talk.tell("2026年12月1日")
    assert (talk.ask.field, talk.ask.optional) == ("C_SI", True)
    talk.do(Skip())
    assert talk.ask.field == "unchanged"
    assert "吉林大学" in str(talk.ask.facts["summary"]) and "租居民楼" in str(talk.ask.facts["summary"])
    step = talk.tap("yes")
    assert step.wish is not None and step.wish.what is Wants.SKIP_SECTIONS
    assert step.wish.about == "personal,photo,education,work"
    assert talk.ask.field == "OT06"


@pytest.mark.parametrize("words", ["没有变化", "没有", "没变", "跳过", "都一样"])
def test_no_change_is_understood_in_many_words(words: str) -> None:
    talk = a_renewal_at_the_question()
    step = talk.do(Skip()) if words == "跳过" else talk.tell(words)
    assert step.wish is not None and step.wish.what is Wants.SKIP_SECTIONS


@pytest.mark.parametrize("words", ["有变化", "有", "是的", "变了", "好的"])
def test_something_changed_without_saying_what_is_asked_which(words: str) -> None:
    talk = a_renewal_at_the_question()
    talk.tell(words)
    assert talk.said == ["which_changed"]
    assert talk.ask.field == "unchanged"


def test_no_word_for_a_change_lies_in_the_label_that_says_there_is_none() -> None:
    label = a_renewal_at_the_question().ask.options[0].label
    assert not any(word in label for word in ("有变化", "变了", "有变", "变化"))


@pytest.mark.parametrize(
    ("option", "field"), [("who", "ethnicity"), ("home", "address"), ("education", "education_confirm")]
)
def test_naming_what_changed_opens_only_that(option: str, field: str) -> None:
    talk = a_renewal_at_the_question()
    talk.tap(option)
    assert talk.ask.field == field


def test_a_value_told_at_the_question_is_taken_and_the_question_stays() -> None:
    talk = a_renewal_at_the_question()
    talk.tell(marital="已婚")
    assert talk.draft.answer("personal", "marital") == "已婚"
    assert talk.ask.field == "unchanged"


def test_a_section_that_was_changed_does_not_count_as_skipped() -> None:
    talk = a_renewal_at_the_question()
    talk.tap("education")
    talk.tap("yes")
    step = talk.tap("yes")
    assert step.wish is not None and step.wish.about == "personal,photo,work"


def test_going_back_shows_the_question_about_changes_again_and_keeps_what_was_told() -> None:
    talk = a_renewal_at_the_question()
    talk.tap("yes")
    before = talk.draft.answers
    talk.do(Goto(field="unchanged"))
    assert talk.ask.field == "unchanged"
    talk.do(Skip())
    assert talk.draft.answers == before


@pytest.mark.parametrize(
    ("ends", "district", "codes"),
    [
        ("2026-12-01", "延庆区", []),
        ("2027-06-01", "延庆区", ["renewal_too_early"]),
        ("2026-11-10", "延庆区", []),
        ("2026-11-10", "东城区", ["renewal_past"]),
        ("2026-10-01", "延庆区", ["renewal_past"]),
    ],
)
def test_the_renewal_window_is_the_districts_and_only_warns(ends: str, district: str, codes: list[str]) -> None:
    talk = a_talk(BusinessType.RENEW, employers=(replace(COMPANY, district=district),))
    talk.tell("京G2023000123")
    step = talk.tell(C_PERMIT_END=ends)
    assert [one.code for one in step.say][1:] == codes
    assert talk.draft.answer("conditions", "C_PERMIT_END") == ends


@pytest.mark.parametrize(
    ("district", "months", "warns"), [("延庆区", 6, False), ("西城区", 6, True), ("西城区", 7, False)]
)
def test_a_short_contract_is_warned_of_by_the_districts_rule(district: str, months: int, warns: bool) -> None:
    talk = a_talk(BusinessType.RENEW, employers=(EmployerFacts("e", "示例控股有限公司", district),))
    job = {**talk.draft.rows("work")[0], "end": f"2027-{5 + months - 6:02d}"}
    talk.draft = talk.draft.with_rows("work", [job])
    talk.tell("京G2023000123")
    talk.tell(C_PERMIT_END="2026-12-01")
    assert ("contract_too_short" in talk.said) is warns


@pytest.mark.parametrize("number", ["好的", "忘了", "12", "多少钱"])
def test_what_is_no_permit_number_is_refused_and_kept(number: str) -> None:
    talk = a_talk(BusinessType.RENEW)
    talk.tell(number)
    assert talk.said == ["document_number_wrong"]
    assert talk.ask.facts["refused"] == number


@pytest.mark.parametrize(
    ("left_on", "code"),
    [("2026-11-01", "days_left_to_file"), ("2026-09-22", "days_left_to_file"), ("2026-09-21", "left_too_long_ago")],
)
def test_a_change_of_employer_counts_the_days_since_leaving(left_on: str, code: str) -> None:
    talk = a_talk(BusinessType.EMPLOYER)
    talk.tell(C_LEFT_DATE=left_on)
    assert talk.said == ["saved_value", code]
    assert talk.draft.answer("conditions", "C_LEFT_DATE") == left_on


def test_leaving_in_the_future_is_refused() -> None:
    talk = a_talk(BusinessType.EMPLOYER)
    talk.tell("2027年1月1日")
    assert talk.said == ["day_in_future"]


def test_a_change_of_employer_asks_for_the_jobs_again() -> None:
    talk = a_talk(BusinessType.EMPLOYER)
    talk.tell("2026年11月1日")
    talk.tell("不知道")
    assert talk.said == ["saved_value", "not_released_yet"]
    talk.do(Skip())
    assert [one.value for one in talk.ask.options] == ["yes", "contact", "who", "hukou", "home", "photo", "education"]
    step = talk.tap("yes")
    assert step.wish is not None and step.wish.about == "personal,photo,education"
    assert talk.ask.field == "work_confirm"


def test_a_change_of_address_asks_for_the_new_home_beside_the_old_one_and_refuses_the_same() -> None:
    talk = a_talk(BusinessType.ADDRESS)
    assert talk.ask.field == "address"
    assert "幸福路1号院" in str(talk.ask.facts["before"])
    talk.tell(address="朝阳区幸福路1号院2号楼301")
    assert talk.said == ["address_same"]
    talk.tell(address="海淀区学院路2号院1号楼502", housing="单位宿舍", postcode="100083")
    assert held.changes(talk.draft)[0] == ("address", "朝阳区幸福路1号院2号楼301", "海淀区学院路2号院1号楼502")
    assert "HO09" in {one.code for one in advised(talk.draft, talk.ctx)}


def test_a_general_change_asks_only_for_what_changes_and_lists_its_proofs() -> None:
    talk = a_talk(BusinessType.GENERAL)
    assert talk.ask.field == "C_CHANGE_ITEMS"
    talk.tell("手机号和婚姻状况")
    assert case_facts(talk.draft, talk.ctx)["change_marital"] == "yes"
    assert (talk.ask.field, talk.ask.facts["before"]) == ("phone", "138****8000")
    talk.tell(phone="13900139000")
    assert (talk.ask.field, talk.ask.facts["before"]) == ("marital", "未婚")
    talk.tell("已婚")
    assert talk.ask.field == "unchanged"
    assert {"FA01"} == {one.code for one in advised(talk.draft, talk.ctx) if one.code.startswith("FA")}
    assert held.changes(talk.draft) == (("phone", "13800138000", "13900139000"), ("marital", "未婚", "已婚"))


def test_choosing_other_changes_gives_back_what_does_not_change_after_all() -> None:
    talk = a_talk(BusinessType.GENERAL)
    talk.tell("婚姻状况")
    assert talk.draft.answer("personal", "marital") == ""
    talk.do(Goto(field="C_CHANGE_ITEMS"))
    assert talk.ask.current == "婚姻状况"
    talk.tell("职称")
    assert talk.draft.answer("personal", "marital") == "未婚"


@pytest.mark.parametrize(
    ("text", "kept"), [("1 4", "phone,title"), ("改名了", "name"), ("14", "phone,title"), ("学历", "education")]
)
def test_several_changes_are_read_from_numbers_and_words(text: str, kept: str) -> None:
    talk = a_talk(BusinessType.GENERAL)
    talk.tell(text)
    assert talk.draft.answer("conditions", "C_CHANGE_ITEMS") == kept


def test_a_change_of_education_opens_the_schools_and_lists_the_certificates() -> None:
    talk = a_talk(BusinessType.GENERAL)
    talk.tell("学历")
    talk.tap("yes")
    assert talk.ask.field == "education_confirm"
    assert {"ED01", "ED02"} <= {one.code for one in advised(talk.draft, talk.ctx)}


def test_questions_about_spouse_and_children_only_help_and_may_be_skipped() -> None:
    talk = a_talk(BusinessType.DEPENDANT)
    assert talk.ask.field == "unchanged"
    talk.tell(marital="已婚")
    assert (talk.ask.field, talk.ask.optional) == ("C_SPOUSE", True)
    talk.tell("1 3")
    talk.tell(spouse_name="张样张", spouse_employer="北京样张有限公司")
    talk.tell(child_name="王样张", child_born="2020-03")
    assert talk.ask.field == "unchanged"
    talk.tap("yes")
    assert {"FA01", "FA05", "FA06", "FA08"} <= {one.code for one in advised(talk.draft, talk.ctx)}


@pytest.mark.parametrize("business", OTHERS)
def test_somebody_without_an_earlier_case_is_asked_the_sections_as_usual(business: BusinessType) -> None:
    talk = Talk(a_context(business=business, profile=profile_for(business)))
    talk.tap("yes")
    talk.tell(phone="13800138000", emails="a@example.com")
    keys = {one.key for one in script.prompts(talk.draft, talk.ctx)}
    assert {"personal.who", "photo.photo", "education.0", "work.0"} <= keys
    assert "personal.unchanged" not in keys


def test_one_bucket_takes_everything_and_one_file_is_enough_to_submit() -> None:
    talk = a_renewal_at_the_question()
    talk.tap("yes")
    assert "劳动（聘用）合同" in str(talk.ask.facts["list"])
    with pytest.raises(Incomplete):
        check_submission(talk.draft, talk.ctx)
    talk.send_photo()
    assert list(talk.ctx.items) == ["OT06"]
    talk.do(FinishItem())
    check_submission(talk.draft, talk.ctx)
    assert (talk.ask.field, talk.ask.facts["pieces"]) == ("submit", 1)


def test_a_photo_sent_early_goes_into_the_bucket_too() -> None:
    talk = a_talk(BusinessType.RENEW)
    talk.send_photo()
    assert talk.ctx.items["OT06"].files == 1


def test_saying_what_a_photo_is_ticks_it_on_the_advice_list() -> None:
    talk = a_renewal_at_the_question()
    talk.tap("yes")
    talk.do(ChooseItem("WK01"))
    assert talk.said == ["send_it_here_too"]
    talk.send_photo()
    talk.do(ChooseItem("WK01"))
    assert talk.said == ["paper_ticked"]
    assert ticks(talk.draft, talk.ctx) == {"WK01": 1}
    assert "✓ 劳动（聘用）合同" in advice_lines(talk.draft, talk.ctx)


def test_a_paper_can_be_named_by_a_part_of_its_name() -> None:
    talk = a_renewal_at_the_question()
    talk.tap("yes")
    talk.send_photo()
    talk.tell("这张是合同")
    assert (talk.said, ticks(talk.draft, talk.ctx)) == (["paper_ticked"], {"WK01": 1})


def test_a_photo_sent_early_can_be_named_while_something_else_is_asked() -> None:
    talk = a_talk(BusinessType.RENEW)
    talk.send_photo()
    talk.tell("这张是合同")
    assert (talk.said, ticks(talk.draft, talk.ctx)) == (["paper_ticked"], {"WK01": 1})
    assert talk.ask.field == "C_PERMIT_NO"


def test_the_permit_that_is_not_at_hand_is_put_off_until_the_submission() -> None:
    talk = a_talk(BusinessType.RENEW)
    talk.do(Skip())
    assert (talk.said, talk.ask.field) == (["put_off"], "C_PERMIT_END")
    talk.do(Skip())
    talk.do(Skip())
    talk.tap("yes")
    talk.send_photo()
    talk.do(FinishItem())
    assert talk.ask.field == "C_PERMIT_NO"
    with pytest.raises(Incomplete) as refused:
        check_submission(talk.draft, talk.ctx)
    assert refused.value.missing == ("工作居住证编号", "工作居住证到期日")


def test_sent_everything_elsewhere_names_the_question_that_is_open() -> None:
    talk = a_talk(BusinessType.RENEW)
    step = talk.do(FinishItem())
    assert [(one.code, one.facts["label"]) for one in step.say] == [("no_item_here", "工作居住证编号")]


def test_what_changed_is_heard_in_a_sentence() -> None:
    talk = a_renewal_at_the_question()
    talk.tell("学历没变，住址变了")
    assert talk.ask.field == "address"


def test_a_tick_goes_with_the_photo_that_was_taken_back() -> None:
    talk = a_renewal_at_the_question()
    talk.tap("yes")
    talk.send_photo()
    talk.do(ChooseItem("WK01"))
    talk.ctx = replace(talk.ctx, items={"OT06": ItemState("OT06", ItemStatus.NOT_UPLOADED)})
    assert ticks(talk.draft, talk.ctx) == {}


def test_previous_from_the_bucket_leads_back_to_the_section_before_it_although_it_was_skipped() -> None:
    talk = a_renewal_at_the_question()
    talk.tap("yes")
    talk.do(Previous())
    assert talk.ask.field == "work_confirm"


def test_a_first_title_is_asked_for_where_there_was_none() -> None:
    talk = a_talk(BusinessType.GENERAL)
    talk.tell("职称")
    assert (talk.ask.field, talk.ask.optional, talk.ask.facts["before"]) == ("title", False, "无")
    talk.tell("工程师（中级）")
    assert talk.draft.answer("personal", "title") == "工程师（中级）"
    assert held.changes(talk.draft) == (("title", "无", "工程师（中级）"),)


def test_a_title_that_was_only_named_by_mistake_is_none_again() -> None:
    talk = a_talk(BusinessType.GENERAL)
    talk.tell("职称")
    talk.do(Goto(field="C_CHANGE_ITEMS"))
    talk.tell("政治面貌")
    assert talk.ask.field == "political"
    assert held.changes(talk.draft) == ()
