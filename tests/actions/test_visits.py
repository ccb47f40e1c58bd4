"""Which backend command is meant when somebody speaks about a visit (F57–F60)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.commands import COMMANDS, decide
from actions.moves import Command, LeaveToRules, Remark
from actions.reading import Question, Reading

OPTIONS = [
    {"value": "sl_1", "label": "3月18日（周三）上午 9:00–11:30"},
    {"value": "sl_2", "label": "3月18日（周三）下午 13:00–16:00"},
]
SLOT = Question.of_ask({"form": "appointment_form", "field": "slot", "kind": "choice", "group": ["slot"], "options": OPTIONS})
MOVE = Question.of_ask({"form": "appointment_form", "field": "new_slot", "kind": "choice", "options": OPTIONS})
GIVE_UP = Question.of_ask({"form": "appointment_form", "field": "give_up", "kind": "confirm", "options": [
    {"value": "yes", "label": "确定取消预约"}, {"value": "no", "label": "先不取消"}]})  # fmt: skip
SCHOOL = Question.of_ask({"form": "education_form", "field": "school", "kind": "text", "index": 1})
NOTHING = Question.none()
WEDNESDAY = [("date", "2026-03-18"), ("half_day", "AM")]


def said(text="", intent="unknown", confidence=0.9, entities=(), **more) -> Reading:
    return Reading(text, intent, confidence, [{"entity": e, "value": v} for e, v in entities], **more)


@pytest.mark.parametrize(("reading", "command"), [
    (said("约周三上午", "book_appointment", entities=WEDNESDAY), Command("book", {"date": "2026-03-18", "half": "AM"})),
    (said("预约复审", "book_appointment"), Command("book", {})),
    (said("约最早的", "book_appointment"), Command("book", {"number": 1})),
    (said("改到周三上午", "reschedule_appointment", entities=WEDNESDAY), Command("reschedule", {"date": "2026-03-18", "half": "AM"})),
    (said("换个时间", "reschedule_appointment"), Command("reschedule", {})),
    (said("取消预约", "cancel_appointment"), Command("cancel_appointment", {"confirmed": False})),
    (said("周三有号吗", "ask_appointment", entities=WEDNESDAY[:1]), Command("slots", {"date": "2026-03-18"})),
    (said("帮我候补", "unknown"), Command("waitlist", {})),
    (said("周三上午候补", "unknown", entities=WEDNESDAY), Command("waitlist", {"date": "2026-03-18", "half": "AM"})),
    (said("不候补了", "deny"), Command("waitlist", {"leave": True})),
])  # fmt: skip
@pytest.mark.parametrize("question", [NOTHING, SLOT, SCHOOL])
def test_a_wish_about_a_visit_is_its_command_wherever_it_is_said(reading: Reading, command: Command, question: Question) -> None:
    move = decide(reading, question)
    # With the list on the screen the wish answers the list.
    expected = Command("book", command.body) if question is SLOT and command.name == "reschedule" else command
    if question is SLOT and command.body == {"number": 1}:
        expected = Command("book", {"slot_id": "sl_1"})
    assert move == expected


@pytest.mark.parametrize(("question", "name"), [(SLOT, "book"), (MOVE, "reschedule")])
@pytest.mark.parametrize("reading", [
    said("第二个", "choose", entities=[("option", "2")]),
    said("3月18日（周三）下午 13:00–16:00", "inform"),
    said("", "choose", 1.0, [("field", "slot"), ("option", "sl_2")], exact=True),
])  # fmt: skip
def test_a_time_of_the_list_is_taken_by_number_by_its_words_and_by_tap(reading: Reading, question: Question, name: str) -> None:
    move = decide(reading, question)
    assert move == Command("book" if reading.exact else name, {"slot_id": "sl_2"})


def test_a_day_said_to_the_list_is_a_wish_even_without_a_verb() -> None:
    assert decide(said("周三上午吧", "inform", entities=WEDNESDAY), MOVE) == Command("reschedule", {"date": "2026-03-18", "half": "AM"})


def test_no_to_the_list_leaves_it_and_a_vague_answer_is_asked_back() -> None:
    assert decide(said("都不行", "deny"), SLOT) == Remark("no_time_fits")
    assert decide(said("好的", "affirm"), SLOT) == Remark("again")
    assert decide(said("嗯嗯啊", "unknown", 0.2), SLOT) == Remark("again")


def test_questions_and_other_commands_still_work_at_the_list() -> None:
    assert decide(said("到哪了", "ask_progress"), SLOT) == Command("progress")
    assert decide(said("要多久", "ask_time"), SLOT) == LeaveToRules()


@pytest.mark.parametrize(("reading", "move"), [
    (said("确定", "affirm"), Command("cancel_appointment", {"confirmed": True})),
    (said("不取消了", "deny"), Command("resume")),
    (said("算了还是改到周三", "reschedule_appointment", entities=WEDNESDAY[:1]), Command("reschedule", {"date": "2026-03-18"})),
    (said("周三吧", "inform"), Remark("again")),
    (said("", "choose", 1.0, [("field", "give_up"), ("option", "yes")], exact=True), Command("cancel_appointment", {"confirmed": True})),
    (said("", "choose", 1.0, [("field", "give_up"), ("option", "no")], exact=True), Command("resume")),
])  # fmt: skip
def test_giving_up_needs_a_clear_yes(reading: Reading, move: object) -> None:
    assert decide(reading, GIVE_UP) == move


def test_an_offer_of_the_waitlist_is_taken_or_left_by_tap_whatever_was_asked_since() -> None:
    take = said("", "choose", 1.0, [("field", "new_slot"), ("option", "sl_9")], exact=True)
    leave = said("", "choose", 1.0, [("field", "waitlist"), ("option", "leave")], exact=True)
    assert decide(take, SCHOOL) == Command("reschedule", {"slot_id": "sl_9"})
    assert decide(leave, SCHOOL) == Command("waitlist", {"leave": True})


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40), st.sampled_from([*sorted(COMMANDS), "inform", "choose", "affirm", "deny", "unknown"]),
       st.floats(0, 1), st.sampled_from([SLOT, MOVE, GIVE_UP]))  # fmt: skip
def test_nothing_said_to_the_list_ever_becomes_an_answer_of_the_draft(text: str, intent: str, confidence: float, question: Question) -> None:
    move = decide(said(text, intent, confidence), question)
    assert not (isinstance(move, Command) and move.name == "answer")


def test_the_second_one_counts_in_the_list_that_was_shown_and_is_never_guessed() -> None:
    """A list that was narrowed to one time has no second one: booking another day's would be a mistake."""
    one = Question.of_ask({**SLOT.raw, "options": OPTIONS[:1]})
    for number in ("2", "9", "0", "-2"):
        assert decide(said("就第二个时间", "choose", entities=[("option", number)]), one) == Remark("again")
    assert decide(said("就这个，最后一个", "book_appointment", entities=[("option", "-1")]), SLOT) == Command(
        "book", {"slot_id": "sl_2"}
    )
