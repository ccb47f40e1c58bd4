"""Which backend command is meant when somebody speaks about their own data."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.commands import COMMANDS, decide
from actions.moves import Command, Remark
from actions.reading import Question, Reading

DELETE = Question.of_ask({"form": "rights_form", "field": "delete", "kind": "confirm", "options": [
    {"value": "yes", "label": "确定删除"}, {"value": "no", "label": "先不删"}]})  # fmt: skip
WHICH = Question.of_ask({"form": "rights_form", "field": "withdraw_which", "kind": "choice", "options": [
    {"value": "service_terms", "label": "服务条款"}, {"value": "beijing_pass", "label": "使用北京通账号"},
    {"value": "no", "label": "先不撤回"}]})  # fmt: skip
WITHDRAW = Question.of_ask({"form": "rights_form", "field": "withdraw", "kind": "confirm", "options": [
    {"value": "beijing_pass", "label": "确定撤回"}, {"value": "no", "label": "先不撤回"}]})  # fmt: skip
CONSENT = Question.of_ask({"form": "rights_form", "field": "consent", "kind": "confirm", "options": [
    {"value": "yes", "label": "我同意"}, {"value": "no", "label": "先不同意"}]})  # fmt: skip
SCHOOL = Question.of_ask({"form": "education_form", "field": "school", "kind": "text", "index": 1})
NOTHING = Question.none()
DESTROYING = ({"confirmed": True},)


def said(text="", intent="unknown", confidence=0.9, entities=(), **more) -> Reading:
    return Reading(text, intent, confidence, [{"entity": e, "value": v} for e, v in entities], **more)


def tapped(field, option) -> Reading:
    return said("", "choose", 1.0, [("field", field), ("option", option)], exact=True)


@pytest.mark.parametrize("question", [NOTHING, SCHOOL], ids=["nothing open", "in a form"])
@pytest.mark.parametrize(("reading", "command"), [
    (said("我的数据", "my_data"), Command("my_data")),
    (said("导出我的数据", "export_my_data"), Command("export_my_data")),
    (said("删除我的数据", "delete_my_data"), Command("delete_my_data", {"confirmed": False})),
    (said("删除北京通账号", "delete_my_data"), Command("withdraw_consent", {"purpose": "beijing_pass"})),
    (said("撤回同意", "withdraw_consent"), Command("withdraw_consent", {"purpose": None})),
    (said("别再给我发提醒", "withdraw_consent"), Command("withdraw_consent", {"purpose": "reminders"})),
])  # fmt: skip
def test_a_wish_about_ones_own_data_is_its_command_whatever_is_open(reading, command, question) -> None:
    assert decide(reading, question) == command


@pytest.mark.parametrize(("reading", "question", "command"), [
    (said("确定删除"), DELETE, Command("delete_my_data", {"confirmed": True})),
    (said("是的", "affirm"), DELETE, Command("delete_my_data", {"confirmed": True})),
    (tapped("delete", "yes"), DELETE, Command("delete_my_data", {"confirmed": True})),
    (said("不删了", "deny"), DELETE, Command("leave_it")),
    (said("算了", "unknown"), DELETE, Command("leave_it")),
    (tapped("delete", "no"), DELETE, Command("leave_it")),
    (said("北京通那个", "inform"), WHICH, Command("withdraw_consent", {"purpose": "beijing_pass", "confirmed": False})),
    (tapped("withdraw_which", "service_terms"), WHICH, Command("withdraw_consent", {"purpose": "service_terms", "confirmed": False})),
    (said("确定", "affirm"), WITHDRAW, Command("withdraw_consent", {"purpose": "beijing_pass", "confirmed": True})),
    (said("我同意", "affirm"), CONSENT, Command("give_consent")),
    (said("先不同意", "deny"), CONSENT, Command("leave_it")),
])  # fmt: skip
def test_an_answer_to_the_open_question_does_it_or_leaves_it(reading, question, command) -> None:
    assert decide(reading, question) == command


@pytest.mark.parametrize("question", [DELETE, WITHDRAW])
@pytest.mark.parametrize("text", ["嗯？", "什么意思", "13800138000"])
def test_what_is_no_clear_yes_is_asked_back(question, text) -> None:
    assert decide(said(text, "unknown", 0.2), question) == Remark("again")


@pytest.mark.parametrize("question", [NOTHING, SCHOOL])
def test_an_old_tap_on_delete_asks_anew(question) -> None:
    assert decide(tapped("delete", "yes"), question) == Command("delete_my_data", {"confirmed": False})
    assert decide(tapped("withdraw", "beijing_pass"), question) == Command("withdraw_consent", {"confirmed": False})


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=30), intent=st.sampled_from(sorted({*COMMANDS, "unknown", "inform", "deny", "unsure"})),
       confidence=st.floats(0, 1))  # fmt: skip
def test_nothing_but_a_yes_deletes(text, intent, confidence) -> None:
    move = decide(said(text, intent, confidence), DELETE)
    if isinstance(move, Command) and move.body.get("confirmed"):
        assert text.strip("。.！!，, 1①") in ("", "确定删除", "确定", "删除", "yes") or intent in ("affirm", "choose", "cancel_case")


@pytest.mark.parametrize("text", ["恢复提醒", "打开提醒吧", "请继续提醒我", "重新开启通知"])
def test_wanting_reminders_again_gives_that_consent_whatever_is_asked(text):
    reading = Reading(text=text, intent="withdraw_consent", confidence=0.9)
    assert decide(reading, Question.none()) == Command("give_consent", {"purpose": "reminders"})


def test_not_wanting_reminders_is_no_consent():
    reading = Reading(text="不要再提醒我了", intent="withdraw_consent", confidence=0.9)
    assert decide(reading, Question.none()) == Command("withdraw_consent", {"purpose": "reminders"})
