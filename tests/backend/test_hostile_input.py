"""Hostile input to every area of the internal API: a refusal with words, never a fault, and nothing right is lost.

Bodies are made from the models of the contract, so that a new command is tried without a line here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.domain.case import Stage
from backend.domain.errors import all_errors
from backend.http import models as m
from tests.backend.backend_world import Person
from tests.backend.hostile import bodies
from tests.backend.transition_world import Walker

NUMBERS = count(1)
DOMAIN = Path(__file__).resolve().parents[2] / "data" / "domain"
WORDS = {
    code for page in DOMAIN.glob("*.yml") for code in re.findall(r"^  utter_(\w+):", page.read_text("utf-8"), re.M)
}
# What the caller did wrong, which no applicant ever sees.
CALLERS = {"malformed", "not_found", "unknown_command", "idempotency_key_needed", "unknown_field", "method_not_allowed"}
MEANT: Mapping[str, list[str]] = {
    "field": [
        "phone", "emails", "school", "start", "end", "major", "employer", "job", "place", "marital", "housing",
        "address", "hukou_place", "postcode", "C_PATH", "C_SI", "need_invoice", "title_type", "tax_no", "slot",
        "cancel", "submit", "photo", "gap", "unchanged", "BA01", "OT06", "eligible", "credentials",
    ],
    "value": ["13800138000", "已婚", "2010-09", "OPEN", "yes", "吉林大学", "要", "单位"],
    "section": ["contact", "education", "work", "materials", "review", "invoice", "notice"],
    "item": ["BA01", "HO04", "WK01", "OT05", "OT06", "SU02", "XX99"],
    "option": ["yes", "no", "1", "99", "add", "finish_item", "need_invoice"],
    "employer_id": ["e_demo_miyun", "e_demo_chaoyang"],
    "person": ["a_demo_2", "2"],
    "date": ["2026-03-17", "2026-02-30"],
    "username": ["demo2"],
    "text": ["还差什么", "落户要几年", "第二段改成2010年"],
}  # fmt: skip


@dataclass(frozen=True)
class Area:
    """Commands and routes of one part of the product, and the stage at which they are tried."""

    stage: Stage | None
    commands: tuple[str, ...] = ()
    routes: tuple[tuple[str, type[m.Request]], ...] = ()


WALKING = ("open", "answer", "previous", "skip", "save", "resume", "goto", "finish_section", "add_entry")
PHOTOS = ("upload", "undo_upload", "move_upload", "choose_item", "finish_item", "missing", "materials", "last_upload")
VISITS = ("slots", "book", "reschedule", "cancel_appointment", "waitlist")
AREAS = {
    "businesses": Area(Stage.DRAFT, ("start_case", "choose_employer", "redo", "remove_entry", *WALKING)),
    "binding": Area(
        None,
        ("open", "switch_person", "human", "unbind_account", "confirm_phone", "secret_typed"),
        (
            ("/bind", m.Bind),
            ("/binding-offer", m.ConfirmOffer),
            ("/password/code", m.AskResetCode),
            ("/password", m.SetPassword),
            ("/contacted", m.Contacted),
        ),
    ),
    "eligibility": Area(Stage.DRAFT, ("eligibility", "fee", "confirm_notice", "materials", "human")),
    "materials": Area(
        Stage.DRAFT,
        (*PHOTOS, "send_templates", "photo_nudge", "photo_accept", "photo_retake"),
        (("/photo/crop", m.Crop), ("/materials/BA01/files", m.ItemFiles), ("/materials/%E9%95%BF/files", m.ItemFiles)),
    ),
    "appointments": Area(Stage.RE_REVIEW_BOOKING, VISITS),
    "moving a visit": Area(Stage.RE_REVIEW_BOOKED, VISITS),
    "money": Area(
        Stage.AWAITING_PAYMENT,
        ("answer", "invoice", "pay_link", "page_link", "goto"),
        (("/pay/prepare", m.Empty), ("/pay/check", m.Empty)),
    ),
    "time": Area(Stage.CLOSED_TIMEOUT, ("progress", "history", "start_case", "answer", "submit", "page_link")),
    "rejected materials": Area(Stage.AGENCY_REJECTED, (*PHOTOS, *WALKING, "resubmit")),
    "the bureau's request": Area(
        Stage.HR_FIRST_SUPPLEMENT, (*PHOTOS, *WALKING, "resubmit"), (("/materials/SU02/files", m.ItemFiles),)
    ),
    "receipts": Area(Stage.AGENCY_REVIEW, ("receipts", "progress", "history", "confirmation_slip", "confirm_phone")),
    "data rights": Area(
        Stage.DRAFT,
        ("my_data", "export_my_data", "withdraw_consent", "give_consent", "leave_it"),
        (("/credentials", m.GiveCredentials),),
    ),
}  # fmt: skip


def calls(area: Area) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    found = [(f"/commands/{name}", m.COMMAND_BODIES[name]) for name in area.commands]
    return st.sampled_from([*found, *area.routes]).flatmap(
        lambda one: st.tuples(st.just(one[0]), bodies(one[1], meant=MEANT))
    )


def test_every_command_is_tried_in_some_area() -> None:
    tried = {name for area in AREAS.values() for name in area.commands}
    assert tried <= set(m.COMMAND_BODIES)
    # These end what the others need.
    assert set(m.COMMAND_BODIES) - tried <= {"cancel_case", "delete_my_data"}


@pytest.mark.parametrize("name", AREAS)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(data=st.data())
async def test_hostile_input_is_refused_with_words_and_loses_nothing(walker: Walker, name: str, data: Any) -> None:
    area = AREAS[name]
    if not walker.case_id and area.stage is not None:
        await walker.stands_at(area.stage)
    kept = await _told(walker)
    for path, body in data.draw(st.lists(calls(area), min_size=2, max_size=6)):
        with structlog.testing.capture_logs() as logs:
            status, answer = await _send(walker.person, path, body, key=f"h{next(NUMBERS)}:0")
        _is_answered(path, status, answer)
        assert not [one for one in logs if one["log_level"] in ("error", "critical")]
        _says_nothing(logs, body)
        if path.endswith(("/redo", "/remove_entry", "/start_case", "/bind")):
            kept = await _told(walker)
    assert kept <= await _told(walker)


@pytest.mark.parametrize("name", ["answer", "human", "materials"])
async def test_a_repeated_key_gives_the_first_answer_whatever_the_second_body_is(walker: Walker, name: str) -> None:
    await walker.stands_at(Stage.DRAFT)
    body = {"answer": {"text": "13800138000"}}.get(name, {})
    other = {"answer": {"text": "13912345678"}, "human": {"reason": "x"}, "materials": {"item": "BA01"}}[name]
    first = await walker.person.command(name, key="same:0", **body)
    told = await walker.case()
    assert await walker.person.command(name, key="same:0", **other) == first
    assert (await walker.case()).draft == told.draft


async def _send(person: Person, path: str, body: Mapping[str, Any], *, key: str) -> tuple[int, Any]:
    # Lone halves of a character are escaped, as a hostile caller would write them.
    raw = json.dumps(body).encode("ascii")
    headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
    async with person.client.post(person._url(path), data=raw, headers=headers) as response:
        return response.status, await response.json()


def _is_answered(path: str, status: int, answer: Any) -> None:
    assert status < 500, (path, status, answer)
    if status >= 400:
        assert answer["error"]["code"] in CALLERS | {one.code for one in all_errors()}, (path, answer)
    elif "/commands/" in path:
        # With nothing to say and nothing open the talk says that nothing is open.
        for one in answer["say"]:
            assert one["code"] in WORDS, (path, one["code"])


def _says_nothing(logs: list[Any], body: Mapping[str, Any]) -> None:
    shown = repr(logs)
    for text in _texts(body):
        assert len(text) < 6 or text not in shown


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for one in value.values() for text in _texts(one)]
    return [text for one in value for text in _texts(one)] if isinstance(value, list) else []


async def _told(walker: Walker) -> set[tuple[str, str]]:
    """Which fields are answered; an answer may be replaced by a better one, but never vanish."""
    if not walker.case_id:
        return set()
    draft = (await walker.case()).draft
    return {
        (section, name)
        for section, told in draft["answers"].items()
        if section in ("contact", "personal")
        for name in told
    }


async def test_digits_of_another_width_are_digits(walker: Walker) -> None:
    await walker.stands_at(Stage.DRAFT)
    await walker.says("answer", values=[{"field": "postcode", "value": "１０００２０"}], text="…")
    assert (await walker.case()).draft["answers"]["personal"]["postcode"] == "100020"
