"""What was inferred is shown plainly with a tap to change it; months answer for years that are known; opinions asked of us."""

from __future__ import annotations

from zlib import crc32

import pytest
from test_saying_things_once import Backend, names, say, turn

from actions.backend import Outcome
from actions.commands import decide
from actions.moves import Command, Remark
from actions.reading import Question, Reading

START = {"form": "work_form", "field": "start", "group": ["start"], "label": "工作开始时间", "kind": "month", "index": 1}
MONTHS = {"form": "education_form", "field": "start", "group": ["start", "end"], "kind": "month", "index": 0,
          "options": [{"value": "9-6", "label": "2003年9月到2006年6月"}], "facts": {"years": "2003年几月到2006年几月"}}  # fmt: skip
PREVIEW = {"form": "photo_form", "field": "photo", "group": ["photo"], "label": "一寸照片", "kind": "confirm",
           "options": [{"value": "accept", "label": "用这张"}, {"value": "retake", "label": "换一张"}]}  # fmt: skip
LAST_JUNE = {"entity": "start", "value": "2025-06", "start": 0, "end": 4, "group": "0", "confirm": True}
SAID = {**LAST_JUNE, "confirm": False}


def saved(entity):
    outcome = Outcome(say=say("saved_value", label="工作开始时间", shown="2025年6月"), ask=START)
    return turn(Backend(outcome), "去年六月", "inform", START, [entity])


def test_a_relative_month_is_shown_beside_what_was_said_with_a_tap_to_change_it():
    first = saved(LAST_JUNE).utterances[0]
    assert (first.name, first.facts["said"], first.facts["shown"]) == ("utter_inferred", "去年六月", "2025年6月")
    assert first.options == [{"title": "改一下", "payload": f"edit_field:field=start,index=1,mark={crc32(b'2025-06'):08x}"}]


def test_what_was_said_in_so_many_words_needs_no_remark():
    assert names(saved(SAID))[0] == "utter_saved_value"


def test_an_inferred_value_that_was_refused_is_not_said_to_be_saved():
    spoken = turn(Backend(Outcome(say=say("month_wrong"), ask=START)), "去年六月", "inform", START, [LAST_JUNE])
    assert "utter_inferred" not in names(spoken)


def test_the_tap_opens_that_field_of_that_entry():
    entities = [{"entity": "field", "value": "start"}, {"entity": "index", "value": "1"}]
    tap = Reading(text="", intent="edit_field", confidence=1.0, entities=entities, exact=True)
    assert decide(tap, Question.of_ask(START)) == Command("goto", {"field": "start", "index": 1})


@pytest.mark.parametrize("text", ["9 6", "9月 6月", "九月到六月", "都是9月", "9", "9/6"])
def test_months_alone_are_left_to_the_backend_where_the_years_are_known(text):
    guessed = [{"entity": "date", "value": "2027-09-06"}, {"entity": "option", "value": "9"}]
    reading = Reading(text=text, intent="book_appointment", confidence=0.9, entities=guessed)
    move = decide(reading, Question.of_ask(MONTHS))
    assert (move.name, move.body["text"], move.body["values"], move.body["option"]) == ("answer", text, [], None)


def test_years_that_are_known_are_asked_for_in_their_own_words():
    spoken = turn(Backend(Outcome(ask=MONTHS)), "吉林大学", "inform", MONTHS)
    assert names(spoken)[-1] == "utter_ask_education_months"


@pytest.mark.parametrize("text", ["行吗", "这样行吗？", "这张可以吗", "行不行", "这样可以不", "你看行吗"])
def test_asking_whether_the_preview_will_do_is_answered_and_accepts_nothing(text):
    reading = Reading(text=text, intent="ask_eligibility", confidence=0.6)
    assert decide(reading, Question.of_ask(PREVIEW)) == Remark("help")


@pytest.mark.parametrize("text", ["行", "可以", "这张可以"])
def test_a_yes_under_the_preview_is_still_a_yes(text):
    reading = Reading(text=text, intent="photo_accept", confidence=1.0)
    assert decide(reading, Question.of_ask(PREVIEW)) == Command("photo_accept")
