"""The pages' calls to the backend's internal API."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

import aiohttp

from bot.h5.session import PageSession
from runtime.logs import REQUEST_ID

TIMEOUT: Final = aiohttp.ClientTimeout(total=20, connect=3)


@dataclass
class Refused(Exception):
    """The backend said no, with a code and facts that the page turns into a sentence."""

    status: int
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


class BackendAway(Exception):
    """No usable answer came; the applicant can try again."""


class Backend:
    """One applicant-facing slice of the internal API (contracts, section 4)."""

    def __init__(self, http: aiohttp.ClientSession, *, url: str, service_token: str) -> None:
        self._http, self._url = http, url.rstrip("/")
        self._authorization = f"Bearer {service_token}"

    async def get(self, session: PageSession, path: str) -> dict[str, Any]:
        return await self._json("GET", self._applicant(session.openid, path), case_no=session.case_no)

    async def post(
        self,
        session: PageSession,
        path: str,
        body: Mapping[str, Any],
        *,
        key: str = "",
        go_on: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """`go_on`: what the chat does when this is stored; the backend keeps both together or neither."""
        path = self._applicant(session.openid, path)
        return await self._json("POST", path, body=body, key=key, case_no=session.case_no, go_on=go_on)

    async def redeem(self, token: str, openid: str) -> dict[str, Any]:
        return await self._json("POST", "/internal/v1/links/redeem", body={"token": token, "openid": openid})

    async def captcha(self) -> dict[str, Any]:
        return await self._json("POST", "/internal/v1/captchas", body={})

    async def consents(self, page: str) -> list[dict[str, Any]]:
        """What `page` asks to agree to, each with its words and version."""
        return list((await self._json("GET", f"/internal/v1/consents/{page}"))["purposes"])

    async def file(self, openid: str, file_id: str) -> tuple[bytes, str]:
        """A file that this applicant may see, and its content type."""
        return await self._bytes(self._applicant(openid, f"files/{quote(file_id, safe='')}"), None)

    async def copy(self, session: PageSession, number: str) -> bytes:
        """One file of the copy of this applicant's data."""
        path = self._applicant(session.openid, f"data/copy/{quote(number, safe='')}")
        return (await self._bytes(path, session.case_no))[0]

    async def _bytes(self, path: str, case_no: str | None) -> tuple[bytes, str]:
        headers = self._headers(case_no=case_no)
        try:
            async with self._http.get(self._url + path, headers=headers, timeout=TIMEOUT) as response:
                if response.status != 200:
                    raise await self._refusal(response)
                return await response.read(), response.content_type
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise BackendAway from error

    async def store_file(self, session: PageSession, content: bytes, meta: Mapping[str, Any], *, key: str) -> str:
        """Store a cleaned picture; its id."""
        form = aiohttp.FormData(quote_fields=False)
        form.add_field("meta", json.dumps(dict(meta)), content_type="application/json")
        form.add_field("file", content, filename="upload.jpg", content_type="image/jpeg")
        path = self._applicant(session.openid, "files")
        return str((await self._json("POST", path, form=form, key=key, case_no=session.case_no))["file_id"])

    def _applicant(self, openid: str, path: str) -> str:
        return f"/internal/v1/applicants/{quote(openid, safe='')}/{path}"

    def _headers(self, key: str = "", case_no: str | None = None) -> dict[str, str]:
        headers = {"Authorization": self._authorization, "X-Request-Id": REQUEST_ID.get() or "h5-no-request"}
        headers |= {"X-Case-No": case_no} if case_no else {}
        return {**headers, "Idempotency-Key": key} if key else headers

    async def _json(
        self, method: str, path: str, *, body: Mapping[str, Any] | None = None, form: aiohttp.FormData | None = None,
        key: str = "", case_no: str | None = None, go_on: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        headers = self._headers(key, case_no) | ({"X-Go-On": json.dumps(dict(go_on))} if go_on else {})
        try:
            async with self._http.request(
                method, self._url + path, json=dict(body) if body is not None else None, data=form,
                headers=headers, timeout=TIMEOUT,
            ) as response:  # fmt: skip
                if response.status >= 400:
                    raise await self._refusal(response)
                return dict(await response.json())
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise BackendAway from error

    async def _refusal(self, response: aiohttp.ClientResponse) -> Exception:
        if response.status >= 500:
            return BackendAway()
        answer = await response.json(content_type=None)
        error = answer.get("error", {}) if isinstance(answer, dict) else {}
        return Refused(response.status, str(error.get("code", "refused")), error.get("facts") or {})
