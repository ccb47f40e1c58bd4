"""Who talks on this account: choosing a person, signing out, the code that proves a new phone number."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from actions.moves import Command, Move, Remark
from actions.reading import Question, Reading
from actions.values import option_of

FORM: Final = "account_form"
CODE: Final = re.compile(r"(?<!\d)\d{6}(?!\d)")
REFUSING: Final = ("不", "别", "先不", "没说", "算了")
SEND_AGAIN: Final = re.compile(r"没收到|没有收到|再发|重发|重新发")
# Answers of some kind, from which neither a person, a yes nor a code can be read.
UNCLEAR: Final = frozenset({"inform", "correct", "choose", "affirm", "deny", "unsure", "unknown", "switch_person"})


def said_code(reading: Reading) -> Command | None:
    """“验证码是 482913” counts whatever was asked since."""
    if reading.exact or "码" not in reading.text:
        return None
    told = CODE.search(unicodedata.normalize("NFKC", reading.text))
    is_one = told is not None and ("验证码" in reading.text or "确认码" in reading.text)
    return Command("confirm_phone", {"code": told[0]}) if told is not None and is_one else None


def of_tap(field: str | None, option: str) -> Command | None:
    """A tapped person or answer counts whatever was asked since."""
    if field == "person":
        return Command("switch_person", {"person": option})
    if field == "unbind":
        return Command("unbind_account", {"confirmed": True}) if option == "yes" else Command("resume")
    if field == "phone_code":
        return Command("confirm_phone", {"again" if option == "again" else "give_up": True})
    return None


def of_form(reading: Reading, question: Question, *, sure: float) -> Move | None:
    """The answer to the open question of the form; None when it is something else. Nothing of it lands in the draft."""
    if question.field == "phone_code":
        return _code(reading, question, sure=sure)
    option = option_of(reading, question)
    if question.field == "unbind":
        if reading.text.startswith(REFUSING) or option in {"no", "deny"}:
            return Command("resume")
        if option in {"yes", "affirm"}:
            return Command("unbind_account", {"confirmed": True})
        unclear = reading.intent in {*UNCLEAR, "unbind_account"}
        return Remark("again") if unclear or reading.confidence < sure else None
    if option not in (None, "affirm", "deny"):
        return Command("switch_person", {"person": option})
    if option == "deny" or reading.text.startswith(REFUSING):
        return Command("resume")
    return Remark("again") if reading.intent in UNCLEAR or reading.confidence < sure else None


def _code(reading: Reading, question: Question, *, sure: float) -> Move | None:
    told = CODE.search(unicodedata.normalize("NFKC", reading.text).replace(" ", ""))
    if told is not None:
        return Command("confirm_phone", {"code": told[0]})
    if SEND_AGAIN.search(reading.text):
        return Command("confirm_phone", {"again": True})
    option = option_of(reading, question)
    if reading.text.startswith(REFUSING) or option in {"give_up", "deny"}:
        return Command("confirm_phone", {"give_up": True})
    return Remark("again") if reading.intent in UNCLEAR or reading.confidence < sure else None
