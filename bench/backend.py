"""A backend that accepts every answer at once and asks for the next, so that only the dialogue is measured."""

from __future__ import annotations

import os
from collections import Counter
from typing import Final

from aiohttp import web

QUESTIONS: Final = (
    ("contact_form", "phone", "手机号码", "phone"),
    ("contact_form", "emails", "电子邮箱", "emails"),
    ("education_form", "school", "学校名称", "text"),
    ("work_form", "employer", "单位名称", "text"),
)
asked: Final[Counter[str]] = Counter()


async def command(request: web.Request) -> web.Response:
    openid = request.match_info["openid"]
    asked[openid] += 1
    form, field, label, kind = QUESTIONS[asked[openid] % len(QUESTIONS)]
    ask = {
        "form": form, "field": field, "group": [field], "index": 0, "label": label, "kind": kind, "options": [],
        "hint": "", "current": None, "optional": False, "number": 3, "total": 23, "facts": {},
    }  # fmt: skip
    case = {
        "case_no": "GJ20260316-00001", "business_type": "NEW", "stage": "draft", "stage_label": "填写中",
        "draft_step": form.removesuffix("_form"),
    }  # fmt: skip
    return web.json_response({"say": [], "ask": ask, "files": [], "link": None, "case": case})


async def healthz(_request: web.Request) -> web.Response:
    return web.json_response({"ok": True})


def main() -> None:
    app = web.Application()
    app.router.add_get("/healthz", healthz)
    app.router.add_post("/internal/v1/applicants/{openid}/commands/{name}", command)
    web.run_app(app, host="127.0.0.1", port=int(os.environ["BACKEND_PORT"]), access_log=None, print=None)


if __name__ == "__main__":
    main()
