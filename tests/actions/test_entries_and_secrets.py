"""Which entry is meant, what holds for all of them, and what a typed secret leads to wherever it is typed."""

from __future__ import annotations

from typing import Any

import pytest

from actions.commands import Command, decide
from actions.reading import Question, Reading

EDUCATION = Question.of_ask({"form": "education_form", "field": "education_confirm", "kind": "confirm", "facts": {"count": 2},
    "options": [{"value": "yes", "label": "对，没有了"}, {"value": "add", "label": "再加一段"}]})  # fmt: skip
MARITAL = Question.of_ask({"form": "personal_form", "field": "marital", "kind": "choice", "options": [
    {"value": "single", "label": "未婚"}, {"value": "married", "label": "已婚"}]})  # fmt: skip
HUKOU_KIND = Question.of_ask({"form": "personal_form", "field": "hukou_kind", "kind": "choice", "options": [
    {"value": "family", "label": "家庭户"}]})  # fmt: skip
PHONE = Question.of_ask({"form": "contact_form", "field": "phone", "kind": "phone", "group": ["phone", "emails"]})
OPEN_END = Question.of_ask({"form": "work_form", "field": "open_end", "kind": "confirm", "options": [
    {"value": "yes", "label": "用这个时间"}, {"value": "no", "label": "我自己填"}]})  # fmt: skip
SWITCH = Question.of_ask({"form": "cancel_form", "field": "switch", "kind": "confirm", "options": [
    {"value": "RENEW", "label": "换成续签"}, {"value": "no", "label": "接着办新申请"}]})  # fmt: skip


def said(text: str, intent: str, entities: Any = (), confidence: float = 0.9, **more: Any) -> Reading:
    return Reading(text, intent, confidence, [{"entity": e, "value": v} for e, v in entities], **more)


def test_the_entry_that_is_named_is_told_to_the_backend() -> None:
    reading = said("把高中那段删了", "remove_entry", [("level", "高中")])
    assert decide(reading, EDUCATION) == Command(
        "remove_entry", {"index": None, "values": [{"field": "level", "value": "高中"}]}
    )


def test_a_numbered_job_is_removed_from_the_jobs_even_among_the_schools() -> None:
    assert decide(said("第一份工作不用写了", "remove_entry", [("ordinal", "1")]), EDUCATION) == Command(
        "remove_entry", {"index": 0, "section": "work"}
    )


@pytest.mark.parametrize(
    ("text", "entities", "body"),
    [
        ("毕业时间改一改", [("field", "end"), ("section", "education")], {"field": "end", "section": "education"}),
        ("改一下第二段的单位", [("field", "employer"), ("ordinal", "2")], {"field": "employer", "index": 1}),
        ("改一下高中的毕业时间", [("field", "end"), ("section", "education"), ("level", "高中")],
         {"field": "end", "section": "education", "values": [{"field": "level", "value": "高中"}]}),
        ("改一下手机号", [("field", "phone")], {"field": "phone"}),
    ],
)  # fmt: skip
def test_a_field_is_opened_in_the_list_and_entry_that_were_named(text: str, entities: Any, body: dict[str, Any]) -> None:
    assert decide(said(text, "edit_field", entities), MARITAL) == Command("goto", {**body, "text": text})


def test_what_holds_for_all_is_said_of_every_entry() -> None:
    reading = said("两段都是全日制", "inform", [("study_identity", "全日制学生")])
    values = decide(reading, EDUCATION).body["values"]
    assert [(one["value"], one["index"]) for one in values] == [("全日制学生", 0), ("全日制学生", 1)]


def test_one_more_level_is_a_further_entry() -> None:
    values = decide(said("还有个研究生", "inform", [("level", "硕士研究生")]), EDUCATION).body["values"]
    assert values == [{"field": "level", "value": "硕士研究生", "index": 2}]


@pytest.mark.parametrize("question", [MARITAL, PHONE, EDUCATION, OPEN_END, SWITCH, Question.none()])
@pytest.mark.parametrize("kind", ["password", "id_number", "bank_card"])
def test_a_typed_secret_is_never_an_answer(question: Question, kind: str) -> None:
    reading = said("〔密码〕", "unknown", [("secret_typed", kind)], confidence=0.2)
    assert decide(reading, question) == Command("secret_typed", {"kind": kind})


def test_a_password_takes_its_account_name_along() -> None:
    """“北京通账号13800138000密码…”: that number is no answer to the question for the phone."""
    reading = said("北京通账号13800138000密码〔密码〕", "inform", [("phone", "13800138000"), ("secret_typed", "password")])
    assert decide(reading, PHONE) == Command("secret_typed", {"kind": "password"})


def test_facts_beside_an_id_number_are_kept() -> None:
    reading = said("身份证〔身份证号〕手机13800138000", "inform", [("secret_typed", "id_number"), ("phone", "13800138000")])
    command = decide(reading, PHONE)
    assert (command.name, command.body["values"]) == ("answer", [{"field": "phone", "value": "13800138000"}])


def test_a_paper_that_is_only_named_is_an_answer_away_from_the_papers() -> None:
    reading = said("跟我爸妈一个户口本", "upload_item", [("material_item", "BA02")])
    assert decide(reading, HUKOU_KIND).name == "answer"
    assert decide(said("我先传户口本", "upload_item", [("material_item", "BA02")]), HUKOU_KIND).name == "choose_item"


def test_a_month_to_the_proposed_end_is_the_contracts_end() -> None:
    command = decide(said("填2035年12月", "inform", [("month", "2035-12")]), OPEN_END)
    assert command.body["values"] == [{"field": "end", "value": "2035-12"}]


def test_another_business_is_asked_for_in_the_middle_of_a_form() -> None:
    reading = said("我不是新办，是续签", "correct", [("business_type", "RENEW")])
    assert decide(reading, MARITAL) == Command("start_case", {"business_type": "RENEW"})


@pytest.mark.parametrize(
    ("reading", "command"),
    [
        (said("对，换", "affirm"), Command("start_case", {"business_type": "RENEW", "confirmed": True})),
        (said("换成续签", "start_application", [("business_type", "RENEW")]), Command("start_case", {"business_type": "RENEW", "confirmed": True})),
        (said("不换了", "deny"), Command("resume")),
        (said("", "choose", [("field", "switch"), ("option", "RENEW")], exact=True),
         Command("start_case", {"business_type": "RENEW", "confirmed": True})),
        (said("", "choose", [("field", "switch"), ("option", "no")], exact=True), Command("resume")),
    ],
)  # fmt: skip
def test_the_other_business_needs_a_clear_yes(reading: Reading, command: Command) -> None:
    assert decide(reading, SWITCH) == command
