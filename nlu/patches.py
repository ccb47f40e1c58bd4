"""The measured hot spots of Rasa 3.6.21, each overridden by a small function; another version refuses to start."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import lru_cache
from graphlib import TopologicalSorter
from types import SimpleNamespace
from typing import Any, Final

import jsonschema
import rasa
import rasa.core.policies.rule_policy as rule_policy
import rasa.core.processor as processor
from rasa.core.actions.action import ActionExecutionRejection, RemoteAction
from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.schemas.events import EVENT_SCHEMA

from nlu.turn import note_fault

WRITTEN_FOR: Final = "3.6.21"


class PatchesRefused(RuntimeError):
    """Rasa is not the version that these overrides were written for, or one of them is not on."""


_Validator: Final = jsonschema.validators.validator_for(EVENT_SCHEMA)
_ANSWER: Final = _Validator(
    {"type": "object", "properties": {name: {"type": "array", "items": {"type": "object"}} for name in ("events", "responses")}}
)


def _merged(kind: dict[str, Any]) -> Any:
    """What holds for every event and what holds for one kind of it, in one schema."""
    properties = {**EVENT_SCHEMA["properties"], **kind["properties"]}
    return _Validator({"properties": properties, "required": [*EVENT_SCHEMA["required"], *kind.get("required", [])]})


_EVENTS: Final[Mapping[str, Any]] = {
    kind["properties"]["event"]["const"]: _merged(kind) for kind in EVENT_SCHEMA["oneOf"]
}


def validate_action_result(self: RemoteAction, result: dict[str, Any]) -> bool:
    """Checks an action server's answer, each event by its own kind's schema.

    Stock Rasa checks the schema itself again each time, and every event against all 23 kinds.
    """
    _ANSWER.validate(result)
    for event in result.get("events", ()):
        kind = event.get("event")
        known = _EVENTS.get(kind) if isinstance(kind, str) else None
        if known is None:
            raise jsonschema.ValidationError("an event of no known kind")
        known.validate(event)
    return True


_run_remote: Final = RemoteAction.run


async def run_noting_faults(self: RemoteAction, *args: Any, **kwargs: Any) -> list[Event]:
    """Runs the action; stock Rasa swallows a failure, the channel has to hear of it."""
    try:
        events: list[Event] = await _run_remote(self, *args, **kwargs)
        return events
    except ActionExecutionRejection:
        raise
    except Exception as error:
        note_fault(f"{self.name()}: {type(error).__name__}")
        raise


_events_by_name: dict[str, type[Event]] = {}
_resolve: Final = Event.resolve_by_type


def resolve_by_type(type_name: str, default: type[Event] | None = None) -> type[Event] | None:
    """Finds an event class by name; stock Rasa walks all subclasses for every event that it reads."""
    found = _events_by_name.get(type_name)
    if found is None:
        found = _resolve(type_name, default)
        if found is not None and found.type_name == type_name:
            _events_by_name[type_name] = found
    return found


def _copy_for_log(value: Any) -> Any:
    """`copy.deepcopy` in these two modules serves debug lines only."""
    return _deepcopy(value) if logging.getLogger().isEnabledFor(logging.DEBUG) else value


_deepcopy: Final[Callable[[Any], Any]] = processor.copy.deepcopy
_LAZY_COPY: Final = SimpleNamespace(deepcopy=_copy_for_log, copy=processor.copy.copy)


def run_graph(
    self: DaskGraphRunner, inputs: dict[str, Any] | None = None, targets: list[str] | None = None
) -> dict[str, Any]:
    """Runs the graph's nodes, each after those that it needs.

    Stock Rasa derives the graph anew each time, writes all inputs into a debug line, and has dask schedule it.
    """
    wanted = tuple(targets or self._graph_schema.target_names)
    nodes = _nodes_for(self, wanted)
    done: dict[str, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
    try:
        for name, node, needs in nodes:
            done[name] = node(*(done.get(need, need) for need in needs))
    except RuntimeError as error:
        raise GraphRunError("Error running runner.") from error
    return dict(done[name] for name in wanted)


@lru_cache(maxsize=16)
def _nodes_for(runner: DaskGraphRunner, targets: tuple[str, ...]) -> tuple[tuple[str, Any, tuple[str, ...]], ...]:
    """What has to run for these targets, in an order in which it can."""
    graph = runner._build_dask_graph(runner._graph_schema.minimal_graph_schema(list(targets)))
    order = TopologicalSorter({name: needs for name, (_, *needs) in graph.items()}).static_order()
    return tuple((name, graph[name][0], tuple(graph[name][1:])) for name in order if name in graph)


def _own_log_slots(tracker: DialogueStateTracker) -> None:
    """Stock Rasa formats every slot for a debug line, twice a turn."""


def _no_text_rules(stock: Callable[..., Any]) -> Callable[..., Any]:
    def find(self: Any, tracker: Any, domain: Any, use_text_for_last_user_input: bool) -> Any:
        """Rules over texts do not exist here; stock Rasa looks for them before every prediction."""
        if use_text_for_last_user_input:
            return None, None, False
        return stock(self, tracker, domain, use_text_for_last_user_input)

    return find


_PATCHES: Final[tuple[tuple[Any, str, Any], ...]] = (
    (RemoteAction, "_validate_action_result", validate_action_result),
    (RemoteAction, "run", run_noting_faults),
    (Event, "resolve_by_type", staticmethod(resolve_by_type)),
    (DaskGraphRunner, "run", run_graph),
    (processor.MessageProcessor, "_log_slots", staticmethod(_own_log_slots)),
    (processor, "copy", _LAZY_COPY),
    (rule_policy, "copy", _LAZY_COPY),
    (rule_policy.RulePolicy, "_find_action_from_rules", _no_text_rules(rule_policy.RulePolicy._find_action_from_rules)),
)
_STOCK: Final = tuple(owner.__dict__[name] for owner, name, _ in _PATCHES)


def apply() -> None:
    """Put every override in place.

    Raises:
        PatchesRefused: this is not the Rasa that they were written for.
    """
    if rasa.__version__ != WRITTEN_FOR:
        raise PatchesRefused(f"written for Rasa {WRITTEN_FOR}, this is {rasa.__version__}")
    for owner, name, ours in _PATCHES:
        setattr(owner, name, ours)


def remove() -> None:
    """Back to stock Rasa, for comparisons."""
    for (owner, name, _), stock in zip(_PATCHES, _STOCK):  # noqa: B905
        setattr(owner, name, stock)


def check() -> None:
    """Make sure that they are on.

    Raises:
        PatchesRefused: names those that are not.
    """
    off = [f"{owner.__name__}.{name}" for owner, name, ours in _PATCHES if owner.__dict__.get(name) is not ours]
    if off:
        raise PatchesRefused("not in place: " + ", ".join(off))
