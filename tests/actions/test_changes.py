"""What a message means at the questions of the other businesses: several changes, a day, a paper (F67, F68)."""

from __future__ import annotations

import pytest

from actions.commands import Command, decide
from actions.reading import Question, Reading

CHANGES = Question.of_ask({"form": "conditions_form", "field": "C_CHANGE_ITEMS", "kind": "multi_choice", "options": [
    {"value": "phone", "label": "手机号"}, {"value": "marital", "label": "婚姻状况"}]})  # fmt: skip
LEFT = Question.of_ask({"form": "conditions_form", "field": "C_LEFT_DATE", "kind": "date"})
BUCKET = Question.of_ask({"form": "materials_form", "field": "OT06", "kind": "photos"})


def said(text, intent="unknown", entities=()) -> Reading:
    return Reading(text, intent, 0.9, [{"entity": e, "value": v} for e, v in entities])


@pytest.mark.parametrize("intent", ["edit_field", "start_application", "correct", "unknown"])
def test_naming_what_changes_is_an_answer_and_opens_no_field(intent: str) -> None:
    move = decide(said("改手机号和婚姻状况", intent, [("field", "phone")]), CHANGES)
    assert isinstance(move, Command)
    assert (move.name, move.body["text"], move.body["values"]) == ("answer", "改手机号和婚姻状况", [])


def test_a_command_at_the_changes_stays_a_command() -> None:
    assert decide(said("上一步", "previous"), CHANGES) == Command("previous")
    assert decide(said("多少钱", "ask_fee"), CHANGES) == Command("fee")


@pytest.mark.parametrize("text", ["10月8日走的", "2026.10.8", "20261008", "2026年10月8号离职"])
def test_a_day_that_is_written_out_travels_as_it_was_written(text: str) -> None:
    move = decide(said(text, "start_application", [("end", "2027-10"), ("date", "2027-10-08")]), LEFT)
    assert isinstance(move, Command)
    assert (move.name, move.body["text"], move.body["values"]) == ("answer", text, [])


def test_a_day_that_is_only_meant_travels_as_its_value() -> None:
    move = decide(said("上周五", "inform", [("date", "2026-11-13")]), LEFT)
    assert isinstance(move, Command)
    assert move.body["values"] == [{"field": "C_LEFT_DATE", "value": "2026-11-13"}]


def test_a_question_with_a_day_in_it_is_no_answer() -> None:
    assert decide(said("10月8日以前能办完吗?", "ask_progress"), LEFT) == Command("progress")


def test_saying_what_a_picture_is_names_the_paper_or_leaves_the_word_to_the_backend() -> None:
    known = decide(said("这张是劳动合同", "undo_upload", [("material_item", "WK01")]), BUCKET)
    assert isinstance(known, Command)
    assert (known.name, known.body["item"]) == ("move_upload", "WK01")
    unknown = decide(said("刚才那张是合同", "undo_upload"), BUCKET)
    assert isinstance(unknown, Command)
    assert (unknown.name, unknown.body["text"]) == ("answer", "刚才那张是合同")


def test_something_changed_is_never_taken_for_nothing_changed() -> None:
    """Parts of labels count as answers: none of them may lie in the label that says the opposite."""
    options = [{"value": "yes", "label": "都没变"}, {"value": "home", "label": "住址变了"},
               {"value": "work", "label": "工作变了"}]  # fmt: skip
    question = Question.of_ask(
        {"form": "personal_form", "field": "unchanged", "kind": "choice", "options": options}
    )
    for text, intent in (("有变化", "skip"), ("有", "affirm"), ("是的", "affirm"), ("变了", "unknown"), ("有变", "skip")):
        move = decide(said(text, intent), question)
        assert isinstance(move, Command)
        assert (move.name, move.body["text"], move.body["option"]) == ("answer", text, None)
    assert decide(said("没变化", "skip"), question) == Command("skip")
