"""The page of an applicant (QR, reset code, signing out) and of colleagues (links for passwords, roles, stopping)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.services.bind_offers import SCENE_PREFIX
from backend.services.staff.office import Office
from backend.services.staff.refusals import QrUnavailable, StaffRefusal
from backend.services.staff.team import _USERNAME, _good, invite_manager
from tests.conftest import MovableClock
from tests.console.console_world import PASSWORD, Browser, World, hidden

NEW = "another-long-2026"
PNG = b"\x89PNG a picture"


class QrCodes:
    """WeChat's side of a QR."""

    def __init__(self) -> None:
        self.scenes: list[str] = []
        self.is_down = False
        self.meanwhile: Callable[[], Awaitable[None]] | None = None
        self.seen_meanwhile: object = None

    async def make(self, scene: str, *, life_s: int) -> tuple[str, bytes]:
        if self.is_down:
            raise QrUnavailable
        if self.meanwhile is not None:
            await self.meanwhile()
        self.scenes.append(scene)
        return "image/png", PNG


@pytest.fixture
def qr() -> QrCodes:
    return QrCodes()


@pytest.fixture
def office(office: Office, qr: QrCodes) -> Office:
    return replace(office, qr=qr)


@pytest.fixture
async def at_person(browser: Browser, world: World) -> tuple[Browser, str]:
    """A signed-in reviewer who has found the applicant of a case."""
    await world.a_member_of_staff()
    case = await world.a_case()
    await browser.sign_in()
    _, page = await browser.get("/console/people")
    async with browser.client.post(
        "/console/people", data={"q": case.case_no, "csrf": re.findall(r'name="csrf" value="([^"]+)"', page)[0]},
        allow_redirects=False,
    ) as response:  # fmt: skip
        assert response.status == 303
        return browser, response.headers["Location"]


async def test_the_page_shows_who_it_is_masked(at_person: tuple[Browser, str]) -> None:
    browser, path = at_person
    status, page = await browser.get(path)
    assert status == 200
    assert "*****" in page and "已绑定" in page


async def test_a_qr_is_shown_once_and_its_scene_nowhere(at_person: tuple[Browser, str], qr: QrCodes) -> None:
    browser, path = at_person
    _, page = await browser.get(path)
    _, shown = await browser.press(page, f"{path}/qr")
    assert "data:image/png;base64," in shown
    assert qr.scenes[0].startswith(SCENE_PREFIX) and len(qr.scenes[0]) <= 64
    assert qr.scenes[0] not in shown
    _, again = await browser.get(path)
    assert "data:image/png" not in again and "还没用的二维码" in again


async def test_without_wechat_no_qr_is_offered_and_the_earlier_one_stays(
    at_person: tuple[Browser, str], qr: QrCodes, office: Office
) -> None:
    browser, path = at_person
    _, page = await browser.get(path)
    await browser.press(page, f"{path}/qr")
    qr.is_down = True
    status, shown = await browser.press(page, f"{path}/qr")
    assert status == 409 and "微信暂时没有给出二维码" in shown
    async with office.parts.begin() as uow:
        assert [one.withdrawn_at for one in await uow.bind_offers.where()] == [None]


async def test_while_wechat_draws_a_qr_the_applicant_can_still_sign_in(
    at_person: tuple[Browser, str], qr: QrCodes, office: Office
) -> None:
    """A slow platform must not hold the applicant's row."""
    browser, path = at_person

    async def look(applicant_id: str) -> None:
        async with asyncio.timeout(2), office.parts.begin() as uow:
            qr.seen_meanwhile = await uow.applicants.get(applicant_id, lock=True)

    qr.meanwhile = lambda: look(path.rpartition("/")[2])
    _, page = await browser.get(path)
    await browser.press(page, f"{path}/qr")
    assert qr.seen_meanwhile is not None


async def test_a_reset_code_is_shown_once(at_person: tuple[Browser, str], office: Office) -> None:
    browser, path = at_person
    _, page = await browser.get(path)
    _, shown = await browser.press(page, f"{path}/reset-code")
    code = re.findall(r'class="secret">([^<]+)<', shown)[0]
    assert len(code.replace("-", "")) == 8
    assert code not in (await browser.get(path))[1]
    async with office.parts.begin() as uow:
        assert code.replace("-", "") not in repr(await uow.codes.where())
        assert [one.action for one in await uow.audit.where(action="reset_code_told")]


async def test_signing_a_person_out_needs_a_reason_and_keeps_the_case(
    at_person: tuple[Browser, str], office: Office
) -> None:
    browser, path = at_person
    _, page = await browser.get(path)
    assert (await browser.press(page, f"{path}/unbind", reason=" "))[0] == 409
    assert (await browser.press(page, f"{path}/unbind", reason="手机丢失"))[0] == 303
    async with office.parts.begin() as uow:
        assert await uow.identities.where() == []
        assert len(await uow.cases.where(closed_at=None)) == 1
    assert "还没有绑定微信" in (await browser.get(path))[1]


@pytest.mark.parametrize("told", ["", "nobody", "110101199001011234", "王", "GJ00000000-00000", "x" * 200, "%00"])
async def test_who_is_not_there_is_not_found(browser: Browser, world: World, told: str) -> None:
    await world.a_member_of_staff()
    await browser.sign_in()
    _, page = await browser.get("/console/people")
    assert (await browser.press(page, "/console/people", q=told))[0] == 404
    assert (await browser.get("/console/people/a_nobody"))[0] == 404


async def _manager(world: World, browser: Browser) -> str:
    await world.a_member_of_staff("chief", role="manager")
    await browser.sign_in("chief")
    return (await browser.get("/console/team"))[1]


async def test_only_a_manager_sees_the_team(browser: Browser, world: World) -> None:
    await world.a_member_of_staff()
    await browser.sign_in()
    status, page = await browser.get("/console/team")
    assert status == 409 and "只有主管" in page


async def _invite(browser: Browser, page: str, username: str = "xiaoli") -> str:
    _, shown = await browser.press(page, "/console/team", username=username, display_name="小李", role="reviewer")
    return re.findall(r"(/console/invitation/[^<\s]+)<", shown)[0]


async def test_a_new_colleague_sets_the_password_by_a_link_and_signs_in(
    browser: Browser, another_browser: Browser, world: World
) -> None:
    link = await _invite(browser, await _manager(world, browser))
    _, page = await another_browser.get(link)
    csrf = re.findall(r'name="csrf" value="([^"]+)"', page)[0]
    assert (await another_browser.post(link, {"csrf": csrf, "password": "short1"}))[0] == 422
    assert (await another_browser.post(link, {"csrf": csrf, "password": NEW}))[0] == 303
    assert (await another_browser.sign_in("xiaoli", NEW))[0] == 303
    assert (await another_browser.get(link))[0] == 410


async def test_an_invitation_ends_after_a_day_and_by_a_newer_one(
    browser: Browser, another_browser: Browser, world: World, a_clock: MovableClock
) -> None:
    page = await _manager(world, browser)
    first = await _invite(browser, page)
    _, page = await browser.get("/console/team")
    action = re.findall(r'action="(/console/team/s_[^"]+/reset)"', page)
    shown = [(await browser.press(page, one))[1] for one in action]
    links = [re.findall(r"(/console/invitation/[^<\s]+)<", one)[0] for one in shown]
    assert (await another_browser.get(first))[0] == 410
    a_clock.advance(seconds=24 * 3600)
    assert (await another_browser.get(links[-1]))[0] == 410


@pytest.mark.parametrize("token", ["x", "a" * 300, "..%2f..", "'"])
async def test_a_guessed_link_opens_nothing(browser: Browser, token: str) -> None:
    assert (await browser.get(f"/console/invitation/{token}"))[0] in (404, 410)


async def test_stopping_an_account_ends_its_sessions(browser: Browser, another_browser: Browser, world: World) -> None:
    await world.a_member_of_staff()
    await another_browser.sign_in()
    page = await _manager(world, browser)
    action = next(one for one in re.findall(r'action="(/console/team/[^"]+/active)"', page))
    assert (await browser.press(page, action))[0] == 303
    assert (await another_browser.get("/console/queue"))[0] == 302
    assert (await another_browser.sign_in())[0] == 422
    _, page = await browser.get("/console/team")
    await browser.press(page, action)
    assert (await another_browser.sign_in())[0] == 303


async def test_nobody_changes_their_own_role(browser: Browser, world: World, office: Office) -> None:
    await _manager(world, browser)
    async with office.parts.begin() as uow:
        me = await uow.staff.first(username="chief")
    assert me
    _, page = await browser.get("/console/password")
    csrf = re.findall(r'name="csrf" value="([^"]+)"', page)[0]
    for path, fields in (("role", {"role": "reviewer"}), ("active", {"active": "no"})):
        status, shown = await browser.post(f"/console/team/{me.id}/{path}", {"csrf": csrf, **fields})
        assert status == 409 and "不能停用自己" in shown


async def test_my_own_password_ends_my_other_sessions(browser: Browser, another_browser: Browser, world: World) -> None:
    await world.a_member_of_staff()
    await browser.sign_in()
    await another_browser.sign_in()
    _, page = await browser.get("/console/password")
    assert (await browser.press(page, "/console/password", old="wrong", new=NEW))[0] == 422
    assert (await browser.press(page, "/console/password", old=PASSWORD, new="wang-wang-1"))[0] == 422
    assert (await browser.press(page, "/console/password", old=PASSWORD, new=NEW))[0] == 200
    assert (await browser.get("/console/queue"))[0] == 200
    assert (await another_browser.get("/console/queue"))[0] == 302
    assert (await another_browser.sign_in(password=NEW))[0] == 303


@given(st.text(max_size=90))
def test_any_password_is_good_or_refused_with_a_sentence(password: str) -> None:
    with suppress(StaffRefusal):
        assert len(_good(password, "wang")) >= 10


def test_user_names_are_plain() -> None:
    assert not [one for one in ("王", "a", "-ab", "a b c", "A" * 3, "a" * 33) if _USERNAME.fullmatch(one)]


async def test_the_first_manager_comes_in_by_the_link_that_the_command_prints(browser: Browser, world: World) -> None:
    parts = world.office.parts
    token = await invite_manager(parts, username="Chief", display_name="主管甲")
    _, page = await browser.get(f"/console/invitation/{token}")
    form = {"csrf": hidden(page, "csrf"), "password": "a-long-first-2026"}
    assert (await browser.post(f"/console/invitation/{token}", form))[0] == 303
    assert (await browser.sign_in("chief", "a-long-first-2026"))[0] == 303
    assert (await browser.get("/console/team"))[0] == 200


async def test_the_command_helps_a_manager_who_is_locked_out(browser: Browser, world: World) -> None:
    staff = await world.a_member_of_staff("wang", role="manager")
    await browser.sign_in()
    await invite_manager(world.office.parts, username="wang", display_name="王审核")
    assert (await browser.get("/console/team"))[0] == 302
    (again,) = await world.rows("staff", username="wang")
    assert (again.id, again.display_name) == (staff.id, staff.display_name)
