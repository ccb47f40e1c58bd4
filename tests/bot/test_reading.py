from typing import Any

import pytest

from bot.circuit import Circuit
from bot.menu import KEY_BYTES, MENU, SUB_NAME_BYTES, TOP_NAME_BYTES, essence
from bot.reading import Ask, Note, Say, is_payload, plan, without_emoticons


def all_buttons() -> list[tuple[dict[str, Any], int]]:
    tops = [(button, TOP_NAME_BYTES) for button in MENU["button"]]
    return tops + [(sub, SUB_NAME_BYTES) for button in MENU["button"] for sub in button.get("sub_button", [])]


def test_no_label_or_key_of_the_menu_is_too_long() -> None:
    for button, limit in all_buttons():
        assert len(button["name"].encode()) <= limit
        assert len(button.get("key", "").encode()) <= KEY_BYTES


def test_every_key_of_the_menu_is_a_payload() -> None:
    assert all(is_payload(button["key"]) for button, _ in all_buttons() if "key" in button)


def test_the_menu_offers_the_six_kinds_of_application() -> None:
    keys = {button.get("key", "") for button, _ in all_buttons()}
    kinds = ("NEW", "RENEW", "EMPLOYER", "DEPENDANT", "ADDRESS", "GENERAL")
    assert {f"start_application:business_type={kind}" for kind in kinds} <= keys


def test_no_level_of_the_menu_has_too_many_buttons() -> None:
    assert len(MENU["button"]) <= 3
    assert all(len(button.get("sub_button", [])) <= 5 for button in MENU["button"])


def test_a_menu_told_by_wechat_with_empty_sub_buttons_is_the_same_menu() -> None:
    told = {"button": [{**button, "sub_button": button.get("sub_button", [])} for button in MENU["button"]]}
    assert essence(told) == essence(MENU)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[微笑]好的[OK]", "好的"),
        ("[未婚]", "[未婚]"),
        ("/::)/:8-)", ""),
        ("好的/::)", "好的"),
        ("😀", "😀"),
        ("1/2", "1/2"),
    ],
)
def test_emoticon_codes_are_taken_out_of_the_words(text: str, words: str) -> None:
    assert without_emoticons(text) == words


def test_a_payload_that_is_none_of_ours_is_read_as_words() -> None:
    assert plan("text", {"text": "好"}) == Ask(text="好")


def test_an_image_without_a_medium_is_answered() -> None:
    assert isinstance(plan("image", {}), Say)


def test_an_unknown_event_asks_for_nothing() -> None:
    assert plan("event", {"event": "brand_new"}) == Note()


class Ticks:
    at = 0.0

    def __call__(self) -> float:
        return self.at


def test_one_hard_failure_opens_the_circuit() -> None:
    circuit = Circuit(Ticks())
    circuit.failed("o1", hard=True)
    assert circuit.is_open


def test_soft_failures_of_one_applicant_leave_it_closed() -> None:
    circuit = Circuit(Ticks())
    for _ in range(5):
        circuit.failed("o1", hard=False)
    assert not circuit.is_open


def test_soft_failures_of_two_applicants_open_it() -> None:
    circuit = Circuit(Ticks())
    circuit.failed("o1", hard=False)
    circuit.failed("o2", hard=False)
    assert circuit.is_open


def test_pauses_grow_to_five_seconds_and_success_closes_it() -> None:
    ticks = Ticks()
    circuit = Circuit(ticks)
    for _ in range(9):
        circuit.failed("o1", hard=True)
        waited = circuit.wait_s()
        ticks.at += waited
    assert waited == 5.0
    assert circuit.succeeded()
    assert (circuit.is_open, circuit.wait_s()) == (False, 0.0)


@pytest.mark.parametrize("forged", ["session_start", "restart", "back:x=y", "a b", "x" * 129, ""])
def test_a_choice_id_that_is_none_of_ours_counts_as_a_text(forged: str) -> None:
    assert not is_payload(forged)
