"""Binding a WeChat account, captchas, one-time links (F5-F9)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from backend.domain.errors import DomainError
from backend.services import binding
from backend.services.errors import (
    CaptchaNeeded,
    CaptchaWrong,
    LinkExpired,
    LinkOfAnother,
    LinkUnknown,
    LinkUsed,
    Locked,
    TermsNeeded,
    WrongPassword,
)
from backend.services.links import Purpose, offer_link, redeem_link
from backend.services.parts import Parts
from tests.backend.backend_world import AGREED, SEEDED_PASSWORD, Person, said
from tests.conftest import MovableClock

GOOD = binding.SignIn("demo1", SEEDED_PASSWORD, agreed=AGREED)
BAD = replace(GOOD, password="wrong")


class KnownIds:
    """Ids as always, but captchas whose answer a test knows."""

    def __init__(self, real: object) -> None:
        self._real = real

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)

    def code(self, length: int) -> str:
        return "abcde"[:length]


async def _fail(parts: Parts, times: int) -> None:
    for _ in range(times):
        with pytest.raises(WrongPassword):
            await binding.bind(parts, "o1", BAD)


async def test_the_right_password_binds_and_tells_the_name(person: Person) -> None:
    status, answer = await person.binds()
    assert (status, len(answer["name"])) == (200, 3)
    assert said(await person.says("open")) == ["welcome"]


async def test_an_unbound_account_is_sent_to_the_bind_page_whatever_it_says(person: Person) -> None:
    outcome = await person.says("progress")
    assert said(outcome) == ["not_bound"]
    assert outcome["link"]["purpose"] == "bind"


@pytest.mark.parametrize(
    ("agreed", "missing"),
    [
        ({}, "服务条款、使用身份证信息和证件材料"),
        ({**AGREED, "service_terms": "2019.01"}, "服务条款"),
        ({"service_terms": AGREED["service_terms"]}, "使用身份证信息和证件材料"),
    ],
)
async def test_without_the_terms_nothing_is_tried(parts: Parts, agreed: dict[str, str], missing: str) -> None:
    """Each purpose has a tick of its own, in the words that are valid now."""
    with pytest.raises(TermsNeeded) as caught:
        await binding.bind(parts, "o1", replace(BAD, agreed=agreed))
    assert caught.value.missing == missing
    await _fail(parts, 1)


async def test_wrong_passwords_count_down_and_the_fourth_needs_a_captcha(parts: Parts) -> None:
    left = []
    for _ in range(3):
        with pytest.raises(WrongPassword) as caught:
            await binding.bind(parts, "o1", BAD)
        left.append(caught.value.left)
    assert left == [4, 3, 2]
    with pytest.raises(CaptchaNeeded):
        await binding.bind(parts, "o1", GOOD)


async def test_a_captcha_works_once_and_for_five_minutes(parts: Parts, a_clock: MovableClock) -> None:
    parts = replace(parts, ids=KnownIds(parts.ids))  # type: ignore[arg-type]
    await _fail(parts, 3)
    captcha_id, png = await binding.draw_captcha(parts)
    assert png.startswith(b"\x89PNG")
    with_captcha = replace(BAD, captcha_id=captcha_id, captcha="ABCDE")
    with pytest.raises(WrongPassword):
        await binding.bind(parts, "o1", with_captcha)
    with pytest.raises(CaptchaWrong):
        await binding.bind(parts, "o1", replace(with_captcha, password=SEEDED_PASSWORD))
    late, _ = await binding.draw_captcha(parts)
    a_clock.advance(seconds=300)
    with pytest.raises(CaptchaWrong):
        await binding.bind(parts, "o1", replace(GOOD, captcha_id=late, captcha="abcde"))
    fresh, _ = await binding.draw_captcha(parts)
    assert await binding.bind(parts, "o1", replace(GOOD, captcha_id=fresh, captcha="abcde"))


async def test_the_fifth_wrong_password_locks_for_15_minutes(parts: Parts, a_clock: MovableClock) -> None:
    parts = replace(parts, ids=KnownIds(parts.ids))  # type: ignore[arg-type]
    await _fail(parts, 3)
    for error in (WrongPassword, Locked):
        captcha_id, _ = await binding.draw_captcha(parts)
        with pytest.raises(error):
            await binding.bind(parts, "o1", replace(BAD, captcha_id=captcha_id, captcha="abcde"))
    with pytest.raises(Locked):
        await binding.bind(parts, "o1", GOOD)
    a_clock.advance(seconds=15 * 60)
    assert await binding.bind(parts, "o1", GOOD)


async def test_a_name_that_nobody_has_is_answered_like_a_wrong_password(parts: Parts) -> None:
    with pytest.raises(WrongPassword) as caught:
        await binding.bind(parts, "o1", replace(BAD, username="nobody"))
    assert caught.value.left == 4


async def _answers_to(parts: Parts, username: str, clock: MovableClock) -> list[str]:
    """What eight wrong passwords for a name are answered with, the later ones with right captchas."""
    found = []
    for attempt in range(8):
        told = replace(BAD, username=username)
        if attempt > 3:
            captcha_id, _ = await binding.draw_captcha(parts)
            told = replace(told, captcha_id=captcha_id, captcha="abcde")
        with pytest.raises(DomainError) as caught:
            await binding.bind(parts, "o1", told)
        found.append(f"{caught.value.code} {caught.value.facts()}")
        clock.advance(seconds=1)
    return found


async def test_no_sequence_of_tries_tells_whether_a_name_exists(parts: Parts, a_clock: MovableClock) -> None:
    parts = replace(parts, ids=KnownIds(parts.ids))  # type: ignore[arg-type]
    start = a_clock.at
    of_somebody = await _answers_to(parts, "demo1", a_clock)
    a_clock.at = start
    assert await _answers_to(parts, "nobody", a_clock) == of_somebody
    assert [one.partition(" ")[0] for one in of_somebody] == (
        ["wrong_password"] * 3 + ["captcha_needed", "wrong_password"] + ["locked"] * 3
    )


async def test_the_same_person_on_another_account_moves_the_binding(parts: Parts) -> None:
    await binding.bind(parts, "o1", GOOD)
    await binding.bind(parts, "o2", GOOD)
    async with parts.begin() as uow:
        assert [one.openid for one in await uow.identities.where()] == ["o2"]


async def _token(parts: Parts, openid: str) -> str:
    async with parts.begin() as uow:
        offered = await offer_link(uow, parts, openid, Purpose.PAY, case_no="GJ20260316-00001")
        await uow.commit()
    return urlsplit(offered.url).path.rpartition("/")[2]


async def test_a_link_opens_again_within_ten_minutes_and_not_later(parts: Parts, a_clock: MovableClock) -> None:
    token = await _token(parts, "o1")
    assert (await redeem_link(parts, token, "o1")).purpose == "pay"
    a_clock.advance(seconds=600)
    await redeem_link(parts, token, "o1")
    a_clock.advance(seconds=1)
    with pytest.raises(LinkUsed):
        await redeem_link(parts, token, "o1")


async def test_a_link_expires_after_half_an_hour(parts: Parts, a_clock: MovableClock) -> None:
    token = await _token(parts, "o1")
    a_clock.advance(seconds=30 * 60)
    with pytest.raises(LinkExpired):
        await redeem_link(parts, token, "o1")


async def test_a_link_of_somebody_else_does_not_open(parts: Parts) -> None:
    token = await _token(parts, "o1")
    with pytest.raises(LinkOfAnother):
        await redeem_link(parts, token, "o2")
    with pytest.raises(LinkUnknown):
        await redeem_link(parts, "made-up", "o1")


async def test_the_token_itself_is_stored_nowhere(parts: Parts) -> None:
    token = await _token(parts, "o1")
    async with parts.begin() as uow:
        assert token not in repr(await uow.links.where())


async def test_five_wrong_passwords_at_once_are_all_counted(parts: Parts) -> None:
    results = await asyncio.gather(*(binding.bind(parts, "o1", BAD) for _ in range(5)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in results) == ["CaptchaNeeded"] * 2 + ["WrongPassword"] * 3
