"""The pages inside WeChat: one link, one person, one purpose; what is wrong is said and what was right is kept."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import aiohttp
from aiohttp.test_utils import TestClient
from PIL import Image

TOKEN = "t" * 32
TICKS = {"agree_service_terms": "2026.11", "agree_sensitive_id": "2026.11"}
OPENID = "oAPPLICANT0000000000000000001"


def refusal(code: str, **facts: Any) -> Any:
    return {"error": {"code": code, "message": "", "facts": facts}}


async def open_link(phone: TestClient[Any, Any], *, code: str = OPENID) -> aiohttp.ClientResponse:
    """Tap a link from the chat: to OAuth and back."""
    return await phone.get(f"{await to_oauth(phone)}&code={code}")


async def to_oauth(phone: TestClient[Any, Any]) -> str:
    """The address to which OAuth sends the phone back, but for the code."""
    sent = await phone.get(f"/h5/l/{TOKEN}", allow_redirects=False)
    return "/h5/oauth?state=" + sent.headers["Location"].partition("state=")[2].partition("#")[0]


def a_link(purpose: str) -> tuple[int, Any]:
    return 200, {"link_id": "l1", "purpose": purpose, "openid": OPENID, "case_no": "GJ20260316-00001"}


async def test_a_link_opens_the_page_it_is_for(phone: TestClient[Any, Any], backend: Any) -> None:
    backend.answers["links/redeem"] = a_link("bind")
    page = await open_link(phone)
    assert page.status == 200 and "绑定账号" in await page.text()


async def test_an_expired_link_shows_a_page_that_says_so(phone: TestClient[Any, Any], backend: Any) -> None:
    backend.answers["links/redeem"] = (410, refusal("link_expired"))
    page = await open_link(phone)
    assert page.status == 410 and "链接已失效" in await page.text()


async def test_a_link_in_another_persons_hands_opens_nothing(phone: TestClient[Any, Any], backend: Any) -> None:
    backend.answers["links/redeem"] = (403, refusal("link_of_another"))
    page = await open_link(phone, code="oSTRANGER")
    assert page.status == 403 and "不是给您的" in await page.text()


async def test_a_page_opened_without_a_link_shows_the_way_back(phone: TestClient[Any, Any]) -> None:
    page = await phone.get("/h5/overview")
    assert page.status == 410 and "回到聊天" in await page.text()


async def test_a_link_for_one_purpose_does_not_open_another_page(phone: TestClient[Any, Any], backend: Any) -> None:
    backend.answers["links/redeem"] = a_link("bind")
    await open_link(phone)
    assert (await phone.get("/h5/overview")).status == 410


async def test_a_session_ends_after_half_an_hour(phone: TestClient[Any, Any], backend: Any, a_clock: Any) -> None:
    backend.answers["links/redeem"] = a_link("bind")
    await open_link(phone)
    a_clock.advance(seconds=1801)
    assert (await phone.get("/h5/bind")).status == 410


async def test_a_preload_that_comes_back_beside_the_phone_with_the_same_code_spoils_nothing(
    phone: TestClient[Any, Any], backend: Any, codes: Any
) -> None:
    backend.answers["links/redeem"], codes.takes_s = a_link("bind"), 0.2
    back = await to_oauth(phone)
    pages = await asyncio.gather(*(phone.get(f"{back}&code={OPENID}!1") for _ in range(2)))
    assert [page.status for page in pages] == [200, 200]


async def test_a_code_that_was_used_for_another_state_opens_nothing(phone: TestClient[Any, Any], backend: Any) -> None:
    backend.answers["links/redeem"] = a_link("bind")
    statuses = [(await open_link(phone, code=f"{OPENID}!1")).status for _ in range(2)]
    assert statuses == [200, 410]


async def test_an_oauth_answer_with_a_foreign_state_is_refused(phone: TestClient[Any, Any], backend: Any) -> None:
    await phone.get(f"/h5/l/{TOKEN}", allow_redirects=False)
    assert (await phone.get("/h5/oauth?code=x&state=forged")).status == 410
    assert backend.calls == []


async def test_a_form_without_the_pages_token_changes_nothing(phone: TestClient[Any, Any], backend: Any) -> None:
    backend.answers["links/redeem"] = a_link("bind")
    await open_link(phone)
    answer = await phone.post("/h5/bind", data={"username": "demo1", "password": "x", "csrf": "forged"})
    assert answer.status == 403
    assert [path for path, _ in backend.calls] == ["links/redeem", "consents/bind"]


async def test_a_wrong_password_keeps_the_user_name_and_forgets_the_password(
    phone: TestClient[Any, Any], backend: Any
) -> None:
    backend.answers["links/redeem"] = a_link("bind")
    backend.answers["bind"] = (422, refusal("wrong_password", left=4))
    csrf = (await (await open_link(phone)).text()).partition('name="csrf" value="')[2].partition('"')[0]
    form = {"username": "demo1", "password": "geheim", "csrf": csrf, **TICKS}
    text = await (await phone.post("/h5/bind", data=form)).text()
    assert "还可以试 4 次" in text and 'value="demo1"' in text and "geheim" not in text


async def test_each_purpose_has_its_own_tick_and_what_was_ticked_stays(
    phone: TestClient[Any, Any], backend: Any
) -> None:
    backend.answers["links/redeem"] = a_link("bind")
    backend.answers["bind"] = (422, refusal("terms_needed", missing="使用身份证信息和证件材料"))
    csrf = (await (await open_link(phone)).text()).partition('name="csrf" value="')[2].partition('"')[0]
    form = {
        "username": "demo1",
        "password": "geheim",
        "csrf": csrf,
        "agree_service_terms": "2026.11",
        "agree_made_up": "x",
    }
    text = await (await phone.post("/h5/bind", data=form)).text()
    assert "请先阅读并勾选：使用身份证信息和证件材料。" in text
    assert [line.split('name="')[1].split('"')[0] for line in text.splitlines() if " checked" in line] == [
        "agree_service_terms"
    ]
    assert [body["agreed"] for path, body in backend.calls if path == "bind"] == [{"service_terms": "2026.11"}]


async def test_every_page_forbids_inline_scripts_framing_and_caching(phone: TestClient[Any, Any], backend: Any) -> None:
    backend.answers["links/redeem"] = a_link("bind")
    page = await open_link(phone)
    policy = page.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in policy and "frame-ancestors 'none'" in policy
    assert page.headers["Cache-Control"] == "no-store"


async def test_a_backend_that_is_away_gives_a_page_that_says_nothing_is_lost(
    phone: TestClient[Any, Any], backend: Any
) -> None:
    backend.answers["links/redeem"] = (500, {})
    page = await open_link(phone)
    assert page.status == 503 and "没有丢" in await page.text()


async def bind(phone: TestClient[Any, Any], backend: Any) -> str:
    """Open the bind page and sign in; what the page says then."""
    backend.answers["links/redeem"] = a_link("bind")
    backend.answers["bind"] = (200, {"name": "王*"})
    csrf = (await (await open_link(phone)).text()).partition('name="csrf" value="')[2].partition('"')[0]
    form = {"username": "demo1", "password": "geheim", "csrf": csrf, **TICKS}
    return await (await phone.post("/h5/bind", data=form)).text()


async def test_after_binding_the_chat_goes_on_by_itself(phone: TestClient[Any, Any], backend: Any) -> None:
    text = await bind(phone, backend)
    assert "下一步马上发给您" in text
    assert backend.went_on == [(OPENID, "page:l1:bind", {})]


async def posts(phone: TestClient[Any, Any], backend: Any, purpose: str, path: str, body: Any = None) -> Any:
    """Open the page of `purpose` and post what its script would."""
    backend.answers["links/redeem"] = a_link(purpose)
    opened = await (await open_link(phone)).text()
    csrf = opened.partition('name="csrf" content="')[2].partition('"')[0]
    return await (await phone.post(path, json=body or {}, headers={"X-CSRF": csrf})).json()


async def test_when_the_inbox_is_away_the_page_says_how_to_go_on(phone: TestClient[Any, Any], backend: Any) -> None:
    backend.inbox_is_away = True
    backend.answers["materials"] = (200, {"items": []})
    assert "说“继续”" in (await posts(phone, backend, "upload", "/h5/upload-done"))["message"]


async def test_an_hours_last_upload_is_taken_and_the_next_is_told_to_wait(
    phone: TestClient[Any, Any], backend: Any
) -> None:
    backend.answers["links/redeem"] = a_link("upload")
    backend.answers["materials"] = backend.answers["materials/BA01/files"] = (200, {"items": []})
    backend.most_uploads = 1
    opened = await (await open_link(phone)).text()
    csrf = opened.partition('name="csrf" content="')[2].partition('"')[0]
    picture = io.BytesIO()
    Image.new("RGB", (400, 300), "white").save(picture, "JPEG")

    async def uploads(name: str) -> tuple[int, Any]:
        headers = {"X-CSRF": csrf, "X-Upload": name}
        answer = await phone.post("/h5/upload/BA01", data={"file": io.BytesIO(picture.getvalue())}, headers=headers)
        return answer.status, await answer.json()

    assert [(await uploads(name))[0] for name in ("firstfile", "firstfile")] == [200, 200], "a repeat counts once"
    status, told = await uploads("otherfile")
    assert (status, "歇一会儿" in told["message"]) == (422, True)


async def keys_of_uploads(phone: TestClient[Any, Any], backend: Any, *states: list[str]) -> list[str]:
    """What the chat is told to go on with when 传好了 is said with these files there, time after time."""
    item = {"item": "BA01", "name": "劳动合同", "state": "uploaded", "state_label": "待审"}
    for files in states:
        backend.answers["materials"] = (200, {"items": [{**item, "files": files}]})
        await posts(phone, backend, "upload", "/h5/upload-done")
    return [key for _, key, _ in backend.went_on]


async def test_a_finished_upload_goes_on_once_for_what_is_there(phone: TestClient[Any, Any], backend: Any) -> None:
    first, again = await keys_of_uploads(phone, backend, ["f_1", "f_2"], ["f_1", "f_2"])
    assert first == again
    assert first.startswith("page:l1:upload:")


async def test_one_file_taken_back_and_another_sent_is_something_new(phone: TestClient[Any, Any], backend: Any) -> None:
    first, second = await keys_of_uploads(phone, backend, ["f_1", "f_2"], ["f_1", "f_3"])
    assert first != second


async def test_a_page_opens_also_when_redis_is_away(phone: TestClient[Any, Any], backend: Any, memory: Any) -> None:
    memory.is_away = True
    backend.answers["links/redeem"] = a_link("bind")
    assert (await open_link(phone)).status == 200


async def test_a_used_crop_goes_on_once_for_its_frame(phone: TestClient[Any, Any], backend: Any) -> None:
    photo = {"file_id": "f_1", "width": 600, "height": 840, "box": None}
    backend.answers["photo"] = backend.answers["photo/crop"] = (200, photo)
    await posts(phone, backend, "crop", "/h5/crop", {"x": 1, "y": 2, "w": 50, "h": 70})
    assert backend.went_on == [(OPENID, "page:l1:crop:1-2-50-70", {"payload": "photo_accept"})]
