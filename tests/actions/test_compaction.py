"""A talk that was stored and loaded again goes on as if it had not been (rasa.md, compact tracker store)."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    BotUttered,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from nlu.compaction import pack, unpack

DOMAIN = Domain.from_path("data/domain")
FORMS = ["contact_form", "education_form", "cancel_form"]
INTENTS = ["inform", "ask_fee", "previous"]

intents = st.sampled_from(INTENTS).map(
    lambda name: UserUttered("文字", {"name": name, "confidence": 0.9}, [], input_channel="gongju")
)
slots = st.one_of(
    st.builds(SlotSet, st.just("stumbles"), st.integers(0, 5)),
    st.builds(SlotSet, st.just("requested_slot"), st.sampled_from([None, "phone", "school"])),
    st.builds(SlotSet, st.just("asked"), st.fixed_dictionaries({"form": st.sampled_from([None, *FORMS])})),
)
events = st.one_of(
    intents,
    slots,
    st.builds(ActiveLoop, st.sampled_from([None, *FORMS])),
    st.builds(ActionExecuted, st.sampled_from(["action_listen", "action_talk", "utter_thanks", *FORMS])),
    st.builds(ActionExecutionRejected, st.sampled_from(FORMS)),
    st.just(BotUttered("好的")),
)


def state_of(tracker: DialogueStateTracker) -> dict:
    message = tracker.latest_message
    return {
        "slots": tracker.current_slot_values(),
        "loop": tracker.active_loop_name,
        "rejected": tracker.is_active_loop_rejected,
        "action": tracker.latest_action_name,
        "intent": message.intent if message else None,
        "paused": tracker.is_paused(),
        "channel": tracker.get_latest_input_channel(),
    }


def reloaded(tracker: DialogueStateTracker) -> DialogueStateTracker:
    return unpack(tracker.sender_id, json.loads(json.dumps(pack(tracker))), DOMAIN)


@settings(max_examples=150, deadline=None)
@given(st.lists(events, min_size=1, max_size=40))
def test_a_reloaded_talk_is_in_the_same_state(happened: list) -> None:
    tracker = DialogueStateTracker.from_events("o_1", [*happened, ActionExecuted("action_listen")], DOMAIN.slots)
    assert state_of(reloaded(tracker)) == state_of(tracker)


@settings(max_examples=60, deadline=None)
@given(st.lists(events, min_size=1, max_size=40), intents)
def test_a_reloaded_talk_answers_the_next_message_from_the_same_state(happened: list, message: UserUttered) -> None:
    tracker = DialogueStateTracker.from_events("o_1", [*happened, ActionExecuted("action_listen")], DOMAIN.slots)
    again = reloaded(tracker)
    tracker.update(message)
    again.update(message)
    assert DOMAIN.get_active_state(again) == DOMAIN.get_active_state(tracker)


def test_a_long_talk_is_stored_as_small_as_a_short_one() -> None:
    turn = [UserUttered("文字", {"name": "inform", "confidence": 1.0}, []), ActionExecuted("contact_form"),
            ActiveLoop("contact_form"), BotUttered("好的"), ActionExecuted("action_listen")]  # fmt: skip
    short = DialogueStateTracker.from_events("o_1", turn, DOMAIN.slots)
    long = DialogueStateTracker.from_events("o_1", turn * 200, DOMAIN.slots)
    assert len(reloaded(long).events) == len(reloaded(short).events) <= 12


def test_what_the_applicant_wrote_is_not_stored() -> None:
    told = UserUttered("我的手机号13812345678", {"name": "inform"}, [{"entity": "phone", "value": "1", "text": "x"}])
    tracker = DialogueStateTracker.from_events("o_1", [told], DOMAIN.slots)
    assert "13812345678" not in json.dumps(pack(tracker))


def test_a_form_that_the_domain_no_longer_has_is_forgotten() -> None:
    tracker = DialogueStateTracker.from_events("o_1", [ActiveLoop("old_form"), ActionExecuted("action_listen")])
    assert unpack("o_1", pack(tracker), DOMAIN).active_loop_name is None


@pytest.mark.parametrize("gone", ["old_slot"])
def test_a_slot_that_the_domain_no_longer_has_is_forgotten(gone: str) -> None:
    packed = pack(DialogueStateTracker.from_events("o_1", [ActionExecuted("action_listen")], DOMAIN.slots))
    packed["slots"][gone] = 1
    assert gone not in unpack("o_1", packed, DOMAIN).current_slot_values()
