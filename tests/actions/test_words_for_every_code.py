"""Whatever the backend can say or refuse has a sentence that operators edit, and the binding sentences stand in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain

from actions.speech import COMMANDS_OF_KIND
from nlu.wording import fill

ROOT = Path(__file__).resolve().parents[2]
DOMAIN = Domain.from_path(str(ROOT / "data/domain"))
SAID = re.compile(r"""\bSay\(\s*["']([a-z][a-z0-9_]*)["']""")
REFUSED = re.compile(r"""\bcode: ClassVar\[str\] = ["']([a-z][a-z0-9_]*)["']""")
SAYING = re.compile(r"""\bsaying\(\s*["']([a-z][a-z0-9_]*)["']""")
CHOOSING = re.compile(r"^\s*(code|say) = .*|.*saying\(.* else .*|.*instead(: str)? ?= ?.*|.*Skipping\.LATER, .*", re.MULTILINE)
LITERAL = re.compile(r"""["']([a-z]+_[a-z_]+)["'](?!:)""")
CANCEL = "一旦取消办理，如想再继续申请，需要重新提交此业务。"
TIMEOUT = "24小时内缴费并提交申请，逾期将自动关闭，如需请重新发起申请"


def sources() -> str:
    """What speaks to applicants; the staff's own refusals are the console's."""
    folders = (ROOT / "backend/domain", ROOT / "backend/services")
    paths = [path for folder in folders for path in folder.rglob("*.py") if "staff" not in path.parts]
    return "\n".join(path.read_text() for path in paths)


def codes() -> set[str]:
    """Every code that the source of the backend names."""
    text = sources()
    found = {code for pattern in (SAID, SAYING, REFUSED) for code in pattern.findall(text)}
    for line in CHOOSING.finditer(text):
        found |= set(LITERAL.findall(line[0]))
    catalogue = "\n".join(path.read_text() for path in (ROOT / "backend/catalogue").glob("*.yml"))
    return found | set(re.findall(r"notice: ([a-z_]+)\}", catalogue))


@pytest.mark.parametrize("code", sorted(codes()))
def test_a_code_of_the_backend_has_words(code: str) -> None:
    assert f"utter_{code}" in DOMAIN.responses


@pytest.mark.parametrize("name", sorted({name for names in COMMANDS_OF_KIND.values() for name in names}
                                        | {"skip", "previous", "help", "human", "start", "ask_progress"}))  # fmt: skip
def test_a_choice_has_words(name: str) -> None:
    assert f"utter_choice_{name}" in DOMAIN.responses


def test_cancelling_quotes_the_binding_sentence() -> None:
    for name in ("utter_ask_cancel_confirm", "utter_confirm_cancel"):
        assert all(CANCEL in one["text"] for one in DOMAIN.responses[name])


def test_the_payment_texts_quote_the_binding_sentence() -> None:
    for name in ("utter_ask_pay_deadline", "utter_ask_review_submit", "utter_payment_window_closed"):
        assert TIMEOUT in DOMAIN.responses[name][0]["text"]


def test_no_text_promises_an_approval() -> None:
    texts = [one.get("text", "") for variations in DOMAIN.responses.values() for one in variations]
    assert not [text for text in texts if re.search(r"保证.{0,4}通过|一定能(办|过|批)|包过", text)]


def test_texts_are_short_enough_for_a_phone() -> None:
    long = [name for name, ones in DOMAIN.responses.items() if any(len(one.get("text", "")) > 160 for one in ones)]
    assert long == []


def test_every_payload_of_the_texts_follows_the_grammar() -> None:
    from nlu.payloads import parse_of_payload

    for variations in DOMAIN.responses.values():
        for one in variations:
            for button in one.get("buttons") or ():
                assert parse_of_payload(button["payload"])["intent"]["name"] in DOMAIN.intents
            if payload := (one.get("custom") or {}).get("payload"):
                assert parse_of_payload(payload)["intent"]["name"] in DOMAIN.intents


def test_a_fact_that_is_missing_leaves_no_hole() -> None:
    assert fill("请发照片{step}\n{hint}\n现在：{current}", {"step": "（1/3）"}) == "请发照片（1/3）"
