"""Which one backend command a message means, given the open question (contract 3); nothing is decided here but that."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from actions import account, entries, photographs, rights, visits
from actions.moves import Command, LeaveToRules, Move, Remark
from actions.reading import Question, Reading
from actions.values import fits, is_months_alone, option_of, values_of

SURE: Final = 0.4  # under it a sentence inside a form is an answer, not a command


Build = Callable[[Reading, Question], "Command | Remark"]

# Said word for word, these are commands whatever was asked (F25, F31, F32).
EXACT: Final[Mapping[str, str]] = {
    "上一步": "previous", "返回": "previous", "跳过": "skip", "保存": "save_draft", "先存着": "save_draft", "重填": "redo",
    "取消": "cancel_case", "取消办理": "cancel_case", "帮助": "help", "转人工": "human", "人工": "human",
    "到哪一步了": "ask_progress", "进度": "ask_progress", "继续": "resume", "还差什么": "ask_missing", "提交": "submit",
    "再发一次": "resume", "再发一个": "resume", "链接过期了": "resume", "链接失效了": "resume",
}  # fmt: skip


def _plain(name: str) -> Build:
    return lambda _reading, _question: Command(name)


def _page(purpose: str) -> Build:
    return lambda _reading, _question: Command("page_link", {"purpose": purpose})


def _goto(reading: Reading, question: Question) -> Command | Remark:
    """The name travels with the field that was read: the backend knows questions that only its catalogue has."""
    name, section = reading.entity("field"), reading.entity("section")
    if reading.exact and not (name or section):
        return Remark("say_what_to_change")
    told = {**entries.place(reading), "text": None if reading.exact else reading.text[:100]}
    return Command("goto", {key: value for key, value in told.items() if value is not None})


def _redo(reading: Reading, _question: Question) -> Command:
    return Command("redo", {"section": reading.entity("section")})


def _start(reading: Reading, _question: Question) -> Command:
    business = reading.entity("business_type")
    return Command("start_case", {"business_type": business}) if business else Command("open")


def _about_business(name: str, *entities: str) -> Build:
    """A question about a business, answered for the one that is named or for the one that is running."""

    def build(reading: Reading, _question: Question) -> Command:
        told = {"business_type": reading.entity("business_type"), "item": reading.entity("material_item")}
        return Command(name, {key: told[key] for key in ("business_type", *entities) if told[key] is not None})

    return build


def _about_item(name: str) -> Build:
    """A command about one material, or about all of them."""

    def build(reading: Reading, _question: Question) -> Command:
        item = reading.entity("material_item")
        return Command(name, {"item": item} if item else {})

    return build


def _eligibility(reading: Reading, _question: Question) -> Command:
    """够不够、能不能办: the backend compares what was told with what is published."""
    told = {"business_type": reading.entity("business_type"), "text": "" if reading.exact else reading.text[:300]}
    return Command("eligibility", {name: value for name, value in told.items() if value})


def _nudge(reading: Reading, _question: Question) -> Command:
    return Command("photo_nudge", {"direction": reading.entity("direction") or "reset"})


def _invoice(reading: Reading, _question: Question) -> Command:
    """“发票抬头改成…” tells values, whatever is asked now; “发票怎么开” tells none."""
    told = values_of(reading, Question(form="invoice_form"))
    values = [value for value in told if value["field"] in INVOICE_FIELDS]
    return Command("invoice", {"values": values, "text": reading.text if values else ""})


def _receipts(reading: Reading, _question: Question) -> Command:
    """A tap carries the page."""
    page = reading.number("option") if reading.exact else None
    return Command("receipts", {"page": page} if page and page > 0 else {})


def _cancel(reading: Reading, question: Question) -> Command:
    sure = reading.exact and reading.entity("confirmed") == "yes"
    return Command("cancel_case", {"confirmed": sure})


COMMANDS: Final[Mapping[str, Build]] = {
    "previous": _plain("previous"),
    "skip": _plain("skip"),
    "save_draft": _plain("save"),
    "resume": _plain("resume"),
    "redo": _redo,
    "edit_field": _goto,
    "add_entry": lambda _r, _q: Command("add_entry", {"index": None}),
    "remove_entry": entries.remove,
    "finish_section": _plain("finish_section"),
    "start_application": _start,
    "ask_progress": _plain("progress"),
    "ask_missing": _plain("missing"),
    "ask_supplement": _plain("missing"),
    "ask_materials": _about_business("materials", "item"),
    "ask_fee": _about_business("fee"),
    "ask_eligibility": _eligibility,
    "history": _plain("history"),
    "confirmation_slip": _plain("confirmation_slip"),
    "cancel_case": _cancel,
    "submit": _plain("submit"),
    "resubmit": _plain("resubmit"),
    "upload_item": photographs.choose,
    "done_uploading": _plain("finish_item"),
    "undo_upload": photographs.undo,
    "send_templates": _about_item("send_templates"),
    "photo_nudge": _nudge,
    "photo_accept": _plain("photo_accept"),
    "photo_retake": _plain("photo_retake"),
    "pay": _plain("pay_link"),
    "paid_but_unpaid": _plain("progress"),
    "overview": _page("overview"),
    "bind_account": _page("bind"),
    "switch_person": lambda _r, _q: Command("switch_person", {"person": None}),
    "unbind_account": lambda _r, _q: Command("unbind_account", {"confirmed": False}),
    "book_appointment": visits.book,
    "reschedule_appointment": visits.reschedule,
    "cancel_appointment": visits.give_up,
    "ask_appointment": visits.look,
    "join_waitlist": visits.wait,
    "ask_invoice": _invoice,
    "ask_receipts": _receipts,
    "my_data": _plain("my_data"),
    "export_my_data": _plain("export_my_data"),
    "delete_my_data": rights.delete,
    "withdraw_consent": rights.withdraw,
    "human": lambda _r, _q: Command("human", {"reason": "asked"}),
}
INVOICE_FIELDS: Final = frozenset({"title_type", "invoice_title", "tax_no", "invoice_email"})
NEGATIONS: Final = ("不", "别", "先不", "没说")
ASKS_OPINION: Final = re.compile(
    r"(?:你[看觉得]*|照片|[这那][样张个]?|现在|裁的?)*(?:行不行|可不可以|能不能用|(?:还?行|可以|合格|能用|能过|没问题|好看?|够)(?:吗|么|不|没|吧[?？]))[?？。]?"
)
PAGE_PURPOSES: Final = frozenset({"bind", "credentials", "crop", "pay", "upload", "overview", "data"})
ANSWERS: Final = frozenset({"inform", "correct", "choose", "affirm", "deny", "unsure", "unknown"})
# What “改手机号和婚姻状况” sounds like; where several things may be chosen it is the answer.
CHOOSING: Final = frozenset({"edit_field", "start_application", "correct", "inform", "choose", "unknown", "redo"})
A_DAY: Final = re.compile(r"\d{1,2}\s*月\s*\d{1,2}|\d{4}\s*[-./年]\s*\d{1,2}\s*[-./月]\s*\d{1,2}|(?<!\d)\d{8}(?!\d)")
THIS_IS: Final = re.compile(r"^(?:这|那|刚才|刚刚|上面|上一)(?:(?:一|那|个|些|几)?[张份页]|个)?(?:发的|传的)?就?是")
CLOSING: Final = frozenset({"affirm", "skip", "finish_section"})
CHANGED: Final = re.compile(r"[有变改换]")
NOTHING: Final = re.compile(r"[没不无未]")
# What “这张是合同” may be read as while something else is asked: the paper is meant, not the list of papers.
ABOUT_PAPERS: Final = frozenset({"ask_materials", "upload_item"})
TOLD: Final = frozenset({"contact", "personal", "education", "work", "conditions", "invoice"})
SENDING: Final = re.compile(r"[传发拍交补放]|照片|图")
ASKED: Final = re.compile(r"[?？吗]\s*$")
ACKNOWLEDGED: Final = frozenset({"affirm", "deny", "unsure"})
SWITCH: Final = "switch"  # the question whether another business is meant
REMARKS: Final[Mapping[str, str]] = {"repeat": "repeat", "help": "help", "ask_filling": "help", "greet": "greet"}


def decide(reading: Reading, question: Question) -> Move:
    """The move that a message makes while `question` stands open (or nothing is open)."""
    if reading.files:
        return Command("upload", {"file_id": reading.files[0], "item": reading.entity("item")})
    word = EXACT.get(reading.text.strip().rstrip("。.！!"))
    if word is not None and (word, question.form) != ("cancel_case", "cancel_form"):
        return _of_intent(word, reading, question)
    if reading.exact and reading.intent not in ("greet", "help"):
        return _of_tap(reading, question)
    if (secret := _typed_secret(reading, question)) is not None:
        return secret
    if (told_code := account.said_code(reading)) is not None:
        return told_code
    if (again := rights.given_again(reading)) is not None:
        return again
    if (waiting := visits.about_waiting(reading)) is not None:
        return waiting
    if (photo := photographs.about(reading, question)) is not None:
        return photo
    if question.form is None:
        return _when_nothing_is_open(reading, question)
    return _in_form(reading, question)


def _typed_secret(reading: Reading, question: Question) -> Command | None:
    """A password or ID number gets the page for such things, whatever is asked; other facts beside a number are kept."""
    kind = reading.entity("secret_typed")
    if kind is None or (kind != "password" and fits(values_of(reading, question), question)):
        return None
    return Command("secret_typed", {"kind": kind})


def _in_form(reading: Reading, question: Question) -> Move:
    by_form = _of_form(reading, question)
    if by_form is not None:
        return by_form
    if _asks_about_the_preview(reading, question):
        return Remark("help")
    if question.section == "materials" and THIS_IS.match(reading.text):
        item = reading.entity("material_item")
        return Command("choose_item", {"item": item}) if item else _answer(question, text=reading.text)
    if reading.intent in ABOUT_PAPERS and THIS_IS.match(reading.text) and not ASKED.search(reading.text):
        item = reading.entity("material_item")
        return photographs.choose(reading, question) if item else _answer(question, text=reading.text)
    if is_months_alone(reading, question) or _is_the_answer_itself(reading, question):
        return _answer(question, text=reading.text)
    values = values_of(reading, question)
    option = option_of(reading, question)
    if option == "finish_item":
        return Command("finish_item")
    if option == "sample":
        return Command("materials", {"item": question.field})
    if option is not None:
        return _answer(question, option=option, text=reading.text)
    if fits(values, question) or (values and (reading.intent in ANSWERS or _of_the_invoice(values, question))):
        return _answer(question, values=values, text=reading.text)
    if reading.intent == "deny" and question.optional:
        return Command("skip")
    if reading.intent == "unsure":
        return Remark("help")
    if reading.intent == "affirm" and question.kind == "text" and not values and reading.confidence >= SURE:
        return Remark("again")
    if reading.intent == "correct" and reading.entity("business_type") is not None:
        return _start(reading, question)
    if reading.intent not in ANSWERS and reading.confidence >= SURE and not _names_only(reading, question):
        return _of_intent(reading.intent, reading, question)
    return _answer(question, values=values, text=reading.text)


def _names_only(reading: Reading, question: Question) -> bool:
    """“跟我爸妈一个户口本” names a paper and sends none: away from the papers it is an answer."""
    return reading.intent == "upload_item" and question.section in TOLD and not SENDING.search(reading.text)


def _is_the_answer_itself(reading: Reading, question: Question) -> bool:
    """Several things that are to change, or a day that is written out: the backend reads the text better.

    “有变化” sounds like “没变化”, and a yes to “有变化吗” is none to skipping: neither may close that question.
    """
    if question.kind == "multi_choice":
        return reading.intent in CHOOSING
    if question.field == "unchanged" and reading.intent in CLOSING:
        return reading.intent == "affirm" or bool(CHANGED.search(reading.text) and not NOTHING.search(reading.text))
    return question.kind == "date" and A_DAY.search(reading.text) is not None and not ASKED.search(reading.text)


def _asks_about_the_preview(reading: Reading, question: Question) -> bool:
    """“行吗” under the preview asks what we think of it; it is neither a yes nor a question about who may apply."""
    return (question.form, question.kind) == ("photo_form", "confirm") and ASKS_OPINION.fullmatch(reading.text) is not None


def _of_the_invoice(values: list[dict[str, Any]], question: Question) -> bool:
    """“发票发到…” sounds like a question about invoices and is an answer."""
    return question.section == "invoice" and any(value["field"] in INVOICE_FIELDS for value in values)


def _of_form(reading: Reading, question: Question) -> Move | None:
    """The cancel question is answered by the command itself (F58), times by theirs (F57); other forms by `answer`.

    Whatever is neither a yes, a no nor a sure other intent is asked back: it must not land in the draft.
    """
    if question.form == visits.FORM:
        return visits.of_form(reading, question, sure=SURE)
    if question.form == account.FORM:
        return account.of_form(reading, question, sure=SURE)
    if question.form == rights.FORM:
        return rights.of_form(reading, question, sure=SURE)
    if question.form != "cancel_form":
        return None
    option = option_of(reading, question)
    if reading.text.startswith(NEGATIONS) or option in {"no", "deny"}:
        return Command("resume")
    if question.field == SWITCH and option is not None:
        return _switch(str(question.options[0]["value"]))
    if option in {"yes", "affirm"}:
        return Command("cancel_case", {"confirmed": True})
    if reading.intent in {*ANSWERS, "cancel_case"} or reading.confidence < SURE:
        return Remark("again")
    return None


def _of_tap(reading: Reading, question: Question) -> Move:
    """A tapped choice: `choose:field=…,option=…` answers that field even when another question has come up since."""
    if reading.intent == "choose" and (option := reading.entity("option")) is not None:
        field_name = reading.entity("field") or question.field
        by_form = visits.of_tap(field_name, option) or account.of_tap(field_name, option)
        if (by_form := by_form or rights.of_tap(field_name, option, question)) is not None:
            return by_form
        if field_name == SWITCH:
            return _switch(option)
        if question.form == "cancel_form" and field_name == question.field:
            return Command("cancel_case", {"confirmed": True}) if option == "yes" else Command("resume")
        index = reading.number("index")
        body: dict[str, Any] = {"field": field_name, "index": index, "values": [], "text": None, "option": option}
        return Command("answer", {**body, "mark": mark} if (mark := reading.entity("mark")) else body)
    if reading.intent == "choose" and reading.entity("page") in PAGE_PURPOSES:
        return Command("page_link", {"purpose": reading.entity("page")})
    if reading.intent == "choose" and (number := reading.number("number")) is not None:
        return _tapped_number(number, reading, question)
    if reading.intent in ANSWERS:
        return _in_form(reading, question)
    return _of_intent(reading.intent, reading, question)


def _switch(option: str) -> Command:
    """“换成续签”: the option's value is the business, so that the tap counts whenever it comes."""
    return Command("resume") if option == "no" else Command("start_case", {"business_type": option, "confirmed": True})


def _tapped_number(number: int, reading: Reading, question: Question) -> Move:
    """An option whose value cannot stand in a payload is tapped by its number, which counts for its own question."""
    if reading.entity("field") != question.field or not 0 < number <= len(question.options):
        return Remark("repeat")
    answer = _answer(question, option=str(question.options[number - 1]["value"]), text="")
    mark = reading.entity("mark")
    return Command("answer", {**answer.body, "mark": mark}) if mark else answer


def _of_intent(intent: str, reading: Reading, question: Question) -> Move:
    if intent in COMMANDS:
        return COMMANDS[intent](reading, question)
    if intent in REMARKS and question.form is not None:
        return Remark(REMARKS[intent])
    if intent == "help":
        return Remark("help")
    return LeaveToRules()


def _when_nothing_is_open(reading: Reading, question: Question) -> Move:
    if reading.intent == "greet":
        return Command("open")
    if reading.intent in COMMANDS and reading.confidence >= SURE:
        return _of_intent(reading.intent, reading, question)
    values = values_of(reading, question)
    if values:
        return _answer(question, values=values, text=reading.text)
    if reading.intent in ACKNOWLEDGED and reading.confidence >= SURE:
        return Remark("acknowledged")
    return Remark("help" if reading.intent in REMARKS and reading.intent != "greet" else "fallback")


def _answer(
    question: Question, *, text: str, values: list[dict[str, Any]] | None = None, option: str | None = None
) -> Command:
    body = {"field": question.field, "index": question.index, "values": values or [], "text": text, "option": option}
    return Command("answer", body)
