"""Which one backend command a message means, given the open question (contract 3); nothing is decided here but that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from actions.reading import Question, Reading
from actions.values import fits, option_of, values_of

SURE: Final = 0.4  # under it a sentence inside a form is an answer, not a command


@dataclass(frozen=True)
class Command:
    """One call to the backend."""

    name: str
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Remark:
    """Something the talk itself answers with a text of its own, before the question is put again."""

    code: str


@dataclass(frozen=True)
class LeaveToRules:
    """Not an answer: data/rules answers it, then the question is put again."""


Move = Command | Remark | LeaveToRules
Build = Callable[[Reading, Question], Command]

# Said word for word, these are commands whatever was asked (F25, F31, F32).
EXACT: Final[Mapping[str, str]] = {
    "上一步": "previous", "返回": "previous", "跳过": "skip", "保存": "save_draft", "先存着": "save_draft",
    "重填": "redo", "取消": "cancel_case", "取消办理": "cancel_case", "帮助": "help", "转人工": "human", "人工": "human",
    "到哪一步了": "ask_progress", "进度": "ask_progress", "继续": "resume", "还差什么": "ask_missing", "提交": "submit",
}  # fmt: skip


def _plain(name: str) -> Build:
    return lambda _reading, _question: Command(name)


def _page(purpose: str) -> Build:
    return lambda _reading, _question: Command("page_link", {"purpose": purpose})


def _goto(reading: Reading, question: Question) -> Command:
    name = reading.entity("field")
    if name is not None:
        return Command("goto", {"field": name})
    section = reading.entity("section")
    return Command("goto", {"section": section}) if section else Command("previous")


def _redo(reading: Reading, _question: Question) -> Command:
    return Command("redo", {"section": reading.entity("section")})


def _remove_entry(reading: Reading, question: Question) -> Command:
    ordinal = reading.number("ordinal")
    return Command("remove_entry", {"index": None if ordinal is None else ordinal - 1 if ordinal > 0 else ordinal})


def _start(reading: Reading, _question: Question) -> Command:
    business = reading.entity("business_type")
    return Command("start_case", {"business_type": business}) if business else Command("open")


def _choose_item(reading: Reading, _question: Question) -> Command:
    item = reading.entity("material_item") or reading.entity("item")
    return Command("choose_item", {"item": item}) if item else Command("materials")


def _nudge(reading: Reading, _question: Question) -> Command:
    return Command("photo_nudge", {"direction": reading.entity("direction") or "reset"})


def _cancel(reading: Reading, question: Question) -> Command:
    sure = reading.exact and reading.entity("confirmed") == "yes"
    return Command("cancel_case", {"confirmed": sure})


COMMANDS: Final[Mapping[str, Build]] = {
    "previous": _plain("previous"),
    "skip": _plain("skip"),
    "save_draft": _plain("save"),
    "resume": _plain("resume"),
    "open": _plain("open"),
    "redo": _redo,
    "edit_field": _goto,
    "add_entry": lambda _r, _q: Command("add_entry", {"index": None}),
    "remove_entry": _remove_entry,
    "finish_section": _plain("finish_section"),
    "start_application": _start,
    "ask_progress": _plain("progress"),
    "ask_missing": _plain("missing"),
    "ask_supplement": _plain("missing"),
    "ask_materials": _plain("materials"),
    "history": _plain("history"),
    "confirmation_slip": _plain("confirmation_slip"),
    "cancel_case": _cancel,
    "submit": _plain("submit"),
    "resubmit": _plain("resubmit"),
    "upload_item": _choose_item,
    "done_uploading": _plain("finish_item"),
    "undo_upload": _plain("undo_upload"),
    "send_templates": _plain("send_templates"),
    "photo_nudge": _nudge,
    "photo_accept": _plain("photo_accept"),
    "photo_retake": _plain("photo_retake"),
    "pay": _plain("pay_link"),
    "paid_but_unpaid": _plain("progress"),
    "overview": _page("overview"),
    "bind_account": _page("bind"),
    "human": lambda _r, _q: Command("human", {"reason": "asked"}),
}
PAGE_PURPOSES: Final = frozenset({"bind", "credentials", "crop", "pay", "upload", "overview"})
ANSWERS: Final = frozenset({"inform", "correct", "choose", "affirm", "deny", "unsure", "unknown"})
REMARKS: Final[Mapping[str, str]] = {"repeat": "repeat", "help": "help", "ask_filling": "help"}


def decide(reading: Reading, question: Question) -> Move:
    """The move that a message makes while `question` stands open (or nothing is open)."""
    if reading.files:
        return Command("upload", {"file_id": reading.files[0], "item": reading.entity("item")})
    if (word := EXACT.get(reading.text.strip().rstrip("。.！!"))) is not None:
        return _of_intent(word, reading, question)
    if reading.exact:
        return _of_tap(reading, question)
    if question.form is None:
        return _when_nothing_is_open(reading, question)
    return _in_form(reading, question)


def _in_form(reading: Reading, question: Question) -> Move:
    by_form = _of_form(reading, question)
    if by_form is not None:
        return by_form
    values = values_of(reading, question)
    option = option_of(reading, question)
    if option is not None:
        return _answer(question, option=option, text=reading.text)
    if fits(values, question) or (values and reading.intent in ANSWERS):
        return _answer(question, values=values, text=reading.text)
    if reading.intent == "deny" and question.optional:
        return Command("skip")
    if reading.intent == "unsure":
        return Remark("help")
    if reading.intent not in ANSWERS and reading.confidence >= SURE:
        return _of_intent(reading.intent, reading, question)
    return _answer(question, values=values, text=reading.text)


def _of_form(reading: Reading, question: Question) -> Move | None:
    """Forms whose question has a command of its own: employer (T2), notice (T3, T4), photo (F28), cancel (F58)."""
    if question.form == "employer_form" and reading.intent in {"choose", "affirm", "inform", "unknown"}:
        option = option_of(reading, question)
        if option is None and reading.intent == "affirm" and len(question.options) == 1:
            option = str(question.options[0]["value"])
        if option is not None:
            return Command("choose_employer", {"employer_id": option})
    if question.form == "notice_form" and reading.intent in {"affirm", "deny", "unsure"}:
        return Command("confirm_notice", {"eligible": reading.intent == "affirm"})
    if question.form == "cancel_form" and reading.intent in {"affirm", "deny"}:
        return Command("cancel_case", {"confirmed": True}) if reading.intent == "affirm" else Command("resume")
    if question.form == "photo_form" and question.kind == "confirm" and reading.intent in {"affirm", "deny"}:
        return Command("photo_accept" if reading.intent == "affirm" else "photo_retake")
    return None


def _of_tap(reading: Reading, question: Question) -> Move:
    """A tapped choice: `choose:field=…,option=…` answers that field even when another question has come up since."""
    if reading.intent == "choose" and (option := reading.entity("option")) is not None:
        field_name = reading.entity("field") or question.field
        if field_name in {"employer", "employer_id"} and question.form in {"employer_form", None}:
            return Command("choose_employer", {"employer_id": option})
        index = reading.number("index")
        return Command("answer", {"field": field_name, "index": index, "values": [], "text": None, "option": option})
    if reading.intent == "page" and reading.entity("purpose") in PAGE_PURPOSES:
        return Command("page_link", {"purpose": reading.entity("purpose")})
    if reading.intent in ANSWERS:
        return _in_form(reading, question)
    return _of_intent(reading.intent, reading, question)


def _of_intent(intent: str, reading: Reading, question: Question) -> Move:
    if intent in COMMANDS:
        return COMMANDS[intent](reading, question)
    if intent in REMARKS and question.form is not None:
        return Remark(REMARKS[intent])
    return LeaveToRules()


def _when_nothing_is_open(reading: Reading, question: Question) -> Move:
    if reading.intent in COMMANDS and reading.confidence >= SURE:
        return _of_intent(reading.intent, reading, question)
    values = values_of(reading, question)
    if values:
        return _answer(question, values=values, text=reading.text)
    return Remark("help" if reading.intent == "help" else "not_understood")


def _answer(
    question: Question, *, text: str, values: list[dict[str, Any]] | None = None, option: str | None = None
) -> Command:
    body = {"field": question.field, "index": question.index, "values": values or [], "text": text, "option": option}
    return Command("answer", body)
