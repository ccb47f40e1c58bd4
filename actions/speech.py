"""What is said, by name: the backend's codes and questions become `utter_` names whose words live in data/domain."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from actions.backend import Outcome
from actions.reading import Question

MOST_OPTIONS: Final = 9
PAYLOAD_VALUE: Final = re.compile(r"[a-zA-Z0-9_.:-]{1,60}")
# The choices below a question, by form and kind; words and payloads of each are `utter_choice_<name>`.
COMMANDS_OF_KIND: Final[Mapping[tuple[str | None, str | None], Sequence[str]]] = {
    ("photo_form", "confirm"): ("page_crop",),
    ("materials_form", None): ("ask_missing", "page_upload"),
    ("supplement_form", "photos"): ("ask_missing", "page_upload"),
    ("review_form", "confirm"): ("overview",),
    ("invoice_form", "page"): ("pay",),
    (None, "confirm"): ("affirm", "deny"),
}
# Options that are commands of their own.
OPTION_PAYLOADS: Final[Mapping[str, str]] = {"finish_item": "done_uploading"}
FIRST_FORMS: Final = frozenset({"employer_form", "notice_form", "cancel_form"})


@dataclass(frozen=True)
class Utterance:
    """One bubble: a response's name, what stands in for it, its facts and its choices."""

    name: str
    otherwise: Sequence[str] = ()
    facts: Mapping[str, Any] = ()  # type: ignore[assignment]
    round: int = 0
    options: Sequence[Mapping[str, str]] = ()
    choices: Sequence[str] = ()
    link: Mapping[str, Any] | None = None
    file_id: str | None = None

    def message(self) -> dict[str, Any]:
        """The keyword arguments of `utter_message`; facts go first so that none can shadow the rest."""
        parts: dict[str, Any] = {name: shown(value) for name, value in dict(self.facts).items() if name.isidentifier()}
        parts |= {"response": self.name, "otherwise": list(self.otherwise), "round": self.round}
        parts |= {"options": list(self.options), "choices": list(self.choices)}
        if self.link is not None:
            parts["link"] = {"url": self.link["url"], "purpose": self.link["purpose"]}
        if self.file_id is not None:
            parts["file_id"] = self.file_id
        return parts


def shown(value: Any) -> str:
    """A fact as a sentence carries it: lists are read out, nothing is an empty word."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Mapping):
        return str(value.get("label") or value.get("name") or value.get("title") or value.get("value") or "")
    if isinstance(value, Sequence) and not isinstance(value, str):
        if any(isinstance(one, Mapping) for one in value):
            return "\n".join(_line(one) for one in value)
        return "、".join(shown(one) for one in value)
    return str(value)


def _line(one: Any) -> str:
    if not isinstance(one, Mapping):
        return f"· {shown(one)}"
    extra = [shown(one[name]) for name in ("at", "state_label", "stage_label", "reason", "hint") if one.get(name)]
    return "· " + "，".join([shown(one), *extra])


def sentences(outcome: Outcome, *, round_: int = 0) -> Iterator[Utterance]:
    """One utterance for each `say`; a code without words of its own falls back to neutral ones."""
    for part in outcome.say:
        facts = {"case_no": (outcome.case or {}).get("case_no"), **(part.get("facts") or {})}
        fallback = ("utter_refused_again", "utter_said") if round_ else ("utter_said",)
        yield Utterance(f"utter_{part['code']}", fallback, facts, round_)


def attachments(outcome: Outcome) -> Iterator[Utterance]:
    """The pictures to show and the link to open."""
    for file in outcome.files:
        yield Utterance(f"utter_file_{file.get('kind')}", ("utter_file",), {}, file_id=str(file["file_id"]))
    if outcome.link is not None and not _is_asked_on_a_page(outcome):
        purpose = str(outcome.link["purpose"])
        facts = {"purpose": purpose, "expires_at": outcome.link.get("expires_at")}
        yield Utterance(f"utter_link_{purpose}", ("utter_link",), facts, link=outcome.link)


def _is_asked_on_a_page(outcome: Outcome) -> bool:
    """The question itself carries the link then."""
    return (outcome.ask or {}).get("kind") == "page"


def question_of(
    question: Question, *, round_: int = 0, stumbled: bool = False, link: Mapping[str, Any] | None = None
) -> Utterance:
    """The open question: in its own words first, in others when it is put again."""
    place = f"utter_ask_{question.section}_{question.field}"
    if len(question.group) > 1:
        names = [f"{place}_group", "utter_ask_group", "utter_again"]
    else:
        names = [f"{place}_{question.kind}", place, f"utter_ask_{question.section}_{question.kind}"]
        names += [f"utter_ask_{question.kind}", f"utter_again_{question.kind}", "utter_again"]
    asked = _question(question, names, round_, stumbled)
    return replace(asked, link=link) if question.kind == "page" else asked


def reminder_of(question: Question, *, round_: int = 0) -> Utterance:
    """The question in its short form, after something else was answered."""
    return _question(question, ["utter_continue"], round_, False)


def _question(question: Question, names: Sequence[str], round_: int, stumbled: bool) -> Utterance:
    raw = question.raw
    facts: dict[str, Any] = dict(raw.get("facts") or {})
    facts["parts"] = _parts(facts.get("parts") or ())
    for name in ("label", "hint", "current", "number", "total"):
        facts[name] = raw.get(name)
    facts["ordinal"] = (question.index or 0) + 1
    facts["step"] = f"（{raw['number']}/{raw['total']}）" if raw.get("number") and raw.get("total") else ""
    return Utterance(
        names[0], names[1:], facts, round_, options=options_of(question), choices=choices_of(question, stumbled)
    )


def _parts(parts: Sequence[Mapping[str, Any]]) -> str:
    """A question about several fields, one line for each, short lists with their numbers."""
    if len(parts) < 2:
        return ""
    lines = []
    for part in parts:
        options = part.get("options") or ()
        listed = " ".join(f"{at}{one['label']}" for at, one in enumerate(options, start=1)) if len(options) <= MOST_OPTIONS else ""
        lines.append(f"· {part['label']}" + (f"：{listed}" if listed else ""))
    return "\n".join(lines)


def options_of(question: Question) -> list[dict[str, str]]:
    """The question's own choices as taps; too long a list is typed instead."""
    if len(question.options) > MOST_OPTIONS or question.asks_several:
        return []
    return [
        {"title": str(option["label"]), "payload": _payload(question, str(option["value"]), number)}
        for number, option in enumerate(question.options, start=1)
    ]


def _payload(question: Question, value: str, number: int) -> str:
    if value in OPTION_PAYLOADS:
        return OPTION_PAYLOADS[value]
    index = "" if question.index is None else f",index={question.index}"
    if PAYLOAD_VALUE.fullmatch(value):
        return f"choose:field={question.field},option={value}{index}"
    return f"choose:field={question.field},number={number}{index}"


def choices_of(question: Question, stumbled: bool) -> list[str]:
    """The commands offered below a question, no more than a phone screen bears."""
    own = COMMANDS_OF_KIND.get((question.form, question.kind)) or COMMANDS_OF_KIND.get((question.form, None))
    names = list(own or ())
    if question.kind == "confirm" and not question.options:
        names = [*COMMANDS_OF_KIND[(None, "confirm")], *names]
    if stumbled:
        return [*names[:1], "help", "human"]
    if question.optional:
        names.append("skip")
    if question.form not in FIRST_FORMS and len(names) < 3:
        names.append("previous")
    return names if question.options or len(names) > 2 else [*names, "help"]
