"""The pages inside WeChat: one link, one person, one purpose; what is wrong is said and what was right is kept."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.h5 import Ports, add_routes
from bot.h5.backend import Backend
from bot.h5.routes import InboxAway

TOKEN = "t" * 32
OPENID = "oAPPLICANT0000000000000000001"


class Memory:
    """Redis' two calls, in a dictionary."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    async def set(self, name: str, value: str, *, ex: int) -> None:
        self.kept[name] = value

    async def get(self, name: str) -> str | None:
        return self.kept.get(name)


@dataclass
class FakeBackend:
    """Speaks section 4 of docs/contracts.md; answers what a test tells it to."""

    answers: dict[str, tuple[int, Any]] = field(default_factory=dict)
    went_on: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    inbox_is_away: bool = False
    calls: list[tuple[str, Any]] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        path = request.path.removeprefix("/internal/v1/").removeprefix(f"applicants/{OPENID}/")
        self.calls.append((path, await request.json() if request.can_read_body else None))
        status, body = self.answers.get(path, (404, {"error": {"code": "unknown"}}))
        return web.json_response(body, status=status)


def refusal(code: str, **facts: Any) -> Any:
    return {"error": {"code": code, "message": "", "facts": facts}}


@pytest.fixture
def backend() -> FakeBackend:
    return FakeBackend()


@pytest.fixture
async def phone(backend: FakeBackend, a_clock: Any) -> AsyncIterator[TestClient[Any, Any]]:
    inner = web.Application()
    inner.router.add_route("*", "/{path:.*}", backend.answer)
    async with TestServer(inner) as server, aiohttp.ClientSession() as http:

        async def openid_of_code(code: str) -> str:
            return code

        async def clean_upload(content: bytes) -> list[Any]:
            return []

        async def go_on(openid: str, key: str, facts: Mapping[str, Any]) -> None:
            if backend.inbox_is_away:
                raise InboxAway
            backend.went_on.append((openid, key, dict(facts)))

        app = web.Application()
        ports = Ports(
            backend=Backend(http, url=str(server.make_url("")), service_token="s" * 20),
            clock=a_clock, memory=Memory(), openid_of_code=openid_of_code, clean_upload=clean_upload, go_on=go_on,
            app_id="wx1", public_url="http://gongju.example", open_url="http://open.example",
            res_url="http://res.example", service_token="s" * 20, frame_ancestors=None,
        )  # fmt: skip
        add_routes(app, ports)
        async with TestClient(TestServer(app), cookie_jar=aiohttp.CookieJar(unsafe=True)) as client:
            yield client


async def open_link(phone: TestClient[Any, Any], *, code: str = OPENID) -> aiohttp.ClientResponse:
    """Tap a link from the chat: to OAuth and back."""
    to_oauth = await phone.get(f"/h5/l/{TOKEN}", allow_redirects=False)
    state = to_oauth.headers["Location"].partition("state=")[2].partition("#")[0]
    return await phone.get(f"/h5/oauth?code={code}&state={state}")


def a_link(purpose: str) -> tuple[int, Any]:
    return 200, {"link_id": "l1", "purpose": purpose, "openid": OPENID, "case_no": "GJ20260316-00001"}


async def test_a_link_opens_the_page_it_is_for(phone: TestClient[Any, Any], backend: FakeBackend) -> None:
    backend.answers["links/redeem"] = a_link("bind")
    page = await open_link(phone)
    assert page.status == 200 and "绑定账号" in await page.text()


async def test_an_expired_link_shows_a_page_that_says_so(phone: TestClient[Any, Any], backend: FakeBackend) -> None:
    backend.answers["links/redeem"] = (410, refusal("link_expired"))
    page = await open_link(phone)
    assert page.status == 410 and "链接已失效" in await page.text()


async def test_a_link_in_another_persons_hands_opens_nothing(phone: TestClient[Any, Any], backend: FakeBackend) -> None:
    backend.answers["links/redeem"] = (403, refusal("link_of_another"))
    page = await open_link(phone, code="oSTRANGER")
    assert page.status == 403 and "不是给您的" in await page.text()


async def test_a_page_opened_without_a_link_shows_the_way_back(phone: TestClient[Any, Any]) -> None:
    page = await phone.get("/h5/overview")
    assert page.status == 410 and "回到聊天" in await page.text()


async def test_a_link_for_one_purpose_does_not_open_another_page(
    phone: TestClient[Any, Any], backend: FakeBackend
) -> None:
    backend.answers["links/redeem"] = a_link("bind")
    await open_link(phone)
    assert (await phone.get("/h5/overview")).status == 410


async def test_a_session_ends_after_half_an_hour(
    phone: TestClient[Any, Any], backend: FakeBackend, a_clock: Any
) -> None:
    backend.answers["links/redeem"] = a_link("bind")
    await open_link(phone)
    a_clock.advance(seconds=1801)
    assert (await phone.get("/h5/bind")).status == 410


async def test_an_oauth_answer_with_a_foreign_state_is_refused(
    phone: TestClient[Any, Any], backend: FakeBackend
) -> None:
    await phone.get(f"/h5/l/{TOKEN}", allow_redirects=False)
    assert (await phone.get("/h5/oauth?code=x&state=forged")).status == 410
    assert backend.calls == []


async def test_a_form_without_the_pages_token_changes_nothing(
    phone: TestClient[Any, Any], backend: FakeBackend
) -> None:
    backend.answers["links/redeem"] = a_link("bind")
    await open_link(phone)
    answer = await phone.post("/h5/bind", data={"username": "demo1", "password": "x", "csrf": "forged"})
    assert answer.status == 403
    assert [path for path, _ in backend.calls] == ["links/redeem"]


async def test_a_wrong_password_keeps_the_user_name_and_forgets_the_password(
    phone: TestClient[Any, Any], backend: FakeBackend
) -> None:
    backend.answers["links/redeem"] = a_link("bind")
    backend.answers["bind"] = (422, refusal("wrong_password", left=4))
    csrf = (await (await open_link(phone)).text()).partition('name="csrf" value="')[2].partition('"')[0]
    form = {"username": "demo1", "password": "geheim", "csrf": csrf, "terms": "yes"}
    text = await (await phone.post("/h5/bind", data=form)).text()
    assert "还可以试 4 次" in text and 'value="demo1"' in text and "geheim" not in text


async def test_every_page_forbids_inline_scripts_framing_and_caching(
    phone: TestClient[Any, Any], backend: FakeBackend
) -> None:
    backend.answers["links/redeem"] = a_link("bind")
    page = await open_link(phone)
    policy = page.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in policy and "frame-ancestors 'none'" in policy
    assert page.headers["Cache-Control"] == "no-store"


async def test_a_backend_that_is_away_gives_a_page_that_says_nothing_is_lost(
    phone: TestClient[Any, Any], backend: FakeBackend
) -> None:
    backend.answers["links/redeem"] = (500, {})
    page = await open_link(phone)
    assert page.status == 503 and "没有丢" in await page.text()


async def bind(phone: TestClient[Any, Any], backend: FakeBackend) -> str:
    """Open the bind page and sign in; what the page says then."""
    backend.answers["links/redeem"] = a_link("bind")
    backend.answers["bind"] = (200, {"name": "王*"})
    csrf = (await (await open_link(phone)).text()).partition('name="csrf" value="')[2].partition('"')[0]
    form = {"username": "demo1", "password": "geheim", "csrf": csrf, "terms": "yes"}
    return await (await phone.post("/h5/bind", data=form)).text()


async def test_after_binding_the_chat_goes_on_by_itself(phone: TestClient[Any, Any], backend: FakeBackend) -> None:
    text = await bind(phone, backend)
    assert "下一步马上发给您" in text
    assert backend.went_on == [(OPENID, "page:l1:bind", {})]


async def test_when_the_inbox_is_away_the_page_says_how_to_go_on(
    phone: TestClient[Any, Any], backend: FakeBackend
) -> None:
    backend.inbox_is_away = True
    assert "说“继续”" in await bind(phone, backend)


async def posts(phone: TestClient[Any, Any], backend: FakeBackend, purpose: str, path: str, body: Any = None) -> Any:
    """Open the page of `purpose` and post what its script would."""
    backend.answers["links/redeem"] = a_link(purpose)
    opened = await (await open_link(phone)).text()
    csrf = opened.partition('name="csrf" content="')[2].partition('"')[0]
    return await (await phone.post(path, json=body or {}, headers={"X-CSRF": csrf})).json()


@pytest.mark.parametrize(("paid", "keys"), [(False, []), (True, ["page:l1:pay"])])
async def test_the_chat_goes_on_once_the_payment_is_seen(
    phone: TestClient[Any, Any], backend: FakeBackend, paid: bool, keys: list[str]
) -> None:
    jsapi = {"appId": "wx1", "package": "prepay_id=1"}
    order = {"amount_fen": 60000, "description": "预审服务费", "deadline": "2026-03-17T02:00:00Z", "jsapi": jsapi}
    backend.answers["pay/prepare"] = (200, order)
    backend.answers["pay/check"] = (200, {"paid": paid})
    assert (await posts(phone, backend, "pay", "/h5/pay/check"))["paid"] is paid
    assert [key for _, key, _ in backend.went_on] == keys


async def test_a_finished_upload_goes_on_once_for_what_is_there(
    phone: TestClient[Any, Any], backend: FakeBackend
) -> None:
    item = {"item": "BA01", "name": "劳动合同", "state": "uploaded", "state_label": "待审", "files": ["f_1", "f_2"]}
    backend.answers["materials"] = (200, {"items": [item, {**item, "item": "BA02", "files": ["f_3"]}]})
    await posts(phone, backend, "upload", "/h5/upload-done")
    assert backend.went_on == [(OPENID, "page:l1:upload:3", {})]


async def test_a_used_crop_goes_on_once_for_its_frame(phone: TestClient[Any, Any], backend: FakeBackend) -> None:
    photo = {"file_id": "f_1", "width": 600, "height": 840, "box": None}
    backend.answers["photo"] = backend.answers["photo/crop"] = (200, photo)
    await posts(phone, backend, "crop", "/h5/crop", {"x": 1, "y": 2, "w": 50, "h": 70})
    assert backend.went_on == [(OPENID, "page:l1:crop:1-2-50-70", {"payload": "photo_accept"})]
