"""The worked examples of docs/rules/ hold, line by line."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from backend.domain.case import Stage
from backend.domain.catalogue import Catalogue
from backend.domain.context import ItemState, ItemStatus
from backend.domain.diagram import stages_page
from backend.domain.eligibility import assess
from backend.domain.eligibility_answers import Asker, answer
from backend.domain.errors import DomainError
from backend.domain.materials import requirements
from backend.domain.months import read_month
from backend.domain.numbers import read_credit_code, read_id_number, read_phone
from backend.domain.payment import OrderFacts, OrderState, Success, judge_success, pay_deadline
from backend.domain.profile import BusinessType
from backend.domain.review import finish_review, require_resubmission, resubmitted
from backend.domain.timeline import gaps

PAGES = Path(__file__).resolve().parents[2] / "docs" / "rules"
TODAY = date(2026, 11, 21)


def examples(page: str) -> list[list[str]]:
    blocks = re.findall(r"```example\n(.*?)```", (PAGES / page).read_text(encoding="utf-8"), re.DOTALL)
    assert blocks, f"{page} has no example"
    return [block.strip().splitlines() for block in blocks]


def told(read: Callable[[], str]) -> str:
    try:
        return read()
    except DomainError as error:
        return error.code


def read_number(kind: str, text: str) -> str:
    if kind == "id_number":
        checked = read_id_number(text, today=TODAY)
        return f"{checked.gender} {checked.birth_date}"
    if kind == "month":
        return str(read_month(text, today=TODAY))
    return read_phone(text) if kind == "phone" else read_credit_code(text)


@pytest.mark.parametrize("line", examples("numbers.md")[0])
def test_the_examples_of_the_numbers_page_hold(line: str) -> None:
    given, expected = line.split(" -> ")
    kind, text = given.split(" ", 1)
    assert told(lambda: read_number(kind, text)) == expected


@pytest.mark.parametrize("lines", examples("timeline.md"))
def test_the_examples_of_the_timeline_page_hold(lines: list[str]) -> None:
    parts = [line.split() for line in lines]
    study = [{"school": "吉林大学", "start": p[1], "end": p[2]} for p in parts if p[0] == "study"]
    work = [{"employer": "某公司", "start": p[1], "end": p[2]} for p in parts if p[0] == "work"]
    expected = [tuple(p[1:]) for p in parts if p[0] == "gap"]
    found = gaps(work, study, today=TODAY, more_than=3)
    assert [(str(gap.period.start), str(gap.period.end), str(gap.months)) for gap in found] == expected


@pytest.mark.parametrize("line", examples("eligibility.md")[0])
def test_the_examples_of_the_eligibility_page_hold(line: str, catalogue: Catalogue) -> None:
    given, expected = line.split(" -> ")
    told = dict(part.split("=") for part in given.split())
    checks = [one for one in catalogue.eligibility.checks if one.code in told]
    found = assess(catalogue.eligibility, checks, told, told, today=TODAY, place="")
    failed = ",".join(one.code for one in found.failed)
    assert " ".join(part for part in (failed, str(found.ready_on or "")) if part) == expected.removeprefix("met")


def answers_of(page: str) -> list[str]:
    return re.findall(r"```answers\n(.*?)```", (PAGES / page).read_text(encoding="utf-8"), re.DOTALL)[0].splitlines()


@pytest.mark.parametrize("line", answers_of("eligibility.md"))
def test_the_answers_of_the_eligibility_page_hold(line: str, catalogue: Catalogue) -> None:
    given, expected = line.split(" -> ")
    district, text = given.removeprefix("district=").split(" ", 1)
    asker = Asker({"district": district} if district else {}, district)
    assert expected in "".join(answer(catalogue, text, asker, TODAY).lines)


@pytest.mark.parametrize("lines", examples("materials.md"))
def test_the_examples_of_the_materials_page_hold(lines: list[str], catalogue: Catalogue) -> None:
    facts = dict(part.split("=") for part in lines[0].split()[1:])
    needed = {one.code: one for one in requirements(catalogue, BusinessType.NEW, facts)}
    assert [code for code, one in needed.items() if one.required] == lines[1].split()[1:]
    counted = dict(part.split("=") for line in lines[2:] for part in line.split()[1:])
    assert {code: str(needed[code].files_min) for code in counted} == counted


def test_the_example_of_the_payment_page_holds(catalogue: Catalogue) -> None:
    window, *payments = examples("payment-window.md")[0]
    begin, end = (datetime.fromisoformat(part) for part in re.findall(r"\d{4}-\S+", window))
    assert pay_deadline(catalogue.pay_window, created_at=begin, submitted_at=begin) == end
    for line in payments:
        _, paid_at, _, stage, _, verdict = line.split()
        state = OrderState.CREATED if stage == "awaiting_payment" else OrderState.CLOSED
        success = Success("wx1", 98000, datetime.fromisoformat(paid_at))
        assert judge_success(Stage(stage), OrderFacts(state, 98000, end), success).value == verdict


def items_of(text: str) -> dict[str, ItemState]:
    found = {}
    for part in text.split():
        code, state = part.split("=")
        found[code] = ItemState(code, ItemStatus(state.removesuffix("+file")), files=1, new_files=int("+" in state))
    return found


def decided(text: str) -> str:
    return finish_review(items_of(text).values()).value


def sent_back(text: str) -> str:
    items = items_of(text)
    require_resubmission(items)
    return " ".join(f"{code}={item.state.value}" for code, item in resubmitted(items).items())


@pytest.mark.parametrize("line", examples("review.md")[0])
def test_the_examples_of_the_review_page_hold(line: str) -> None:
    given, expected = line.split(" -> ")
    verb, text = given.split(" ", 1)
    assert told(lambda: decided(text) if verb == "decide" else sent_back(text)) == expected


def test_the_page_of_stages_is_generated_from_the_table() -> None:
    assert (PAGES / "stages.md").read_text(encoding="utf-8") == stages_page()


def test_every_page_is_in_the_list_and_has_an_example() -> None:
    listed = set(re.findall(r"\]\(([\w-]+\.md)\)", (PAGES / "README.md").read_text(encoding="utf-8")))
    assert listed == {path.name for path in PAGES.glob("*.md")} - {"README.md"}
