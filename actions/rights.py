"""What is said about one's own data becomes a command: see, copy, delete, withdraw; what cannot be undone is confirmed."""

from __future__ import annotations

import re
from typing import Final

from actions.moves import Command, Move, Remark
from actions.reading import Question, Reading
from actions.values import option_of

FORM: Final = "rights_form"
REFUSING: Final = ("不", "别", "先不", "没说", "算了")
# Which consent a sentence is about, by the first of these words that stands in it.
NAMED: Final = (
    ("beijing_pass", re.compile("北京通")),
    ("reminders", re.compile("提醒|通知|推送")),
    ("sensitive_id", re.compile("身份证|证件|材料")),
    ("service_terms", re.compile("条款|委托")),
)
UNCLEAR: Final = frozenset(
    {"inform", "correct", "choose", "affirm", "deny", "unsure", "unknown", "delete_my_data", "withdraw_consent"}
)
AGAIN: Final = re.compile(
    r"(?:请|帮我|我要|我想|麻烦|还是)*(?:恢复|打开|开启|重新打开|重新开启|重新|继续)一?下?(?:主动)?的?(?:提醒|通知|推送)(?:我)?[吧了呀啊。.!！]*"
)
# What puts the question of a field again, when its choice is tapped after another question has come up.
ASKS_AGAIN: Final = {"delete": "delete_my_data", "withdraw": "withdraw_consent", "withdraw_which": "withdraw_consent"}


def purpose_of(text: str) -> str | None:
    """The consent that the words name."""
    return next((name for name, words in NAMED if words.search(text)), None)


def given_again(reading: Reading) -> Command | None:
    """“恢复提醒” takes back that they were not wanted."""
    said = not reading.exact and AGAIN.fullmatch(reading.text.strip())
    return Command("give_consent", {"purpose": "reminders"}) if said else None


def delete(reading: Reading, _question: Question) -> Command:
    """“删除北京通账号” is about that one consent, everything else about all data."""
    if purpose_of(reading.text) == "beijing_pass":
        return Command("withdraw_consent", {"purpose": "beijing_pass"})
    return Command("delete_my_data", {"confirmed": False})


def withdraw(reading: Reading, _question: Question) -> Command:
    return Command("withdraw_consent", {"purpose": purpose_of(reading.text)})


def of_tap(field: str | None, option: str, question: Question) -> Command | None:
    """A tap counts for the question that stands open; an older one puts its question again."""
    if field not in (*ASKS_AGAIN, "consent"):
        return None
    if question.form == FORM and question.field == field:
        return _chosen(option, question)
    if option == "no" or field == "consent":
        return Command("leave_it")
    return Command(ASKS_AGAIN[field], {"confirmed": False})


def of_form(reading: Reading, question: Question, *, sure: float) -> Move | None:
    """The answer to the open question; None when it is something else. Nothing of it lands in the draft."""
    option = option_of(reading, question)
    if reading.text.startswith(REFUSING) or option in ("no", "deny"):
        return Command("leave_it")
    if question.field == "withdraw_which":
        option = purpose_of(reading.text) if option in (None, "affirm") else option
    elif option == "affirm":
        option = str(question.options[0]["value"])
    if option is not None:
        return _chosen(option, question)
    return Remark("again") if reading.intent in UNCLEAR or reading.confidence < sure else None


def _chosen(option: str, question: Question) -> Command:
    if option == "no":
        return Command("leave_it")
    if question.field == "withdraw_which":
        return Command("withdraw_consent", {"purpose": option, "confirmed": False})
    if question.field == "withdraw":
        return Command("withdraw_consent", {"purpose": option, "confirmed": True})
    if question.field == "delete":
        return Command("delete_my_data", {"confirmed": True})
    return Command("give_consent")
