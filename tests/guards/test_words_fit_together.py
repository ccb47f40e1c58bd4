"""Texts that operators edit and the code that uses them agree: names, facts, payloads, template values, codes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

import backend.services.errors  # noqa: F401 - all_errors() knows what is imported
from backend.adapters.texts import YamlMessageTexts
from backend.console import words
from backend.domain.case import STAGES, Stage
from backend.domain.errors import all_errors
from backend.domain.transitions import ROWS
from backend.services.staff.refusals import all_refusals
from bot.h5 import sentences as h5
from bot.menu import MENU
from launcher.environment import TEMPLATE_PURPOSES
from wechat.replies import PAYLOAD, PAYLOAD_LIMIT_BYTES
from wechat.templates import fitted

ROOT = Path(__file__).resolve().parents[2]
MESSAGES = YamlMessageTexts.read().messages
CHINESE = re.compile(r"[\u4e00-\u9fff]")
PLACEHOLDER = re.compile(r"\{([a-zA-Z_]\w*)\}")
PAYLOAD_PARTS = re.compile(r"[a-z_][a-z0-9_]*(:[a-z_]+=[A-Za-z0-9_.-]+(,[a-z_]+=[A-Za-z0-9_.-]+)*)?")
# What actions/speech.py gives every sentence or question besides the backend's own facts.
ALWAYS = {"case_no"}
# Pages answer these with a sentence of their own shape, or never meet them (a person would have to forge a call).
NOT_ON_PAGES = {"link_expired", "link_used", "link_unknown", "link_of_another"}


def domain() -> dict[str, Any]:
    """data/domain as one mapping of responses and intents."""
    merged: dict[str, Any] = {"responses": {}, "intents": []}
    for path in sorted((ROOT / "data" / "domain").glob("*.yml")):
        told = yaml.safe_load(path.read_text(encoding="utf-8"))
        merged["responses"] |= told.get("responses") or {}
        merged["intents"] += [one if isinstance(one, str) else next(iter(one)) for one in told.get("intents") or []]
    return merged


DOMAIN = domain()


def payloads() -> Iterator[tuple[str, str]]:
    """Every payload that leaves as a tap, and where it is written."""
    for code, message in MESSAGES.items():
        facts = dict.fromkeys(message.facts, "X1")
        yield from ((f"messages.yml {code}", choice.payload.format_map(facts)) for choice in message.choices)
    for button in MENU["button"]:
        for leaf in button.get("sub_button", [button]):
            yield f"menu {leaf['name']}", leaf["key"]
    for name, variations in DOMAIN["responses"].items():
        for variation in variations:
            yield from ((name, button["payload"]) for button in variation.get("buttons") or ())
            if payload := (variation.get("custom") or {}).get("payload"):
                yield name, payload


@pytest.mark.parametrize(("where", "payload"), sorted(set(payloads())))
def test_a_payload_follows_the_grammar_and_names_a_known_intent(where: str, payload: str) -> None:
    assert PAYLOAD.fullmatch(payload) and len(payload) <= PAYLOAD_LIMIT_BYTES
    assert PAYLOAD_PARTS.fullmatch(payload)
    assert payload.partition(":")[0] in DOMAIN["intents"]


@pytest.mark.parametrize("code", sorted(code for code, message in MESSAGES.items() if message.template))
def test_a_template_obeys_wechats_value_rules(code: str) -> None:
    """Written values must need no cutting; filled ones are cut by `fitted` when a fact is long."""
    template = MESSAGES[code].template
    assert template is not None
    written = {key: value for key, value in template.values.items() if not PLACEHOLDER.search(value)}
    assert fitted(written) == written
    samples = {"case_no": "GJ20260316-00001", "amount": "600.00", "count": 18, "deadline": "3月17日 10:00"}
    samples = dict.fromkeys(MESSAGES[code].facts, "3月17日") | samples
    filled = {key: value.format_map(samples) for key, value in template.values.items()}
    assert fitted(filled) == filled
    for key, value in filled.items():
        if key.startswith("amount"):
            assert re.fullmatch(r"[¥￥]?\d{1,10}(\.\d\d)?元?", value)
        if key.startswith("character_string"):
            assert re.fullmatch(r"[!-~]{1,32}", value)
        if key.startswith("phrase"):
            assert re.fullmatch(r"[\u4e00-\u9fff]{1,5}", value)


@pytest.mark.parametrize("purpose", sorted({one.template.purpose for one in MESSAGES.values() if one.template}))
def test_a_purpose_of_a_template_is_one_that_the_launcher_configures(purpose: str) -> None:
    assert purpose in TEMPLATE_PURPOSES


def test_every_name_of_a_response_that_the_code_or_the_rules_mention_exists() -> None:
    sources = [*(ROOT / "actions").glob("*.py"), *(ROOT / "nlu").glob("*.py"), *(ROOT / "data" / "rules").glob("*.yml")]
    mentioned = {
        name
        for path in sources
        for name in re.findall(r"\butter_[a-z0-9_]+\b(?![{*…])", path.read_text(encoding="utf-8"))
        if not name.endswith("_")
    }
    assert {name for name in mentioned if name not in DOMAIN["responses"]} - {"utter_message", "utter_action"} == set()


def facts_by_code() -> Mapping[str, set[str] | None]:
    """Which facts come with each code the backend says; None when a call site spreads a mapping."""
    found: dict[str, set[str] | None] = {}

    def note(code: str, names: set[str] | None) -> None:
        known = found.get(code, set())
        found[code] = None if names is None or known is None else known | names

    for folder in ("domain", "services"):
        for path in (ROOT / "backend" / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and (said := _said(node)):
                    note(*said)
    for error in all_errors():
        note(error.code, None if "facts" in vars(error) else set(getattr(error, "__dataclass_fields__", {})))
    return found


def _said(call: ast.Call) -> tuple[str, set[str] | None] | None:
    """The code and the fact names of a `Say("code", {…})` or `saying("code", {…})`."""
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    if name not in ("Say", "saying") or not call.args or not isinstance(call.args[0], ast.Constant):
        return None
    code = str(call.args[0].value)
    if len(call.args) == 1 and not call.keywords:
        return code, set()
    facts = call.args[1] if len(call.args) > 1 else None
    if not isinstance(facts, ast.Dict) or not all(isinstance(key, ast.Constant) for key in facts.keys):
        return code, None
    return code, {str(key.value) for key in facts.keys if isinstance(key, ast.Constant)}


FACTS = facts_by_code()


@pytest.mark.parametrize("code", sorted(code for code, names in FACTS.items() if names is not None))
def test_a_text_uses_no_fact_that_its_code_never_brings(code: str) -> None:
    """A misspelt name would silently drop its line (nlu/wording.py)."""
    names = (FACTS[code] or set()) | ALWAYS
    for variation in DOMAIN["responses"].get(f"utter_{code}", ()):
        assert set(PLACEHOLDER.findall(variation.get("text") or "")) <= names


def test_no_text_reaches_into_an_object() -> None:
    """`{x.__class__}` or `{x[0]}` in a text would be code in the hands of whoever edits texts."""
    texts = [text for message in MESSAGES.values() for text in message.texts()]
    texts += [one.get("text") or "" for ones in DOMAIN["responses"].values() for one in ones]
    texts += [*h5.SENTENCES.values(), *words.SENTENCES.values()]
    assert [text for text in texts if re.search(r"\{[^{}]*[.\[!][^{}]*\}", text)] == []


def test_every_text_is_chinese() -> None:
    """That there is one for every code is shown in tests/actions/test_words_for_every_code.py."""
    texts = {name: one.get("text") for name, ones in DOMAIN["responses"].items() for one in ones}
    assert [name for name, text in texts.items() if text and not CHINESE.search(PLACEHOLDER.sub("好", text))] == []


def codes_on_pages() -> set[str]:
    """What the calls of the pages (contracts.md 4) can be refused with."""
    named = re.findall(r"`([a-z_]+)`(?:\(|,| |;)", (ROOT / "docs/contracts.md").read_text(encoding="utf-8"))
    codes = {one.code for one in all_errors()}
    reachable = {
        "not_bound", "no_case", "nothing_to_pay", "already_paid", "payment_window_closed", "photo_missing",
        "crop_outside", "photo_too_small", "file_refused", "item_unknown", "item_locked", "item_full", "locked_now",
        "consent_needed", "terms_needed", "wrong_password", "captcha_needed", "captcha_wrong", "locked",
    }  # fmt: skip
    assert reachable <= codes
    return reachable | {name for name in named if name in codes and name in h5.SENTENCES}


@pytest.mark.parametrize("code", sorted(codes_on_pages() - NOT_ON_PAGES))
def test_every_refusal_that_a_page_can_meet_has_its_own_sentence_with_facts_that_come(code: str) -> None:
    assert CHINESE.search(h5.SENTENCES[code])
    error = next(one for one in all_errors() if one.code == code)
    fields = set(getattr(error, "__dataclass_fields__", {}))
    for other in all_errors():
        fields |= set(getattr(other, "__dataclass_fields__", {})) if other.code == code else set()
    assert set(PLACEHOLDER.findall(h5.SENTENCES[code])) <= fields


@pytest.mark.parametrize("refusal", sorted({*words.SENTENCES, *all_refusals()}, key=lambda one: one.__name__))
def test_every_sentence_of_the_console_can_be_filled(refusal: type[Exception]) -> None:
    fields = set(getattr(refusal, "__dataclass_fields__", {}))
    assert set(PLACEHOLDER.findall(words.SENTENCES.get(refusal, ""))) <= fields


@pytest.mark.parametrize("stage", sorted(Stage))
def test_every_stage_has_a_label_and_a_way_out_until_the_archive(stage: Stage) -> None:
    """An end leads to the archive only (T47); tests/domain checks the rest of the table."""
    assert CHINESE.search(STAGES[stage].label)
    leads_on = {row.target for row in ROWS if row.source is stage and row.target is not stage}
    assert leads_on or stage is Stage.ARCHIVED
