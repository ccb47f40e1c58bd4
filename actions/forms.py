"""The Rasa actions: one per form of the domain, and one for everything said outside of a form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.backend import Backend
from actions.reading import Question, Reading
from actions.talk import Spoken, Standing, Turn

FORMS: Final = (
    "contact_form", "personal_form", "photo_form", "education_form", "work_form", "conditions_form", "materials_form",
    "review_form", "invoice_form", "supplement_form", "notice_form", "employer_form", "cancel_form",
    "appointment_form", "account_form", "rights_form",
)  # fmt: skip
OUTSIDE_FORMS: Final = "action_talk"
RULES_ANSWER: Final = "utter_"


class TalkAction(Action):
    """Runs one turn; `actions.serve` gives all of them the one backend."""

    backend: Backend
    form: str = OUTSIDE_FORMS

    def name(self) -> str:
        return self.form

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        turn = Turn(
            openid=tracker.sender_id,
            action=self.form,
            reading=Reading.of_message(tracker.latest_message or {}),
            backend=self.backend,
        )
        standing = Standing.of_slots(tracker.slots)
        if (tracker.latest_action_name or "").startswith(RULES_ANSWER) and standing.question.form is not None:
            spoken = await turn.continue_after_rules(standing)
        else:
            spoken = await turn.run(standing)
        if spoken.left_to_rules:
            return [{"event": "action_execution_rejected", "name": self.form, "policy": None, "confidence": None}]
        for utterance in spoken.utterances:
            dispatcher.utter_message(**utterance.message())
        return self._events(spoken)

    def _events(self, spoken: Spoken) -> list[dict[str, Any]]:
        """Slots, the loop that is open now and, when that is another form, that it has just put its question.

        A form that was opened has already put its question, so its action counts as done: no second call. The
        last event spares the prediction that would say the same: now listen.
        """
        question: Question = spoken.standing.question
        events: list[dict[str, Any]] = [
            {"event": "slot", "name": "asked", "value": spoken.standing.asked},
            {"event": "slot", "name": "stumbles", "value": spoken.standing.stumbles},
            {"event": "active_loop", "name": question.form},
            {"event": "slot", "name": "requested_slot", "value": question.field},
        ]
        if question.form is not None and question.form != self.form:
            events.append({"event": "action", "name": question.form, "policy": None, "confidence": None})
        return [*events, {"event": "followup", "name": "action_listen"}]


def _class_for(form: str) -> type[TalkAction]:
    title = "".join(part.title() for part in form.split("_"))
    return type(title, (TalkAction,), {"form": form, "__module__": __name__, "__doc__": f"Leads {form}."})


ACTIONS: Final = {form: _class_for(form) for form in FORMS}
