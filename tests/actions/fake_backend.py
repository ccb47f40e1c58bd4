"""A small backend for tests: speaks contract 3, asks a fixed script of questions, and remembers every command."""

from __future__ import annotations

from typing import Any

from aiohttp import web

SCRIPT: list[dict[str, Any]] = [
    {"form": "contact_form", "field": "phone", "kind": "phone", "label": "手机号码"},
    {"form": "contact_form", "field": "emails", "kind": "emails", "label": "电子邮箱"},
    {"form": "personal_form", "field": "marital", "kind": "choice", "label": "婚姻状况",
     "options": [{"value": "single", "label": "未婚"}, {"value": "married", "label": "已婚"}]},
    {"form": "personal_form", "field": "title", "kind": "text", "label": "职称", "optional": True},
    {"form": "education_form", "field": "school", "kind": "text", "label": "学校名称", "index": 0},
]  # fmt: skip


class FakeBackend:
    """Answers commands for each openid by the script; `down` makes it fail."""

    def __init__(self) -> None:
        self.at: dict[str, int] = {}
        self.commands: list[tuple[str, str, dict[str, Any]]] = []
        self.answers: dict[str, dict[str, Any]] = {}
        self.down = False

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/internal/v1/applicants/{openid}/commands/{name}", self._command)
        app.router.add_get("/healthz", self._healthz)
        return app

    async def _healthz(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def _command(self, request: web.Request) -> web.Response:
        if self.down:
            return web.json_response({"error": {"code": "down"}}, status=500)
        key = request.headers["Idempotency-Key"]
        if key not in self.answers:
            name, body = request.match_info["name"], await request.json()
            self.commands.append((key, name, body))
            self.answers[key] = self._outcome(request.match_info["openid"], name, body)
        return web.json_response(self.answers[key])

    def _outcome(self, openid: str, name: str, body: dict[str, Any]) -> dict[str, Any]:
        at = self.at.get(openid)
        if name == "start_case":
            self.at[openid] = 0
            return self._ask(openid, [])
        if name == "open" and at is None:
            return {"say": [{"code": "no_case", "facts": {}}], "ask": None}
        if at is None:
            return {"say": [{"code": "no_case", "facts": {}}], "ask": None}
        if name == "answer":
            return self._answer(openid, body)
        if name == "cancel_case":
            return self._cancel(openid, bool(body["confirmed"]))
        if name in ("previous", "skip"):
            self.at[openid] = max(0, at + (1 if name == "skip" else -1))
        if name == "human":
            return {"say": [], "ask": SCRIPT[self.at[openid]]}
        return self._ask(openid, [{"code": f"did_{name}", "facts": {}}] if name not in ("open", "resume") else [])

    def _answer(self, openid: str, body: dict[str, Any]) -> dict[str, Any]:
        asked = SCRIPT[self.at[openid]]
        told = [value["value"] for value in body["values"] if value["field"] == asked["field"]]
        value = body["option"] or (told[0] if told else None) or (body["text"] if asked["kind"] == "text" else None)
        if not value:
            return self._ask(openid, [{"code": "not_understood", "facts": {"label": asked["label"]}}])
        self.at[openid] += 1
        return self._ask(openid, [{"code": "saved_value", "facts": {"label": asked["label"], "shown": value}}])

    def _cancel(self, openid: str, confirmed: bool) -> dict[str, Any]:
        if confirmed:
            del self.at[openid]
            return {"say": [{"code": "case_cancelled", "facts": {}}], "ask": None}
        options = [{"value": "yes", "label": "确定取消"}, {"value": "no", "label": "先不取消"}]
        question = {"form": "cancel_form", "field": "cancel", "kind": "confirm", "label": "取消办理", "options": options}
        return {"say": [], "ask": question}

    def _ask(self, openid: str, say: list[dict[str, Any]]) -> dict[str, Any]:
        at = self.at[openid]
        question = SCRIPT[at] if at < len(SCRIPT) else None
        return {"say": say, "ask": {**question, "number": at + 1, "total": len(SCRIPT)} if question else None}
