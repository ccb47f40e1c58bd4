"""Which backend command a message means, by what was asked (contract 3; features F25–F36, F58)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.commands import COMMANDS, Command, LeaveToRules, Remark, decide
from actions.reading import Question, Reading
from actions.speech import options_of

PHONE = Question.of_ask({"form": "contact_form", "field": "phone", "kind": "phone", "group": ["phone", "emails"]})
SCHOOL = Question.of_ask({"form": "education_form", "field": "school", "kind": "text", "index": 1})
TITLE = Question.of_ask({"form": "personal_form", "field": "title", "kind": "text", "optional": True})
MARITAL = Question.of_ask({"form": "personal_form", "field": "marital", "kind": "choice", "options": [
    {"value": "single", "label": "未婚"}, {"value": "married", "label": "已婚"}, {"value": "divorced", "label": "离婚"},
    {"value": "widowed", "label": "丧偶"}]})  # fmt: skip
NOTICE = Question.of_ask({"form": "notice_form", "field": "eligible", "kind": "confirm", "options": [
    {"value": "yes", "label": "符合条件"}, {"value": "unsure", "label": "我不确定"}, {"value": "no", "label": "不符合"}]})  # fmt: skip
CANCEL = Question.of_ask({"form": "cancel_form", "field": "cancel", "kind": "confirm", "options": [
    {"value": "yes", "label": "确定取消"}, {"value": "no", "label": "先不取消"}]})  # fmt: skip
GROUP = Question.of_ask({"form": "conditions_form", "field": "C_SI", "kind": "choice", "group": ["C_SI", "C_TAX_ZERO"],
    "options": [{"value": "direct", "label": "现单位直缴", "field": "C_SI"}]})  # fmt: skip


def said(text="", intent="unknown", confidence=0.9, entities=(), **more) -> Reading:
    return Reading(text, intent, confidence, [{"entity": e, "value": v} for e, v in entities], **more)


def test_a_name_of_a_school_is_an_answer_even_when_it_looks_like_a_question() -> None:
    command = decide(said("北京师范大学", "ask_process", 0.35), SCHOOL)
    assert command == Command("answer", {"field": "school", "index": 1, "values": [], "text": "北京师范大学", "option": None})


def test_a_sure_question_in_a_free_text_field_is_no_answer() -> None:
    assert decide(said("高中也要填吗", "ask_filling", 0.9), SCHOOL) == Remark("help")
    assert decide(said("要多久", "ask_time", 0.9), SCHOOL) == LeaveToRules()


def test_a_value_that_fits_the_asked_field_beats_a_command() -> None:
    command = decide(said("改成13800138000", "edit_field", 0.9, [("phone", "13800138000")]), PHONE)
    assert command.name == "answer" and command.body["values"] == [{"field": "phone", "value": "13800138000"}]


def test_a_command_without_a_value_goes_to_the_named_field() -> None:
    move = decide(said("改一下手机号", "edit_field", 0.8, [("field", "phone")]), SCHOOL)
    assert move == Command("goto", {"field": "phone", "text": "改一下手机号"})


def test_a_name_that_only_the_catalogue_knows_travels_as_it_was_said() -> None:
    move = decide(said("改一下社保缴纳", "edit_field", 0.8), SCHOOL)
    assert move == Command("goto", {"text": "改一下社保缴纳"})


def test_an_entry_that_is_named_by_its_number_is_the_one_that_opens() -> None:
    move = decide(said("第二段的单位错了", "edit_field", 0.8, [("field", "employer"), ("ordinal", "2")]), SCHOOL)
    assert move == Command("goto", {"field": "employer", "index": 1, "text": "第二段的单位错了"})


def test_the_mark_of_a_tap_goes_back_with_it() -> None:
    school = Question.of_ask({**SCHOOL.raw, "field": "study_identity", "kind": "choice", "index": 1,
        "facts": {"mark": "00c0ffee"}, "options": [{"value": "full_time", "label": "全日制"}, {"value": "自考", "label": "自考"}]})
    payloads = [one["payload"] for one in options_of(school)]
    assert payloads == ["choose:field=study_identity,option=full_time,index=1,mark=00c0ffee",
                        "choose:field=study_identity,number=2,index=1,mark=00c0ffee"]  # fmt: skip
    for tapped in ([("option", "full_time")], [("number", "2")]):
        told = [("field", "study_identity"), ("index", "1"), ("mark", "00c0ffee"), *tapped]
        assert decide(said("", "choose", 1.0, told, exact=True), school).body["mark"] == "00c0ffee"


@pytest.mark.parametrize(("text", "name"), [
    ("上一步", "previous"), ("跳过。", "skip"), ("保存", "save"), ("重填", "redo"), ("取消", "cancel_case"),
    ("转人工", "human"), ("到哪一步了", "progress")])  # fmt: skip
def test_an_exact_command_counts_whatever_the_classifier_thinks(text: str, name: str) -> None:
    assert decide(said(text, "inform", 0.1), SCHOOL).name == name


def test_an_option_is_chosen_by_number_by_label_and_by_tap() -> None:
    by_number = decide(said("第二个", "choose", 0.9, [("option", "2")]), MARITAL)
    by_label = decide(said("已婚"), MARITAL)
    tapped = decide(said("", "choose", 1.0, [("field", "marital"), ("option", "married")], exact=True), MARITAL)
    assert [one.body["option"] for one in (by_number, by_label, tapped)] == ["married"] * 3


def test_an_old_tap_answers_its_own_field() -> None:
    tapped = decide(said("", "choose", 1.0, [("field", "marital"), ("option", "single")], exact=True), SCHOOL)
    assert tapped.body["field"] == "marital"


def test_yes_no_and_unsure_are_the_questions_own_options() -> None:
    told = [decide(said(text, intent), NOTICE).body["option"] for text, intent in
            (("符合的", "affirm"), ("不行", "deny"), ("说不好", "unsure"))]  # fmt: skip
    assert told == ["yes", "no", "unsure"]


def test_nothing_to_say_to_an_optional_field_skips_it() -> None:
    assert decide(said("没有", "deny"), TITLE) == Command("skip")


def test_a_question_about_several_fields_leaves_the_text_to_the_backend() -> None:
    command = decide(said("现单位直缴"), GROUP)
    assert (command.body["option"], command.body["text"]) == (None, "现单位直缴")


def test_cancelling_is_confirmed_refused_and_asked_again() -> None:
    assert decide(said("确定取消", "affirm"), CANCEL) == Command("cancel_case", {"confirmed": True})
    assert decide(said("不取消了", "cancel_case"), CANCEL) == Command("resume")
    assert decide(said("算了吧"), CANCEL) == Remark("again")
    assert decide(said("取消", "cancel_case"), CANCEL) == Remark("again")


def test_several_entries_of_one_sentence_keep_their_places() -> None:
    entities = [{"entity": "school", "value": "甲", "group": "0"}, {"entity": "school", "value": "乙", "group": "1"}]
    command = decide(Reading("甲，乙", "inform", 0.9, entities), SCHOOL)
    assert [value["index"] for value in command.body["values"]] == [0, 1]
    assert all(value["relative"] for value in command.body["values"])


def test_a_month_without_a_role_answers_the_asked_month() -> None:
    start = Question.of_ask({"form": "work_form", "field": "start", "kind": "month", "index": 0})
    command = decide(said("2018年4月", "inform", 0.9, [("month", "2018-04")]), start)
    assert command.body["values"] == [{"field": "start", "value": "2018-04"}]


def test_a_district_in_a_sentence_does_not_replace_the_employer() -> None:
    employer = Question.of_ask({"form": "work_form", "field": "employer", "kind": "text", "index": 0})
    told = [("employer", "示例控股有限公司"), ("place", "北京市朝阳区"), ("district", "朝阳区")]
    values = decide(said("在示例控股有限公司，北京市朝阳区", "inform", 0.9, told), employer).body["values"]
    assert [(value["field"], value["value"]) for value in values] == told[:2]


def test_the_second_entry_is_the_one_with_index_1() -> None:
    assert decide(said("删掉第二段", "remove_entry", 0.9, [("ordinal", "2")]), SCHOOL).body == {"index": 1}
    assert decide(said("删掉最后一段", "remove_entry", 0.9, [("ordinal", "-1")]), SCHOOL).body == {"index": None}


def test_a_business_without_its_kind_asks_the_backend_where_one_stands() -> None:
    assert decide(said("我要办证", "start_application"), Question.none()) == Command("open")


@settings(max_examples=200, deadline=None)
@given(
    st.text(max_size=20), st.sampled_from(sorted([*COMMANDS, "inform", "unknown", "affirm", "ask_fee", "greet"])),
    st.floats(0, 1), st.sampled_from([PHONE, SCHOOL, TITLE, MARITAL, NOTICE, GROUP]),
)  # fmt: skip
def test_an_unsure_sentence_inside_a_form_is_always_an_answer(text, intent, confidence, question) -> None:
    move = decide(said(text, intent, min(confidence, 0.39)), question)
    assert isinstance(move, (Command, Remark))
    if intent not in ("affirm",) and text.strip() and move != Command("skip"):
        assert isinstance(move, Command)


def test_what_an_invoice_says_instead_is_told_whatever_is_asked() -> None:
    """“发票抬头改成…” carries values; “发票怎么开” carries none."""
    entities = ({"entity": "employer", "value": "示例控股有限公司"}, {"entity": "tax_no", "value": "91110105MA0QRCW7H0"})
    told = decide(Reading("发票抬头改成示例控股有限公司", "ask_invoice", 0.9, entities), Question.none())
    assert isinstance(told, Command) and told.name == "invoice"
    assert [value["field"] for value in told.body["values"]] == ["invoice_title", "tax_no"]
    asked = decide(Reading("发票怎么开", "ask_invoice", 0.9), Question.of_ask({"form": "photo_form", "kind": "photo"}))
    assert asked == Command("invoice", {"values": [], "text": ""})
