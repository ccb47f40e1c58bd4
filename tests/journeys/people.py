"""The people of a journey: an applicant with a phone (through the simulator) and a reviewer with a browser."""

from __future__ import annotations

import asyncio
import html
import json
import re
import time
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

import aiohttp

PATIENCE_S = 20.0


@dataclass
class Page:
    """A web page that was opened from the chat, with the browser's cookies."""

    url: str
    status: int
    text: str
    http: aiohttp.ClientSession

    def field(self, name: str) -> str:
        """The value of the form field `name`."""
        found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', self.text)
        assert found, f"no field {name} on the page"
        return html.unescape(found.group(1))

    @property
    def csrf(self) -> str:
        found = re.search(r'<meta name="csrf" content="([^"]*)"', self.text)
        assert found, "no csrf token on the page"
        return found.group(1)

    def data(self, name: str) -> Any:
        """The JSON in the attribute `data-<name>`."""
        found = re.search(rf'data-{name}="([^"]*)"', self.text)
        assert found, f"no data-{name} on the page"
        return json.loads(html.unescape(found.group(1)))

    @property
    def ticks(self) -> dict[str, str]:
        """Every consent that the page asks for, ticked in the version that it shows."""
        return dict(re.findall(r'type="checkbox" name="(agree_\w+)" value="([^"]*)"', self.text))

    async def submits(self, path: str, **fields: str) -> Page:
        return await _open(self.http, "POST", urljoin(self.url, path), data={"csrf": self.field("csrf"), **fields})

    async def posts(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """What the page's script would send; the answer, which must be a success."""
        async with self.http.post(urljoin(self.url, path), json=body, headers={"X-CSRF": self.csrf}) as answer:
            assert answer.status == 200, await answer.text()
            return dict(await answer.json())

    async def uploads(self, path: str, content: bytes, *, content_type: str) -> tuple[int, dict[str, Any]]:
        form = aiohttp.FormData()
        form.add_field("file", content, filename="file", content_type=content_type)
        async with self.http.post(urljoin(self.url, path), data=form, headers={"X-CSRF": self.csrf}) as answer:
            return answer.status, await answer.json()


async def _open(http: aiohttp.ClientSession, method: str, url: str, **request: Any) -> Page:
    async with http.request(method, url, **request) as answer:
        return Page(str(answer.url), answer.status, await answer.text(), http)


@dataclass
class Applicant:
    """Somebody with WeChat: says, taps, sends, opens; sees what came since."""

    simulator: str
    openid: str
    http: aiohttp.ClientSession
    inputs: int = 0
    seen_to: int = 0
    bubbles: list[dict[str, Any]] = field(default_factory=list)
    before: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    async def joins(cls, simulator: str, nickname: str) -> Applicant:
        http = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        async with http.post(f"{simulator}/_sim/users", json={"nickname": nickname}) as answer:
            openid = (await answer.json())["openid"]
        http.cookie_jar.update_cookies({"sim_user": openid})
        return cls(simulator, openid, http)

    async def leaves(self) -> None:
        await self.http.close()

    async def says(self, text: str, *, waits: bool = True) -> str:
        return await self._does("say", {"text": text}, waits=waits)

    async def taps(self, *, label: str = "", payload: str = "", menu_key: str = "") -> str:
        return await self._does("tap", {"label": label, "payload": payload, "menu_key": menu_key})

    async def follows(self, scene: str = "") -> str:
        return await self._does("follow", {"scene": scene})

    async def sends(self, sample: str, *, waits: bool = True) -> str:
        """A sample document from the simulator's drawer."""
        return await self._does("send_image", {"sample": sample}, waits=waits)

    async def does(self, deed: str, **facts: Any) -> str:
        return await self._does(deed, facts)

    async def sees(self, *texts: str, within_s: float = PATIENCE_S) -> str:
        """Wait until all `texts` stand in what came since the last thing done; that text.

        Raises:
            AssertionError: they did not come in time; shows what came instead.
        """
        give_up_at = time.monotonic() + within_s
        while not all(text in self.screen for text in texts):
            left = give_up_at - time.monotonic()
            if left <= 0:
                missing = [text for text in texts if text not in self.screen]
                raise AssertionError(f"not seen within {within_s:.0f} s: {missing}\n--- instead ---\n{self.screen}")
            await self._read(wait_s=min(left, 2.0))
        return self.screen

    async def sees_one_of(self, *texts: str, within_s: float = PATIENCE_S) -> str:
        """Wait until one of `texts` stands in what came since the last thing done; the first of them that does.

        Raises:
            AssertionError: none came in time; shows what came instead.
        """
        give_up_at = time.monotonic() + within_s
        while not (found := [text for text in texts if text in self.screen]):
            left = give_up_at - time.monotonic()
            if left <= 0:
                raise AssertionError(f"none seen within {within_s:.0f} s: {texts}\n--- instead ---\n{self.screen}")
            await self._read(wait_s=min(left, 2.0))
        return found[0]

    @property
    def screen(self) -> str:
        """What the account said since the last thing done, as it is read."""
        return "\n".join(_shown(bubble) for bubble in self.bubbles if bubble["side"] != "user")

    def links(self, kind: str) -> list[dict[str, Any]]:
        return [link for bubble in self.bubbles for link in bubble["links"] if link["kind"] == kind]

    async def opens(self, label: str = "") -> Page:
        """Open the newest web link whose label contains `label`."""
        links = [link for link in self.links("url") if label in link["label"]]
        assert links, f"no link {label!r} on the screen:\n{self.screen}"
        self.inputs += 1
        return await _open(self.http, "GET", links[-1]["href"])

    async def pays(self, page: Page, outcome: str = "paid") -> dict[str, Any]:
        """Use the payment sheet that the page's button opens."""
        body = {**page.data("jsapi"), "outcome": outcome}
        async with self.http.post(f"{self.simulator}/_sim/users/{self.openid}/pay", json=body) as answer:
            assert answer.status == 200, await answer.text()
            return dict(await answer.json())

    async def binds(self, username: str, password: str = "Gongju-2026") -> Page:
        page = await self.opens()
        return await page.submits("/h5/bind", username=username, password=password, **page.ticks)

    async def _does(self, deed: str, body: dict[str, Any], *, waits: bool = True) -> str:
        await self._read()
        self.before, self.bubbles = self.bubbles, []
        self.inputs += 1
        suffix = "?wait=1" if waits else ""
        async with self.http.post(f"{self.simulator}/_sim/users/{self.openid}/{deed}{suffix}", json=body) as answer:
            assert answer.status == 200, await answer.text()
        if waits:
            await self._answered()
        return self.screen

    async def _answered(self) -> None:
        """Wait for the answer, passive or late, then a little for what belongs to it."""
        give_up_at = time.monotonic() + PATIENCE_S
        await self._read()
        while not self.screen and time.monotonic() < give_up_at:
            await self._read(wait_s=1.0)

    async def _read(self, *, wait_s: float = 0.0) -> None:
        url = f"{self.simulator}/_sim/users/{self.openid}/chat?after={self.seen_to}&wait_s={wait_s}"
        async with self.http.get(url) as answer:
            told = await answer.json()
        self.bubbles += told["bubbles"]
        self.seen_to = told["next"]


def _shown(bubble: dict[str, Any]) -> str:
    text = re.sub(r"<a[^>]*>(.*?)</a>", r"\1", bubble["text"], flags=re.S)
    card = json.dumps(bubble["card"], ensure_ascii=False) if bubble["card"] else ""
    return f"[{bubble['kind']}] {text}{card}" if bubble["kind"] != "text" else text


@dataclass
class Simulator:
    """The simulator's control API."""

    url: str

    async def call(self, method: str, path: str, **request: Any) -> Any:
        async with aiohttp.ClientSession() as http, http.request(method, self.url + path, **request) as answer:
            return await answer.json()

    async def moves_clock(self, *, hours: float = 0, seconds: float = 0) -> None:
        """Move the platform's time; the product's processes follow within half a second."""
        await self.call("POST", "/_sim/clock", json={"advance_s": hours * 3600 + seconds})
        await asyncio.sleep(0.6)

    async def today(self) -> date:
        """The day in Beijing by the platform's clock, which other journeys may have moved."""
        now = datetime.fromisoformat((await self.call("GET", "/_sim/clock"))["now"])
        return now.astimezone(ZoneInfo("Asia/Shanghai")).date()

    async def violations(self) -> list[dict[str, Any]]:
        return list((await self.call("GET", "/_sim/violations?untagged=1"))["violations"])


@dataclass
class Reviewer:
    """A member of staff with a browser at the console, without scripts."""

    front: str
    http: aiohttp.ClientSession

    @classmethod
    async def enters(cls, front: str, username: str = "reviewer", password: str = "Gongju-2026") -> Reviewer:
        http = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        reviewer = cls(front, http)
        page = await reviewer.looks("/console/sign-in")
        await reviewer._post("/console/sign-in", {**_hidden(page), "username": username, "password": password})
        assert "退出" in await reviewer.looks("/console/queue")
        return reviewer

    async def leaves(self) -> None:
        await self.http.close()

    async def looks(self, path: str) -> str:
        async with self.http.get(self.front + path) as answer:
            assert answer.status == 200, f"{path}: {answer.status}"
            return await answer.text()

    async def case(self, case_no: str) -> str:
        return await self.looks(f"/console/cases/{case_no}")

    async def items(self, case_no: str) -> list[str]:
        """The codes of the items that can be decided now."""
        return re.findall(rf'action="/console/cases/{case_no}/items/(\w+)/pass"', await self.case(case_no))

    async def passes(self, case_no: str, *codes: str) -> None:
        for code in codes:
            await self.presses(case_no, f"items/{code}/pass")

    async def rejects(self, case_no: str, code: str, reason: str) -> None:
        await self.presses(case_no, f"items/{code}/reject", preset="", reason=reason)

    async def presses(self, case_no: str, button: str, **fields: str) -> None:
        """Press the case page's button for `button`, filling in `fields`; it must be there."""
        path = f"/console/cases/{case_no}/{button}"
        form = _form(await self.case(case_no), path)
        await self._post(path, {**_hidden(form), **fields})

    async def uploads_slip(self, case_no: str, pdf: bytes) -> None:
        path = f"/console/cases/{case_no}/events/upload_confirmation"
        body = aiohttp.FormData(_hidden(_form(await self.case(case_no), path)))
        body.add_field("slip", pdf, filename="slip.pdf", content_type="application/pdf")
        await self._post(path, body)

    async def _post(self, path: str, body: Any) -> None:
        async with self.http.post(self.front + path, data=body) as answer:
            text = await answer.text()
            assert answer.status == 200, f"{path}: {answer.status} {text[:300]}"
            bad = re.search(r'class="note bad"[^>]*>(.*?)<', text, re.S)
            assert bad is None, f"{path}: {bad.group(1) if bad else ''}"


def _form(page: str, path: str) -> str:
    found = re.search(rf'<form[^>]*action="{re.escape(path)}".*?</form>', page, re.S)
    assert found, f"no button for {path} on the page"
    return found.group(0)


def _hidden(form: str) -> dict[str, str]:
    inputs = re.findall(r'<input[^>]*type="hidden"[^>]*>', form)
    pairs = [(re.search(r'name="([^"]*)"', one), re.search(r'value="([^"]*)"', one)) for one in inputs]
    return {name.group(1): html.unescape(value.group(1)) for name, value in pairs if name and value}


async def mails(mail_url: str, *, to: str) -> list[dict[str, Any]]:
    """What has arrived for the address `to`, oldest first."""
    async with aiohttp.ClientSession() as http, http.get(f"{mail_url}/mails.json") as answer:
        return [mail for mail in await answer.json() if to in mail["to"]]
