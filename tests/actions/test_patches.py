"""The overrides of Rasa's hot spots give what stock Rasa gives (rasa.md), and refuse another Rasa."""

from __future__ import annotations

import jsonschema
import pytest
import rasa
from rasa.core.actions.action import RemoteAction
from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.shared.core.events import Event, deserialise_events
from rasa.shared.exceptions import RasaException
from rasa.shared.utils.schemas.events import EVENT_SCHEMA

from nlu import patches
from nlu.turn import Turn, current_turn

ANSWERS = [
    {"events": [], "responses": []},
    {"events": [{"event": "slot", "name": "a", "value": 1, "timestamp": None}], "responses": [{"text": "x"}]},
    {"events": [{"event": "active_loop", "name": None}, {"event": "followup", "name": "action_listen"}]},
    {"events": [{"event": "action", "name": "contact_form", "policy": None, "confidence": None}], "responses": []},
    {"events": [{"event": "nonsense"}], "responses": []},
    {"events": [{"name": "no event key"}], "responses": []},
    {"events": [{"event": "slot", "name": "a"}]},
    {"events": [{"event": "slot", "name": 1, "value": 1}]},
    {"events": [{"event": "slot", "name": "a", "value": None, "timestamp": "today"}]},
    {"events": [{"event": "slot", "name": "a", "value": {"b": [1]}, "metadata": []}]},
    {"events": [{"event": 5}]},
    {"events": [{"event": ["slot"]}]},
    {"events": [{"event": "entities", "entities": [{"entity": "phone", "value": "1"}]}]},
    {"events": [{"event": "entities", "entities": [{"entity": "phone"}]}]},
    {"events": [{"event": "user", "text": None, "parse_data": {"intent": {"name": 3}}}]},
    {"events": [{"event": "slot", "name": "a", "value": 1}, "slot"]},
    {"events": None},
    {"responses": [{"text": "x"}]},
    {"responses": {}},
    {"events": {}, "responses": []},
    {"events": [], "responses": ["text"]},
    [],
]
EVENT_KINDS = [kind["properties"]["event"]["const"] for kind in EVENT_SCHEMA["oneOf"]]
EVENTS = [
    {"event": "slot", "name": "a", "value": 1},
    {"event": "active_loop", "name": "contact_form"},
    {"event": "action", "name": "contact_form", "policy": None, "confidence": None},
    {"event": "followup", "name": "action_listen"},
    {"event": "user", "text": "好", "parse_data": {"intent": {"name": "affirm"}, "entities": []}},
    {"event": "action_execution_rejected", "name": "contact_form", "policy": None, "confidence": None},
]


@pytest.fixture(autouse=True)
def stock_again():
    yield
    patches.remove()


def verdict(answer) -> str:
    try:
        RemoteAction("a", None)._validate_action_result(answer)
        return "valid"
    except jsonschema.ValidationError:
        return "invalid"


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_action_servers_answer_is_judged_as_stock_rasa_judges_it(answer) -> None:
    stock = verdict(answer)
    patches.apply()
    assert verdict(answer) == stock


@pytest.mark.parametrize("event", EVENTS)
def test_events_are_read_as_stock_rasa_reads_them(event) -> None:
    stock = deserialise_events([dict(event)])
    patches.apply()
    assert [type(one) for one in deserialise_events([dict(event)])] == [type(one) for one in stock]
    assert deserialise_events([dict(event)]) == stock


@pytest.mark.parametrize("kind", EVENT_KINDS)
def test_every_kind_of_event_is_judged_as_stock_rasa_judges_it(kind: str) -> None:
    answers = [{"events": [{"event": kind, **more}]} for more in ({}, {"name": "a", "value": 1}, {"entities": [1]}, {"policy": 1})]
    stock = [verdict(answer) for answer in answers]
    patches.apply()
    assert [verdict(answer) for answer in answers] == stock


def test_a_graph_gives_what_dask_gives() -> None:
    runner = _runner({"first": ("say", {}), "second": ("add", {"left": "first", "right": "given"}), "unused": ("say", {})})
    stock = runner.run(inputs={"given": 2}, targets=["second"])
    patches.apply()
    assert runner.run(inputs={"given": 2}, targets=["second"]) == stock == {"second": 3}


@pytest.mark.parametrize("is_patched", (False, True))
def test_a_graph_whose_input_is_missing_is_refused_as_by_dask(is_patched: bool) -> None:
    runner = _runner({"first": ("say", {}), "second": ("add", {"left": "first", "right": "given"})})
    if is_patched:
        patches.apply()
    with pytest.raises(GraphRunError):
        runner.run(inputs={}, targets=["second"])


def test_an_unknown_event_is_still_refused() -> None:
    patches.apply()
    with pytest.raises(ValueError):
        Event.resolve_by_type("nonsense")
    assert Event.resolve_by_type("topic") is None


def test_a_text_rule_is_never_looked_for_and_an_intent_rule_is() -> None:
    from rasa.core.policies.rule_policy import RulePolicy

    asked = []
    find = patches._no_text_rules(lambda self, tracker, domain, use_text: asked.append(use_text) or ("a", "b", False))
    assert find(None, None, None, use_text_for_last_user_input=True) == (None, None, False)
    assert find(None, None, None, use_text_for_last_user_input=False)[0] == "a"
    assert asked == [False] and RulePolicy is not None


async def test_a_failed_action_is_noted_in_the_turn() -> None:
    patches.apply()
    turn = Turn("o_1", "k")
    current_turn.set(turn)
    with pytest.raises(RasaException):
        await RemoteAction("contact_form", None).run(None, None, _Tracker(), _Domain())
    assert turn.faults == ["contact_form: RasaException"]


def test_another_version_of_rasa_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rasa, "__version__", "3.6.22")
    with pytest.raises(patches.PatchesRefused):
        patches.apply()


def test_a_missing_override_is_named() -> None:
    with pytest.raises(patches.PatchesRefused, match="resolve_by_type"):
        patches.check()
    patches.apply()
    patches.check()


class _Tracker:
    sender_id = "o_1"

    def current_state(self, _verbosity):
        return {}


class _Domain:
    def does_custom_action_explicitly_need_domain(self, _name):
        return False

    def as_dict(self):
        return {}


class _Part(GraphComponent):
    @classmethod
    def create(cls, config, model_storage, resource, execution_context):
        return cls()

    def say(self):
        return 1

    def add(self, left, right):
        return left + right


def _runner(nodes) -> DaskGraphRunner:
    schema = GraphSchema(
        {
            name: SchemaNode(needs=needs, uses=_Part, constructor_name="create", fn=fn, config={}, eager=True)
            for name, (fn, needs) in nodes.items()
        }
    )
    return DaskGraphRunner.create(schema, LocalModelStorage, ExecutionContext(schema))
