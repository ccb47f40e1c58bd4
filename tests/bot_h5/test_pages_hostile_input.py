"""Hostile input to the phone pages: a page or a sentence, never a fault, and no markup of theirs comes back alive."""

from __future__ import annotations

import re
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from bot.h5.session import PageSession, Sessions
from tests.backend.hostile import TEXTS
from tests.bot_h5.test_pages import OPENID, a_link, open_link, refusal

Client = TestClient[Any, Any]
STORABLE = [text.encode("utf-8", "replace").decode() for text in TEXTS]
FIELDS = ("username", "password", "captcha", "captcha_id", "terms", "consent", "refresh", "id_tail", "code", "phone")
JSONS = (
    b"{",
    b"[]",
    b"null",
    b'"x"',
    b"[" * 50_000,
    b"\xff",
    b'{"x": NaN}',
    b'{"x": "1", "y": null}',
    b'{"x": 1e999, "y": 0, "w": 1, "h": 1}',
    b'{"x": ' + b"9" * 5000 + b"}",
)
REFUSALS = ("wrong_password", "malformed", "crop_outside", "locked", "nobody_knows_this_code")


def _posts(phone: Client, purpose: str) -> list[str]:
    assert phone.app is not None
    paths = {route.resource.canonical for route in phone.app.router.routes() if route.resource}
    steps = {path for path in paths if path.startswith(f"/h5/{purpose}")}
    return sorted(re.sub(r"\{\w+\}", "x", path) for path in steps)


def _token(purpose: str) -> str:
    """The token that the session's own page carries."""
    session = PageSession(OPENID, purpose, "l1", "GJ20260316-00001")
    return Sessions("s" * 20, is_https=False).csrf(session)


@pytest.mark.parametrize("purpose", ["bind", "credentials", "crop", "pay", "upload", "overview"])
@pytest.mark.parametrize("code", REFUSALS)
async def test_no_form_and_no_json_brings_a_fault(phone: Client, backend: Any, purpose: str, code: str) -> None:
    backend.answers["links/redeem"] = a_link(purpose)
    backend.answers[purpose] = (422, refusal(code, left=1, until="2026-03-16T02:00:00Z"))
    await open_link(phone)
    token = _token(purpose)
    for path in _posts(phone, purpose):
        for text in STORABLE[:: 1 if code == "wrong_password" else 7]:
            form = {**dict.fromkeys(FIELDS, text), "csrf": token}
            async with phone.post(path, data=form, allow_redirects=False) as answer:
                page = await answer.text()
            assert answer.status < 500, (path, text[:10])
            assert "<script>alert(1)" not in page, path
        for body in JSONS:
            headers = {"X-CSRF": token, "Content-Type": "application/json"}
            async with phone.post(path, data=body, headers=headers, allow_redirects=False) as answer:
                assert answer.status < 500, (path, body[:10])


async def test_whatever_stands_in_the_case_is_shown_as_text(phone: Client, backend: Any) -> None:
    """Answers, names, reasons of reviewers and titles of files may hold anything."""
    evil = '"><script>alert(1)</script>{{7*7}}'
    item = {
        "item": "BA01", "name": evil, "category": evil, "hint": evil, "required": True, "files_min": 1, "files_max": 2,
        "template": "none", "state": "rejected", "state_label": evil, "reason": evil, "files": ["f_1"],
    }  # fmt: skip
    overview = {
        "applicant": {"name": evil, "id_no": evil},
        "case": {"case_no": "GJ1", "stage": "draft", "stage_label": evil, "business": evil, "business_type": "NEW"},
        "data": {"answers": {"contact": {"phone": evil}, "personal": {"address": evil}},
                 "entries": {"education": [{"school": evil, "major": evil}], "work": [{"employer": evil}]}},
        "materials": [item], "timeline": [{"at": "2026-03-16T02:00:00+00:00", "stage": "draft", "label": evil}],
        "order": None, "downloads": [{"file_id": "f_1", "title": evil}],
    }  # fmt: skip
    backend.answers |= {"links/redeem": a_link("overview"), "overview": (200, overview)}
    shown = await (await open_link(phone)).text()
    assert "<script>alert(1)" not in shown
    assert "{{7*7}}" in shown
    assert "&lt;script&gt;" in shown
