"""What is said about visits becomes a command: a time by number, day or half, the waitlist, giving up (F57-F60)."""

from __future__ import annotations

import re
from typing import Any, Final

from actions.moves import Command, Move, Remark
from actions.reading import Question, Reading
from actions.values import option_of

FORM: Final = "appointment_form"
# The question's field, and the command that answers it.
CHOOSES: Final = {"slot": "book", "new_slot": "reschedule"}
EARLIEST: Final = re.compile(r"最(?:早|近|快)的?(?!.*(?:吗|么|[？?]))")
WAITING: Final = re.compile(r"候补|排(?:个|一下)?队等|有空位.{0,4}(?:告诉|通知|叫)我")
NOT_WAITING: Final = re.compile(r"(?:不|别|取消|退出|停).{0,3}候补")
LONGEST_WAITING: Final = 24
REFUSING: Final = ("不", "别", "先不", "没说")
# Answers of some kind, from which neither a time nor a yes can be read.
UNCLEAR: Final = frozenset({"inform", "correct", "choose", "affirm", "deny", "unsure", "unknown"})
ABOUT_TIMES: Final = frozenset({"book_appointment", "reschedule_appointment", "inform", "choose", "correct", "affirm"})


def wish_of(reading: Reading) -> dict[str, Any]:
    """Day, half of a day and number, as far as they were said."""
    wish: dict[str, Any] = {}
    if (day := reading.entity("date")) is not None:
        wish["date"] = day
    if (half := reading.entity("half_day")) in ("AM", "PM"):
        wish["half"] = half
    if (number := reading.number("option")) is not None:
        wish["number"] = number
    elif not wish and EARLIEST.search(reading.text):
        wish["number"] = 1
    return wish


def book(reading: Reading, _question: Question) -> Command:
    return Command("book", wish_of(reading))


def reschedule(reading: Reading, _question: Question) -> Command:
    return Command("reschedule", wish_of(reading))


def look(reading: Reading, _question: Question) -> Command:
    wish = wish_of(reading)
    return Command("slots", {name: wish[name] for name in ("date", "half") if name in wish})


def wait(reading: Reading, _question: Question) -> Command:
    wish = wish_of(reading)
    return Command("waitlist", {name: wish[name] for name in ("date", "half") if name in wish})


def give_up(reading: Reading, _question: Question) -> Command:
    return Command("cancel_appointment", {"confirmed": reading.exact and reading.entity("confirmed") == "yes"})


def about_waiting(reading: Reading) -> Command | None:
    """候补, with the day or half that is waited for; and 不候补了."""
    if reading.exact or len(reading.text) > LONGEST_WAITING:
        return None
    if NOT_WAITING.search(reading.text):
        return Command("waitlist", {"leave": True})
    return wait(reading, Question.none()) if WAITING.search(reading.text) else None


def of_tap(field: str | None, option: str) -> Command | None:
    """A tapped time, place in line or answer counts whatever was asked since."""
    if field in CHOOSES:
        return Command(CHOOSES[field], {"slot_id": option})
    if field == "waitlist":
        return Command("waitlist", {"leave": option == "leave"})
    if field == "give_up":
        return Command("cancel_appointment", {"confirmed": True}) if option == "yes" else Command("resume")
    return None


def of_form(reading: Reading, question: Question, *, sure: float) -> Move | None:
    """The answer to the open question of the form; None when it is something else. Nothing of it lands in the draft."""
    if question.field == "give_up":
        return _yes_or_no(reading, question, sure=sure)
    name = CHOOSES.get(question.field or "", "book")
    option = option_of(reading, question)
    if option == "affirm":
        option = str(question.options[0]["value"]) if len(question.options) == 1 else None
    if option not in (None, "deny"):
        return Command(name, {"slot_id": option})
    wish = wish_of(reading)
    if set(wish) == {"number"}:
        return _of_the_list(wish["number"], name, question)
    if wish and (reading.intent in ABOUT_TIMES or reading.confidence < sure):
        return Command(name, wish)
    if option == "deny" or reading.intent == "deny":
        return Remark("no_time_fits")
    if reading.intent in ("book_appointment", "reschedule_appointment"):
        return Command(name, {})
    return Remark("again") if reading.intent in UNCLEAR or reading.confidence < sure else None


def _of_the_list(number: int, name: str, question: Question) -> Move:
    """“第二个” and “最后一个” count in the list that was shown; what it does not have is asked back, never guessed."""
    at = number - 1 if number > 0 else len(question.options) + number
    if number == 0 or not 0 <= at < len(question.options):
        return Remark("again")
    return Command(name, {"slot_id": str(question.options[at]["value"])})


def _yes_or_no(reading: Reading, question: Question, *, sure: float) -> Move | None:
    option = option_of(reading, question)
    if reading.text.startswith(REFUSING) or option in {"no", "deny"}:
        return Command("resume")
    if option in {"yes", "affirm"}:
        return Command("cancel_appointment", {"confirmed": True})
    return Remark("again") if reading.intent in {*UNCLEAR, "cancel_appointment"} or reading.confidence < sure else None
