"""What is said, by name: the backend's codes and questions become `utter_` names whose words live in data/domain."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from actions.backend import Outcome
from actions.reading import Question

MOST_OPTIONS: Final = 9
SAMPLE: Final = "sample"
PAYLOAD_VALUE: Final = re.compile(r"[a-zA-Z0-9_.:-]{1,60}")
# The choices below a question, by form and kind; words and payloads of each are `utter_choice_<name>`.
COMMANDS_OF_KIND: Final[Mapping[tuple[str | None, str | None], Sequence[str]]] = {
    ("materials_form", None): ("ask_missing", "page_upload"),
    ("supplement_form", "photos"): ("ask_missing", "page_upload"),
    ("review_form", "confirm"): ("overview",),
    (None, "confirm"): ("affirm", "deny"),
}
# Options that are commands of their own.
OPTION_PAYLOADS: Final[Mapping[str, str]] = {
    "finish_item": "done_uploading",
    "sample": "ask_materials:material_item={field}",
}
# Sentences that carry the turn's link themselves, so that it needs none of its own.
TO_STRANGERS: Final = frozenset({"not_bound", "bind_offer", "welcome_stranger"})
LINK_CARRIERS: Final = TO_STRANGERS | {"confirm_person", "page_here", "pay_here", "confirmation_ready", "templates_queued", "receipts"}
# Sentences that already ask: the question's choices hang on them, its words are not put again.
ASKING: Final = frozenset(
    {"send_a_photo", "send_everything", "use_the_page", "pay_here", "item_not_begun", "item_needs_more"}
)
# A reminder of these shows the question in its short form; of others its label is enough.
SHOWN_AGAIN: Final = frozenset({"confirm", "choice", "photo", "photos", "page"})
# Kinds with words of a section's own; the others have names that fields have, too (address, phone).
SECTION_KINDS: Final = frozenset({"choice", "photo", "photos", "confirm", "month", "date"})
# Where no link is at hand, a tap asks for one.
PAGE_CHOICES: Final = {"pay": "pay", "credentials": "page_credentials"}
# What `utter_message` takes for parts of the message itself: no fact may be called so.
OF_RASA: Final = frozenset({"text", "image", "json_message", "template", "attachment", "buttons", "elements"})
LISTS_TOO_LONG: Final = frozenset({"ethnicity"})
CIRCLED: Final = "①②③④⑤⑥⑦⑧⑨⑩"
LISTS: Final = frozenset({"education_form", "work_form"})
FIRST_FORMS: Final = frozenset(
    {"employer_form", "notice_form", "cancel_form", "appointment_form", "account_form", "rights_form"}
)


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
        facts = {name: value for name, value in dict(self.facts).items() if name.isidentifier() and name not in OF_RASA}
        parts: dict[str, Any] = {name: shown(value) for name, value in facts.items()}
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


def sentences(outcome: Outcome, *, round_: int = 0, asked_to_bind: int = 0) -> Iterator[Utterance]:
    """One utterance for each `say`; a code without words of its own falls back to neutral ones.

    A sentence about a stage may have words for that stage: `utter_<code>_<stage>` before `utter_<code>`.
    """
    for part in outcome.say:
        facts = {"case_no": (outcome.case or {}).get("case_no"), **(part.get("facts") or {})}
        fallback = ("utter_refused_again", "utter_said") if round_ else ("utter_said",)
        names = [f"utter_{part['code']}_{facts['stage']}"] if facts.get("stage") else []
        names += [f"utter_{part['code']}", *fallback]
        if part["code"] in TO_STRANGERS:
            names, round_ = names[:1], asked_to_bind
        taps = facts.pop("taps", ())
        yield Utterance(
            names[0], names[1:], facts, round_, options=taps, link=_carried(str(part["code"]), outcome)
        )


def _carried(code: str, outcome: Outcome) -> Mapping[str, Any] | None:
    last = [part["code"] for part in outcome.say if part["code"] in LINK_CARRIERS][-1:]
    return outcome.link if [code] == last else None


def with_files(said: Sequence[Utterance], outcome: Outcome) -> list[Utterance]:
    """The pictures hang on what is said about them; without such a sentence they get one."""
    files = [(str(file.get("kind")), str(file["file_id"])) for file in outcome.files if file.get("kind") != SAMPLE]
    utterances = list(said)
    if files and utterances:
        utterances[-1] = replace(utterances[-1], file_id=files.pop(0)[1])
    return [
        *utterances,
        *(Utterance(f"utter_file_{kind}", ("utter_file",), {}, file_id=file_id) for kind, file_id in files),
    ]


def with_sample(said: Sequence[Utterance], outcome: Outcome) -> list[Utterance]:
    """A picture of how a paper looks comes last, so that nobody waits for it with the question."""
    shown = [str(file["file_id"]) for file in outcome.files if file.get("kind") == SAMPLE]
    if not shown or not said:
        return list(said)
    return [*said[:-1], replace(said[-1], file_id=shown[0])]


def link_of(outcome: Outcome) -> Iterator[Utterance]:
    """The link to open, unless a sentence or the question carries it."""
    is_carried = any(part["code"] in LINK_CARRIERS for part in outcome.say) or _is_asked_with_a_page(outcome)
    if outcome.link is not None and not is_carried:
        purpose = str(outcome.link["purpose"])
        facts = {"purpose": purpose, "expires_at": outcome.link.get("expires_at")}
        yield Utterance(f"utter_link_{purpose}", ("utter_link",), facts, link=outcome.link)


def _is_asked_with_a_page(outcome: Outcome) -> bool:
    """The question itself carries the link then: it is answered on a page, or the photo can be cropped on one."""
    ask = outcome.ask or {}
    return ask.get("kind") == "page" or _offers_cropping(Question.of_ask(ask), outcome.link)


def _offers_cropping(question: Question, link: Mapping[str, Any] | None) -> bool:
    return (question.form, question.kind) == ("photo_form", "confirm") and (link or {}).get("purpose") == "crop"


def question_of(
    question: Question, *, round_: int = 0, stumbled: bool = False, link: Mapping[str, Any] | None = None
) -> Utterance:
    """The open question: in its own words first, in others when it is put again."""
    place = f"utter_ask_{question.section}_{question.field}"
    if len(question.group) > 1:
        names = [f"{place}_group", f"utter_ask_{question.section}_group", "utter_ask_group", "utter_again"]
    else:
        names = [f"{place}_{question.kind}", place]
        of_section = f"utter_ask_{question.section}_{question.kind}"
        names += [of_section] if question.kind in SECTION_KINDS and of_section != place else []
        again = [f"utter_again_{question.kind}", "utter_again"]
        names += [*again, f"utter_ask_{question.kind}"] if round_ else [f"utter_ask_{question.kind}", *again]
    if (question.raw.get("facts") or {}).get("proposed"):
        names = [f"{place}_proposed", *names]
    if question.wants_months:
        names = [f"utter_ask_{question.section}_months", *names]
    asked = _question(question, names, round_, stumbled)
    return replace(asked, link=link) if question.kind == "page" or _offers_cropping(question, link) else asked


def reminder_of(question: Question, *, round_: int = 0, link: Mapping[str, Any] | None = None) -> Utterance:
    """The question in its short form, after something else was answered."""
    if question.kind in SHOWN_AGAIN and (len(question.group) == 1 or question.form == "conditions_form"):
        again = question_of(question, round_=1, link=link)
        way_in = PAGE_CHOICES.get(question.field or "") if question.kind == "page" and link is None else None
        return replace(again, choices=[way_in, *again.choices]) if way_in else again
    return _question(question, ["utter_continue"], round_, False)


def asking(said: Utterance, question: Question, *, link: Mapping[str, Any] | None, stumbled: bool) -> Utterance:
    """A sentence that asks by itself, in words for its section where there are some, with the question's choices."""
    asked = question_of(question, stumbled=stumbled, link=link)
    names = [f"{said.name}_{question.section}", said.name, *said.otherwise]
    return replace(
        asked, name=names[0], otherwise=names[1:], facts={**dict(asked.facts), **dict(said.facts)}, round=said.round,
        link=said.link or asked.link, file_id=said.file_id,
    )  # fmt: skip


def _question(question: Question, names: Sequence[str], round_: int, stumbled: bool) -> Utterance:
    raw = question.raw
    facts: dict[str, Any] = dict(raw.get("facts") or {})
    facts["parts"] = _parts(facts.get("parts") or ())
    for name in ("label", "hint", "current", "number", "total"):
        facts[name] = raw.get(name)
    if round_:
        facts["current"] = facts["refused"] = ""
    facts["ordinal"] = (question.index or 0) + 1
    facts["step"] = f"（{raw['number']}/{raw['total']}）" if raw.get("number") and raw.get("total") else ""
    return Utterance(
        names[0], names[1:], facts, round_, options=options_of(question), choices=choices_of(question, stumbled)
    )


def _parts(parts: Sequence[Mapping[str, Any]]) -> str:
    """A question about several fields, one line for each; numbers only where all of them are chosen from lists."""
    if len(parts) < 2:
        return ""
    numbered = all(0 < len(part.get("options") or ()) <= len(CIRCLED) for part in parts)
    return "\n".join(_numbered(part) if numbered else _listed(part) for part in parts)


def _numbered(part: Mapping[str, Any]) -> str:
    options = " ".join(f"{CIRCLED[at]}{one['label']}" for at, one in enumerate(part["options"]))
    return f"· {part['label']}？{options}"


def _listed(part: Mapping[str, Any]) -> str:
    options = part.get("options") or ()
    is_short = len(options) <= MOST_OPTIONS and part.get("field") not in LISTS_TOO_LONG
    listed = "：" + "／".join(str(one["label"]) for one in options) if options and is_short else ""
    return f"· {part['label']}{listed}" + ("（可以不填）" if part.get("optional") else "")


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
        return OPTION_PAYLOADS[value].format(field=question.field)
    mark = (question.raw.get("facts") or {}).get("mark")
    place = ("" if question.index is None else f",index={question.index}") + (f",mark={mark}" if mark else "")
    if PAYLOAD_VALUE.fullmatch(value):
        return f"choose:field={question.field},option={value}{place}"
    return f"choose:field={question.field},number={number}{place}"


def choices_of(question: Question, stumbled: bool) -> list[str]:
    """The commands offered below a question, no more than a phone screen bears."""
    own = COMMANDS_OF_KIND.get((question.form, question.kind)) or COMMANDS_OF_KIND.get((question.form, None))
    names = list(own or ())
    if question.kind == "confirm" and not question.options:
        names = [*COMMANDS_OF_KIND[(None, "confirm")], *names]
    if stumbled:
        return [*names[:1], "help", "human"]
    if question.optional:
        names.append("no_more" if question.form in LISTS and question.index else "skip")
    if question.form not in FIRST_FORMS and len(names) < 3:
        names.append("previous")
    return names if question.options or len(names) > 2 else [*names, "help"]
