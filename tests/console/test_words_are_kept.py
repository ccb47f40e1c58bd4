"""A refused step on a case gives back what was typed, in the form it was typed into; a step that was done does not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from backend.domain.case import Stage
from backend.services import records as r
from tests.console.console_world import Browser, World, hidden

WORDS = "一大段好不容易写完的话"


async def _changed_meanwhile(world: World, case: r.CaseRecord) -> None:
    """The applicant does something while a colleague is writing."""
    now = await world.case(case)
    async with world.office.parts.begin() as uow:
        await uow.cases.save(replace(now, version=now.version + 1))
        await uow.commit()


@pytest.mark.parametrize("htmx", [{}, {"HX-Request": "true"}])
@pytest.mark.parametrize(
    ("stage", "action", "fields"),
    [
        (Stage.HR_FIRST_REVIEW, "events/request_supplement", {"text": WORDS, "due_on": "2026-04-01", "items": "HO04"}),
        (Stage.HR_FIRST_REVIEW, "events/refuse", {"reason": WORDS}),
        (Stage.AGENCY_REVIEW, "events/cancel_by_staff", {"reason": WORDS}),
        (Stage.AGENCY_REVIEW, "items/HO04/reject", {"reason": WORDS, "preset": "缺页，请补齐"}),
    ],
)
async def test_who_is_overtaken_keeps_every_word_and_sends_it_again(
    browser: Browser, world: World, stage: Stage, action: str, fields: dict[str, str], htmx: dict[str, str]
) -> None:
    await world.a_member_of_staff()
    case = await world.a_case(stage)
    await browser.sign_in()
    url = f"/console/cases/{case.case_no}"
    _, page = await browser.get(url)
    await _changed_meanwhile(world, case)
    sent = {"csrf": hidden(page, "csrf"), "version": hidden(page, "version"), "token": "t" * 32, **fields}
    _, refused = await browser.post(f"{url}/{action}", sent, headers=htmx)
    form = _form_of(refused, f"{url}/{action}")
    assert WORDS in form
    assert 'value="2026-04-01"' in form or "due_on" not in fields
    assert 'value="HO04" checked' in form or "items" not in fields
    assert "selected>缺页，请补齐" in form or "preset" not in fields
    assert f'name="version" value="{(await world.case(case)).version}"' in form
    again = {**sent, "version": hidden(refused, "version"), "token": "u" * 32}
    _, done = await browser.post(f"{url}/{action}", again, headers=htmx)
    assert 'class="note bad"' not in done


async def test_a_message_that_is_too_long_stays_and_one_that_left_does_not(browser: Browser, world: World) -> None:
    await world.a_member_of_staff()
    case = await world.a_case(items=())
    await browser.sign_in()
    url = f"/console/cases/{case.case_no}"
    _, page = await browser.get(url)
    sent: dict[str, Any] = {"csrf": hidden(page, "csrf"), "version": hidden(page, "version")}
    htmx = {"HX-Request": "true"}
    _, refused = await browser.post(f"{url}/messages", {**sent, "token": "t" * 32, "text": "长" * 301}, headers=htmx)
    assert "长" * 301 in _form_of(refused, f"{url}/messages")
    _, done = await browser.post(f"{url}/messages", {**sent, "token": "u" * 32, "text": WORDS}, headers=htmx)
    assert WORDS not in _form_of(done, f"{url}/messages")
    assert WORDS in done


def _form_of(page: str, action: str) -> str:
    return page.partition(f'action="{action}"')[2].partition("</form>")[0]
