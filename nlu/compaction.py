"""A tracker as the few facts that rebuild the same state, however long the talk has been."""

from __future__ import annotations

from typing import Any

from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    ConversationPaused,
    Event,
    FollowupAction,
    LoopInterrupted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

# Of the last message only what policies and actions may still ask for; the text itself stays out of the store.
KEPT_OF_INTENT = ("name", "confidence")
KEPT_OF_ENTITY = ("entity", "value", "role", "group")


def pack(tracker: DialogueStateTracker) -> dict[str, Any]:
    """The state of a tracker; `unpack` gives a tracker that predicts, asks and answers the same."""
    loop = tracker.active_loop
    return {
        "slots": {name: slot.value for name, slot in tracker.slots.items() if slot.value != slot.initial_value},
        "loop": loop.name if loop else None,
        "interrupted": bool(loop and loop.is_interrupted),
        "rejected": bool(loop and loop.rejected),
        "message": _pack_message(tracker.latest_message),
        "action": tracker.latest_action_name,
        "followup": tracker.followup_action,
        "paused": tracker.is_paused(),
        "at": tracker.events[-1].timestamp if tracker.events else None,
    }


def unpack(sender_id: str, packed: dict[str, Any], domain: Domain) -> DialogueStateTracker:
    """A fresh tracker with a dozen events in place of the whole talk."""
    known = {slot.name for slot in domain.slots}
    events: list[Event] = [SessionStarted()]
    if packed["message"] is not None:
        events += [ActionExecuted(ACTION_LISTEN_NAME), _unpack_message(packed["message"])]
    if packed["loop"] is not None and packed["loop"] in domain.form_names:
        events += [ActiveLoop(packed["loop"]), *_loop_events(packed)]
    if packed["action"] is not None:
        events.append(ActionExecuted(packed["action"]))
    events += [SlotSet(name, value) for name, value in packed["slots"].items() if name in known]
    if packed["followup"] is not None:
        events.append(FollowupAction(packed["followup"]))
    if packed["paused"]:
        events.append(ConversationPaused())
    for event in events:
        event.timestamp = packed["at"] or event.timestamp
    return DialogueStateTracker.from_events(sender_id, events, domain.slots)


def _loop_events(packed: dict[str, Any]) -> list[Event]:
    found: list[Event] = []
    if packed["interrupted"]:
        found.append(LoopInterrupted(True))
    if packed["rejected"]:
        found.append(ActionExecutionRejected(packed["loop"]))
    return found


def _pack_message(message: UserUttered | None) -> dict[str, Any] | None:
    if message is None:
        return None
    return {
        "intent": {name: message.intent[name] for name in KEPT_OF_INTENT if name in message.intent},
        "entities": [{name: one[name] for name in KEPT_OF_ENTITY if name in one} for one in message.entities],
        "channel": message.input_channel,
    }


def _unpack_message(packed: dict[str, Any]) -> UserUttered:
    return UserUttered("", packed["intent"], packed["entities"], input_channel=packed["channel"])
